"""Rosters: what has been planned, by whom it is finished, and what has to be done when a broadcast is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    select,
    update,
)

from handlers.broadcasts.stages import Stage
from handlers.model import Delivery, Reason, Roster, Status
from storage import broadcasts, pauses, withdrawals
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import Hashes
from storage.corrections import as_corrected
from storage.deliveries import DELIVERY, enqueue, find, query, these
from storage.ledger import LEDGER, Ledger, Record
from storage.prepared import Query
from storage.records import came_to, logged, planned
from storage.recounts import recounted

CHUNK = 250  # deliveries in one transaction: answers to people wait for no longer than that
TOLD = 1000  # of a recall, which marks them and has their numbers reckoned before and after

_B = BROADCAST.c
_D = DELIVERY.c
_L, _O = LEDGER.c, OCCURRENCE.c
_LAST = select(func.max(_O.slot)).where(
    _O.campaign == bindparam("campaign"), _O.zone == bindparam("zone"), _O.closed_at.is_not(None)
)
_RECALLING = Query(select(_B.id).where(_B.recall_next.is_not(None)).order_by(_B.id))
_UNDER_WAY = (Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.SENT)


def open_roster(connection: Connection, roster: Roster, at: datetime, ledger: Ledger, hashes: Hashes) -> bool:
    """Enter the occurrence. False: it is planned to the end already, or its broadcast was taken back before.

    One that was recalled in the middle is written to its end, so that nobody on it is without a row.
    """
    stage = stage_of(connection, roster.campaign)
    known = connection.execute(select(_O.closed_at).where(_this(roster))).one_or_none()
    if known is not None:
        return known.closed_at is None
    if stage not in (None, Stage.SCHEDULED):
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
        "look_at": roster.look_at,
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
    """Deliveries of an open roster; how many were written. After a recall in between they are cancelled at once, and
    while their broadcast is paused they wait for the end of that.
    """
    closed = connection.scalar(select(_O.closed_at).where(_this(roster)).with_for_update())
    if closed is not None:
        return 0
    stage = stage_of(connection, roster.campaign)
    if stage is Stage.WITHDRAWN:
        chunk = [replace(d, status=Status.CANCELLED, reason=Reason.RECALLED, code="") for d in chunk]
    chunk = as_corrected(connection, roster.campaign, chunk, hashes)
    written = enqueue(connection, chunk, at, ledger, hashes, roster.zone)
    if stage is Stage.PAUSED:
        pauses.hold(connection, _D.id.in_([d.id for d in chunk]))
    return written


def close_roster(connection: Connection, roster: Roster, at: datetime) -> None:
    """Everybody is written: the slot is planned, and so is the broadcast whose slot it is, unless it comes again."""
    still_open = and_(_this(roster), _O.closed_at.is_(None))
    connection.execute(update(OCCURRENCE).where(still_open).values(closed_at=at))
    waiting = and_(_B.id == roster.campaign, _B.planned_at.is_(None))
    then = {"slot": roster.next[0], "due_at": roster.next[1]} if roster.next else {"planned_at": at}
    connection.execute(update(BROADCAST).where(waiting).values(then))


def last_slot(connection: Connection, campaign: str, zone: str) -> str | None:
    """A slot whose plan was interrupted does not count: it is to be planned again, to the end."""
    latest: str | None = connection.scalar(_LAST, {"campaign": campaign, "zone": zone})
    return latest


def recall(connection: Connection, broadcast: str, at: datetime) -> Record:
    """Say that a broadcast is taken back; what to enter in the ledger. Its rows are told by `tell_recalled`.

    The broadcast first, so that a plan under way sees it before the last of its rows is looked for.
    """
    theirs = _D.campaign == broadcast
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(withdrawn_at=at))
    first, last = connection.execute(select(func.min(_D.number), func.max(_D.number)).where(theirs)).one()
    mark = {"recall_next": first, "recall_last": last}
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(mark))
    waiting, sent = (
        connection.scalar(select(func.count()).where(theirs, _D.status.in_(states))) or 0
        for states in ((Status.PENDING,), _UNDER_WAY)
    )
    return broadcasts.about(connection, broadcast) | {
        "at": at,
        "kind": "withdrawn",
        "value": f"{waiting} to stop, {sent} to take away",
        "reason": Reason.RECALLED,
    }


def tell_recalled(connection: Connection, broadcast: str, start: int) -> int:
    """Some rows of a recalled broadcast, from this number on; where to go on, 0 when all of them know.

    Each by what it is at that moment: what waits is cancelled, what was sent is withdrawn, and so is what is on its
    way when it has arrived (`ends.settle`). A recall is confirmed when all of them know.
    """
    recalled = connection.execute(_recalled(broadcast)).one_or_none()
    if recalled is None:
        return 0
    first = max(start, recalled.recall_next)
    end = min(first + TOLD, recalled.recall_last + 1)
    _tell(connection, these(broadcast, first, end))
    return end if end <= recalled.recall_last else 0


def follow_recall(connection: Connection, broadcast: str, ledger: Ledger) -> bool:
    """A step of what a recall leaves to do: entries for those who will not get it, messages to be taken away.

    False: nothing is left. A step is remembered with what it did, so that a crash loses and doubles nothing.
    """
    recalled = connection.execute(_recalled(broadcast)).one_or_none()
    if recalled is None:
        return False
    at = recalled.withdrawn_at
    end = min(
        recalled.recall_next + CHUNK, recalled.recall_last + 1
    )  # what is planned later is logged when it is
    here = these(broadcast, recalled.recall_next, end)
    _tell(connection, here)  # if whoever recalled it could not any more
    stopped = and_(here, _D.status == Status.CANCELLED, _D.reason == Reason.RECALLED, ~_D.withdrawn)
    found = find(connection, query().where(stopped).order_by(_D.number))
    records = [
        came_to(d, origin, Status.CANCELLED, Reason.RECALLED, at)
        for d, origin in found
        if logged(d, Status.CANCELLED)
    ]
    ledger.append(connection, records)
    withdrawals.add_all(connection, and_(here, _D.status == Status.SENT, _D.withdrawn), at)
    more: bool = end <= recalled.recall_last
    step = {"recall_next": end if more else None}
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(step))
    return more


def unfinished_recalls(connection: Connection) -> Sequence[str]:
    return [row.id for row in _RECALLING(connection)]


def _tell(connection: Connection, here: ColumnElement[bool]) -> None:
    waits = _D.status == Status.PENDING
    alive = and_(here, _D.status.in_((Status.PENDING, *_UNDER_WAY)), ~_D.withdrawn)
    told = {
        "status": case((waits, Status.CANCELLED), else_=_D.status),
        "reason": case((waits, Reason.RECALLED), else_=_D.reason),
        "withdrawn": ~waits,
    }
    with recounted(connection, here):
        connection.execute(update(DELIVERY).where(alive).values(told))


def _recalled(broadcast: str) -> Select[tuple[datetime, int, int]]:
    """A recall that is not finished, locked."""
    columns = (_B.withdrawn_at, _B.recall_next, _B.recall_last)
    return select(*columns).where(_B.id == broadcast, _B.recall_next.is_not(None)).with_for_update()


def stage_of(connection: Connection, campaign: str) -> Stage | None:
    """Locked until the transaction ends: a recall and a pause wait for the rows being written, or stop them."""
    stage = connection.scalar(select(_B.stage).where(_B.id == campaign).with_for_update())
    return Stage(stage) if stage else None


def _this(roster: Roster) -> ColumnElement[bool]:
    return and_(_O.campaign == roster.campaign, _O.slot == roster.slot, _O.zone == roster.zone)


def finished(connection: Connection, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
    """(slot, team). Not while somebody is still to be reached, and not for people without a team."""
    here = and_(_D.zone.is_not(None), _D.campaign == campaign, _D.slot_at >= since, _D.team != "")
    open_ = _D.status.in_((Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING))
    sent = _D.status == Status.SENT
    took_part = select(_L.sequence).where(_L.delivery == _D.id, _L.participation).exists()
    query = (
        select(_D.slot, _D.team)
        .where(here)
        .group_by(_D.slot, _D.team)
        .having(
            func.sum(case((open_, 1), else_=0)) == 0,
            func.sum(case((sent, 1), else_=0)) > 0,
            func.sum(case((and_(sent, ~took_part), 1), else_=0)) == 0,
        )
        .order_by(_D.slot, _D.team)
    )
    return [(row.slot, row.team) for row in connection.execute(query)]
