"""A press proves that its copy arrived, whatever the row says at that moment; and nothing is sent again for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import Delivery, Job, Places, Platform, Queue, Reason, Receipt, Status
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    FINDS,
    LEASE,
    MESSAGE,
    MINUTE,
    MONDAY,
    change,
    claim,
    delivery,
    press,
    roster,
)

TAKEN_AWAY = Queue(Platform.SLACK, "T1", Job.WITHDRAW)


async def claimed(store: Storage) -> Delivery:
    await store.plan(roster(delivery(ADA)), MONDAY)
    (row,) = await claim(store, MONDAY)
    return row


async def presses(store: Storage, row: Delivery, message: str) -> None:
    assert await store.commit(replace(press(row), message=message))


async def row_now(store: Storage, row: Delivery) -> tuple[Status, str]:
    found = await store.delivery(row.id)
    assert found is not None
    return found.status, found.receipt


async def taken_away(store: Storage) -> list[str]:
    claim = await store.claim(TAKEN_AWAY, MONDAY + MINUTE, "w", LEASE, Places(9, 9), None)
    return [withdrawal.message for withdrawal in claim.withdrawals]


@pytest.mark.parametrize("ends", [Status.UNKNOWN, Status.PENDING, Status.FAILED, Status.EXPIRED])
async def test_a_press_in_mid_call_is_a_yes_however_the_call_ends(store: Storage, ends: Status) -> None:
    row = await claimed(store)
    await presses(store, row, "m1")
    assert (await row_now(store, row))[0] is Status.SENDING
    assert await store.settle(row, "w", ends, MONDAY, reason=Reason.UNCERTAIN, due_at=MONDAY)
    assert await row_now(store, row) == (Status.SENT, "m1")
    assert [e.kind for e in await store.entries()].count("delivered") == 1


async def test_a_press_in_mid_call_is_a_yes_when_the_caller_dies(store: Storage) -> None:
    row = await claimed(store)
    await presses(store, row, "m1")
    await store.reclaim(MONDAY + LEASE, MINUTE)
    (looking,) = await claim(store, MONDAY + LEASE + MINUTE, queue=FINDS)
    assert await store.settle(looking, "w", Status.PENDING, MONDAY, due_at=MONDAY, resolved_by="policy")
    assert await row_now(store, row) == (Status.SENT, "m1")


async def test_what_waits_to_be_sent_again_is_not_when_its_first_copy_is_pressed(store: Storage) -> None:
    row = await claimed(store)
    await store.settle(row, "w", Status.PENDING, MONDAY, due_at=MONDAY + MINUTE)
    await presses(store, row, "m1")
    assert await row_now(store, row) == (Status.SENT, "m1")
    assert await claim(store, MONDAY + MINUTE) == []


@pytest.mark.parametrize(
    ("status", "reason"), [(Status.FAILED, Reason.UNCERTAIN), (Status.EXPIRED, Reason.THROTTLED)]
)
async def test_what_was_given_up_has_been_sent_when_it_is_pressed(
    store: Storage, status: Status, reason: Reason
) -> None:
    row = await claimed(store)
    await store.settle(row, "w", status, MONDAY, reason=reason)
    await presses(store, row, "m1")
    found = await store.delivery(row.id)
    assert found is not None
    assert (found.status, found.reason, found.receipt) == (Status.SENT, Reason.NONE, "m1")
    (tally,) = await store.tallies("all", MONDAY, MONDAY + MINUTE)
    assert (tally.reached, tally.acknowledged) == (1, 1)


async def test_a_second_copy_that_arrives_after_the_first_was_pressed_is_taken_away(store: Storage) -> None:
    row = await claimed(store)
    await presses(store, row, "m1")
    assert await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt("m2", "D1"))
    assert await row_now(store, row) == (Status.SENT, "m1")
    assert await taken_away(store) == ["m2"]


async def test_a_press_on_the_copy_that_is_being_sent_leaves_it_where_it_is(store: Storage) -> None:
    row = await claimed(store)
    await presses(store, row, "m1")
    assert await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt("m1", "D1"))
    assert await taken_away(store) == []


async def test_a_copy_that_is_pressed_while_its_recall_comes_is_taken_away(store: Storage) -> None:
    row = await claimed(store)
    await store.settle(row, "w", Status.UNKNOWN, MONDAY, due_at=MONDAY)
    lead = Broadcast("lead", MESSAGE, "everyone", "grace", MONDAY)
    await store.commit(change(step=Step(None, lead)))
    await store.commit(change(step=step(lead, Stage.WITHDRAWN)))
    await presses(store, row, "m1")
    assert await row_now(store, row) == (Status.SENT, "m1")
    assert await taken_away(store) == ["m1"]
