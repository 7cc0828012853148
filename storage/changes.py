"""One incoming event's whole change, in one transaction or not at all."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, bindparam, insert, select

from handlers.events import Change
from handlers.model import Delivery, Participation
from storage import deliveries, ledger, outbox, people, rosters
from storage.contents import Hashes, clauses_text
from storage.deliveries import DELIVERY
from storage.ledger import Ledger, Record
from storage.records import Origin, about
from storage.tables import InboxRow, table

INBOX = table(InboxRow)
LONGEST = 2000  # characters of what a person wrote that enter the ledger

_D = DELIVERY.c
_ARRIVED = select(INBOX.c.key).where(INBOX.c.key == bindparam("event"))
_INSERT = insert(INBOX)
_ORIGIN = select(_D.zone, _D.piece, _D.card, _D.slot_at).where(_D.id == bindparam("pressed"))


class Repeat(Exception):
    """This event, or one of its participations, was here before: nothing was changed."""


def commit(connection: Connection, change: Change, log: Ledger) -> None:
    """Raises Repeat before anything is written."""
    once = [key for p in change.remember if (key := _once(change.delivery, p)) is not None]
    arrived = connection.scalar(_ARRIVED, {"event": change.inbox}) is not None
    if arrived or (once and ledger.counted(connection, once)):
        raise Repeat(change.inbox)
    connection.execute(_INSERT, {"key": change.inbox, "at": change.at})
    log.append(connection, _participations(connection, change))
    if change.delivery is not None and change.remember:
        outbox.proven(connection, change.delivery, change.at, log)
    hashes = Hashes()
    if change.person is not None:
        log.append(connection, _save(connection, change))
    if change.deliver:
        deliveries.enqueue(connection, change.deliver, change.at, log, hashes)
    if change.launch is not None:
        rosters.launch(connection, change.launch, hashes)
        launched = {"at": change.at, "kind": "launched"} | rosters.what_was_launched(
            connection, change.launch.id
        )
        log.append(connection, [_by(change) | launched])
    if change.recall:
        withdrawal, *cancelled = rosters.recall(connection, change.recall, change.at)
        log.append(connection, [_by(change) | withdrawal, *cancelled])


def _participations(connection: Connection, change: Change) -> list[Record]:
    if not change.remember:
        return []
    pressed = change.delivery
    context = about(pressed, _origin(connection, pressed)) if pressed else {}
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
            "duration_ms": lasted,
        }
        | ({"clauses": clauses_text(did.clauses)} if did.clauses else {})
        for did in change.remember
    ]


def _save(connection: Connection, change: Change) -> list[Record]:
    """Joined, left or changed: what of the person changed by name, never what it says."""
    assert change.person is not None
    before, now = people.save(connection, change.person, change.known)
    if before == now:
        return []
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


def _origin(connection: Connection, pressed: Delivery) -> Origin:
    row = connection.execute(_ORIGIN, {"pressed": pressed.id}).one()
    return Origin(row.zone, row.piece or row.card, row.slot_at)


def _once(pressed: Delivery | None, did: Participation) -> str | None:
    return f"{pressed.id}:{did.verb}:{did.item}" if pressed else None


def _storable(value: str) -> str:
    """Without what no database takes: NUL, and halves of surrogate pairs."""
    return value[:LONGEST].replace("\0", "").encode(errors="replace").decode()
