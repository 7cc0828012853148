"""Following up: whose turn a look is, who has not acknowledged, and reminders that are written once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from handlers.broadcasts.reminders import reminder
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import Answering, Delivery, Lane, Look, Person, Receipt, Silent, Status
from storage.engine import connect
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    CARD,
    LINUS,
    MARIE,
    MESSAGE,
    MINUTE,
    MONDAY,
    SLOT,
    change,
    claim,
    delivery,
    press,
    roster,
)

LAUNCHED = Broadcast("lead", MESSAGE, "everyone", "grace", MONDAY)
LOOK = Look("lead", SLOT, "Europe/Berlin", MONDAY + timedelta(days=2))


async def sent(store: Storage, *people: Person) -> list[Delivery]:
    """A broadcast to these people, all of it sent, to be looked at in two days."""
    await store.commit(change(step=Step(None, LAUNCHED)))
    for each in people:
        await store.commit(change(person=each))
    rows = [delivery(each) for each in people]
    await store.plan(roster(*rows, look_at=LOOK.at), MONDAY)
    for row in await claim(store, MONDAY):
        assert await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"ts-{row.id}", "D1"))
    return rows


def again(first: Delivery, number: int = 1) -> Delivery:
    return delivery(
        replace(ADA, key=first.person),
        id=f"{first.id}-again-{number}",
        slot=f"{SLOT} reminder {number}",
        piece=reminder(MESSAGE, number),
        card=CARD,
        lane=Lane.REMINDER,
        reminds=first.id,
        due_at=LOOK.at,
        expires_at=LOOK.at + timedelta(days=1),
    )


async def test_a_look_is_taken_by_one_of_two_at_once(store: Storage, second: Storage) -> None:
    await sent(store, ADA)
    assert await store.looks(LOOK.at - MINUTE) == []
    assert await second.looks(LOOK.at) == [LOOK]
    took = await asyncio.gather(*(each.put_off(LOOK, LOOK.at + MINUTE) for each in (store, second)))
    assert sorted(took) == [False, True]
    (later,) = await store.looks(LOOK.at + MINUTE)
    assert await store.put_off(later, None)
    assert await store.looks(LOOK.at + timedelta(days=900)) == []


async def test_silent_is_who_was_sent_it_and_has_neither_acknowledged_nor_left(store: Storage) -> None:
    ada, linus, _ = await sent(store, ADA, LINUS, MARIE)
    await store.commit(press(linus))
    await store.commit(change(person=replace(MARIE, left_at=MONDAY), known=MARIE))
    assert await store.silent(LOOK) == ([Silent(ada.id, "ada", "tim", 0, MONDAY)], False)


async def test_who_is_still_to_get_it_is_not_silent_and_is_waited_for(store: Storage) -> None:
    await sent(store)
    await store.commit(change(person=ADA))
    await store.plan(roster(delivery(ADA), slot="later"), MONDAY)
    assert await store.silent(replace(LOOK, slot="later")) == ([], False)
    await store.plan(roster(delivery(ADA, slot="later"), slot="later", zone="Asia/Tokyo"), MONDAY)
    assert await store.silent(replace(LOOK, slot="later")) == ([], True)


async def test_reminders_are_written_once_whoever_asks_and_counted(store: Storage, second: Storage) -> None:
    ada, linus = await sent(store, ADA, LINUS)
    rows = [again(ada), again(linus)]
    twice = [replace(row, id=f"{row.id}-other") for row in rows]
    assert sum(await asyncio.gather(store.follow_up(rows, LOOK.at), second.follow_up(twice, LOOK.at))) == 2
    silent, _ = await store.silent(LOOK)
    assert [(s.reminders, s.since, s.waits) for s in silent] == [(1, LOOK.at, True)] * 2
    for row in await claim(store, LOOK.at):
        assert await store.settle(row, "w", Status.SENT, LOOK.at + MINUTE, receipt=Receipt("ts", "D1"))
    silent, _ = await store.silent(LOOK)
    assert [(s.since, s.waits) for s in silent] == [(LOOK.at + MINUTE, False)] * 2
    (known,) = await store.reminders_of(ada.id)
    found = await store.delivery(known)
    assert found is not None
    assert (found.reminds, found.lane) == (ada.id, Lane.REMINDER)


@pytest.mark.parametrize("stage", [Stage.PAUSED, Stage.WITHDRAWN])
async def test_of_what_is_paused_or_taken_back_nobody_is_reminded(store: Storage, stage: Stage) -> None:
    (ada,) = await sent(store, ADA)
    await store.commit(change(step=step(LAUNCHED, stage)))
    assert await store.follow_up([again(ada)], LOOK.at) == 0


async def test_what_is_done_with_a_reminder_is_what_is_done_with_its_message(store: Storage) -> None:
    (ada,) = await sent(store, ADA)
    reminded = again(ada)
    await store.follow_up([reminded], LOOK.at)
    await store.commit(press(ada))
    assert ADA.address is not None
    _, found, done = await store.pressed(ADA.address, reminded.id)
    assert found is not None
    assert [did.verb for did in done] == ["acknowledged"]


async def test_a_manager_has_the_numbers_of_their_own_people(store: Storage) -> None:
    await sent(store, ADA, LINUS, MARIE)
    assert await store.answering("lead", SLOT, "tim") == Answering(2, ("Ada", "Linus"), ("ada", "linus"))
    assert await store.answering("lead", "another", "tim") == Answering(0)


async def test_habits_are_when_people_did_something_since_then(store: Storage) -> None:
    ada, _ = await sent(store, ADA, LINUS)
    await store.commit(press(ada))
    found = await store.habits(["ada", "linus"], MONDAY)
    assert found == {"ada": [MONDAY + timedelta(seconds=2)]}
    assert await store.habits(["ada"], MONDAY + MINUTE) == {}


async def test_the_reminders_of_a_message_are_found_by_their_own_index(store: Storage, url: str) -> None:
    await sent(store, ADA)
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL plans by statistics, which a handful of rows has none of")
    engine = connect(url)
    query = (
        "EXPLAIN QUERY PLAN SELECT count(r.id) FROM delivery d LEFT JOIN delivery r"
        " ON r.reminds <> '' AND r.reminds = d.id WHERE d.campaign = 'lead' GROUP BY d.id"
    )
    with engine.connect() as connection:
        plan = " ".join(str(row) for row in connection.execute(text(query)))
    engine.dispose()
    assert "ix_delivery_reminds" in plan
