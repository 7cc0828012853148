"""A slot is planned at most once per person; a broadcast is planned once, or recalled and never."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import select

from content.pieces import Exclusion
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import Delivery, Job, Places, Platform, Queue, Reason, Receipt, Status
from storage import rosters, words
from storage.contents import Hashes
from storage.ledger import LEDGER, Ledger
from storage.store import Storage
from storage.tables import ContentRow, table
from tests.storage.scene import (
    ADA,
    GRACE,
    LEASE,
    LINUS,
    MESSAGE,
    MINUTE,
    MONDAY,
    QUIZ,
    QUIZ_CARD,
    SLOT,
    change,
    claim,
    delivery,
    person,
    roster,
    settled,
)

BROADCAST = Broadcast("b1", MESSAGE, "everyone", "grace", MONDAY)
WITHDRAWS = Queue(Platform.SLACK, "T1", Job.WITHDRAW)


async def test_a_broadcast_keeps_who_is_left_out_and_why_until_it_is_planned(store: Storage) -> None:
    exclusions = (Exclusion(rule='site:"Plant 2"', why="Said “no”."), Exclusion(rule="team:x", why="Later."))
    launch = replace(BROADCAST, exclusions=exclusions)
    await store.commit(change(step=Step(None, launch)))
    assert await store.launched(MONDAY) == [launch]


async def test_the_sentence_why_somebody_is_left_out_is_on_the_row_and_its_name_in_the_ledger(
    store: Storage,
) -> None:
    left_out = delivery(ADA, status=Status.SKIPPED, reason=Reason.EXCLUDED, code="Off shift.")
    await store.plan(roster(left_out, delivery(LINUS)), MONDAY)
    assert [(d.reason, d.code) for d in await store.outbox()] == [("", ""), (Reason.EXCLUDED, "Off shift.")]
    with store._engine.connect() as connection:
        entries = connection.execute(select(LEDGER.c.kind, LEDGER.c.reason, LEDGER.c.code)).all()
        (named,) = [row.code for row in entries if row.kind == "excluded"]
        assert words.texts(connection, [named]) == {named: "Off shift."}
    assert ("excluded", Reason.EXCLUDED, "why:cfb49090511247c1") in entries
    assert (await store.verify()).broken is None


async def test_a_roster_is_planned_once(store: Storage) -> None:
    assert await store.last_slot("lead", "Europe/Berlin") is None
    assert await store.plan(roster(delivery(ADA), delivery(LINUS)), MONDAY) == 2
    assert await store.plan(roster(delivery(ADA), delivery(GRACE)), MONDAY) == 0
    assert await store.last_slot("lead", "Europe/Berlin") == SLOT
    assert await store.last_slot("lead", "Asia/Tokyo") is None
    assert len(await store.outbox()) == 2


async def test_an_empty_roster_is_planned_too(store: Storage) -> None:
    assert await store.plan(roster(), MONDAY) == 0
    assert await store.last_slot("lead", "Europe/Berlin") == SLOT


async def test_a_slot_is_planned_at_most_once_per_person_even_when_they_change_zones(store: Storage) -> None:
    await store.plan(roster(delivery(ADA)), MONDAY)
    assert await store.plan(roster(delivery(ADA), delivery(LINUS), zone="Asia/Tokyo"), MONDAY) == 1
    assert len(await store.deliveries_of("ada")) == 1


async def test_two_processes_that_plan_at_once_write_each_person_once(
    store: Storage, second: Storage
) -> None:
    people = [person(f"P{n}") for n in range(40)]
    plans = [s.plan(roster(*(delivery(p) for p in people)), MONDAY) for s in (store, second)]
    assert sum(await asyncio.gather(*plans)) == 40
    assert len(await store.outbox(100)) == 40
    kinds = [entry.kind for entry in await store.entries(100)]
    assert (kinds.count("planned"), kinds.count("assigned")) == (1, 40)


async def test_a_plan_that_was_interrupted_goes_on_where_it_stopped(store: Storage) -> None:
    people = [person(f"P{n}") for n in range(5)]
    whole = roster(*(delivery(p) for p in people))
    log, hashes = Ledger("1"), Hashes()
    await store._writer.submit(lambda c: rosters.open_roster(c, whole, MONDAY, log, hashes))
    await store._writer.submit(
        lambda c: rosters.write_chunk(c, whole, whole.deliveries[:2], MONDAY, log, hashes)
    )
    assert await store.last_slot("lead", "Europe/Berlin") is None
    assert await store.plan(whole, MONDAY) == 3
    assert await store.last_slot("lead", "Europe/Berlin") == SLOT


async def test_what_was_shown_is_kept_once_and_comes_back_as_it_was(store: Storage) -> None:
    rows = [delivery(ADA), delivery(LINUS), delivery(GRACE, piece=QUIZ, card=QUIZ_CARD)]
    await store.plan(roster(*rows), MONDAY)
    for row in rows:
        assert await store.delivery(row.id) == row
    with store._engine.connect() as connection:
        assert len(connection.execute(table(ContentRow).select()).all()) == 4


async def test_a_plan_longer_than_a_chunk_is_written_whole(store: Storage) -> None:
    people = [person(f"P{n}") for n in range(rosters.CHUNK + 1)]
    assert await store.plan(roster(*(delivery(p) for p in people)), MONDAY) == rosters.CHUNK + 1


async def test_rows_that_ended_before_they_began_say_why(store: Storage) -> None:
    left_out = delivery(LINUS, status=Status.SKIPPED, reason=Reason.LATE)
    nowhere = delivery(GRACE, status=Status.FAILED, reason=Reason.NOT_INSTALLED, address=None)
    await store.plan(roster(delivery(ADA), left_out, nowhere), MONDAY)
    log = [(e.kind, e.person, e.reason) for e in reversed(await store.entries())]
    assert log == [
        ("planned", "", ""),
        ("assigned", "ada", ""),
        ("excluded", "linus", "too late"),
        ("failed", "grace", "not installed"),
    ]
    assert await store.delivery(nowhere.id) == nowhere


async def test_a_broadcast_is_due_until_its_roster_is_planned(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    assert await store.launched(MONDAY - MINUTE) == []
    assert await store.launched(MONDAY) == [BROADCAST]
    await store.plan(roster(delivery(ADA, campaign="b1"), campaign="b1"), MONDAY)
    assert await store.launched(MONDAY) == []


async def test_a_recall_before_the_plan_keeps_a_broadcast_from_ever_being_planned(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    assert await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    assert await store.launched(MONDAY) == []
    assert await store.plan(roster(delivery(ADA, campaign="b1"), campaign="b1"), MONDAY) == 0
    assert await store.outbox() == []


async def test_a_recall_in_the_middle_of_a_plan_leaves_nobody_without_a_row(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    whole = roster(delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1"), campaign="b1")
    log, hashes = Ledger("1"), Hashes()
    await store._writer.submit(lambda c: rosters.open_roster(c, whole, MONDAY, log, hashes))
    write = rosters.write_chunk
    await store._writer.submit(lambda c: write(c, whole, whole.deliveries[:1], MONDAY, log, hashes))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    rest = await store._writer.submit(lambda c: write(c, whole, whole.deliveries[1:], MONDAY, log, hashes))
    assert rest == 1
    assert {(d.person, d.status, d.reason) for d in await store.outbox()} == {
        ("ada", Status.CANCELLED, Reason.RECALLED),
        ("linus", Status.CANCELLED, Reason.RECALLED),
    }


async def test_a_planner_that_dies_before_a_recall_leaves_nobody_without_a_row(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    whole = roster(delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1"), campaign="b1")
    log, hashes = Ledger("1"), Hashes()
    await store._writer.submit(lambda c: rosters.open_roster(c, whole, MONDAY, log, hashes))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    assert [found.id for found in await store.launched(MONDAY)] == ["b1"]
    assert await store.plan(whole, MONDAY) == 2
    assert {(d.person, d.status, d.reason) for d in await store.outbox()} == {
        ("ada", Status.CANCELLED, Reason.RECALLED),
        ("linus", Status.CANCELLED, Reason.RECALLED),
    }
    assert await store.launched(MONDAY) == []


async def test_a_recall_cancels_what_waits_and_withdraws_what_was_sent(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    sent, waits = delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1", due_at=MONDAY + MINUTE)
    await store.plan(roster(sent, waits, campaign="b1"), MONDAY)
    await settled(store, sent.id)
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    states = [await store.delivery(row.id) for row in (sent, waits)]
    assert [(d.status, d.reason, d.withdrawn) for d in states if d] == [
        (Status.SENT, Reason.NONE, True),
        (Status.CANCELLED, Reason.RECALLED, False),
    ]
    excluded, newest = await store.entries(2)
    assert (excluded.kind, excluded.person, excluded.reason) == ("excluded", "linus", "recalled")
    assert (newest.kind, newest.person, newest.title) == ("withdrawn", "grace", "Why quality")
    assert newest.value == "1 to stop, 1 to take away"


async def test_a_recall_holds_for_a_row_that_is_on_its_way(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    rows = [delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1")]
    await store.plan(roster(*rows, campaign="b1"), MONDAY)
    arrives, returns = await claim(store, MONDAY, "w", 2)
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    assert await store.settle(arrives, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
    assert await store.settle(returns, "w", Status.PENDING, MONDAY, due_at=MONDAY)
    states = {d.id: (d.status, d.reason, d.withdrawn) for d in await store.outbox()}
    assert states[arrives.id] == (Status.SENT, Reason.NONE, True)
    assert states[returns.id] == (Status.CANCELLED, Reason.RECALLED, True)
    assert await claim(store, MONDAY + MINUTE, "w", 2) == []


async def many(store: Storage, number: int) -> list[Delivery]:
    """A broadcast planned to this many, each with a message of their own if it was sent."""
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    rows = [delivery(person(f"P{n}"), campaign="b1") for n in range(number)]
    await store.plan(roster(*rows, campaign="b1"), MONDAY)
    return rows


async def excluded(store: Storage) -> list[str]:
    """Who the ledger says will not get it, each as often as it says so."""
    return sorted(entry.delivery for entry in await store.entries(10_000) if entry.kind == "excluded")


async def test_a_recall_of_many_holds_at_once_and_is_written_down_in_steps(store: Storage) -> None:
    rows = await many(store, 2 * rosters.CHUNK + 10)
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    assert {d.status for d in await store.outbox(1000)} == {Status.CANCELLED}
    assert await claim(store, MONDAY) == []
    assert len(await excluded(store)) == rosters.CHUNK
    await store.finish_steps(MONDAY)
    assert await excluded(store) == sorted(row.id for row in rows)
    await store.finish_steps(MONDAY)
    assert len(await excluded(store)) == len(rows)
    assert (await store.verify()).broken is None


async def test_what_a_crash_left_of_a_recall_is_finished_by_others_and_only_once(
    store: Storage, second: Storage
) -> None:
    rows = await many(store, 4 * rosters.CHUNK)
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    await store._writer.submit(lambda c: rosters.follow_recall(c, "b1", Ledger("1")))
    await asyncio.gather(store.finish_steps(MONDAY), second.finish_steps(MONDAY))
    assert await excluded(store) == sorted(row.id for row in rows)


async def test_a_recall_takes_away_every_message_that_was_sent_once(store: Storage) -> None:
    await many(store, rosters.CHUNK + 20)
    sent = await claim(store, MONDAY, room=rosters.CHUNK + 10)
    arrives = sent.pop()
    for row in sent:
        await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"ts-{row.id}", f"D-{row.person}"))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    await store.settle(arrives, "w", Status.SENT, MONDAY, receipt=Receipt("ts-late", "D-late"))
    await store.finish_steps(MONDAY)
    taken = await store.claim(WITHDRAWS, MONDAY + MINUTE, "w", LEASE, Places(1000, 1000), None)
    gone = {(each.delivery, each.message, each.address.conversation) for each in taken.withdrawals}
    assert len(taken.withdrawals) == len(sent) + 1
    assert gone == {(row.id, f"ts-{row.id}", f"D-{row.person}") for row in sent} | {
        (arrives.id, "ts-late", "D-late")
    }
    assert len(await excluded(store)) == 10


async def test_a_plan_that_was_interrupted_and_recalled_is_written_to_its_end(store: Storage) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    whole = roster(delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1"), campaign="b1")
    log, hashes, half = Ledger("1"), Hashes(), list(whole.deliveries)[:1]
    await store._writer.submit(lambda c: rosters.open_roster(c, whole, MONDAY, log, hashes))
    await store._writer.submit(lambda c: rosters.write_chunk(c, whole, half, MONDAY, log, hashes))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    assert (await store.headway("b1", MONDAY)).states == {(Status.CANCELLED, Reason.RECALLED): 2}
    assert [found.id for found in await store.launched(MONDAY)] == ["b1"]
    assert await store.plan(whole, MONDAY) == 1
    assert await store.launched(MONDAY) == []
    await store.finish_steps(MONDAY)
    assert await excluded(store) == sorted(row.id for row in whole.deliveries)
    assert {(d.status, d.reason) for d in await store.outbox()} == {(Status.CANCELLED, Reason.RECALLED)}


async def test_the_team_is_the_one_a_person_had_when_it_was_planned(store: Storage) -> None:
    await store.commit(change(person=ADA))
    await store.plan(roster(delivery(ADA)), MONDAY)
    await store.commit(change(person=replace(ADA, team="paint")))
    (tally,) = await store.tallies("team", MONDAY, MONDAY + MINUTE)
    assert tally.group == "assembly"
