"""An idea without a name under it: whoever decides, the log and every list are without it, and who had it hears all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.ideas.idea import Idea, Stage
from storage.ledger import LEDGER
from tests.conftest import Company
from tests.handlers.ideas.having import WORDS, accepted, cards_of, fills, known, proposes, sees, sent, shop
from tests.handlers.leading import labels


async def unnamed(company: Company) -> Idea:
    await shop(company, anonymous_replies=True)
    company.clock.pass_by(timedelta(minutes=7))
    idea = await proposes(company, anonymous="yes")
    company.clock.pass_by(timedelta(minutes=8))  # to the next quarter
    await company.drain.everything()
    return idea


async def test_who_decides_sees_no_name_and_nothing_leads_back(company: Company) -> None:
    idea = await unnamed(company)
    card = await sees(company, "marie")
    assert card.title == "An idea, without a name"
    assert "cannot write back" in str(card)
    assert "Ada" not in str(card)
    assert "Ada" not in str((await company.said("marie", "ideas")).show)
    assert await cards_of(company, "ada") == []
    assert (idea.at.minute, idea.trail[0].actor) == (0, "")
    with company.store._engine.connect() as connection:
        entries = [row._mapping for row in connection.execute(select(LEDGER))]
    (entry,) = [each for each in entries if each["kind"] == "idea proposed"]
    assert not any(entry[name] for name in ("actor", "person", "role", "platform", "delivery"))
    assert "characters" not in entry["value"]
    assert (entry["at"].minute, entry["at"].second) == (0, 0)


async def test_it_is_handed_over_at_the_next_quarter_of_an_hour(company: Company) -> None:
    await shop(company, anonymous_replies=True)
    company.clock.pass_by(timedelta(minutes=7))
    await proposes(company, anonymous="yes")
    assert company.chat.titles("marie") == []
    (row,) = await cards_of(company, "marie")
    assert row.due_at.minute == 15


async def test_who_had_it_hears_what_becomes_of_it_and_is_forgotten_with_its_end(company: Company) -> None:
    idea = await unnamed(company)
    assert (await fills(company, "marie", "Comment", text="Which ones?")).errors == {}
    assert (await accepted(company)).errors == {}
    assert (await known(company, idea.id)).person == idea.person
    assert (await fills(company, "kurt", "It is done")).errors == {}
    assert company.chat.titles("ada") == [
        *("Marie writes about your idea", "Your idea is accepted", "Your idea is done")
    ]
    told = [row for row in await company.store.deliveries_of(idea.person) if row.slot.startswith("told:")]
    assert len(told) == 3
    assert not any(idea.id in row.card.model_dump_json() or row.piece or labels(row.card) for row in told)
    now = await known(company, idea.id)
    assert (now.stage, now.person) == (Stage.DONE, "")
    assert "none yet" in str((await company.said("ada", "my ideas")).show)


async def test_ones_own_list_has_it_without_a_way_to_it_while_it_is_open(company: Company) -> None:
    idea = await unnamed(company)
    shown = (await company.said("ada", "my ideas")).show
    assert shown is not None
    assert "without a name" in str(shown)
    assert labels(shown) == []
    assert idea.id not in str(shown)


async def test_where_the_programme_takes_none_nothing_is_kept(company: Company) -> None:
    await shop(company)
    outcome = await sent(company, "new", "ada", text=WORDS, anonymous="yes")
    assert "takes no ideas without a name" in outcome.errors["text"]
    assert (await company.store.ideas.page("open", 0, 9)).open == 0


async def test_whoever_decides_has_theirs_with_a_name_so_that_somebody_else_decides(company: Company) -> None:
    await shop(company, anonymous_replies=True)
    outcome = await sent(company, "new", "marie", text=WORDS, anonymous="yes")
    assert "somebody else decides yours" in outcome.errors["text"]
    form = (await company.said("marie", "idea")).form
    assert form is not None
    assert [field.id for field in form.inputs()] == ["text", "about"]
    own = (await company.said("ada", "idea")).form
    assert own is not None
    assert [field.id for field in own.inputs()] == ["text", "about", "anonymous"]
