"""How much people had in a week: what a cap on it is counted by, and who has had many messages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select

from content.audience import Audience
from handlers.model import Celebration, Status
from storage.audiences import named
from storage.contents import CONTENT
from storage.deliveries import DELIVERY
from storage.people import PERSON

AT_ONCE = 500  # people in one query

_D = DELIVERY.c
_COUNTS = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.SENT)
_LATEST = timedelta(days=28)  # after it was first due nothing is sent: a grace, and the waits within it

_THEIRS = _D.person.in_(bindparam("people", expanding=True))
_COUNTED = (
    _D.slot_at >= bindparam("since"),
    _D.slot_at < bindparam("until"),
    _D.zone.is_not(None),
    _D.status.in_(_COUNTS),
)
_FULL = (
    select(_D.person).where(_THEIRS, *_COUNTED).group_by(_D.person).having(func.count() >= bindparam("most"))
)
_HAD = select(func.count()).where(_D.person == bindparam("person"), *_COUNTED)
_at = func.coalesce(_D.sent_at, _D.due_at)
_CELEBRATIONS = (
    select(_D.person, _D.id, _D.status, _D.sent_at, _D.due_at)
    .join(CONTENT, CONTENT.c.hash == _D.piece)
    .where(
        _THEIRS,
        CONTENT.c.kind == "milestone",
        _D.slot_at >= bindparam("first"),
        _D.slot_at < bindparam("until"),
        _at >= bindparam("since"),
        _at < bindparam("until"),
        _D.status.in_(_COUNTS),
    )
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


def had(connection: Connection, person: str, since: datetime, until: datetime) -> int:
    return connection.scalar(_HAD, {"person": person, "since": since, "until": until}) or 0


def celebrations(
    connection: Connection, people: Sequence[str], since: datetime, until: datetime
) -> Mapping[str, Sequence[Celebration]]:
    """Answered by the same index: what came, or comes, later than it was first due does so within a few weeks."""
    when = {"first": since - _LATEST, "since": since, "until": until}
    found: dict[str, list[Celebration]] = defaultdict(list)
    for start in range(0, len(people), AT_ONCE):
        for row in connection.execute(_CELEBRATIONS, when | {"people": people[start : start + AT_ONCE]}):
            found[row.person].append(Celebration(row.id, row.sent_at or row.due_at, Status(row.status)))
    return found
