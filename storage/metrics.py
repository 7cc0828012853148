"""The numbers by group over a period, and which teams have finished: every rate of the house is arithmetic on these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, select

from handlers.lookups import Grouping
from handlers.model import Reason, Status, Tally
from storage.cells import ALL, CLAUSE, STANDARD, Counts, standard_of
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.rollups import GROUPS, ROLLUP, WHO

_D, _L, _R, _W = DELIVERY.c, LEDGER.c, ROLLUP.c, WHO.c
_rostered = _D.zone.is_not(None)
_sent = _D.status == Status.SENT
_done = and_(_L.delivery == _D.id, _L.participation)
_COLUMNS: Mapping[Grouping, ColumnElement[Any] | None] = {
    "all": None,
    "team": _W.team,
    "site": _W.site,
    "role": _W.roles,
    "clause": _R.served,
    "standard": _R.served,
    "campaign": _R.campaign,
    "leader": _R.author,
    "week": (_R.day - 1) // 7,  # the first day of all was a Monday
}
_OF_PEOPLE: frozenset[Grouping] = frozenset({"team", "site", "role"})


class Days(NamedTuple):
    """From the first to the last, both of them counted."""

    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """What is asked for: `handlers.lookups.Lookups.tallies`."""

    by: Grouping
    days: Days
    manager: str
    where: Mapping[Grouping, str]
    across: Grouping | None

    @property
    def names(self) -> frozenset[Grouping]:
        return frozenset({self.by, *self.where, *([self.across] if self.across else [])})

    @property
    def part(self) -> int:
        """Clauses tell their standards; who asks for neither has everything counted once."""
        kind = CLAUSE if "clause" in self.names else STANDARD if "standard" in self.names else ALL
        return kind + (GROUPS if self.of_people else 0)

    @property
    def of_people(self) -> bool:
        return bool(self.manager or self.names & _OF_PEOPLE)

    def named(self, by: Grouping, value: Any) -> Iterable[str]:
        """The groups that something counts under, by what its column says."""
        if by == "all":
            return ("all",)
        if by == "role":
            return str(value).split(",")
        if by == "week":
            year, week, _ = date.fromordinal(7 * int(value) + 1).isocalendar()
            return (f"{year}-W{week:02}",)
        if by == "standard" and "clause" in self.names:
            return (standard_of(value),)
        return (str(value),)


def days(since: datetime, until: datetime) -> Days:
    """The days of [since, until), each in its own zone; that of a moment that is no midnight belongs to it."""
    return Days(since.date(), (until - timedelta(microseconds=1)).date())


def tallies(connection: Connection, asked: Asked) -> Sequence[Tally]:
    found: dict[tuple[str, str], _Group] = defaultdict(_Group)
    if asked.by == "all" and asked.across is None:
        found["all", ""] = _Group()
    for group, across, status, reason, most, *counts in connection.execute(_counted(asked)):
        whole = [int(count) for count in counts]
        if not any(whole):
            continue
        for one in asked.named(asked.by, group):
            for other in asked.named(asked.across, across) if asked.across else ("",):
                found[one, other].add(Status(status), Reason(reason), most, whole)
    return [group.tally(*names) for names, group in sorted(found.items())]


class _Group:
    def __init__(self) -> None:
        self.counts = [0] * len(Counts())
        self.states: dict[tuple[Status, Reason], int] = {}
        self.people = 0

    def add(self, status: Status, reason: Reason, most: int, counts: Sequence[int]) -> None:
        self.counts = [a + b for a, b in zip(self.counts, counts, strict=True)]
        if counts[0]:
            self.states[status, reason] = self.states.get((status, reason), 0) + counts[0]
        if status is Status.SENT:
            self.people = max(self.people, int(most))

    def tally(self, group: str, across: str) -> Tally:
        counts = Counts(*self.counts)._asdict()
        audience, training, response = (counts.pop(n) for n in ("deliveries", "training_ms", "response_ms"))
        return Tally(
            group,
            across,
            audience,
            self.states,
            sum(n for (status, _), n in self.states.items() if status is Status.SENT),
            people_reached=self.people,
            training_seconds=training // 1000,
            response_seconds=response // 1000,
            **counts,
        )


def _counted(asked: Asked) -> Select[Any]:
    """Counts by group and state, with the most people that one slot of a campaign reached.

    On a roster a person has one delivery for each slot: so many different people there were at least.
    """
    columns = {
        "one": _column(asked.by),
        "other": _column(asked.across),
        "status": _R.status,
        "reason": _R.reason,
    }
    named = [column.label(name) for name, column in columns.items() if column is not None]
    first, last = (day.toordinal() for day in asked.days)
    source = ROLLUP.join(WHO, _W.id == _R.who) if asked.of_people else ROLLUP
    here = and_(_R.part == asked.part, _R.day >= first, _R.day <= last, *_within(asked))
    each = (
        select(*named, *(func.sum(_R[count]).label(count) for count in Counts._fields))
        .select_from(source)
        .where(here)
        .group_by(
            *(column for column in columns.values() if column is not None), _R.day, _R.campaign, _R.slot
        )
        .subquery("each_slot")
    )
    e = each.c
    groups = [e[column.name] for column in named]
    return select(
        e.one if columns["one"] is not None else literal(""),
        e.other if columns["other"] is not None else literal(""),
        *(e.status, e.reason, func.max(e.deliveries)),
        *(func.sum(e[count]) for count in Counts._fields),
    ).group_by(*groups)


def _column(by: Grouping | None) -> ColumnElement[Any] | None:
    return _COLUMNS[by] if by else None


def _within(asked: Asked) -> Iterable[ColumnElement[bool]]:
    if asked.manager:
        yield _W.manager == asked.manager
    for by, name in asked.where.items():
        column = _COLUMNS[by]
        if by == "week":
            monday = date.fromisocalendar(int(name[:4]), int(name[6:]), 1).toordinal()
            yield _R.day.between(monday, monday + 6)
        elif by == "role":
            yield ("," + _W.roles + ",").contains(f",{name},", autoescape=True)
        elif by == "standard" and "clause" in asked.names:
            yield _R.served.startswith(name + " ", autoescape=True)
        elif column is not None:
            yield column == name


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
