"""How far messages got: sent, seen, acknowledged, understood. Counts only, but for who has not acknowledged.

A delivery is seen when the platform told so, or when its person did anything with it: a press proves it. That is
added up here and not written with each press, for presses come by the hundred, and this is asked now and then.
What was done is counted in the ledger's index by campaign alone, where each counts once anyway.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, or_, select

from content.audience import Audience
from content.pieces import BasePiece
from handlers.broadcasts.checks import ANSWERED, ITEM
from handlers.messages import ACKNOWLEDGED
from handlers.milestones import CHEERED
from handlers.model import Platform, Reason, Status
from handlers.numbers.layers import Reading, Result
from storage import audiences
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import load
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON

_B, _D, _L, _O = BROADCAST.c, DELIVERY.c, LEDGER.c, OCCURRENCE.c
_sent = _D.status == Status.SENT
_acknowledged = and_(
    _L.participation, _L.kind == ACKNOWLEDGED, _L.item == "", _L.correct.is_(None)
)  # so that they stand in the index by how long it took


@dataclass
class Did:
    """What people did with a message."""

    acknowledged: int = 0
    cheered: int = 0
    answered: int = 0
    understood: int = 0


@dataclass
class Counted:
    """The rows of a broadcast by state, and of those sent by platform what is known to be seen."""

    states: Counter[tuple[Status, Reason]] = field(default_factory=Counter)
    places: dict[Platform, Reading] = field(default_factory=dict)
    last_sent_at: datetime | None = None


def counted(connection: Connection, campaign: str) -> Counted:
    found = Counted()
    for row in connection.execute(_states(campaign)):
        found.states[Status(row.status), Reason(row.reason)] += row.number
        if row.last_sent_at and (found.last_sent_at is None or row.last_sent_at > found.last_sent_at):
            found.last_sent_at = row.last_sent_at
        if row.status == Status.SENT:
            before = found.places.get(Platform(row.platform), Reading(0, 0))
            now = Reading(before.sent + row.number, before.seen + row.seen)
            found.places[Platform(row.platform)] = now
    return found


def did(connection: Connection, campaigns: Sequence[str]) -> Mapping[str, Did]:
    found: dict[str, Did] = defaultdict(Did)
    columns = (_L.campaign, _L.kind, _L.item, _L.correct)
    query = select(*columns, func.count().label("number")).where(_L.participation, _L.campaign.in_(campaigns))
    for row in connection.execute(query.group_by(*columns)):
        theirs = found[row.campaign]
        theirs.acknowledged += row.number if row.kind == ACKNOWLEDGED else 0
        theirs.cheered += row.number if row.kind == CHEERED else 0
        if (row.kind, row.item) == (ANSWERED, ITEM):
            theirs.answered += row.number
            theirs.understood += row.number if row.correct else 0
    return found


def median(connection: Connection, campaign: str) -> timedelta | None:
    """The middle one of how long it took to acknowledge (of two in the middle the first); None: nobody has."""
    theirs = (_L.campaign == campaign, _acknowledged, _L.duration_ms.is_not(None))
    number = connection.scalar(select(func.count()).select_from(LEDGER).where(*theirs)) or 0
    in_order = select(_L.duration_ms).where(*theirs).order_by(_L.duration_ms)
    middle = connection.scalar(in_order.offset((number - 1) // 2).limit(1)) if number else None
    return None if middle is None else timedelta(milliseconds=middle)


def results(
    connection: Connection, since: datetime, until: datetime, author: str, before: str, most: int
) -> Sequence[Result]:
    """Of broadcasts whose first slot fell due in [since, until), the latest first; of one author, if one is named.

    before: no result for this one, and none for a later one.
    """
    rows = connection.execute(_begun(since, until, author, before, most)).all()
    names = [row.id for row in rows]
    columns = (_D.campaign, func.sum(case((_sent, 1), else_=0)).label("sent"), func.count().label("roster"))
    asked = func.sum(case((and_(_sent, _D.to_acknowledge), 1), else_=0)).label("asked")
    theirs = select(*columns, asked).where(_D.campaign.in_(names), _D.zone.is_not(None))
    reach = {row.campaign: row for row in connection.execute(theirs.group_by(_D.campaign))}
    done, told = did(connection, names), load(connection, (row.message for row in rows))
    return [_result(row, told[row.message], reach.get(row.id), done[row.id]) for row in rows]


def _result(row: Any, told: object, reach: Any, done: Did) -> Result:
    """reach: None where no row is written yet."""
    roster, sent, asked = (reach.roster, reach.sent, reach.asked) if reach else (0, 0, 0)
    assert isinstance(told, BasePiece)
    return Result(
        *(row.id, told.title, row.author, row.name, row.at),
        *(roster, sent, asked, done.acknowledged, done.answered, done.understood),
        checked=getattr(told, "check", None) is not None,
        milestone=getattr(told, "scope", ""),
    )


def people(connection: Connection, since: datetime, until: datetime) -> Mapping[str, int]:
    """By author, how many different people the broadcasts of this period have reached."""
    begun = _begun(since, until, "", "", None).subquery()
    query = (
        select(begun.c.author, func.count(_D.person.distinct()).label("people"))
        .select_from(begun.join(DELIVERY, _D.campaign == begun.c.id))
        .where(_sent, _D.zone.is_not(None))
        .group_by(begun.c.author)
    )
    return {row.author: row.people for row in connection.execute(query)}


def unacknowledged(
    connection: Connection, campaign: str, manager: str, within: Audience | None, most: int
) -> tuple[int, Sequence[tuple[str, str]]]:
    """How many who got it have not acknowledged it, and the first of them by key and name; nobody who has left.

    manager: of the people whose manager that is now; within: of whom this names.
    """
    here = [PERSON.c.left_at.is_(None), *([PERSON.c.manager == manager] if manager else [])]
    here += [audiences.named(connection, within)] if within is not None else []
    done = select(_L.sequence).where(_L.delivery == _D.id, _L.participation, _L.kind == ACKNOWLEDGED).exists()
    them = (_D.campaign == campaign, _sent, _D.to_acknowledge, ~_D.withdrawn, ~done, *here)
    source = DELIVERY.join(PERSON, PERSON.c.key == _D.person)
    number = connection.scalar(select(func.count(_D.person.distinct())).select_from(source).where(*them)) or 0
    query = select(PERSON.c.name, PERSON.c.key).distinct().select_from(source).where(*them)
    in_order = query.order_by(PERSON.c.name, PERSON.c.key).limit(most)
    return number, [(row.key, row.name or "name not known") for row in connection.execute(in_order)]


def _states(campaign: str) -> Select[Any]:
    columns = (_D.status, _D.reason, _D.platform)
    done = select(_L.delivery).where(_L.delivery == _D.id, _L.participation).exists()
    seen = func.sum(case((or_(_D.seen_at.is_not(None), done), 1), else_=0)).label("seen")
    sums = (func.count().label("number"), func.max(_D.sent_at).label("last_sent_at"), seen)
    return select(*columns, *sums).where(_D.campaign == campaign, _D.zone.is_not(None)).group_by(*columns)


def _begun(since: datetime, until: datetime, author: str, before: str, most: int | None) -> Select[Any]:
    first = func.min(_O.due_at)
    named = func.coalesce(func.max(PERSON.c.name), "").label("name")
    query = (
        select(_B.id, _B.message, _B.author, named, first.label("at"))
        .select_from(
            BROADCAST.join(OCCURRENCE, _O.campaign == _B.id).outerjoin(PERSON, PERSON.c.key == _B.author)
        )
        .group_by(_B.id, _B.message, _B.author)
        .having(first >= since, first < until)
        .order_by(first.desc(), _B.id)
        .limit(most)
    )
    if before:
        its_first = select(func.min(_O.due_at)).where(_O.campaign == before).scalar_subquery()
        query = query.where(_B.id != before).having(first <= its_first)
    return query.where(_B.author == author) if author else query
