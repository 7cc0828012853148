"""A correction, and the end of a broadcast, reach every row once: in steps, after a crash, beside plans and claims."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select

from content.cards import Card, content_hash
from content.pieces import Message
from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.messages import compose
from handlers.model import Delivery, Job, Person, Places, Platform, Queue, Receipt, Status
from storage import corrections
from storage.engine import connect
from storage.ledger import LEDGER
from storage.refreshes import REFRESH
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    LEASE,
    LINUS,
    MARIE,
    MESSAGE,
    MINUTE,
    MONDAY,
    change,
    claim,
    delivery,
    roster,
)

LAUNCHED = Broadcast("lead", MESSAGE, "everyone", "grace", MONDAY)
BETTER = MESSAGE.model_copy(update={"text": "Because *they* care.", "corrected": "2026-11-23"})
CARD = compose(BETTER, ADA)
CORRECTED = Step(LAUNCHED, replace(LAUNCHED, message=BETTER, version=2), ((BETTER, CARD),))
EDITS = Queue(Platform.SLACK, "T1", Job.EDIT)


async def launched(store: Storage, rows: Sequence[Delivery], sent: int, message: Message = MESSAGE) -> None:
    """A broadcast to these, so many of which have it."""
    await store.commit(change(step=Step(None, replace(LAUNCHED, message=message))))
    await store.plan(roster(*rows), MONDAY)
    for row in await claim(store, MONDAY, room=sent):
        assert await store.settle(row, "w", Status.SENT, MONDAY, receipt=Receipt(f"ts-{row.id}", "D1"))


def crowd(number: int) -> list[Delivery]:
    people = [replace(ADA, key=f"p{n}", email=f"p{n}@x", addresses=()) for n in range(number)]
    return [delivery(each, address=ADA.address) for each in people]


async def shown(store: Storage) -> Mapping[Status, set[tuple[str, Card]]]:
    """By state, the texts and the cards of the outbox."""
    found: dict[Status, set[tuple[str, Card]]] = {}
    for row in await store.outbox(2000):
        assert isinstance(row.piece, Message)
        found.setdefault(row.status, set()).add((row.piece.text, row.card))
    return found


async def known(store: Storage, *people: Person) -> None:
    for each in people:
        await store.commit(change(person=each))


async def test_a_crash_in_the_middle_leaves_the_rest_to_the_next_tick(store: Storage, url: str) -> None:
    await launched(store, crowd(600), sent=400)
    await store.commit(change(step=CORRECTED))  # the first 250 of them; then its process is gone
    assert {text for text, _ in (await shown(store))[Status.SENT]} == {MESSAGE.text, BETTER.text}
    other = Storage.open(url, version="1.2.3")
    await other.finish_steps(MONDAY + MINUTE)
    await other.finish_steps(MONDAY + 2 * MINUTE)
    assert await shown(other) == {status: {(BETTER.text, CARD)} for status in (Status.SENT, Status.PENDING)}
    other.close()
    engine = connect(url)
    with engine.connect() as connection:
        asked = connection.execute(select(func.count(), func.max(REFRESH.c.wanted))).one()
    engine.dispose()
    assert tuple(asked) == (400, 1)


async def test_two_processes_that_go_on_with_it_at_once_ask_for_each_card_once(
    store: Storage, second: Storage
) -> None:
    await launched(store, crowd(600), sent=600)
    await store.commit(change(step=CORRECTED))
    await asyncio.gather(store.finish_steps(MONDAY), second.finish_steps(MONDAY))
    claimed = await store.claim(EDITS, MONDAY, "w", LEASE, Places(1000, 1000), None)
    assert {refresh.wanted for refresh in claimed.refreshes} <= {1}
    assert await shown(store) == {Status.SENT: {(BETTER.text, CARD)}}


async def test_a_plan_that_had_not_seen_the_correction_writes_the_corrected_message(store: Storage) -> None:
    await launched(store, [delivery(ADA)], sent=1)
    await store.commit(change(step=CORRECTED))
    late = delivery(LINUS)
    assert late.piece == MESSAGE
    await store.plan(roster(late, zone="Asia/Tokyo"), MONDAY)
    assert (await shown(store))[Status.PENDING] == {(BETTER.text, CARD)}


async def test_what_is_just_being_sent_is_drawn_anew_when_it_has_arrived(store: Storage) -> None:
    await known(store, ADA)
    await launched(store, [delivery(ADA)], sent=0)
    (row,) = await claim(store, MONDAY)
    assert row.piece == MESSAGE
    await store.commit(change(step=CORRECTED))
    assert await store.waiting(MONDAY + MINUTE) == []
    assert await store.settle(row, "w", Status.SENT, MONDAY + MINUTE, receipt=Receipt("ts", "D1"))
    (refresh,) = (await store.claim(EDITS, MONDAY + MINUTE, "w", LEASE, Places(9, 9), None)).refreshes
    assert refresh.delivery.piece == BETTER


async def test_the_log_and_the_contents_keep_what_was_sent(store: Storage, url: str) -> None:
    await launched(store, [delivery(ADA), delivery(LINUS)], sent=2)
    await store.commit(change(step=CORRECTED))
    engine = connect(url)
    columns = (LEDGER.c.kind, LEDGER.c.object_version)
    with engine.connect() as connection:
        found = {tuple(row) for row in connection.execute(select(*columns))}
        kept = corrections.load(connection, [content_hash(MESSAGE)])
    engine.dispose()
    assert {("delivered", content_hash(MESSAGE)), ("corrected", content_hash(BETTER))} <= found
    assert ("delivered", content_hash(BETTER)) not in found
    assert list(kept.values()) == [MESSAGE]
    assert (await store.verify()).why == ""


async def test_a_correction_of_what_is_paused_says_so_and_leaves_the_pause(store: Storage) -> None:
    await launched(store, crowd(2), sent=1)
    paused = replace(LAUNCHED, stage=Stage.PAUSED)
    await store.commit(change(step=Step(LAUNCHED, paused)))
    await store.commit(
        change(step=Step(paused, replace(CORRECTED.broadcast, stage=Stage.PAUSED), CORRECTED.shows))
    )
    assert await claim(store, MONDAY + timedelta(days=1)) == []
    broadcast = await store.broadcast("lead")
    assert broadcast is not None
    assert (broadcast.stage, broadcast.message) == (Stage.PAUSED, BETTER)
    assert [entry.kind for entry in await store.entries(50)].count("held") == 1


async def test_it_is_closed_once_however_many_look(store: Storage, second: Storage) -> None:
    ends = MONDAY + timedelta(hours=5)
    message = MESSAGE.model_copy(update={"expires": ends.isoformat()})
    await launched(store, [delivery(ADA), delivery(LINUS), delivery(MARIE)], sent=2, message=message)
    await store.finish_steps(ends - MINUTE)
    assert EDITS not in await store.waiting(ends - MINUTE)
    await asyncio.gather(*(each.finish_steps(ends) for each in (store, second)))
    await store.finish_steps(ends + MINUTE)
    assert [entry.kind for entry in await store.entries(50)].count("closed") == 1
    engine = store._engine
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(REFRESH)) == 2


async def test_after_a_crash_between_the_mark_and_the_cards_they_are_asked_for(store: Storage) -> None:
    ends = MONDAY + timedelta(hours=5)
    message = MESSAGE.model_copy(update={"expires": ends.isoformat()})
    await known(store, ADA, LINUS)
    await launched(store, [delivery(ADA), delivery(LINUS)], sent=2, message=message)
    close = partial(corrections.close, broadcast="lead", at=ends, ledger=store._ledger)
    await store._writer.submit(close)  # and then its process is gone
    await store.finish_steps(ends + MINUTE)
    assert len((await store.claim(EDITS, ends + MINUTE, "w", LEASE, Places(9, 9), None)).refreshes) == 2


async def test_what_was_withdrawn_before_is_not_closed(store: Storage) -> None:
    ends = MONDAY + timedelta(hours=5)
    message = MESSAGE.model_copy(update={"expires": ends.isoformat()})
    await launched(store, [delivery(ADA)], sent=1, message=message)
    withdrawn = replace(LAUNCHED, message=message, stage=Stage.WITHDRAWN)
    await store.commit(change(step=Step(LAUNCHED, withdrawn)))
    await store.finish_steps(ends)
    assert "closed" not in [entry.kind for entry in await store.entries(50)]
