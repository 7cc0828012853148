"""How much people had in a week: what a cap on it is counted by, and who has had many messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from content.audience import Audience
from handlers.model import Status
from storage.audiences import named
from storage.contents import CONTENT
from storage.deliveries import DELIVERY
from storage.people import PERSON

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


def busy(connection: Connection, audience: Audience, since: datetime, until: datetime, most: int) -> int:
    """People of an audience with so many messages or more in a time, whoever they are from."""
    messages = select(CONTENT.c.hash).where(CONTENT.c.kind == "message")
    had = (
        select(_D.person)
        .where(_D.slot_at >= since, _D.slot_at < until, _D.zone.is_not(None), _D.status.in_(_COUNTS))
        .where(_D.piece.in_(messages))
        .group_by(_D.person)
        .having(func.count() >= most)
    )
    people = select(func.count()).select_from(PERSON)
    return connection.scalar(people.where(named(connection, audience), PERSON.c.key.in_(had))) or 0
