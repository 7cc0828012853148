"""`token`: who gets a code, what the card shows and what is remembered of it."""

from __future__ import annotations

from content.limits import problems
from handlers.api.tokens import CODE, hashed
from handlers.model import Role
from handlers.permissions import refusal
from tests.conftest import Company


async def code_of(company: Company, name: str) -> str:
    """The code on the card that a slash command shows at once."""
    shown = (await company.said(name, "token")).show
    assert shown is not None
    assert problems(shown) == ()
    (code,) = [word for word in str(shown.model_dump()).split("`") if word.startswith(CODE)]
    return code


async def test_who_may_neither_write_nor_approve_is_told_who_may(company: Company) -> None:
    await company.admit("ada")
    outcome = await company.said("ada", "token")
    assert refusal("use the API") in str(outcome.show)
    assert outcome.access is None


async def test_each_time_another_code_and_the_last_one_counts(company: Company) -> None:
    grace = await company.admit("grace", roles=frozenset({Role.LEADER}))
    first, last = [await code_of(company, "grace") for _ in "ab"]
    now = company.clock.now()
    assert not await company.store.exchange(hashed(first), hashed("cb_1"), now)
    assert await company.store.exchange(hashed(last), hashed("cb_1"), now)
    assert (await company.store.token_of(grace.key)) is not None


async def test_the_card_says_since_when_there_is_one_and_off_ends_it(company: Company) -> None:
    grace = await company.admit("grace", roles=frozenset({Role.APPROVER}))
    await company.store.make_token(grace.key, hashed("cb_1"), company.clock.now())
    for words in ("token", "my data"):
        said = str((await company.said("grace", words)).show)
        assert "Since Sunday 22 November, 13:00, not used yet; ends on 2027-11-22." in said
    assert "no system acts for you any more" in str((await company.said("grace", "token off")).show)
    assert await company.store.token_of(grace.key) is None
    assert "You had no token" in str((await company.said("grace", "token off")).show)


async def test_the_record_has_that_it_was_asked_for_and_the_outbox_a_code_that_is_worthless_soon(
    company: Company,
) -> None:
    grace = await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.said("grace", "token", direct=False)
    await company.drain.everything()
    row = await company.latest("grace")
    (code,) = [word for word in str(row.card.model_dump()).split("`") if word.startswith(CODE)]
    did = [participation for _, participation in await company.store.participations_of(grace.key)]
    assert [(each.verb, each.value) for each in did] == [("token asked for", "")]
    assert await company.store.exchange(hashed(code), hashed("cb_1"), company.clock.now())
    assert not await company.store.exchange(hashed(code), hashed("cb_2"), company.clock.now())
