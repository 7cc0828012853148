"""One reminder to those who have not acknowledged, at a time that suits them, and then a word to their manager."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from content.cards import Card
from content.pieces import Escalation, Reminder
from content.programme import Reminders
from handlers.messages import ACKNOWLEDGED
from handlers.model import Delivery, Reason, Role, Status
from handlers.plan import Plan
from tests.conftest import Company, button
from tests.handlers.broadcasts.test_broadcasts import drafted, pressed, sent

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # in Berlin, where everybody is
HOUR = timedelta(hours=1)
PEOPLE = ("ada", "bob", "kim", "linus", "tim")


@pytest.fixture
async def works(company: Company) -> Company:
    """Grace leads, and Marie is the manager of five others."""
    company.clock.move(MONDAY_TEN)
    company.run_campaigns(reminders=Reminders())
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    marie = await company.admit("marie")
    for name in PEOPLE:
        await company.admit(name, manager=marie.email)
    return company


async def out(company: Company, **fields: str) -> Delivery:
    """Grace's broadcast has gone out to everybody; her card."""
    preview = await drafted(company, **fields)
    await sent(company, preview)
    await company.drain.everything()
    return preview


async def pass_by(company: Company, span: timedelta) -> None:
    """Time passes with a tick and a drain in every third hour."""
    until = company.clock.now() + span
    while company.clock.now() < until:
        company.clock.pass_by(3 * HOUR)
        await company.go_on()


async def acknowledges(company: Company, name: str, delivery: Delivery | None = None) -> Card:
    delivery = delivery or await company.latest(name)
    outcome = await company.press(name, delivery, button(delivery.card, "I have read this"))
    assert outcome.show is not None
    return outcome.show


async def rows(company: Company, kind: type[Any]) -> list[Delivery]:
    return [row for row in await company.store.outbox(500) if isinstance(row.piece, kind)]


def reminded(company: Company, name: str) -> int:
    return company.chat.titles(name).count("Reminder: Thank you")


async def test_who_has_not_acknowledged_is_reminded_once_and_nobody_else(works: Company) -> None:
    await out(works)
    await acknowledges(works, "ada")
    await pass_by(works, timedelta(days=10))
    assert [reminded(works, name) for name in ("ada", "bob", "kim", "grace")] == [0, 1, 1, 1]
    assert len(await rows(works, Reminder)) == 6


async def test_it_comes_on_the_next_working_day_after_two_days_in_the_hour_from_ten(works: Company) -> None:
    works.clock.move(MONDAY_TEN + timedelta(days=2))  # two days later it is Friday, and then the weekend
    await out(works)
    await pass_by(works, timedelta(days=8))
    times = [row.due_at for row in await rows(works, Reminder)]
    assert {moment.date().isoformat() for moment in times} == {"2026-11-30"}
    assert {moment.hour for moment in times} == {9}  # ten in Berlin
    assert len({moment.minute for moment in times}) > 1


async def test_most_reminders_are_as_many_as_the_programme_says(works: Company) -> None:
    works.run_campaigns(reminders=Reminders(most=2, after=24))
    await out(works)
    await pass_by(works, timedelta(days=14))
    assert reminded(works, "bob") == 2
    slots = {row.slot.partition(" ")[2] for row in await rows(works, Reminder)}
    assert slots == {"reminder 1", "reminder 2"}


async def test_without_the_setting_nobody_is_reminded(works: Company) -> None:
    works.run_campaigns(reminders=None)
    await out(works)
    await pass_by(works, timedelta(days=7))
    assert await rows(works, Reminder) == []


async def test_what_asks_for_nothing_reminds_nobody(works: Company) -> None:
    await out(works, acknowledge="no")
    await pass_by(works, timedelta(days=7))
    assert await rows(works, Reminder) == []


async def test_a_press_on_the_reminder_counts_on_the_message_once_and_both_cards_show_it(
    works: Company,
) -> None:
    await out(works)
    first = await works.latest("bob")
    await pass_by(works, timedelta(days=4))
    again = await works.latest("bob")
    assert again.reminds == first.id
    shown = await acknowledges(works, "bob", again)
    assert (shown.title, shown.buttons()) == ("Reminder: Thank you", ())
    assert [did.verb for did in await works.store.done(first.id)] == [ACKNOWLEDGED]
    assert (await works.store.done(again.id)) == (await works.store.done(first.id))
    works.chat.edited.clear()
    await works.drain.everything()
    assert [(message, card.buttons()) for message, card in works.chat.edited] == [(first.receipt, ())]
    await acknowledges(works, "bob", first)
    entries = [entry for entry in await works.store.entries(500) if entry.kind == ACKNOWLEDGED]
    assert [entry.delivery for entry in entries] == [first.id]
    assert works.chat.withdrawn == []


async def test_a_press_on_the_message_shows_on_its_reminder(works: Company) -> None:
    await out(works)
    first = await works.latest("bob")
    await pass_by(works, timedelta(days=4))
    again = await works.latest("bob")
    await acknowledges(works, "bob", first)
    works.chat.edited.clear()
    await works.drain.everything()
    ((message, card),) = works.chat.edited
    assert (message, card.title) == (again.receipt, "Reminder: Thank you")


async def test_who_acknowledges_between_planning_and_sending_gets_no_reminder(works: Company) -> None:
    await out(works)
    first = await works.latest("bob")
    works.clock.pass_by(timedelta(hours=49))
    await works.plan.tick()
    await acknowledges(works, "bob", first)
    await pass_by(works, timedelta(days=2))
    assert reminded(works, "bob") == 0
    ends = {(row.person, row.status, row.reason) for row in await rows(works, Reminder)}
    assert (first.person, Status.SKIPPED, Reason.DONE) in ends


async def test_who_is_paused_gets_none(works: Company) -> None:
    await out(works)
    await works.said("bob", "pause 2 weeks")
    await pass_by(works, timedelta(days=5))
    assert reminded(works, "bob") == 0
    reasons = [row.reason for row in await rows(works, Reminder) if row.status is Status.SKIPPED]
    assert reasons == [Reason.PAUSED]


async def test_after_a_recall_nobody_is_reminded_and_reminders_are_taken_away(works: Company) -> None:
    preview = await out(works)
    await pass_by(works, timedelta(days=4))
    assert reminded(works, "bob") == 1
    await pressed(works, preview, "withdrew")
    await pass_by(works, timedelta(days=7))
    assert len(works.chat.withdrawn) == 14  # seven messages and their reminders
    assert await rows(works, Escalation) == []


async def test_a_pause_of_the_broadcast_puts_the_reminders_off(works: Company) -> None:
    await works.admit("yuki", zone="Asia/Tokyo")  # whose quiet hours have begun, so that it is not complete
    preview = await out(works)
    await pressed(works, preview, "held")
    await pass_by(works, timedelta(days=7))
    assert reminded(works, "bob") == 0
    await pressed(works, preview, "released")
    await pass_by(works, timedelta(days=7))
    assert [reminded(works, name) for name in ("bob", "yuki")] == [1, 1]


async def test_several_processes_and_restarts_remind_once(works: Company) -> None:
    await out(works)
    for _ in range(8 * 5):
        works.clock.pass_by(3 * HOUR)
        for plan in (works.plan, Plan(works.desk)):
            await plan.tick()
        await works.drain.everything()
    assert {reminded(works, name) for name in PEOPLE} == {1}


async def test_reminders_count_neither_for_the_week_nor_in_the_numbers(works: Company) -> None:
    await out(works)
    since, until = MONDAY_TEN - timedelta(days=1), MONDAY_TEN + timedelta(days=14)
    (before,) = await works.store.tallies("all", since, until)
    await pass_by(works, timedelta(days=5))
    assert list(await works.store.tallies("all", since, until)) == [before]
    keys = [row.person for row in await rows(works, Reminder)]
    assert await works.store.full(keys, since, until, 2) == frozenset()


async def test_a_delivered_reminder_is_in_the_ledger_as_such(works: Company) -> None:
    await out(works)
    await pass_by(works, timedelta(days=4))
    kinds = [entry.kind for entry in await works.store.entries(500)]
    assert kinds.count("reminded") == 7
    assert kinds.count("delivered") == 8  # the preview among them
    assert kinds.count("assigned") == 8


async def test_a_manager_hears_once_how_many_are_silent_and_not_who(works: Company) -> None:
    await out(works)
    await acknowledges(works, "ada")
    await pass_by(works, timedelta(days=14))
    (told,) = await rows(works, Escalation)
    text = str(told.card)
    assert "4 of your 5 people" in text
    assert not any(name.capitalize() in text for name in PEOPLE)
    assert works.chat.titles("marie").count("Not acknowledged yet: Thank you") == 1
    assert [entry.kind for entry in await works.store.entries(500)].count("escalated") == 1
    assert told.due_at.date().isoformat() == "2026-11-30"  # and not on the Saturday that it falls due on


async def test_of_fewer_than_five_people_no_number_is_given(works: Company) -> None:
    await works.admit("tim", manager="grace@example.org")
    await out(works)
    await pass_by(works, timedelta(days=14))
    told = await rows(works, Escalation)
    assert len(told) == 2
    assert all("Not everybody of your people" in str(row.card) for row in told)


async def test_names_are_told_where_the_programme_says_so(works: Company) -> None:
    works.run_campaigns(reminders=Reminders(by_name=True))
    await out(works)
    await acknowledges(works, "ada")
    await pass_by(works, timedelta(days=14))
    (told,) = await rows(works, Escalation)
    assert [name for name in PEOPLE if name.capitalize() in str(told.card)] == ["bob", "kim", "linus", "tim"]


async def test_a_manager_may_look_again_and_sees_the_numbers_of_that_moment(works: Company) -> None:
    await out(works)
    firsts = {name: await works.latest(name) for name in PEOPLE}
    await pass_by(works, timedelta(days=14))
    (told,) = await rows(works, Escalation)
    await acknowledges(works, "bob", firsts["bob"])
    outcome = await works.press("marie", told, button(told.card, "How is it now?"))
    assert "4 of your 5 people" in str(outcome.show)


async def test_nobody_hears_of_people_who_have_all_acknowledged(works: Company) -> None:
    await out(works)
    firsts = {name: await works.latest(name) for name in PEOPLE}
    await pass_by(works, timedelta(days=4))
    for name, delivery in firsts.items():
        await acknowledges(works, name, delivery)
    await pass_by(works, timedelta(days=14))
    assert await rows(works, Escalation) == []


async def test_a_look_at_which_nothing_is_due_is_one_small_query(works: Company) -> None:
    await out(works)
    assert await works.store.looks(works.clock.now() + timedelta(hours=47)) == []
    (look,) = await works.store.looks(works.clock.now() + timedelta(hours=49))
    await pass_by(works, timedelta(days=20))
    assert await works.store.looks(works.clock.now() + timedelta(days=900)) == []
    assert look.campaign.startswith("broadcast-")
