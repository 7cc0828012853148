"""A broadcast that is paused: its rows wait where no claim finds them, and afterwards have the time they had left."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, select, update

from handlers.broadcasts.stages import Stage
from handlers.model import Reason, Status
from storage import broadcasts
from storage.broadcasts import BROADCAST
from storage.deliveries import DELIVERY
from storage.prepared import Query

TOLD = 4000  # rows in one transaction
UNTIL_TOLD = datetime(9000, 1, 1, tzinfo=UTC)  # when a row falls due that waits for a word of its author

_B, _D = BROADCAST.c, DELIVERY.c
_OPEN = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING)
_TELLING = Query(select(_B.id).where(_B.telling).order_by(_B.id))
_AGAIN = (
    update(DELIVERY)
    .where(_D.id == bindparam("row"))
    .values(
        held=False,
        reason=case((_D.status == Status.PENDING, Reason.NONE), else_=_D.reason),
        due_at=case((_D.status == Status.PENDING, bindparam("again", type_=_D.due_at.type)), else_=_D.due_at),
        expires_at=bindparam("until", type_=_D.expires_at.type),
    )
)


def tell(connection: Connection, broadcast: str, now: datetime) -> bool:
    """Some rows of a broadcast whose pause began or ended are told. False: all of them know.

    What is on its way when a pause begins still arrives; if it would have to be sent again it waits like the others.
    """
    row = connection.execute(
        select(_B.stage, _B.telling, _B.held_at).where(_B.id == broadcast).with_for_update()
    ).one_or_none()
    if row is None or not row.telling:
        return False
    theirs = _D.campaign == broadcast
    if row.stage == Stage.PAUSED:
        told = hold(connection, _some(and_(theirs, ~_D.held, _D.status.in_(_OPEN))))
    else:
        told = _release(connection, _some(and_(theirs, _D.held)), now)
    if told < TOLD:
        connection.execute(update(BROADCAST).where(_B.id == broadcast).values(telling=False))
    return told == TOLD


def hold(connection: Connection, here: ColumnElement[bool]) -> int:
    """These wait from now on, as far as they wait; how many."""
    waits = _D.status == Status.PENDING
    held = {
        "held": True,
        "reason": case((waits, Reason.HELD), else_=_D.reason),
        "due_at": case((waits, UNTIL_TOLD), else_=_D.due_at),
    }
    return connection.execute(update(DELIVERY).where(here, _D.status.in_(_OPEN)).values(held)).rowcount


def unfinished(connection: Connection) -> list[str]:
    return [row.id for row in _TELLING(connection)]


def _some(rows: ColumnElement[bool]) -> ColumnElement[bool]:
    return _D.id.in_(select(_D.id).where(rows).order_by(_D.number).limit(TOLD))


def _release(connection: Connection, here: ColumnElement[bool], now: datetime) -> int:
    """Due again when they were, or now, each with as much time ahead as the pause has taken."""
    found = connection.execute(select(_D.id, _D.slot_at, _D.expires_at, _D.campaign).where(here)).all()
    if found:
        lost = broadcasts.shift(connection, found[0].campaign, now)
        rows = [
            {"row": row.id, "again": max(row.slot_at, now), "until": row.expires_at + lost} for row in found
        ]
        connection.execute(_AGAIN, rows)
    return len(found)
