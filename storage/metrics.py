"""Counts, one definition each; every rate of the house is arithmetic on them (`handlers.numbers.metrics`).

- audience: deliveries on a roster, due in the period, in whatever state they are (`by_status` adds up to it).
  What only one person asked for (a quiz now, an answer to words) is on no roster and in no audience.
- reached: of these, the ones that were sent; people_reached: how many different people they went to.
- to_acknowledge: of those reached, the ones that ask for it and were not withdrawn; acknowledged: of these.
- people_active: of the people reached, those who did anything with what reached them.
- answers, correct: what was answered right or wrong, on a roster or asked for with a quiz of one's own.

A delivery belongs to the local week it was due first, and to the team and manager its person had when it was
planned. It stands in the group of every clause its piece serves; an answer in those of its own item.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, select

from handlers.lookups import Grouping
from handlers.model import Reason, Status, Tally
from storage.contents import CONTENT_CLAUSE
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER, LEDGER_CLAUSE

_D = DELIVERY.c
_L = LEDGER.c
_GROUPS: dict[Grouping, ColumnElement[str]] = {
    "all": literal("all"),
    "team": _D.team,
    "week": _D.week,
    "campaign": _D.campaign,
}
_rostered = _D.zone.is_not(None)
_sent = _D.status == Status.SENT
_asks = and_(_D.to_acknowledge, ~_D.withdrawn)
_done = and_(_L.delivery == _D.id, _L.participation)


def tallies(
    connection: Connection, by: Grouping, since: datetime, until: datetime, manager: str
) -> Sequence[Tally]:
    """By group, in the order of their names; "all" is there even when it counts nothing."""
    period = and_(_D.slot_at >= since, _D.slot_at < until)
    if manager:
        period = and_(period, _D.manager == manager)
    found: dict[str, dict[str, Any]] = defaultdict(lambda: {"by_status": {}})
    if by == "all":
        found["all"]["audience"] = 0
    for state in connection.execute(_states(by, period)):
        found[state.group]["by_status"][Status(state.status), Reason(state.reason)] = state.number
    for query in (_reach(by, period), _activity(by, period), _answers(by, period)):
        for row in connection.execute(query):
            found[row.group] |= {name: n for name, n in row._mapping.items() if name != "group"}
    for counts in found.values():
        counts["audience"] = sum(counts["by_status"].values())
    return [Tally(group=group, **found[group]) for group in sorted(found)]


def finished(connection: Connection, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
    """Not while somebody is still to be reached, and not for people without a team."""
    here = and_(_rostered, _D.campaign == campaign, _D.slot_at >= since, _D.team != "")
    open_ = _D.status.in_((Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING))
    took_part = select(_L.sequence).where(_done).exists()
    query = (
        select(_D.slot, _D.team)
        .where(here)
        .group_by(_D.slot, _D.team)
        .having(
            func.sum(case((open_, 1), else_=0)) == 0,
            func.sum(case((_sent, 1), else_=0)) > 0,
            func.sum(case((and_(_sent, ~took_part), 1), else_=0)) == 0,
        )
        .order_by(_D.slot, _D.team)
    )
    return [(row.slot, row.team) for row in connection.execute(query)]


def _states(by: Grouping, period: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    group, source = _grouped(by)
    columns = (group, _D.status, _D.reason)
    return (
        select(*columns, func.count().label("number"))
        .select_from(source)
        .where(_rostered, period)
        .group_by(*columns)
    )


def _reach(by: Grouping, period: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    group, source = _grouped(by)
    return (
        select(
            group,
            func.count().label("reached"),
            func.sum(case((_asks, 1), else_=0)).label("to_acknowledge"),
            func.count(_D.person.distinct()).label("people_reached"),
        )
        .select_from(source)
        .where(_rostered, _sent, period)
        .group_by(group)
    )


def _activity(by: Grouping, period: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    group, source = _grouped(by)
    acknowledged = case((and_(_L.kind == "acknowledged", _asks), _D.id))
    return (
        select(
            group,
            func.count(acknowledged.distinct()).label("acknowledged"),
            func.count(_D.person.distinct()).label("people_active"),
        )
        .select_from(source.join(LEDGER, _done))
        .where(_rostered, _sent, period)
        .group_by(group)
    )


def _answers(by: Grouping, period: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Whatever its campaign says: an answer to words has none, and no right or wrong either."""
    source: FromClause = DELIVERY.join(LEDGER, _done)
    group = _GROUPS.get(by, LEDGER_CLAUSE.c.clause).label("group")
    if by == "clause":
        same = and_(LEDGER_CLAUSE.c.chain == _L.chain, LEDGER_CLAUSE.c.sequence == _L.sequence)
        source = source.join(LEDGER_CLAUSE, same)
    return (
        select(
            group,
            func.count().label("answers"),
            func.sum(case((_L.correct, 1), else_=0)).label("correct"),
        )
        .select_from(source)
        .where(_L.kind == "answered", _L.correct.is_not(None), _D.campaign != "", period)
        .group_by(group)
    )


def _grouped(by: Grouping) -> tuple[ColumnElement[str], FromClause]:
    """The name a delivery is counted under, and where that name comes from."""
    if by == "clause":
        clause = CONTENT_CLAUSE.c
        return clause.clause.label("group"), DELIVERY.join(CONTENT_CLAUSE, clause.hash == _D.piece)
    return _GROUPS[by].label("group"), DELIVERY
