"""Cards to be drawn anew: requests come together, none is lost, and what can no longer be shown is left alone."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import (
    TRIES_TO_EDIT,
    Delivery,
    Job,
    Person,
    Places,
    Platform,
    Queue,
    Reason,
    Receipt,
    Refresh,
    Status,
)
from handlers.pace import Pace
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    GRACE,
    LEASE,
    LINUS,
    MARIE,
    MESSAGE,
    MINUTE,
    MONDAY,
    SENDS,
    change,
    claim,
    delivery,
    press,
    roster,
)

EDITS = Queue(Platform.SLACK, "T1", Job.EDIT)
SECOND = timedelta(seconds=1)


async def known(store: Storage, *people: Person) -> None:
    for each in people:
        await store.commit(change(person=each))


async def sent(store: Storage, *people: Person) -> list[Delivery]:
    """One delivery for each of these people, who are known, and all of them sent."""
    await known(store, *people)
    await store.plan(roster(*(delivery(each) for each in people)), MONDAY)
    rows = await claim(store, MONDAY)
    for row in rows:
        assert await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"ts-{row.id}", "D1"))
    return rows


async def taken(
    store: Storage, now: datetime, room: int = 100, pace: Pace | None = None
) -> Sequence[Refresh]:
    return (await store.claim(EDITS, now, "w", LEASE, Places(room, room), pace)).refreshes


async def test_a_card_is_claimed_whole_with_its_person_and_once(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    assert await store.waiting(MONDAY) == [EDITS]
    (refresh,) = await taken(store, MONDAY)
    assert (refresh.delivery.id, refresh.delivery.receipt) == (row.id, f"ts-{row.id}")
    assert refresh.delivery.address is not None
    assert refresh.delivery.address.conversation == "D1"
    assert (refresh.person.key, refresh.person.roles) == ("ada", ADA.roles)
    assert (refresh.wanted, refresh.attempt, refresh.lease_until) == (1, 1, MONDAY + LEASE)
    assert await store.waiting(MONDAY + SECOND) == []
    await store.settle_refresh(refresh, MONDAY + SECOND)
    assert await taken(store, MONDAY + MINUTE) == ()


async def test_a_change_asks_for_it_and_a_repeat_of_the_event_does_not(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    pressed = replace(press(row), refresh=(row.id,))
    assert await store.commit(pressed)
    (refresh,) = await taken(store, MONDAY + MINUTE)
    await store.settle_refresh(refresh, MONDAY + MINUTE)
    assert not await store.commit(pressed)
    assert await taken(store, MONDAY + 2 * MINUTE) == ()


async def test_a_change_that_only_asks_for_a_card_is_committed(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    assert await store.commit(change(refresh=(row.id,)))
    assert len(await taken(store, MONDAY)) == 1


async def test_requests_that_come_together_are_one_drawing(store: Storage) -> None:
    rows = await sent(store, ADA, LINUS)
    for _ in range(3):
        await store.refresh([row.id for row in (*rows, *rows)], MONDAY)
    found = await taken(store, MONDAY)
    assert [refresh.wanted for refresh in found] == [3, 3]
    for refresh in found:
        await store.settle_refresh(refresh, MONDAY)
    assert await taken(store, MONDAY + MINUTE) == ()


async def test_requests_of_two_processes_at_once_are_one_drawing(store: Storage, second: Storage) -> None:
    rows = await sent(store, ADA, LINUS, MARIE)
    ids = [row.id for row in rows]
    await asyncio.gather(store.refresh(ids, MONDAY), second.refresh(ids[::-1], MONDAY))
    assert {(r.delivery.id, r.wanted) for r in await taken(store, MONDAY)} == {(id_, 2) for id_ in ids}


async def test_what_is_asked_for_in_mid_call_is_drawn_after_it_and_not_beside_it(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    (refresh,) = await taken(store, MONDAY)
    await store.refresh([row.id], MONDAY + SECOND)
    assert await taken(store, MONDAY + SECOND) == ()
    await store.settle_refresh(refresh, MONDAY + 2 * SECOND)
    (again,) = await taken(store, MONDAY + 2 * SECOND)
    assert (again.wanted, again.attempt) == (2, 1)
    await store.settle_refresh(again, MONDAY + 3 * SECOND)
    assert await taken(store, MONDAY + MINUTE) == ()


async def test_what_is_done_may_be_asked_for_again(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    for day in range(3):
        at = MONDAY + timedelta(days=day)
        await store.refresh([row.id], at)
        (refresh,) = await taken(store, at)
        assert (refresh.wanted, refresh.attempt) == (day + 1, 1)
        await store.settle_refresh(refresh, at)


async def test_a_try_that_was_put_off_waits_even_if_it_is_asked_for_meanwhile(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    (refresh,) = await taken(store, MONDAY)
    await store.settle_refresh(refresh, MONDAY, code="429", due_at=MONDAY + MINUTE)
    await store.refresh([row.id], MONDAY + SECOND)
    assert await taken(store, MONDAY + 59 * SECOND) == ()
    assert await store.next_due(MONDAY + SECOND) == MONDAY + MINUTE
    (again,) = await taken(store, MONDAY + MINUTE)
    assert (again.wanted, again.attempt) == (2, 2)


async def test_what_a_dead_process_had_claimed_is_free_when_its_lease_is_over(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    (lost,) = await taken(store, MONDAY)
    assert await taken(store, MONDAY + LEASE - SECOND) == ()
    (again,) = await taken(store, MONDAY + LEASE)
    assert again.attempt == 2
    await store.settle_refresh(lost, MONDAY + LEASE)  # it was only slow, and is told nothing
    await store.settle_refresh(again, MONDAY + LEASE, due_at=MONDAY + LEASE)
    assert len(await taken(store, MONDAY + LEASE)) == 1


@pytest.mark.parametrize("ends", [Status.PENDING, Status.UNKNOWN])
async def test_a_card_that_is_not_sent_yet_is_drawn_when_it_has_been(store: Storage, ends: Status) -> None:
    await known(store, ADA)
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    await store.refresh([row.id], MONDAY)
    (first,) = await claim(store, MONDAY)
    await store.refresh([row.id], MONDAY)
    assert await store.settle(first, "w", ends, MONDAY, due_at=MONDAY)
    assert await taken(store, MONDAY) == ()
    queue = SENDS if ends is Status.PENDING else SENDS._replace(job=Job.FIND)
    (second_try,) = await claim(store, MONDAY, queue=queue)
    assert EDITS not in await store.waiting(MONDAY + MINUTE)
    assert await store.settle(second_try, "w", Status.SENT, MONDAY + MINUTE, receipt=Receipt("ts", "D1"))
    (refresh,) = await taken(store, MONDAY + MINUTE)
    assert (refresh.delivery.receipt, refresh.wanted) == ("ts", 2)


async def test_a_card_whose_arrival_a_press_proves_is_drawn_then(store: Storage) -> None:
    await known(store, ADA)
    await store.plan(roster(delivery(ADA)), MONDAY)
    (row,) = await claim(store, MONDAY)
    assert await store.settle(row, "w", Status.UNKNOWN, MONDAY, due_at=MONDAY + MINUTE)
    await store.refresh([row.id], MONDAY)
    assert await taken(store, MONDAY) == ()
    await store.commit(replace(press(row), message="m1"))
    assert [refresh.delivery.receipt for refresh in await taken(store, MONDAY + MINUTE)] == ["m1"]


async def test_a_request_and_the_news_that_its_card_was_sent_do_not_miss_each_other(
    store: Storage, second: Storage
) -> None:
    people = [replace(ADA, key=f"p{n}", email=f"p{n}@x", addresses=()) for n in range(20)]
    await known(store, *people)
    await store.plan(roster(*(delivery(each, address=ADA.address) for each in people)), MONDAY)
    rows = await claim(store, MONDAY)
    await asyncio.gather(
        *(store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt("ts", "D1")) for row in rows),
        *(second.refresh([row.id], MONDAY) for row in rows),
    )
    assert len(await taken(store, MONDAY)) == len(people)


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.SKIPPED, Status.CANCELLED])
async def test_who_was_not_reached_has_no_card_to_draw(store: Storage, status: Status) -> None:
    await known(store, ADA)
    await store.plan(roster(delivery(ADA)), MONDAY)
    (row,) = await claim(store, MONDAY)
    await store.settle(row, "w", status, MONDAY, reason=Reason.REFUSED)
    await store.refresh([row.id, "nobody knows this one"], MONDAY)
    assert await store.waiting(MONDAY + MINUTE) == []


async def test_a_message_that_is_withdrawn_is_not_drawn_anew(store: Storage) -> None:
    lead = Broadcast("lead", MESSAGE, "everyone", "grace", MONDAY)
    await store.commit(change(step=Step(None, lead)))
    early, late = await sent(store, ADA, LINUS)
    await store.refresh([early.id], MONDAY)
    await store.commit(change(step=step(lead, Stage.WITHDRAWN)))
    await store.refresh([late.id], MONDAY)
    assert await taken(store, MONDAY) == ()
    assert EDITS not in await store.waiting(MONDAY)


async def test_who_left_is_not_drawn_for(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    found = await store.person("ada")
    assert found is not None
    await store.commit(change(person=replace(found, left_at=MONDAY), known=found))
    assert await taken(store, MONDAY) == ()
    assert await store.waiting(MONDAY) == []


async def test_a_card_on_which_every_process_dies_is_given_up(store: Storage) -> None:
    (row,) = await sent(store, ADA)
    await store.refresh([row.id], MONDAY)
    for number in range(TRIES_TO_EDIT):
        assert len(await taken(store, MONDAY + number * LEASE)) == 1
    assert await taken(store, MONDAY + TRIES_TO_EDIT * LEASE) == ()
    assert await store.waiting(MONDAY + timedelta(days=1)) == []


async def test_a_claim_keeps_to_its_pace_and_passes_over_what_nobody_can_see(store: Storage) -> None:
    rows = await sent(store, GRACE, ADA, LINUS, MARIE)
    found = await store.person("grace")
    assert found is not None
    await store.commit(change(person=replace(found, left_at=MONDAY), known=found))
    await store.refresh([row.id for row in rows], MONDAY)
    pace = Pace(start=1, most=1)
    assert len(await taken(store, MONDAY, pace=pace)) == 1
    assert await taken(store, MONDAY, pace=pace) == ()
    assert len(await taken(store, MONDAY + SECOND, pace=pace)) == 1


async def test_a_request_for_more_than_a_step_asks_for_all(store: Storage) -> None:
    people = [replace(ADA, key=f"p{n}", email=f"p{n}@x", addresses=()) for n in range(300)]
    await store.plan(roster(*(delivery(each, address=ADA.address) for each in people)), MONDAY)
    for row in await claim(store, MONDAY, room=300):
        await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt("ts", "D1"))
    ids = [row.id for row in await store.outbox(300)]
    await store.refresh(ids, MONDAY + MINUTE)
    assert await store.next_due(MONDAY) == MONDAY + MINUTE
    assert await store.waiting(MONDAY + MINUTE) == [EDITS]
