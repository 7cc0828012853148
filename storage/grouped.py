"""Counts by one group or by two that meet, over a period: how the rollups are asked, and a manager's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    and_,
    case,
    func,
    literal,
    select,
    text,
    union_all,
)

from handlers.lookups import Grouping
from storage import recounts
from storage.adding import Sums
from storage.cells import ALL, CLAUSE, EVERYBODY, STANDARD, Cell, Counts, standard_of
from storage.deliveries import DELIVERY
from storage.rollups import GROUPS, MONTHS, ROLLUP, STATES, WHO
from storage.tables import MANAGED

_D, _R, _W = DELIVERY.c, ROLLUP.c, WHO.c
_SERVED = ROLLUP.alias("serving")
_S = _SERVED.c
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
_VALUES: Mapping[Grouping, Callable[[Cell, Mapping[str, Any]], Any]] = {  # the same of a cell and whose it is
    "all": lambda cell, who: "all",
    "team": lambda cell, who: who["team"],
    "site": lambda cell, who: who["site"],
    "role": lambda cell, who: who["roles"],
    "clause": lambda cell, who: cell.served,
    "standard": lambda cell, who: cell.served,
    "campaign": lambda cell, who: cell.campaign,
    "leader": lambda cell, who: cell.author,
    "week": lambda cell, who: (cell.day - 1) // 7,
}
DAY = timedelta(days=1)
_BY_MONTH = frozenset({CLAUSE, STANDARD})
_NOT_BY_MONTH: frozenset[Grouping] = frozenset({"week", "campaign", "leader"})
_OF_PEOPLE: frozenset[Grouping] = frozenset({"team", "site", "role"})
Found = tuple[Any, Any, str, str, Counts]  # what names two groups; a state, where it ended so; how many


class Days(NamedTuple):
    """From the first to the last, both of them counted."""

    first: date
    last: date


@dataclass(frozen=True)
class Asked:
    """What is asked for: `handlers.lookups.Lookups.tallies`.

    across: a second group that is counted by; of: all that is counted, or some of it, and then no states. teams: of
    these alone, where any are named. sampled: of the people the bits of one cell will do, of those that are added up:
    SQLite has no function of its own that unites bits, and to unite them takes as long as all else.
    """

    by: Grouping
    days: Days
    manager: str
    where: tuple[tuple[Grouping, str], ...]
    across: Grouping = "all"
    of: tuple[str, ...] = Counts._fields
    teams: tuple[str, ...] = ()
    sampled: bool = False

    @property
    def names(self) -> frozenset[Grouping]:
        return frozenset({self.by, self.across, *dict(self.where)})

    @property
    def kind(self) -> int:
        """Clauses tell their standards; who asks for neither has everything counted once."""
        return CLAUSE if "clause" in self.names else STANDARD if "standard" in self.names else ALL

    @property
    def of_people(self) -> bool:
        return bool(self.names & _OF_PEOPLE)

    def called(self, by: Grouping, value: Any) -> Sequence[str]:
        """The groups that something counts under, by what its column says."""
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


def found(connection: Connection, asked: Asked) -> Iterator[Found]:
    """What the rollups say; of a manager, what their people's rows add up to."""
    return (_of_manager if asked.manager else _kept)(connection, asked)


def _of_manager(connection: Connection, asked: Asked) -> Iterator[Found]:
    """Of the rows of their own people: there are a few dozen of those, and sums by manager would be as many as rows."""
    first, last = (datetime.combine(day, time(), UTC) for day in asked.days)
    near = and_(_D.slot_at >= first - DAY, _D.slot_at < last + 2 * DAY)  # whatever their zones
    theirs = and_(_D.manager == asked.manager, text(MANAGED), near)
    cells = recounts.counted(connection, theirs, Sums(asked.kind, asked.of_people)).cells
    whose = connection.execute(select(WHO)) if asked.of_people else ()
    people = {row.id: dict(row._mapping) for row in whose}
    for cell, counts in cells.items():
        if asked.days.first.toordinal() <= cell.day <= asked.days.last.toordinal():
            who = people.get(cell.who, {})
            if all(name in asked.called(by, _VALUES[by](cell, who)) for by, name in asked.where):
                groups = (_VALUES[by](cell, who) for by in (asked.by, asked.across))
                yield *groups, cell.status, cell.reason, Counts(*counts)


def _kept(connection: Connection, asked: Asked) -> Iterator[Found]:
    """Of the rollups."""
    for one, other, *numbers in connection.execute(_summed(asked, 0, asked.of)):
        if numbers[0] is not None:
            yield one, other, "", "", Counts(**dict(zip(asked.of, map(int, numbers), strict=True)))
    if "deliveries" in asked.of:
        ended = _summed(asked, STATES, ("deliveries",), _R.status, _R.reason)
        for one, other, status, reason, number in connection.execute(ended):
            yield one, other, status, reason, Counts(deliveries=int(number))


@lru_cache(maxsize=256)  # to build one takes longer than the rollups take to answer it
def _summed(asked: Asked, more: int, counts: tuple[str, ...], *states: ColumnElement[Any]) -> Select[Any]:
    """First by what the key of the table begins with, which takes no sorting, and these by the names of people."""
    asked_by = (asked.by, asked.across)
    kept = [_COLUMNS[by].label(by) for by in asked_by if by != "all" and by not in _OF_PEOPLE]
    keys = [*([_R.who] if asked.of_people else []), *kept, *states]
    part = asked.kind + GROUPS * asked.of_people + more
    spans = [
        select(*keys, *(_counted(name, span, asked.sampled) for name in counts))
        .where(_R.part == part + span.part, *_within(asked), _R.day.between(*span.days))
        .group_by(*keys)
        for span in _spans(asked)
    ]
    found = union_all(*spans).subquery("found")
    names = [_COLUMNS[by] if by in _OF_PEOPLE or by == "all" else found.c[by] for by in asked_by]
    groups = [*(n for by, n in zip(asked_by, names, strict=True) if by != "all"), *_like(states, found)]
    query = select(
        *names, *_like(states, found), *(_sum(name, found.c[name], asked.sampled) for name in counts)
    )
    source = found.join(WHO, _W.id == found.c.who) if asked.of_people else found
    return query.select_from(source).group_by(*groups)


def _like(columns: Iterable[ColumnElement[Any]], found: Subquery) -> list[ColumnElement[Any]]:
    return [found.c[column.name] for column in columns]


def _sum(name: str, column: ColumnElement[Any], sampled: bool) -> ColumnElement[Any]:
    if name == "people":
        added = func.max(column) if sampled else func.bit_or(column, type_=BigInteger)
    else:
        added = func.sum(column)
    return added.label(name)


class _Span(NamedTuple):
    """Cells from one day to another, or of the months that begin then: added, or taken off.

    known: the days of whose cells the people belong to the period.
    """

    part: int  # 0 or MONTHS
    days: tuple[int, int]
    known: tuple[int, int]
    sign: int = 1


def _counted(name: str, span: _Span, sampled: bool) -> ColumnElement[Any]:
    if name != "people":
        return _sum(name, _R[name] if span.sign > 0 else -_R[name], sampled)
    if span.known == span.days:
        return _sum(name, _R.people, sampled)
    return _sum(name, case((_R.day.between(*span.known), _R.people), else_=0), sampled)


def _spans(asked: Asked) -> Iterable[_Span]:
    """The period as it is added up: whole months where they are kept, and the days before and after them.

    Most days of a month are the month without the others. Sums can be taken off and bits cannot, so that is for who
    needs to know of some people alone.
    """
    first, last = asked.days
    begin = first if first.day == 1 else _next_month(first)
    end = (last + DAY).replace(day=1)
    if asked.kind not in _BY_MONTH or asked.names & _NOT_BY_MONTH or begin >= end:
        return [_Span(0, _ordinals(first, last), _ordinals(first, last))]
    whole = months = _ordinals(begin, end - DAY)
    spans = []
    for here, others in (
        ((first, begin - DAY), (first.replace(day=1), first - DAY)),
        ((end, last), (last + DAY, _next_month(last) - DAY)),
    ):
        inside, outside = _ordinals(*here), _ordinals(*others)
        if inside[0] > inside[1]:
            continue
        if asked.sampled and outside[1] - outside[0] < inside[1] - inside[0]:
            months = (min(months[0], outside[0], inside[0]), max(months[1], outside[1], inside[1]))
            spans.append(_Span(0, outside, (0, 0), -1))
        else:
            spans.append(_Span(0, inside, inside))
    return [_Span(MONTHS, months, whole), *spans]


def _ordinals(first: date, last: date) -> tuple[int, int]:
    return first.toordinal(), last.toordinal()


def _next_month(day: date) -> date:
    return (day.replace(day=1) + 31 * DAY).replace(day=1)


def _within(asked: Asked) -> Iterable[ColumnElement[bool]]:
    """Beginning with the table's key, all of it by its values: so that only the days that are asked for are read."""
    whose: list[ColumnElement[bool]] = []
    for by, name in asked.where:
        column = _COLUMNS[by]
        if by == "week":
            monday = date.fromisocalendar(int(name[:4]), int(name[6:]), 1).toordinal()
            yield _R.day.between(monday, monday + 6)
        elif by == "role":
            whose.append(("," + _W.roles + ",").contains(f",{name},", autoescape=True))
        elif by in _OF_PEOPLE:
            whose.append(column == name)
        elif by not in ("clause", "standard"):
            yield column == name
    if asked.teams:
        whose.append(_W.team.in_(asked.teams))
    yield _R.who.in_(select(_W.id).where(*whose)) if asked.of_people else _R.who == EVERYBODY
    yield (
        _R.served.in_(select(_S.served).where(*_serving(asked)).distinct()) if asked.kind else _R.served == ""
    )


def _serving(asked: Asked) -> Iterable[ColumnElement[bool]]:
    """What may be served: all there is is in the months of everybody."""
    yield and_(_S.part == asked.kind + MONTHS, _S.who == EVERYBODY)
    where = dict(asked.where)
    if "clause" in where:
        yield _S.served == where["clause"]
    if "standard" in where:
        standard = where["standard"]
        exactly = asked.kind == STANDARD
        yield _S.served == standard if exactly else _S.served.startswith(standard + " ", autoescape=True)
