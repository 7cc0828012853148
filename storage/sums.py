"""Counts over one standard and period, from the rows themselves: what an evidence pack says in numbers.

The definitions are those of `storage.metrics`; a pack holds the one against the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, func, literal, or_, select

from handlers.desk import ON_DEMAND
from handlers.evidence.pack import Left, Planned, Scope
from handlers.model import Reason, Status, Tally
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import CONTENT, CONTENT_CLAUSE
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER, LEDGER_CLAUSE
from storage.people import PERSON

_B, _D, _L = BROADCAST.c, DELIVERY.c, LEDGER.c
sent = _D.status == Status.SENT
did = and_(_L.delivery == _D.id, _L.participation)
asks = and_(_D.to_acknowledge, ~_D.withdrawn)
is_answer = and_(_L.kind == "answered", _L.correct.is_not(None))
GROUPS: Mapping[str, ColumnElement[str]] = {"all": literal("all"), "week": _D.week, "team": _D.team}


class Within:
    """What belongs to a scope, as conditions."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        pieces = select(CONTENT_CLAUSE.c.hash).where(of(CONTENT_CLAUSE.c.clause, scope.standard))
        zones = connection.scalars(select(OCCURRENCE.c.zone).distinct())
        self.period = or_(*(_days(scope, zone) for zone in (None, *zones)))
        self.here = and_(_D.piece.in_(pieces), self.period)
        self.assigned = and_(_D.zone.is_not(None), self.here)
        self.delivered = and_(or_(_D.zone.is_not(None), _D.campaign == ON_DEMAND), self.here)
        same = and_(LEDGER_CLAUSE.c.chain == _L.chain, LEDGER_CLAUSE.c.sequence == _L.sequence)
        clauses = select(LEDGER_CLAUSE.c.clause).where(same, of(LEDGER_CLAUSE.c.clause, scope.standard))
        self.answered = and_(is_answer, clauses.exists(), _D.campaign != "", self.period)


def _days(scope: Scope, zone: str | None) -> ColumnElement[bool]:
    """Due on a day of the scope, by the zone of its roster, or by UTC: the days that `storage.metrics` counts by.

    Hidden in an expression, the time does not tempt SQLite to read by its index and sort all rows afterwards.
    """
    where = ZoneInfo(zone) if zone else ZoneInfo("UTC")
    local = replace(scope, zone=where)
    slot_at = func.coalesce(_D.slot_at, _D.slot_at)
    here = _D.zone == zone if zone else _D.zone.is_(None)
    return and_(here, slot_at >= local.begin, slot_at < local.end)


def of(clause: ColumnElement[str], standard: str) -> ColumnElement[bool]:
    """A clause of this standard in this edition."""
    return clause.startswith(f"{standard} ", autoescape=True)


def tallies(connection: Connection, within: Within, by: str) -> Sequence[Tally]:
    """By group, in the order of their names; "all" is there even when it counts nothing."""
    group = GROUPS[by].label("group")
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"by_status": {}})
    if by == "all":
        found["all"]["audience"] = 0
    states = select(group, _D.status, _D.reason, func.count().label("number")).where(within.assigned)
    for row in connection.execute(states.group_by(group, _D.status, _D.reason)):
        found[row.group]["by_status"][Status(row.status), Reason(row.reason)] = row.number
    reach = select(
        group,
        func.count().label("reached"),
        func.sum(case((asks, 1), else_=0)).label("to_acknowledge"),
        func.count(_D.person.distinct()).label("people_reached"),
    ).where(within.assigned, sent)
    acknowledged = case((and_(_L.kind == "acknowledged", asks), _D.id))
    activity = (
        select(
            group,
            func.count(acknowledged.distinct()).label("acknowledged"),
            func.count(_D.id.distinct()).label("active"),
        )
        .select_from(DELIVERY.join(LEDGER, did))
        .where(within.assigned, sent)
    )
    answers = (
        select(
            group, func.count().label("answers"), func.sum(case((_L.correct, 1), else_=0)).label("correct")
        )
        .select_from(DELIVERY.join(LEDGER, did))
        .where(within.answered)
    )
    for query in (reach, activity, answers):
        for row in connection.execute(query.group_by(group)):
            found[row.group] |= {name: n for name, n in row._mapping.items() if name != "group"}
    for counts in found.values():
        counts["audience"] = sum(counts["by_status"].values())
    return [Tally(group=name, **found[name]) for name in sorted(found)]


def planned(connection: Connection, within: Within) -> Sequence[Planned]:
    """By campaign and rule, in the order in which they began."""
    columns = (_D.campaign, _D.audience)
    query = (
        select(
            *columns,
            func.count(_D.slot.distinct()).label("times"),
            func.min(_D.slot_at).label("first"),
            func.max(_D.slot_at).label("last"),
            func.count().label("assigned"),
        )
        .where(within.assigned)
        .group_by(*columns)
    )
    rows = sorted(connection.execute(query), key=lambda row: (row.first, row.campaign))
    return [Planned(row.campaign, row.audience, row.times, row.first, row.last, row.assigned) for row in rows]


def left_out(connection: Connection, within: Within) -> Sequence[Left]:
    """Who was left out on purpose, by broadcast and sentence."""
    author, approver = PERSON.alias("author"), PERSON.alias("approver")
    names = (author.c.name, approver.c.name)
    columns = (_D.campaign, CONTENT.c.title, _D.code, _B.author, _B.approver)
    source = (
        DELIVERY.join(CONTENT, CONTENT.c.hash == _D.piece)
        .outerjoin(BROADCAST, _B.id == _D.campaign)
        .outerjoin(author, author.c.key == _B.author)
        .outerjoin(approver, approver.c.key == _B.approver)
    )
    query = (
        select(*columns, *(name.label(f"{name.table.name}_name") for name in names), func.count().label("n"))
        .select_from(source)
        .where(within.assigned, _D.reason == Reason.EXCLUDED)
        .group_by(*columns, *names)
        .order_by(_D.campaign, _D.code)
    )
    return [
        Left(
            *(row.campaign, row.title, row.code),
            *(row.author_name or row.author or "", row.approver_name or row.approver or ""),
            row.n,
        )
        for row in connection.execute(query)
    ]
