"""How much people had in a week: what a cap on it is counted by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from handlers.model import Status
from storage.deliveries import DELIVERY

AT_ONCE = 500  # people in one query

_D = DELIVERY.c
_COUNTS = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.SENT)
_FULL = (
    select(_D.person)
    .where(
        _D.person.in_(bindparam("people", expanding=True)),
        _D.slot_at >= bindparam("since"),
        _D.slot_at < bindparam("until"),
        _D.zone.is_not(None),
        _D.status.in_(_COUNTS),
    )
    .group_by(_D.person)
    .having(func.count() >= bindparam("most"))
)


def full(
    connection: Connection, people: Sequence[str], since: datetime, until: datetime, most: int
) -> frozenset[str]:
    """Answered by the index on person and time, so that it takes as long as these people have deliveries."""
    week = {"since": since, "until": until, "most": most}
    found: set[str] = set()
    for start in range(0, len(people), AT_ONCE):
        found.update(connection.scalars(_FULL, week | {"people": people[start : start + AT_ONCE]}))
    return frozenset(found)
