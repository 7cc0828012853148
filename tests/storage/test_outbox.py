"""Claims, leases and ends of claims: no row is sent twice, none is forgotten."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from handlers.model import Address, Job, Lane, Places, Platform, Queue, Reason, Receipt, Status
from handlers.pace import Pace
from storage.engine import connect
from storage.schema import migrate
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    FINDS,
    GRACE,
    LEASE,
    LINUS,
    MARIE,
    MINUTE,
    MONDAY,
    PLAIN,
    SENDS,
    change,
    claim,
    delivery,
    person,
    roster,
)


async def test_a_claim_takes_due_rows_and_leases_them(store: Storage) -> None:
    await store.commit(change(person=ADA))
    due, later = delivery(ADA), delivery(LINUS, due_at=MONDAY + MINUTE)
    await store.plan(roster(due, later), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 10)
    expected = replace(due, status=Status.SENDING, attempt=1, lease_until=MONDAY + LEASE)
    assert claimed == expected
    assert await store.delivery(due.id) == expected
    assert await claim(store, MONDAY, "w", 10) == []


async def test_a_claim_sees_one_workspace_only(store: Storage) -> None:
    elsewhere = delivery(LINUS, address=Address(Platform.TEAMS, "tenant", "29:l"))
    await store.plan(roster(delivery(ADA), elsewhere), MONDAY)
    there = Queue(Platform.TEAMS, "tenant", Job.SEND)
    assert list(await store.waiting(MONDAY)) == [SENDS, there]
    assert [d.id for d in await claim(store, MONDAY, queue=there)] == [elsewhere.id]
    assert list(await store.waiting(MONDAY)) == [SENDS]


async def test_answers_go_before_reminders_and_these_before_the_many(store: Storage) -> None:
    bulk = delivery(ADA, due_at=MONDAY - MINUTE)
    early = delivery(MARIE, due_at=MONDAY - 2 * MINUTE)
    reminder = delivery(LINUS, lane=Lane.REMINDER)
    answer = delivery(GRACE, lane=Lane.INTERACTIVE)
    await store.plan(roster(bulk, early, reminder, answer), MONDAY)
    first = await claim(store, MONDAY, "w", 3)
    assert [d.id for d in first] == [answer.id, reminder.id, early.id]
    assert [d.id for d in await claim(store, MONDAY, "w", 3)] == [bulk.id]


async def test_the_many_leave_places_free_for_answers(store: Storage) -> None:
    await store.plan(roster(delivery(ADA), delivery(MARIE), delivery(LINUS)), MONDAY)
    claimed = await store.claim(SENDS, MONDAY, "w", LEASE, Places(3, 1), None)
    assert len(claimed.taken) == 1
    answer = delivery(GRACE, lane=Lane.INTERACTIVE, slot="asked")
    await store.commit(change(deliver=(answer,)))
    claimed = await store.claim(SENDS, MONDAY, "w", LEASE, Places(2, 0), None)
    assert [d.id for d, _ in claimed.taken] == [answer.id]


async def test_two_processes_never_claim_the_same_row(store: Storage, second: Storage) -> None:
    people = [person(f"P{n}") for n in range(120)]
    await store.plan(roster(*(delivery(p) for p in people)), MONDAY)
    owners = {"one": store, "two": second}
    claims = [(s, owner) for owner, s in owners.items() for _ in range(40)]
    taken = await asyncio.gather(*(claim(s, MONDAY, owner, 2) for s, owner in claims))
    ids = [d.id for batch in taken for d in batch]
    assert len(ids) == len(set(ids)) == 120


async def test_a_settled_row_keeps_its_receipt(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    assert await store.settle(claimed, "w", Status.SENT, MONDAY + MINUTE, receipt=Receipt("17.5", "D1"))
    found = await store.delivery(row.id)
    assert found is not None
    assert (found.status, found.receipt, found.sent_at) == (Status.SENT, "17.5", MONDAY + MINUTE)
    assert found.address == replace(row.address or ADA.addresses[0], conversation="D1")
    assert found.lease_until is None


async def test_try_later_puts_the_row_back_for_later(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    assert await store.settle(claimed, "w", Status.PENDING, MONDAY, due_at=MONDAY + 5 * MINUTE)
    assert await claim(store, MONDAY + 4 * MINUTE, "w", 1) == []
    (again,) = await claim(store, MONDAY + 5 * MINUTE, "w", 1)
    assert (again.attempt, again.due_at) == (2, MONDAY + 5 * MINUTE)


async def test_a_zombie_that_wakes_up_late_settles_nothing(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    (stale,) = await claim(store, MONDAY, "zombie", 1)
    late = MONDAY + LEASE
    assert await store.reclaim(late, MINUTE) == 1
    assert not await store.settle(stale, "zombie", Status.SENT, late, receipt=Receipt("1"))
    (doubtful,) = await claim(store, late + MINUTE, "w", 5, FINDS)
    assert not await store.settle(stale, "zombie", Status.SENT, late, receipt=Receipt("1"))
    assert await store.settle(doubtful, "w", Status.PENDING, late + MINUTE, resolved_by="absent")
    (again,) = await claim(store, late + MINUTE, "zombie", 1)
    assert not await store.settle(stale, "zombie", Status.SENT, late, receipt=Receipt("1"))  # attempt 1 of 2
    assert await store.settle(again, "zombie", Status.SENT, late + MINUTE, receipt=Receipt("2"))
    assert not await store.settle(again, "zombie", Status.SENT, late + MINUTE, receipt=Receipt("2"))


async def test_a_lease_that_ran_out_becomes_unknown_and_is_looked_at_after_the_quarantine(
    store: Storage,
) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    await claim(store, MONDAY, "crashed", 1)
    assert await store.reclaim(MONDAY + LEASE - timedelta(seconds=1), MINUTE) == 0
    assert await store.reclaim(MONDAY + LEASE, MINUTE) == 1
    found = await store.delivery(row.id)
    assert found is not None
    assert found.status is Status.UNKNOWN
    assert await claim(store, MONDAY + LEASE + MINUTE - timedelta(seconds=1), "w", 5, FINDS) == []
    assert await store.next_due(MONDAY + LEASE) == MONDAY + LEASE + MINUTE
    (looking,) = await claim(store, MONDAY + LEASE + MINUTE, "w", 5, FINDS)
    assert (looking.status, looking.attempt) == (Status.RECONCILING, 1)
    assert await claim(store, MONDAY + LEASE + MINUTE, "other", 5, FINDS) == []
    assert await store.settle(
        looking, "w", Status.SENT, MONDAY + 2 * MINUTE, receipt=Receipt("9"), resolved_by="history"
    )
    log = [(e.kind, e.reason) for e in reversed(await store.entries())]
    assert log == [("planned", ""), ("assigned", ""), ("uncertain", ""), ("delivered", "")]


async def test_a_look_that_crashed_is_taken_up_again(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    await store.settle(claimed, "w", Status.UNKNOWN, MONDAY, due_at=MONDAY + MINUTE)
    now = MONDAY + MINUTE
    assert len(await claim(store, now, "crashed", 1, FINDS)) == 1
    assert await store.reclaim(now + LEASE, MINUTE) == 1
    (looking,) = await claim(store, now + LEASE + MINUTE, "w", 1, FINDS)
    assert await store.settle(looking, "w", Status.UNKNOWN, now, due_at=now + 9 * MINUTE)
    assert [e.kind for e in await store.entries()].count("uncertain") == 2  # the last look told nothing new


async def test_a_throttled_workspace_waits_and_the_longer_wait_holds(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    await store.throttle(SENDS, MONDAY, MONDAY + 2 * MINUTE, None)
    await store.throttle(SENDS, MONDAY, MONDAY + MINUTE, None)
    assert await store.waiting(MONDAY + MINUTE) == []
    assert await claim(store, MONDAY + MINUTE, "w", 1) == []
    assert await store.next_due(MONDAY) == MONDAY + 2 * MINUTE
    assert await store.waiting(MONDAY + 2 * MINUTE) == [SENDS]
    assert len(await claim(store, MONDAY + 2 * MINUTE, "w", 1)) == 1


async def test_the_next_due_is_the_soonest_of_what_waits(store: Storage) -> None:
    assert await store.next_due(MONDAY) is None
    rows = [delivery(ADA, due_at=MONDAY + MINUTE), delivery(LINUS, due_at=MONDAY + 2 * MINUTE)]
    await store.plan(roster(*rows), MONDAY)
    assert await store.next_due(MONDAY) == MONDAY + MINUTE
    assert await store.next_due(MONDAY + MINUTE) == MONDAY + 2 * MINUTE


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (Status.SENT, Reason.NONE, "delivered"),
        (Status.FAILED, Reason.BLOCKED, "failed"),
        (Status.SKIPPED, Reason.PAUSED, "excluded"),
        (Status.CANCELLED, Reason.LEFT, "excluded"),
        (Status.EXPIRED, Reason.THROTTLED, "expired"),
        (Status.UNKNOWN, Reason.NONE, "uncertain"),
    ],
)
async def test_every_end_of_a_claim_is_logged_with_its_reason(
    store: Storage, status: Status, reason: Reason, kind: str
) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    await store.settle(claimed, "w", status, MONDAY, reason=reason, code="platform_word")
    newest = (await store.entries(1))[0]
    assert (newest.kind, newest.reason, newest.person, newest.delivery) == (kind, reason, "ada", claimed.id)
    assert (newest.title, newest.clauses) == ("Why quality", ("ISO 9001:2015 7.3",))


async def test_a_retry_and_a_plain_answer_leave_no_entry(store: Storage) -> None:
    answer = delivery(ADA, campaign="", slot="event-1", piece=None, card=PLAIN, lane=Lane.INTERACTIVE)
    await store.commit(change(deliver=(answer,)))
    (claimed,) = await claim(store, MONDAY, "w", 1)
    await store.settle(claimed, "w", Status.PENDING, MONDAY)
    (claimed,) = await claim(store, MONDAY, "w", 1)
    await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
    assert await store.entries() == []


async def test_no_question_to_the_outbox_reads_more_than_its_answer(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/catchball.db")
    asked: list[str] = []  # with their parameters

    @event.listens_for(engine, "connect")
    def listen(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(asked.append)

    migrate(engine)
    asked.clear()
    store = Storage(engine, version="1.2.3")

    await store.plan(roster(delivery(ADA), delivery(LINUS)), MONDAY)
    one, two = await claim(store, MONDAY, "w", 2)
    await store.settle(one, "w", Status.UNKNOWN, MONDAY, due_at=MONDAY)
    await claim(store, MONDAY, "w", 1, FINDS)
    await store.settle(two, "w", Status.SENT, MONDAY, receipt=Receipt("1", "D1"))
    await store.reclaim(MONDAY + LEASE, MINUTE)
    await store.waiting(MONDAY)
    await store.next_due(MONDAY)
    with engine.connect() as connection:
        plans = {
            step[3]
            for statement in list(asked)
            if statement.startswith(("SELECT", "UPDATE"))
            for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")
        }
    store.close()
    assert [step for step in plans if step.startswith("SCAN") and "INDEX" not in step] == []
    assert any("ix_delivery_claim" in step for step in plans)
    assert any("ix_delivery_open" in step for step in plans)


async def test_processes_that_claim_from_several_queues_at_once_never_wait_for_each_other(
    store: Storage, second: Storage
) -> None:
    queues = [Queue(Platform.SLACK, f"T{n}", Job.SEND) for n in range(4)]
    pace = Pace(start=1000, most=1000)

    async def claims(where: Storage, order: list[Queue]) -> None:
        for _ in range(40):
            await asyncio.gather(
                *(where.claim(queue, MONDAY, "w", LEASE, Places(1, 1), pace) for queue in order),
                *(where.throttle(queue, MONDAY, MONDAY, pace) for queue in reversed(order)),
            )

    await claims(store, queues)
    await asyncio.gather(claims(store, queues), claims(second, queues[::-1]))
