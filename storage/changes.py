"""One incoming event's whole change, in one transaction or not at all; and answers, which come in crowds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from handlers.events import Change
from handlers.model import Delivery, Participation
from handlers.ports import Met
from storage import (
    belongings,
    broadcasts,
    corrections,
    deliveries,
    findings,
    ideas,
    ledger,
    looks,
    memories,
    people,
    proofs,
    refreshes,
    replies,
    rollups,
    rosters,
    saved,
    served,
    tokens,
    visits,
    words,
)
from storage.adding import Sums
from storage.cells import Did, Stand, bit_of, lasted, place_of
from storage.contents import Hashes, clauses_text
from storage.deliveries import DELIVERY
from storage.ledger import Ledger, Record
from storage.prepared import LookUp, Many, one_of
from storage.records import Origin, about
from storage.tables import InboxRow, table

INBOX = table(InboxRow)
LONGEST = 2000  # characters of what a person wrote that enter the ledger

_D = DELIVERY.c
_ARRIVED = LookUp(lambda keys: select(INBOX.c.key).where(one_of(INBOX.c.key, keys)))
_INSERT = Many(insert(INBOX))
_PRESSED = LookUp(
    lambda keys: (
        select(
            *(_D.id, _D.zone, _D.piece, _D.card, _D.slot_at, _D.status, _D.receipt, _D.withdrawn),
            *(_D.campaign, _D.slot, _D.author, _D.person, _D.team, _D.site, _D.roles),
            *(_D.reason, _D.to_acknowledge, _D.seen_at),
        )
        .where(one_of(_D.id, keys))
        .order_by(_D.id)
        .with_for_update()
    )  # nobody ends it while what was done with it is counted
)


class Repeat(Exception):
    """This event or one of its participations was here before, or somebody else was first: nothing was changed."""


def is_answer(change: Change) -> bool:
    """Whether it is no more than what a person did with a delivery: what comes by the hundred."""
    more = (
        change.deliver,
        change.step,
        change.replies,
        change.finding,
        change.idea,
        change.refresh,
        change.keep,
        change.access,
        change.invitation,
        change.looked,
        change.person,
    )
    return change.delivery is not None and bool(change.remember) and not any(more)


def answers(connection: Connection, changes: Sequence[Change], log: Ledger) -> list[bool]:
    """What people did with deliveries, many of them in one go. False: it was here before, and changes nothing."""
    once = [_keys(change) for change in changes]
    arrived = _known(connection, changes)
    before = ledger.counted(connection, [key for keys in once for key in keys])
    fresh: list[Change] = []
    new = []
    for change, keys in zip(changes, once, strict=True):
        new.append(change.inbox not in arrived and not before.intersection(keys))
        if new[-1]:
            arrived.add(change.inbox)
            before.update(keys)
            fresh.append(change)
    if fresh:
        _INSERT(connection, [{"key": change.inbox, "at": change.at} for change in fresh])
        pressed = counted(connection, fresh, log)
        words.keep(connection, [row for change in fresh for row in _words(change)])
        memories.renew(connection, (answer for change in fresh for answer in _learnt(change)))
        for change in fresh:
            _arrived(connection, change, pressed, log)
    return new


def commit(connection: Connection, change: Change, log: Ledger) -> None:
    """Everything else. Raises Repeat, Met or Taken; then nothing of it may be kept."""
    once = _keys(change)
    if change.person is not None and people.met(connection, change.person):
        raise Met
    if _known(connection, [change]) or (once and ledger.counted(connection, once)):
        raise Repeat(change.inbox)
    if change.keep is not None:
        saved.keep(connection, change.keep)
    _INSERT(connection, [{"key": change.inbox, "at": change.at}])
    pressed = counted(connection, [change], log)
    words.keep(connection, _words(change))
    memories.renew(connection, _learnt(change))
    _arrived(connection, change, pressed, log)
    hashes = Hashes()
    if change.person is not None:
        log.append(connection, _save(connection, change))
    if change.deliver:
        deliveries.enqueue(connection, change.deliver, change.at, log, hashes)
    log.append(connection, [*_replied(connection, change), *_moved(connection, change)])
    _let_in(connection, change)
    if change.step is not None:
        log.append(connection, [_by(change) | entry for entry in _stepped(connection, change, hashes)])
    looks.enter(connection, change.looked, change.at, log)
    if change.refresh:
        refreshes.request(connection, change.refresh, change.at)


def _let_in(connection: Connection, change: Change) -> None:
    """A system that acts for somebody, or their own browser."""
    if change.access is not None:
        tokens.take(connection, change.access, change.at)
    if change.invitation is not None:
        visits.take(connection, change.invitation, change.at)


def _replied(connection: Connection, change: Change) -> list[Record]:
    """What has a name under it is a participation; what has none is noted without anything that leads to a person."""
    try:
        return [entry for reply in change.replies for entry in replies.keep(connection, reply)]
    except replies.Outrun as first:
        raise Repeat(change.inbox) from first


def _moved(connection: Connection, change: Change) -> list[Record]:
    """A step of a finding, and one of an idea."""
    by = _by(change)
    actor, entries = str(by["actor"]), []
    try:
        if change.finding is not None:
            entries.append(by | findings.take(connection, change.finding, actor, change.at))
        if change.idea is not None:
            entries.append(by | ideas.take(connection, change.idea, actor, change.at))
    except (findings.Outrun, ideas.Outrun) as first:
        raise Repeat(change.inbox) from first
    return entries


def _stepped(connection: Connection, change: Change, hashes: Hashes) -> list[Record]:
    assert change.step is not None
    try:
        entries = broadcasts.take(connection, change.step, change.at, hashes)
    except broadcasts.Outrun as first:
        raise Repeat(change.inbox) from first
    if change.step.shows:
        corrections.correct(connection, change.step, hashes)
    if change.step.takes_back:
        entries.append(rosters.recall(connection, change.step.broadcast.id, change.at))
    return entries


def _known(connection: Connection, changes: Sequence[Change]) -> set[str]:
    """The events among these that were here before."""
    return {row.key for row in _ARRIVED(connection, [(change.inbox,) for change in changes])}


def arrived(connection: Connection, key: str) -> bool:
    """Whether an event was here before."""
    return bool(_ARRIVED(connection, [(key,)]))


def _keys(change: Change) -> list[str]:
    """What of it counts once."""
    return [key for did in change.remember if (key := _once(change.delivery, did)) is not None]


def _rows(connection: Connection, changes: Sequence[Change]) -> dict[str, Any]:
    """The rows of the deliveries that were pressed, as they are now."""
    ids = [(change.delivery.id,) for change in changes if change.delivery and change.remember]
    return {row.id: row for row in _PRESSED(connection, ids)}


def _arrived(connection: Connection, change: Change, rows: Mapping[str, Any], log: Ledger) -> None:
    row = rows.get(change.delivery.id) if change.delivery else None
    if change.delivery is not None and row is not None:
        proofs.pressed(connection, change.delivery, row, change.message, change.at, log)


def counted(connection: Connection, changes: Sequence[Change], log: Ledger) -> Mapping[str, Any]:
    """What people did enters the ledger and the numbers. Returns the rows of the deliveries it was done with."""
    rows = _rows(connection, changes)
    records = [record for change in changes for record in _participations(change, rows)]
    did: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.get("delivery") in rows:
            did[record["delivery"]].append(record)
    _add(connection, did, rows)
    log.append(connection, records)
    return rows


def _add(connection: Connection, did: Mapping[str, Sequence[Record]], rows: Mapping[str, Any]) -> None:
    """To the rollups. did: what was done, by delivery."""
    before = ledger.done(connection, list(did))
    sums, took = Sums(), defaultdict[tuple[Any, ...], list[int | None]](list)
    for id_, entries in did.items():
        row = rows[id_]
        place, serving = place_of(row), served.of(connection, row.piece)
        done = frozenset([(each.verb, each.item, bool(each.correct)) for each in before.get(id_, ())])
        state = (row.status, row.reason, row.to_acknowledge, row.withdrawn, row.seen_at is not None)
        stand = Stand(row.zone is not None, *state, serving.checked, done)
        now = done.union([(each["kind"], each["item"], bool(each["correct"])) for each in entries])
        sums.change(place, serving.served, stand, Stand(*stand[:-1], now), bit_of(row.person))
        for each in entries:
            alike = (place, each.get("clauses", "[]"), stand.rostered, each["kind"], each["correct"])
            took[alike].append(each["duration_ms"])
    for (place, clauses, rostered, kind, correct), times in took.items():
        what = Did(kind, correct, len(times), lasted(times))
        sums.done(place, served.by_entry(clauses), rostered, what)
    rollups.add(connection, sums.cells)


def _participations(change: Change, rows: Mapping[str, Any]) -> list[Record]:
    if not change.remember:
        return []
    pressed = change.delivery
    row = rows[pressed.id] if pressed else None
    context = about(pressed, Origin(row.zone, row.piece or row.card, row.slot_at)) if pressed and row else {}
    sent_at = pressed.sent_at if pressed else None
    lasted = (change.at - sent_at) // timedelta(milliseconds=1) if sent_at else None
    return [
        context
        | _by(change)
        | {
            "at": change.at,
            "kind": did.verb,
            "participation": True,
            "once": _once(pressed, did),
            "item": did.item,
            "value": _storable(did.value),
            "correct": did.correct,
            "certainty": did.certainty,
            "duration_ms": lasted,
        }
        | ({"clauses": clauses_text(did.clauses)} if did.clauses else {})
        for did in change.remember
    ]


def _words(change: Change) -> list[Record]:
    """What was written, under what the entry about it counts once; what is about no delivery has none."""
    person = str(_by(change)["person"])
    return [
        {"id": once, "person": person, "at": change.at, "text": _storable(did.words)}
        for did in change.remember
        if did.words and (once := _once(change.delivery, did))
    ]


def _learnt(change: Change) -> list[memories.Answer]:
    person = str(_by(change)["person"])
    return [memories.Answer(person, change.at, did) for did in change.remember]


def _save(connection: Connection, change: Change) -> list[Record]:
    """Joined, left or changed: what of the person changed by name, never what it says."""
    assert change.person is not None
    before, now = people.save(connection, change.person, change.known)
    if before == now:
        return []
    if before is not None:
        belongings.keep(connection, before, now, change.at)
    kind, value = "changed", people.changed(before, now) if before else ""
    if before is None or (before.left_at and not now.left_at):
        kind = "joined"
    elif now.left_at and not before.left_at:
        kind = "left"
    if any(did.verb == kind for did in change.remember):
        return []
    return [_by(change) | {"at": change.at, "kind": kind, "person": now.key, "value": value}]


def _by(change: Change) -> Record:
    """Who acted. Without an actor it is the person who was asked: a press has nobody else behind it."""
    actor = change.actor
    key = actor.key if actor else change.delivery.person if change.delivery else ""
    return {
        "actor": key,
        "person": key,
        "role": ", ".join(sorted(actor.roles)) if actor else "",
    } | ({"platform": change.platform} if change.platform else {})


def _once(pressed: Delivery | None, did: Participation) -> str | None:
    return f"{pressed.id}:{did.verb}:{did.item}" if pressed else None


def _storable(value: str) -> str:
    """Without what no database takes: NUL, and halves of surrogate pairs."""
    return value[:LONGEST].replace("\0", "").encode(errors="replace").decode()
