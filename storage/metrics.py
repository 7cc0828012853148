"""The numbers by group over a period, and which teams have finished: every rate of the house is arithmetic on these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, and_, case, func, select

from handlers.lookups import Grouping
from handlers.model import Reason, Status, Tally
from storage import recounts
from storage.cells import ALL, CLAUSE, EVERYBODY, STANDARD, Cell, Counts, standard_of, who_of
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER

DAY = timedelta(days=1)

_D = DELIVERY.c
_L = LEDGER.c
_rostered = _D.zone.is_not(None)
_sent = _D.status == Status.SENT
_done = and_(_L.delivery == _D.id, _L.participation)


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
    def kind(self) -> int:
        """Clauses tell their standards; who asks for neither has everything counted once."""
        names = {self.by, self.across, *self.where}
        return CLAUSE if "clause" in names else STANDARD if "standard" in names else ALL


def days(since: datetime, until: datetime) -> Days:
    """The days of [since, until), each in its own zone; that of a moment that is no midnight belongs to it."""
    return Days(since.date(), (until - timedelta(microseconds=1)).date())


def tallies(connection: Connection, asked: Asked) -> Sequence[Tally]:
    found: dict[tuple[str, str], _Group] = defaultdict(_Group)
    if asked.by == "all" and asked.across is None:
        found["all", ""] = _Group()
    whos = _whos(connection)
    for cell, counts in _cells(connection, asked.days).items():
        if cell.kind == asked.kind and cell.who != EVERYBODY and _within(asked, cell, whos):
            for group in _names(asked.by, cell, whos):
                for across in _names(asked.across or "all", cell, whos):
                    found[group, across if asked.across else ""].add(cell, counts)
    return [group.tally(*names) for names, group in sorted(found.items())]


Who = tuple[str, str, str, str]  # team, site, roles, manager


class _Group:
    def __init__(self) -> None:
        self.counts = [0] * len(Counts())
        self.states: dict[tuple[Status, Reason], int] = defaultdict(int)
        self.sent: dict[tuple[int, str, str], int] = defaultdict(int)

    def add(self, cell: Cell, counts: Sequence[int]) -> None:
        self.counts = [a + b for a, b in zip(self.counts, counts, strict=True)]
        if counts[0]:
            self.states[Status(cell.status), Reason(cell.reason)] += counts[0]
        if cell.status == Status.SENT:
            self.sent[cell.day, cell.campaign, cell.slot] += counts[0]

    def tally(self, group: str, across: str) -> Tally:
        counts = Counts(*self.counts)._asdict()
        audience, training, response = (counts.pop(n) for n in ("deliveries", "training_ms", "response_ms"))
        return Tally(
            group,
            across,
            audience,
            dict(self.states),
            sum(n for (status, _), n in self.states.items() if status is Status.SENT),
            people_reached=max(self.sent.values(), default=0),
            training_seconds=training // 1000,
            response_seconds=response // 1000,
            **counts,
        )


def _cells(connection: Connection, days: Days) -> Mapping[Cell, Sequence[int]]:
    begin, end = (datetime.combine(day, time(0), UTC) for day in (days.first - DAY, days.last + 2 * DAY))
    sums = recounts.counted(connection, and_(_D.slot_at >= begin, _D.slot_at < end))
    first, last = (day.toordinal() for day in days)
    return {cell: counts for cell, counts in sums.cells.items() if first <= cell.day <= last}


def _whos(connection: Connection) -> Mapping[int, Who]:
    rows = connection.execute(select(_D.team, _D.site, _D.roles, _D.manager).distinct())
    return {who_of(*row): (row.team, row.site, row.roles, row.manager) for row in rows}


def _within(asked: Asked, cell: Cell, whos: Mapping[int, Who]) -> bool:
    if asked.manager and whos[cell.who][3] != asked.manager:
        return False
    return all(name in _names(by, cell, whos) for by, name in asked.where.items())


def _names(by: Grouping, cell: Cell, whos: Mapping[int, Who]) -> Iterable[str]:
    team, site, roles, _ = whos[cell.who]
    year, week, _ = date.fromordinal(cell.day).isocalendar()
    standard = cell.served if cell.kind == STANDARD else standard_of(cell.served)
    names: Mapping[Grouping, Iterable[str]] = {
        "all": ("all",),
        "team": (team,),
        "site": (site,),
        "role": roles.split(","),
        "clause": (cell.served,),
        "standard": (standard,),
        "campaign": (cell.campaign,),
        "leader": (cell.author,),
        "week": (f"{year}-W{week:02}",),
    }
    return names[by]


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
