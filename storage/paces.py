"""The gauge of each queue: read under a lock and written with the claim, so that all processes share it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, insert, select, update

from handlers.model import Queue
from handlers.pace import Gauge, Pace
from storage.prepared import Query
from storage.tables import PaceRow, table

PACE = table(PaceRow)

_P = PACE.c
_this = and_(
    _P.platform == bindparam("at_platform"),
    _P.workspace == bindparam("at_workspace"),
    _P.job == bindparam("at_job"),
)
_GAUGE = Query(select(_P.rate, _P.free_at, _P.changed_at, _P.blocked_until).where(_this).with_for_update())
_UPDATE = update(PACE).where(_this)
_BLOCKED = Query(select(_P.platform, _P.workspace, _P.job).where(_P.blocked_until > bindparam("now")))
_UNPACED = Gauge(rate=0.0)  # a queue without a pace that was told to wait all the same


def gauge(connection: Connection, queue: Queue, pace: Pace | None) -> Gauge:
    """Where the queue stands; a rate that the platform's own bounds no longer allow is brought back into them."""
    row = next(iter(_GAUGE(connection, **_names(queue))), None)
    if row is None:
        made = Gauge(rate=pace.start) if pace else _UNPACED
        connection.execute(insert(PACE), vars(made) | queue._asdict())
        return made
    found = Gauge(*row)
    if pace is None:
        return found
    rate = min(max(found.rate or pace.start, pace.least), pace.most)
    return Gauge(rate, found.free_at, found.changed_at, found.blocked_until)


def write(connection: Connection, queue: Queue, now: Gauge) -> None:
    connection.execute(_UPDATE, vars(now) | _names(queue))


def throttle(connection: Connection, queue: Queue, now: datetime, until: datetime, pace: Pace | None) -> None:
    write(connection, queue, gauge(connection, queue, pace).refused(pace, now, until))


def blocked(connection: Connection, now: datetime) -> set[tuple[str, str, str]]:
    """The queues that have been asked to wait and have not waited long enough."""
    return {tuple(row) for row in _BLOCKED(connection, now=now)}


def _names(queue: Queue) -> dict[str, str]:
    return {"at_platform": queue.platform, "at_workspace": queue.workspace, "at_job": queue.job}
