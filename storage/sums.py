"""Counts over one standard and period, from the rows themselves: what an evidence pack says in numbers.

The definitions are those of `storage.metrics`; a pack holds the one against the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from handlers.desk import ON_DEMAND
from handlers.evidence.pack import Left, Planned, Scope
from handlers.model import Reason, Status, Tally
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import CONTENT, CONTENT_CLAUSE, have_one_of
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON
from storage.titles import titles

_B, _D, _L = BROADCAST.c, DELIVERY.c, LEDGER.c
sent = _D.status == Status.SENT
did = and_(_L.delivery == _D.id, _L.participation)
asks = and_(_D.to_acknowledge, ~_D.withdrawn)
is_answer = and_(_L.kind == "answered", _L.correct.is_not(None))


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
        self.answered = and_(
            is_answer, have_one_of(_L.clauses, scope.standard), _D.campaign != "", self.period
        )


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


class Counted(NamedTuple):
    """weeks, teams: by the week it was due, by the team people were in then; in the order of their names."""

    all: Tally
    weeks: Sequence[Tally]
    teams: Sequence[Tally]


def counted(connection: Connection, within: Within) -> Counted:
    """All three together, so that the rows are read for one and not for each."""
    all_, weeks, teams = _Sum(), defaultdict[str, _Sum](_Sum), defaultdict[str, _Sum](_Sum)
    for row in connection.execute(_deliveries(within)):
        for group in (all_, weeks[row.week], teams[row.team]):
            group.states[Status(row.status), Reason(row.reason)] += row.number
            group.add(row, "reached", "to_acknowledge", "acknowledged", "active")
    for row in connection.execute(_answers(within)):
        for group in (all_, weeks[row.week], teams[row.team]):
            group.add(row, "answers", "correct")
    people = select(func.count(_D.person.distinct()).label("people_reached")).where(within.assigned, sent)
    all_.add(connection.execute(people).one(), "people_reached")
    for column, groups in ((_D.week, weeks), (_D.team, teams)):
        for row in connection.execute(people.add_columns(column.label("group")).group_by(column)):
            groups[row.group].add(row, "people_reached")
    by_name = ([groups[name].tally(name) for name in sorted(groups)] for groups in (weeks, teams))
    return Counted(all_.tally("all"), *by_name)


class _Sum:
    """What a group comes to."""

    def __init__(self) -> None:
        self.states: Counter[tuple[Status, Reason]] = Counter()
        self.numbers: Counter[str] = Counter()

    def add(self, row: Any, *names: str) -> None:
        self.numbers.update({name: getattr(row, name) for name in names})

    def tally(self, group: str) -> Tally:
        return Tally(group, self.states.total(), dict(self.states), **self.numbers)


def _deliveries(within: Within) -> Select[Any]:
    """By week, team and state, with what was done with those that were sent."""
    something = exists().where(did).correlate(DELIVERY)
    acknowledged = exists().where(did, _L.kind == "acknowledged").correlate(DELIVERY)
    wanted = {
        "reached": sent,
        "to_acknowledge": and_(sent, asks),
        "acknowledged": and_(sent, asks, acknowledged),
        "active": and_(sent, something),
    }
    keys = (_D.week, _D.team, _D.status, _D.reason)
    sums = (_sum(condition).label(name) for name, condition in wanted.items())
    return select(*keys, func.count().label("number"), *sums).where(within.assigned).group_by(*keys)


def _answers(within: Within) -> Select[Any]:
    keys = (_D.week, _D.team)
    return (
        select(*keys, func.count().label("answers"), _sum(_L.correct).label("correct"))
        .select_from(DELIVERY.join(LEDGER, did))
        .where(within.answered)
        .group_by(*keys)
    )


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


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
    called = titles(connection, {row.campaign for row in rows})
    return [
        Planned(
            *(row.campaign, called.get(row.campaign, ""), row.audience),
            *(row.times, row.first, row.last, row.assigned),
        )
        for row in rows
    ]


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
