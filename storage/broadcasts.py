"""Broadcasts as rows: each as it stands, and every step of it written only on what was known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, insert, or_, select, update

from content.pieces import BasePiece, Exclusion, Forecast, Message, Timing
from handlers import messages
from handlers.broadcasts.stages import Broadcast, Stage, Step
from storage import occasions
from storage.contents import Hashes, keep, load
from storage.ledger import Record
from storage.prepared import Query
from storage.records import about_piece, unnamed
from storage.tables import BroadcastRow, OccurrenceRow, table

BROADCAST = table(BroadcastRow)
OCCURRENCE = table(OccurrenceRow)

_LATER = (  # what becomes of it after it was first kept
    *("planned_at", "withdrawn_at", "recall_next", "recall_last"),
    *("told_next", "told_last", "closed_at"),
)
_B, _O = BROADCAST.c, OCCURRENCE.c
_BEGUN = exists().where(_O.campaign == _B.id, _O.closed_at.is_(None))
_LAUNCHED = Query(
    select(BROADCAST)
    .where(_B.due_at <= bindparam("now"), _B.planned_at.is_(None), or_(_B.stage == Stage.SCHEDULED, _BEGUN))
    .order_by(_B.due_at, _B.id)
)
_KUDOS = _B.id.startswith("kudos-")


class Outrun(Exception):
    """Somebody else took a step with this broadcast first, or began it: nothing was changed."""


def of(connection: Connection, broadcast: str) -> Broadcast | None:
    found = _read(connection, connection.execute(select(BROADCAST).where(_B.id == broadcast)))
    return found[0] if found else None


def of_author(connection: Connection, author: str, limit: int) -> Sequence[Broadcast]:
    theirs = and_(_B.author == author, _B.stage != Stage.DISCARDED)
    query = select(BROADCAST).where(theirs).order_by(_B.changed_at.desc(), _B.id).limit(limit)
    return _read(connection, connection.execute(query))


def kudos(connection: Connection, since: datetime, limit: int, author: str) -> Sequence[Broadcast]:
    """By name: kudos are broadcasts whose id says so."""
    theirs = and_(_KUDOS, _B.due_at >= since, *((_B.author == author,) if author else ()))
    query = select(BROADCAST).where(theirs).order_by(_B.due_at.desc(), _B.id).limit(limit)
    return _read(connection, connection.execute(query))


def kudos_given(connection: Connection, since: datetime, until: datetime) -> int:
    given = and_(_KUDOS, _B.due_at >= since, _B.due_at < until, _B.stage != Stage.WITHDRAWN)
    return connection.scalar(select(func.count()).select_from(BROADCAST).where(given)) or 0


def launched(connection: Connection, now: datetime) -> Sequence[Broadcast]:
    """Due, and not planned to the end; what was paused or withdrawn in the middle of that is written to its end."""
    return _read(connection, _LAUNCHED(connection, now=now))


def take(connection: Connection, step: Step, at: datetime, hashes: Hashes) -> list[Record]:
    """Write a step; what to enter in the ledger. Raises Outrun if the broadcast is not what was known of it, or its
    slot is not free.
    """
    known, broadcast = step.known, step.broadcast
    if broadcast.occasion and not occasions.take(connection, broadcast):
        raise Outrun(broadcast.id)
    keep(connection, [broadcast.message, broadcast.correction], hashes)
    row = _row(broadcast, hashes) | {"changed_at": at}
    if known is None:
        if connection.scalar(select(_B.id).where(_B.id == broadcast.id)):
            raise Outrun(broadcast.id)
        texts = {"id": broadcast.id, "telling": False, "shows": ""}
        connection.execute(insert(BROADCAST), row | dict.fromkeys(_LATER) | texts)
    else:
        was = and_(_B.id == known.id, _B.stage == known.stage, _B.version == known.version)
        if broadcast.stage is Stage.DRAFT:  # what has begun cannot be written anew
            was = and_(was, ~exists().where(_O.campaign == known.id))
        if known.stage is not broadcast.stage and Stage.PAUSED in (known.stage, broadcast.stage):
            row |= {"telling": True} | ({"held_at": at} if broadcast.stage is Stage.PAUSED else {})
        if connection.execute(update(BROADCAST).where(was).values(row)).rowcount == 0:
            raise Outrun(broadcast.id)
    kind = _kind(step)
    if not kind:
        return []
    entry = _about(broadcast, hashes.of(broadcast.message) or "")
    return [
        entry | {"at": at, "kind": kind, "value": _length(broadcast.remark), "approver": broadcast.approver}
    ]


def _length(remark: str) -> str:
    """What a person wrote is not in the ledger, only how long it was."""
    return f"{len(remark)} characters" if remark else ""


def about(connection: Connection, broadcast: str) -> Record:
    """The fields of an entry about a broadcast."""
    row = connection.execute(select(_B.message).where(_B.id == broadcast)).one_or_none()
    known = of(connection, broadcast)
    return _about(known, row.message) if known and row else {}


def _about(broadcast: Broadcast, version: str) -> Record:
    known = {"campaign": broadcast.id, "author": broadcast.author, "audience": unnamed(broadcast.audience)}
    return about_piece(broadcast.message, version) | known | {"due": broadcast.at}


def _kind(step: Step) -> str:
    """What the ledger calls a step; what only its author has seen is not entered."""
    before, now = step.known.stage if step.known else Stage.DRAFT, step.broadcast.stage
    if step.shows:
        return "corrected"
    if before is now and step.known and step.broadcast.out:  # a correction that needs a second person
        return "submitted" if step.broadcast.correction else "sent back"
    if before is Stage.PAUSED and now is Stage.SCHEDULED:
        return "released"
    if before is Stage.WAITING and now is Stage.DRAFT:
        return "sent back" if step.broadcast.remark else ""
    names = {Stage.WAITING: "submitted", Stage.SCHEDULED: "launched", Stage.PAUSED: "held"}
    return names.get(now, "")


def shift(connection: Connection, broadcast: str, now: datetime) -> timedelta:
    """How long a broadcast has been paused by now."""
    held_at = connection.scalar(select(_B.held_at).where(_B.id == broadcast))
    return now - held_at if held_at else timedelta()


def _row(broadcast: Broadcast, hashes: Hashes) -> dict[str, Any]:
    said = broadcast.message
    return {
        "message": hashes.of(broadcast.message),
        "audience": broadcast.audience,
        "author": broadcast.author,
        "due_at": broadcast.at,
        "slot": broadcast.slot,
        "stage": broadcast.stage,
        "version": broadcast.version,
        "timing": broadcast.timing.model_dump_json(),
        "exclusions": json.dumps([each.model_dump() for each in broadcast.exclusions], ensure_ascii=False),
        "people": broadcast.people,
        "forecast": broadcast.forecast.model_dump_json() if broadcast.forecast else "",
        "approver": broadcast.approver,
        "remark": broadcast.remark,
        "reply_to": broadcast.reply_to,
        "occasion": broadcast.occasion,
        "correction": hashes.of(broadcast.correction) or "",
        "expires_at": messages.closes_at(said) if isinstance(said, Message) else None,
    }


def _read(connection: Connection, found: Iterable[Any]) -> list[Broadcast]:
    rows = list(found)
    contents = load(connection, (hash_ for row in rows for hash_ in (row.message, row.correction)))
    return [_broadcast(row, contents[row.message], contents.get(row.correction)) for row in rows]


def _broadcast(row: Any, message: object, correction: object) -> Broadcast:
    assert isinstance(message, BasePiece)
    assert correction is None or isinstance(correction, BasePiece)
    return Broadcast(
        id=row.id,
        message=message,
        audience=row.audience,
        author=row.author,
        at=row.due_at,
        slot=row.slot,
        stage=Stage(row.stage),
        version=row.version,
        timing=Timing.model_validate_json(row.timing),
        exclusions=tuple(Exclusion.model_validate(each) for each in json.loads(row.exclusions)),
        people=row.people,
        forecast=Forecast.model_validate_json(row.forecast) if row.forecast else None,
        approver=row.approver,
        remark=row.remark,
        reply_to=row.reply_to,
        occasion=row.occasion,
        correction=correction,
    )
