"""The card on which an author watches a broadcast edits itself, as often as there is news and no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from handlers.events import Click
from handlers.model import Delivery, Role
from handlers.pace import Pace
from handlers.plan import Plan
from tests.conftest import Company, at
from tests.handlers.broadcasts.test_broadcasts import drafted, pressed, said

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TICK = timedelta(seconds=5)
COLLEAGUES = 24


@pytest.fixture
async def works(company: Company) -> Company:
    """Grace, who leads, and two dozen colleagues; the chat takes a card every two seconds."""
    company.clock.move(MONDAY_TEN)
    company.keep_pace(send=Pace(0.5, 0.5))
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for number in range(COLLEAGUES):
        await company.admit(f"colleague{number}")
    return company


@dataclass
class Counted:
    """How often the whole broadcast was counted."""

    company: Company
    counts: int = 0

    def __post_init__(self) -> None:
        count = self.company.store.headway

        async def headway(broadcast: str, now: datetime) -> object:
            self.counts += 1
            return await count(broadcast, now)

        self.company.store.headway = headway  # type: ignore[method-assign, assignment]


async def on_its_way(company: Company, **fields: str) -> Delivery:
    preview = await drafted(company, **fields)
    await pressed(company, preview, "decided", "send")
    return preview


async def ticks(company: Company, number: int) -> None:
    """As the engine does, every five seconds; what is due is drained while the time passes."""
    for _ in range(number):
        until = company.clock.now() + TICK
        await company.go_on()
        company.clock.move(max(until, company.clock.now()))


async def acknowledged(company: Company, name: str) -> None:
    row = await company.latest(name)
    await company.press(name, row, next(b for b in row.card.buttons() if b.verb == "acknowledged"))


async def test_the_card_shows_the_end_without_a_press(works: Company) -> None:
    preview = await on_its_way(works)
    await ticks(works, 4)
    message, card = works.chat.edited[-1]
    assert message == preview.receipt
    assert f"Complete: {COLLEAGUES + 1} of {COLLEAGUES + 1} sent" in said(card)
    assert "How far is it?" in [button.label for button in card.buttons()]


async def test_before_it_begins_and_when_all_is_quiet_nothing_is_drawn_or_counted(works: Company) -> None:
    await on_its_way(works, at="2026-11-23T11:00")
    await ticks(works, 20)
    assert [card.title for _, card in works.chat.edited] == ["Scheduled: Thank you"]  # after the press itself
    works.chat.edited.clear()
    works.clock.move(MONDAY_TEN + timedelta(hours=1))
    await ticks(works, 30)
    drawn = len(works.chat.edited)
    assert drawn >= 1
    counted = Counted(works)
    await ticks(works, 100)
    assert len(works.chat.edited) == drawn
    assert counted.counts == 0


async def test_acknowledgements_that_trickle_in_redraw_it_once_a_minute(works: Company) -> None:
    await on_its_way(works)
    await ticks(works, 30)
    works.chat.edited.clear()
    for number in range(COLLEAGUES):
        await acknowledged(works, f"colleague{number}")
        await ticks(works, 1)
    assert 1 <= len(works.chat.edited) <= 3
    await ticks(works, 13)
    assert f"{COLLEAGUES} acknowledged" in said(works.chat.edited[-1][1])


async def test_while_it_is_under_way_it_is_drawn_at_most_every_five_seconds(works: Company) -> None:
    await on_its_way(works)
    for second in range(60):
        works.clock.move(MONDAY_TEN + timedelta(seconds=second))
        await works.plan.tick()
    for queue in await works.drain.waiting():
        if queue.job == "edit":
            await works.drain.empty(queue)
    counted = Counted(works)
    for second in range(60, 90):
        works.clock.move(MONDAY_TEN + timedelta(seconds=second))
        await works.plan.tick()
    assert counted.counts <= 6


async def test_a_withdrawal_is_followed_to_its_end_and_then_left_alone(works: Company) -> None:
    works.keep_pace(withdraw=Pace(0.5, 0.5))
    preview = await on_its_way(works)
    await ticks(works, 4)
    await works.dispatch(Click("back", at("grace"), "withdrew", delivery=preview.id))
    await ticks(works, 30)
    card = works.chat.edited[-1][1]
    assert f"Complete: {COLLEAGUES + 1} of {COLLEAGUES + 1} taken away" in said(card)
    drawn, counted = len(works.chat.edited), Counted(works)
    await ticks(works, 60)
    assert (len(works.chat.edited), counted.counts) == (drawn, 0)


async def test_another_process_draws_it_once_more_and_no_harm_is_done(works: Company) -> None:
    await on_its_way(works)
    await ticks(works, 20)
    works.chat.edited.clear()
    works.plan = Plan(works.desk)
    await ticks(works, 20)
    assert len(works.chat.edited) == 1


async def test_after_a_week_nobody_watches_any_more(works: Company) -> None:
    await on_its_way(works)
    await ticks(works, 20)
    works.clock.pass_by(timedelta(days=7))
    works.chat.edited.clear()
    works.plan = Plan(works.desk)
    await acknowledged(works, "colleague1")
    await ticks(works, 20)
    assert works.chat.edited == []
