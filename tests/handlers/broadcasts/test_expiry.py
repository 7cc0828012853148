"""A message that can be answered until a moment: before it everything, after it a sentence, and nothing counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from content.programme import Reminders
from handlers.broadcasts.drafts import changed, launched
from handlers.broadcasts.stages import Broadcast, Step
from handlers.events import Change
from handlers.model import Delivery, Role, Status
from tests.conftest import Company
from tests.handlers.broadcasts.test_corrections import texts
from tests.handlers.broadcasts.test_reminders import acknowledges, pass_by, reminded

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
async def works(company: Company) -> Company:
    company.clock.move(MONDAY_TEN)
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for name in ("ada", "bob"):
        await company.admit(name)
    await company.admit("yuki", zone="Asia/Tokyo")  # who is asleep until an hour before midnight in Berlin
    return company


async def until(company: Company, moment: str) -> Broadcast:
    """Grace's message, which can be answered until then, has gone out."""
    grace = await company.store.person_by_email("grace@example.org")
    assert grace is not None
    values = {"title": "Thank you", "text": "A good week.", "audience": "everyone", "expires": moment}
    drafted = await changed(company.desk, grace, None, values)
    assert isinstance(drafted, Broadcast)
    step = Step(None, await launched(company.desk, drafted))
    await company.store.commit(Change("launch", company.clock.now(), actor=grace, step=step))
    await company.go_on()
    return step.broadcast


async def test_its_cards_lose_their_buttons_at_that_moment_and_say_until_when(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    ada = await works.latest("ada")
    works.clock.move(MONDAY_TEN + 7 * HOUR - timedelta(seconds=1))
    await works.go_on()
    assert works.chat.edited == []
    works.clock.pass_by(timedelta(seconds=1))
    await works.go_on()
    assert len(works.chat.edited) == 3  # Grace, Ada and Bob
    card = dict(works.chat.edited)[ada.receipt]
    assert card.buttons() == ()
    assert "This could be answered until Monday 23 November, 17:00." in str(card).replace("\\", "")


async def test_a_press_afterwards_gets_that_sentence_and_counts_nothing(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    ada = await works.latest("ada")
    works.clock.move(MONDAY_TEN + 8 * HOUR)
    shown = await acknowledges(works, "ada", ada)
    assert "could be answered until" in str(shown)
    assert await works.store.done(ada.id) == ()


async def test_who_has_acknowledged_keeps_that(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    await acknowledges(works, "bob")
    works.clock.move(MONDAY_TEN + 8 * HOUR)
    await works.go_on()
    bob = await works.latest("bob")
    assert "You have acknowledged" in texts(works)[bob.receipt]
    assert "could be answered" not in texts(works)[bob.receipt]


async def test_it_does_not_go_out_after_that(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    await pass_by(works, timedelta(days=2))
    (row,) = [row for row in await works.store.outbox() if row.status is not Status.SENT]
    assert row.status is Status.EXPIRED
    assert works.chat.titles("yuki") == []


async def test_the_log_says_once_that_it_is_closed(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    await pass_by(works, timedelta(days=2))
    assert [entry.kind for entry in await works.store.entries(500)].count("closed") == 1


async def test_nobody_is_reminded_of_what_is_over(works: Company) -> None:
    works.run_campaigns(reminders=Reminders(after=24))
    await until(works, "2026-11-24T09:00")
    await pass_by(works, timedelta(days=5))
    assert reminded(works, "ada") == 0


async def test_a_reminder_can_be_answered_no_longer_than_its_message(works: Company) -> None:
    works.run_campaigns(reminders=Reminders(after=24))
    await until(works, "2026-11-25T17:00")
    await pass_by(works, timedelta(days=2, hours=6))
    assert reminded(works, "ada") == 1
    works.clock.move(datetime(2026, 11, 25, 16, 0, tzinfo=UTC))
    await works.go_on()
    again = await works.latest("ada")
    assert isinstance(again, Delivery)
    assert dict(works.chat.edited)[again.receipt].buttons() == ()


async def test_what_is_over_does_not_wait_for_anybody(works: Company) -> None:
    await until(works, "2026-11-23T17:00")
    assert "Thank you" in str((await works.said("ada", "today")).show)
    works.clock.move(MONDAY_TEN + 8 * HOUR)
    assert "Thank you" not in str((await works.said("ada", "today")).show)
