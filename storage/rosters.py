"""Rosters and broadcasts: what has been planned, what is launched, and what was taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from content.pieces import BasePiece
from handlers.events import Broadcast
from handlers.model import Delivery, Reason, Roster, Status
from storage import withdrawals
from storage.contents import Hashes, keep, load
from storage.deliveries import DELIVERY, enqueue, find, query
from storage.ledger import Ledger, Record
from storage.records import about_piece, came_to, planned
from storage.tables import BroadcastRow, OccurrenceRow, table

OCCURRENCE = table(OccurrenceRow)
BROADCAST = table(BroadcastRow)
CHUNK = 250  # deliveries in one transaction: answers to people wait for no longer than that

_B = BROADCAST.c
_D = DELIVERY.c
_O = OCCURRENCE.c


def open_roster(connection: Connection, roster: Roster, at: datetime, ledger: Ledger, hashes: Hashes) -> bool:
    """Enter the occurrence. False: it is planned to the end already, or its broadcast was recalled before."""
    withdrawn = _withdrawn(connection, roster.campaign)
    known = connection.execute(select(_O.closed_at).where(_this(roster))).one_or_none()
    if known is not None:
        return known.closed_at is None
    if withdrawn:
        return False
    row = {
        "campaign": roster.campaign,
        "slot": roster.slot,
        "zone": roster.zone,
        "due_at": roster.due_at,
        "audience": roster.audience,
        "roster_size": roster.size,
        "planned_at": at,
        "closed_at": None,
    }
    connection.execute(insert(OCCURRENCE), row)
    ledger.append(connection, [planned(roster, at, hashes.of(roster.piece))])
    return True


def write_chunk(
    connection: Connection,
    roster: Roster,
    chunk: Sequence[Delivery],
    at: datetime,
    ledger: Ledger,
    hashes: Hashes,
) -> int:
    """Deliveries of an open roster; how many were written. After a recall in between they are cancelled at once."""
    closed = connection.scalar(select(_O.closed_at).where(_this(roster)).with_for_update())
    if closed is not None:
        return 0
    if _withdrawn(connection, roster.campaign):
        chunk = [replace(d, status=Status.CANCELLED, reason=Reason.RECALLED) for d in chunk]
    return enqueue(connection, chunk, at, ledger, hashes, roster.zone)


def close_roster(connection: Connection, roster: Roster, at: datetime) -> None:
    """Everybody is written: the slot is planned, and so is the broadcast whose slot it is."""
    still_open = and_(_this(roster), _O.closed_at.is_(None))
    connection.execute(update(OCCURRENCE).where(still_open).values(closed_at=at))
    waiting = and_(_B.id == roster.campaign, _B.planned_at.is_(None))
    connection.execute(update(BROADCAST).where(waiting).values(planned_at=at))


def last_slot(connection: Connection, campaign: str, zone: str) -> str | None:
    """A slot whose plan was interrupted does not count: it is to be planned again, to the end."""
    closed = and_(_O.campaign == campaign, _O.zone == zone, _O.closed_at.is_not(None))
    latest: str | None = connection.scalar(select(func.max(_O.slot)).where(closed))
    return latest


def launch(connection: Connection, broadcast: Broadcast, hashes: Hashes) -> None:
    keep(connection, [broadcast.message], hashes)
    row = {
        "id": broadcast.id,
        "message": hashes.of(broadcast.message),
        "audience": broadcast.audience,
        "author": broadcast.author,
        "due_at": broadcast.at,
        "planned_at": None,
        "withdrawn_at": None,
    }
    connection.execute(insert(BROADCAST), row)


def launched(connection: Connection, now: datetime) -> Sequence[Broadcast]:
    """Also one that was recalled while a planner wrote its roster, and died: everybody on it gets a row."""
    begun = select(_O.campaign).where(_O.campaign == _B.id, _O.closed_at.is_(None)).exists()
    due = and_(_B.due_at <= now, _B.planned_at.is_(None), or_(_B.withdrawn_at.is_(None), begun))
    rows = connection.execute(select(BROADCAST).where(due).order_by(_B.due_at, _B.id)).all()
    contents = load(connection, (row.message for row in rows))
    found = []
    for row in rows:
        message = contents[row.message]
        assert isinstance(message, BasePiece)
        found.append(Broadcast(row.id, message, row.audience, row.author, row.due_at))
    return found


def recall(connection: Connection, broadcast: str, at: datetime) -> list[Record]:
    """Take a broadcast back; what to enter in the ledger: the recall, and everybody who will not get it.

    The broadcast first, so that a plan under way sees it; then each row by what it is at that moment:
    what waits is cancelled, what was sent is taken away, and what is on its way when it has arrived (`ends.settle`).
    """
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(withdrawn_at=at))
    waits = _D.status == Status.PENDING
    waiting = find(connection, query().where(_D.campaign == broadcast, waits).with_for_update(of=DELIVERY))
    alive = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.SENT)
    taken_back = update(DELIVERY).where(_D.campaign == broadcast, _D.status.in_(alive))
    count = connection.execute(
        taken_back.values(
            status=case((waits, Status.CANCELLED), else_=_D.status),
            reason=case((waits, Reason.RECALLED), else_=_D.reason),
            withdrawn=~waits,
        )
    ).rowcount
    on_its_way = find(connection, query().where(_D.campaign == broadcast, _D.withdrawn))
    sent = len(on_its_way)
    withdrawals.add(connection, ((d, d.receipt) for d, _ in on_its_way), at)
    withdrawal = what_was_launched(connection, broadcast) | {
        "at": at,
        "kind": "withdrawn",
        "value": f"{count - sent} cancelled, {sent} withdrawn",
        "reason": Reason.RECALLED,
    }
    cancelled = (came_to(d, origin, Status.CANCELLED, Reason.RECALLED, at) for d, origin in waiting)
    return [withdrawal, *cancelled]


def what_was_launched(connection: Connection, broadcast: str) -> Record:
    """The fields of an entry about a broadcast."""
    row = connection.execute(select(BROADCAST).where(_B.id == broadcast)).one_or_none()
    if row is None:
        return {}
    message = load(connection, [row.message])[row.message]
    assert isinstance(message, BasePiece)
    known = {"campaign": broadcast, "author": row.author, "audience": row.audience, "due": row.due_at}
    return about_piece(message, row.message) | known


def _withdrawn(connection: Connection, campaign: str) -> bool:
    """Locked until the transaction ends: a recall waits for the rows being written, or stops them."""
    row = connection.execute(select(_B.withdrawn_at).where(_B.id == campaign).with_for_update()).one_or_none()
    return row is not None and row.withdrawn_at is not None


def _this(roster: Roster) -> ColumnElement[bool]:
    return and_(_O.campaign == roster.campaign, _O.slot == roster.slot, _O.zone == roster.zone)
