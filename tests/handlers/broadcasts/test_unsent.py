"""`drafts`: what lies unsent is listed, brought down again and gone on with; it is nobody else's."""

from __future__ import annotations

from content.cards import Card
from content.limits import problems
from handlers.broadcasts.stages import Stage
from handlers.desk import about_slots
from tests.conftest import Company, button
from tests.handlers.leading import (
    HALF_AN_HOUR,
    ask_a_second,
    drafted,
    kept,
    labels,
    press,
    seen,
    shown,
    works,
)


async def drafts(company: Company, who: str = "grace", more: str = "") -> Card:
    card = (await company.said(who, f"drafts {more}")).show
    assert card is not None
    assert not problems(card)
    return card


async def opened(company: Company, number: int = 1) -> None:
    words = button(await drafts(company), f"Open {number}").value
    assert (await company.said("grace", words)).deliver
    await company.drain.everything()


async def test_what_lies_is_listed_the_newest_first_and_what_is_out_or_discarded_is_not(
    company: Company,
) -> None:
    await works(company)
    assert "Nothing lies unsent" in str(await drafts(company))
    for title in ("First", "Second", "Sent", "Gone", "Asked"):
        preview = await drafted(company, title=title, text="Words.")
        company.clock.pass_by(HALF_AN_HOUR)
        if title == "Asked":
            ask_a_second(company)
        if label := {"Sent": "Send it", "Gone": "Discard", "Asked": "Ask for approval"}.get(title):
            await press(company, preview, label)
    card = await drafts(company)
    lines = [line for block in card.blocks for line in getattr(block, "markdown", "").split("\n\n")]
    assert [line.split(":")[0] for line in lines if line] == ["**1.** Asked", "**2.** Second", "**3.** First"]
    assert lines[0].endswith(", waits for a second person")
    assert "8 people, last changed Monday 23 November, 10:30" in lines[1]
    assert labels(card) == ["Open 1", "Open 2", "Open 3"]


async def test_brought_down_it_is_gone_on_with_and_both_cards_say_the_same(company: Company) -> None:
    first = await drafted(await works(company))
    await opened(company)
    again = await company.latest("grace")
    assert again.id != first.id
    assert again.card.title == "Preview: Thank you"
    outcome = await press(company, again, "Send it")
    assert {first.id, again.id} <= set(outcome.refresh)
    await company.go_on()
    assert shown(company, "colleague0") == ["Thank you"]
    assert (await seen(company, first)).title == (await seen(company, again)).title == "Sent: Thank you"
    assert "Nothing lies unsent" in str(await drafts(company))


async def test_it_is_discarded_where_it_was_brought_down(company: Company) -> None:
    preview = await drafted(await works(company))
    await opened(company)
    await press(company, await company.latest("grace"), "Discard")
    assert (await kept(company, preview)).stage is Stage.DISCARDED
    assert "Nothing lies unsent" in str(await drafts(company))


async def test_a_draft_is_its_authors_alone_and_is_brought_down_a_few_times(company: Company) -> None:
    broadcast = await kept(company, await drafted(await works(company)))
    await company.admit("linus", roles=(await company.admit("grace")).roles)
    other = await company.said("linus", f"drafts open {broadcast.id}")
    assert not other.deliver
    assert "no such draft of yours" in str(other.show)
    assert "Only a leader" in str((await company.said("colleague0", "drafts")).show)
    for _ in about_slots(broadcast.id)[1:]:
        await opened(company)
    last = await company.said("grace", f"drafts open {broadcast.id}")
    assert not last.deliver
    assert "several times already" in str(last.show)


async def test_many_drafts_are_listed_five_at_a_time(company: Company) -> None:
    await works(company)
    for number in range(7):
        await drafted(company, title=f"Draft {number}", text="Words.")
        company.clock.pass_by(HALF_AN_HOUR)
    card = await drafts(company)
    assert labels(card) == [*(f"Open {n}" for n in range(1, 6)), "2 more"]
    rest = (await company.said("grace", card.buttons()[-1].value)).show
    assert rest is not None
    assert labels(rest) == ["Open 6", "Open 7"]
