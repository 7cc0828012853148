"""How far a broadcast has come, counted in every state it passes through; the states add up to the roster."""

from __future__ import annotations

from datetime import timedelta

from handlers.broadcasts.headway import Headway
from handlers.broadcasts.outlook import Ahead, Group, Line
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import Delivery, Job, Places, Platform, Queue, Reason, Receipt, Status
from handlers.numbers.layers import Reading
from storage import rosters
from storage.contents import Hashes
from storage.ledger import Ledger
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

WITHDRAWS = Queue(Platform.SLACK, "T1", Job.WITHDRAW)
NIGHT = MONDAY + timedelta(hours=20)


BROADCAST = Broadcast("b1", MESSAGE, "everyone", "grace", MONDAY)


async def launched(store: Storage, *rows: Delivery) -> None:
    await store.commit(change(step=Step(None, BROADCAST), actor=GRACE))
    if rows:
        await store.plan(roster(*rows, campaign="b1"), MONDAY)


async def now_is(store: Storage) -> Headway:
    return await store.headway("b1", MONDAY)


async def test_before_its_roster_is_begun_there_is_nothing_to_count(store: Storage) -> None:
    await launched(store)
    assert await now_is(store) == Headway()
    assert (await now_is(store)).complete is False


async def test_what_is_not_written_yet_is_waiting(store: Storage) -> None:
    await launched(store)
    whole = roster(*(delivery(who, campaign="b1") for who in (ADA, LINUS, GRACE)), campaign="b1")
    log, hashes, one = Ledger("1"), Hashes(), list(whole.deliveries)[:1]
    await store._writer.submit(lambda c: rosters.open_roster(c, whole, MONDAY, log, hashes))
    await store._writer.submit(lambda c: rosters.write_chunk(c, whole, one, MONDAY, log, hashes))
    found = await now_is(store)
    assert found.states == {(Status.PENDING, Reason.NONE): 3}
    assert sum(group.people for group in found.waits) == 1


async def test_every_state_is_counted_and_where_those_who_wait_are(store: Storage) -> None:
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=who))
    held = delivery(MARIE, campaign="b1", due_at=NIGHT)
    out = delivery(GRACE, campaign="b1", status=Status.SKIPPED, reason=Reason.PAUSED)
    await launched(store, delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1"), held, out)
    other = delivery(GRACE, slot="other")
    await store.plan(roster(other, slot="other"), MONDAY)
    mine = [row for row in await claim(store, MONDAY) if row.campaign == "b1"]
    await store.settle(mine[0], "w", Status.SENT, MONDAY + MINUTE, receipt=Receipt("1"))
    sent = await store.delivery(mine[0].id)
    assert sent is not None
    await store.commit(press(sent))
    found = await now_is(store)
    assert found == Headway(
        states={
            (Status.SENT, Reason.NONE): 1,
            (Status.SENDING, Reason.NONE): 1,
            (Status.PENDING, Reason.NONE): 1,
            (Status.SKIPPED, Reason.PAUSED): 1,
        },
        acknowledged=1,
        last_sent_at=MONDAY + MINUTE,
        waits=(Group(1, Platform.SLACK, "T1", met=False, due_at=NIGHT),),
        lines={SENDS: found.lines[SENDS]},
        places={Platform.SLACK: Reading(1, 1)},
    )
    assert (found.roster, found.complete) == (4, False)


async def test_what_others_have_in_the_queue_is_not_counted_as_its_own(store: Storage) -> None:
    await launched(store, delivery(ADA, campaign="b1"))
    await store.plan(roster(delivery(GRACE, slot="other", due_at=NIGHT), slot="other"), MONDAY)
    assert (await now_is(store)).lines == {SENDS: Line(None, (Ahead(NIGHT, 1, 1),))}


async def test_after_a_recall_it_counts_what_is_stopped_leaving_gone_and_staying(store: Storage) -> None:
    people = (ADA, LINUS, MARIE)
    await launched(
        store, *(delivery(who, campaign="b1") for who in people), delivery(GRACE, campaign="b1", due_at=NIGHT)
    )
    for row in await claim(store, MONDAY):
        await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"ts-{row.id}"))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    found = await now_is(store)
    assert found.states == {(Status.SENT, Reason.NONE): 3, (Status.CANCELLED, Reason.RECALLED): 1}
    assert (found.leaving, found.gone, found.stayed, found.complete) == (3, 0, 0, False)
    assert found.leaves == (Group(3, Platform.SLACK, "T1"),)
    assert found.lines == {WITHDRAWS: Line()}
    taken = await store.claim(WITHDRAWS, MONDAY, "w", LEASE, Places(8, 8), None)
    gone, stays, again = taken.withdrawals
    await store.settle_withdrawal(gone, MONDAY)
    await store.settle_withdrawal(stays, MONDAY, code="refused")
    await store.settle_withdrawal(again, MONDAY, code="try later", due_at=MONDAY + MINUTE)
    found = await now_is(store)
    assert (found.leaving, found.gone, found.stayed, found.complete) == (1, 1, 1, False)
    await store.settle_withdrawal(again, MONDAY)
    assert (await now_is(store)).complete is True


async def test_a_message_whose_name_the_platform_did_not_tell_stays(store: Storage) -> None:
    await launched(store, delivery(ADA, campaign="b1"))
    (row,) = await claim(store, MONDAY)
    await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(""))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    found = await now_is(store)
    assert (found.leaving, found.gone, found.stayed, found.complete) == (0, 0, 1, True)


async def test_a_second_copy_that_is_left_keeps_a_person_among_those_leaving(store: Storage) -> None:
    await launched(store, delivery(ADA, campaign="b1"))
    (row,) = await claim(store, MONDAY)
    await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt("first"))
    sent = await store.delivery(row.id)
    assert sent is not None
    await store.commit(change(delivery=sent, message="second", remember=press(sent).remember))
    await store.commit(change(step=step(BROADCAST, Stage.WITHDRAWN), actor=GRACE))
    taken = await store.claim(WITHDRAWS, MONDAY + MINUTE, "w", LEASE, Places(8, 8), None)
    first, second = taken.withdrawals
    await store.settle_withdrawal(first, MONDAY)
    found = await now_is(store)
    assert (found.leaving, found.gone, found.roster) == (1, 0, 1)
    await store.settle_withdrawal(second, MONDAY)
    assert (await now_is(store)).gone == 1


async def test_cheers_are_counted_beside_acknowledgements_once_for_each_person(store: Storage) -> None:
    for who in (ADA, LINUS):
        await store.commit(change(person=who))
    await launched(store, delivery(ADA, campaign="b1"), delivery(LINUS, campaign="b1"))
    for row in await claim(store, MONDAY):
        await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"m-{row.id}"))
        await store.commit(press(row, "cheered"))
        assert await store.commit(press(row, "cheered")) is False
    await store.commit(press(row))
    found = await now_is(store)
    assert (found.cheered, found.acknowledged) == (2, 1)
