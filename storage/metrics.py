"""The numbers by group over a period, and which teams have finished: every rate of the house is arithmetic on these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, func, literal, or_, select

from handlers.lookups import Grouping
from handlers.model import Reason, Status, Tally
from storage.cells import ALL, CLAUSE, STANDARD, Counts, standard_of
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.rollups import GROUPS, MONTHS, ROLLUP, STATES, WHO

_D, _L, _R, _W = DELIVERY.c, LEDGER.c, ROLLUP.c, WHO.c
_rostered = _D.zone.is_not(None)
_sent = _D.status == Status.SENT
_done = and_(_L.delivery == _D.id, _L.participation)
_COLUMNS: Mapping[Grouping, ColumnElement[Any]] = {
    "all": literal("all"),
    "team": _W.team,
    "site": _W.site,
    "role": _W.roles,
    "clause": _R.served,
    "standard": _R.served,
    "campaign": _R.campaign,
    "leader": _R.author,
    "week": (_R.day - 1) // 7,  # the first day of all was a Monday
}
DAY = timedelta(days=1)
_BY_MONTH = frozenset({CLAUSE + GROUPS, STANDARD + GROUPS})
_NOT_BY_MONTH: frozenset[Grouping] = frozenset({"week", "campaign", "leader"})
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

    @property
    def columns(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """What the two groups are named by."""
        return _COLUMNS[self.by], _COLUMNS[self.across or "all"]

    def named(self, one: Any, other: Any) -> Iterable[tuple[str, str]]:
        """The groups that something counts under, by what its columns say."""
        others = self._names(self.across, other) if self.across else ("",)
        return product(self._names(self.by, one), others)

    def _names(self, by: Grouping, value: Any) -> Sequence[str]:
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
    for one, other, *numbers in connection.execute(_counted(asked)):
        counts = Counts(*(int(number) for number in numbers))
        for names in asked.named(one, other):
            found[names].add(counts)
    for one, other, status, reason, number in connection.execute(_ended(asked)):
        for names in asked.named(one, other):
            found[names].states[Status(status), Reason(reason)] += int(number)
    return [
        group.tally(*names) for names, group in sorted(found.items()) if names[0] == "all" or group.counts
    ]


class _Group:
    def __init__(self) -> None:
        self.counts: Counts | None = None
        self.states: dict[tuple[Status, Reason], int] = defaultdict(int)

    def add(self, counts: Counts) -> None:
        """A group that a role, or a standard by its clauses, puts together of several."""
        if self.counts is None:
            self.counts = counts if any(counts) else None
        else:
            before = self.counts
            sums = (a + b for a, b in zip(before[:-1], counts[:-1], strict=True))
            self.counts = Counts._make((*sums, before.people | counts.people))

    def tally(self, group: str, across: str) -> Tally:
        counts = (self.counts or Counts())._asdict()
        audience, training, response, people = (
            counts.pop(name) for name in ("deliveries", "training_ms", "response_ms", "people")
        )
        states = {state: number for state, number in self.states.items() if number}
        open_ = audience - counts["reached"] - sum(states.values())
        states |= {(Status.PENDING, Reason.NONE): open_} if open_ else {}
        states |= {(Status.SENT, Reason.NONE): counts["reached"]} if counts["reached"] else {}
        return Tally(
            group,
            across,
            audience,
            states,
            people_reached=min(people.bit_count(), counts["reached"]),
            training_seconds=training // 1000,
            response_seconds=response // 1000,
            **counts,
        )


def _counted(asked: Asked) -> Select[Any]:
    sums = [
        func.bit_or(_R[n], type_=BigInteger) if n == "people" else func.sum(_R[n]) for n in Counts._fields
    ]
    groups = asked.columns
    return _here(asked, select(*groups, *sums), asked.part).group_by(*groups)


def _ended(asked: Asked) -> Select[Any]:
    """What was not sent, by state."""
    groups = (*asked.columns, _R.status, _R.reason)
    return _here(asked, select(*groups, func.sum(_R.deliveries)), asked.part + STATES).group_by(*groups)


def _here(asked: Asked, query: Select[Any], part: int) -> Select[Any]:
    source = ROLLUP.join(WHO, _W.id == _R.who) if asked.of_people else ROLLUP
    spans = (and_(_R.part == part + more, _R.day.between(*days_)) for more, days_ in _spans(asked))
    return query.select_from(source).where(or_(*spans), *_within(asked))


def _spans(asked: Asked) -> Iterable[tuple[int, tuple[int, int]]]:
    """The period as it is added up: whole months where they are kept, and the days before and after them."""
    first, last = asked.days
    begin = first if first.day == 1 else _next_month(first)
    end = (last + DAY).replace(day=1)
    if asked.part not in _BY_MONTH or asked.names & _NOT_BY_MONTH or begin >= end:
        return [(0, (first.toordinal(), last.toordinal()))]
    return [
        (MONTHS, (begin.toordinal(), end.toordinal() - 1)),
        *([(0, (first.toordinal(), begin.toordinal() - 1))] if first < begin else []),
        *([(0, (end.toordinal(), last.toordinal()))] if end <= last else []),
    ]


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


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
        else:
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
