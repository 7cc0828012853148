"""Who owned a finding is erased: their words and their name go, and the finding is brought to its end by others."""

from __future__ import annotations

from pathlib import Path

from handlers.findings.finding import Stage
from handlers.model import Role
from handlers.privacy import copies
from tests.conftest import Company, at
from tests.handlers.findings.correcting import (
    cards_of,
    done,
    fills,
    opened,
    planned,
    presses,
    sees,
    shop,
    the_one,
)
from tests.handlers.privacy.test_erasing import held

NAME, EMAIL = "Kurtis Vane", "kurtis.vane@example.org"
CAUSE, ACTION = "Nobody looks at the drawer", "A list at each drawer"


async def house(company: Company) -> str:
    """Kurtis owns a finding that Marie opened, has said what is done about it, and has left."""
    await shop(company)
    await company.admit("kurt", name=NAME, email=EMAIL, roles=frozenset({Role.MANAGER}), team="Production")
    await opened(
        company, owner=EMAIL, title="Calipers of Kurtis Vane", found=f"He said so ({EMAIL.upper()})."
    )
    assert (await planned(company, cause=CAUSE, action=ACTION)).errors == {}
    await company.said("marie", "findings", direct=False)
    await company.drain.everything()
    kurtis = await company.store.person_at(at("kurt"))
    assert kurtis is not None
    return kurtis.key


async def test_the_words_of_who_owned_it_go_and_the_hashes_and_the_number_stay(
    company: Company, tmp_path: Path
) -> None:
    key = await house(company)
    before = await the_one(company)
    assert len(list(held(tmp_path, NAME, EMAIL, CAUSE, ACTION))) > 5
    erased = await company.store.erase(key, company.clock.now())
    assert erased is not None
    assert erased.counts["texts about findings"] == 6  # in two versions its title and what was found
    assert list(held(tmp_path, NAME, EMAIL, CAUSE, ACTION)) == []
    after = await the_one(company)
    assert (after.words.title, after.words.found) == (
        "Calipers of somebody",
        "He said so (erased@example.invalid).",
    )
    assert (after.words.cause, after.words.action) == ("(erased)", "(erased)")
    assert (after.before, after.owner, after.stage) == (before.before, key, Stage.PLANNED)
    assert (await company.store.verify()).broken is None


async def test_a_card_in_the_chat_of_the_lead_is_drawn_anew_and_another_goes_on(company: Company) -> None:
    key = await house(company)
    await company.store.erase(key, company.clock.now())
    company.chat.edited.clear()
    await company.drain.everything()
    (card, *_) = await cards_of(company, "marie")
    drawn = [str(shown) for message, shown in company.chat.edited if message == card.receipt]
    assert "Calipers of somebody" in drawn[-1]
    assert NAME not in str(await sees(company, "marie"))
    given = await fills(company, "marie", "Owner and due date", owner="p1@example.org", due="2026-12-18")
    assert given.errors == {}
    await company.drain.everything()
    assert (await planned(company, "p1", cause="No dates", action="Dates")).errors == {}
    await presses(company, "p1", "It is done")
    finding = await the_one(company)
    assert (finding.stage, finding.words.cause) == (Stage.DONE, "No dates")
    trail = [step.words.cause for step in finding.trail]
    assert trail == ["", "(erased)", "(erased)", "No dates", "No dates"]


async def test_who_opened_it_is_erased_and_what_the_owner_wrote_stays(company: Company) -> None:
    await shop(company)
    await done(company)
    marie = await company.store.person_at(at("marie"))
    assert marie is not None
    await company.store.erase(marie.key, company.clock.now())
    words = (await the_one(company)).words
    assert (words.title, words.cause) == ("(erased)", "Nobody looks at the date.")


async def test_a_copy_has_what_they_wrote_about_findings_and_their_visits(company: Company) -> None:
    key = await house(company)
    kurtis = await company.store.person(key)
    assert kurtis is not None
    held_ = await copies.everything(company.desk, kurtis)
    assert [(row["cause"], row["action"]) for row in held_["finding_words"]] == [(CAUSE, ACTION)]
    assert held_["finding_words"][0]["title"] == ""
    assert held_["visits"] == []
