"""Recall in one night after the other: how it went, and what changed by more than noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from content.cards import Chart
from handlers.desk import Desk
from handlers.learning.nightly import LASTING, WHOLE, By
from handlers.numbers.counts import Remembered, Sums
from handlers.numbers.groups import SMALLEST
from handlers.numbers.intervals import Estimate, change, mean
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import bars

T = TypeVar("T")
POINTS = 12  # nights of one line
A_YEAR = timedelta(days=365)
EARLIER = timedelta(days=28)  # what it is held against is so long ago, or up to a week longer
A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Trend:
    """earlier: what was remembered in the night that it is held against, by name."""

    charts: tuple[Chart, ...] = ()
    night: datetime | None = None
    earlier: Mapping[str, Sums] = field(default_factory=dict)

    def before(self, row: Remembered) -> Estimate | None:
        """What it was, where that differs by more than noise, and is of enough people then and now."""
        return moved(row.now, self.earlier.get(row.name, Sums()))


async def of(scope: Scope, by: By, rows: Sequence[Remembered]) -> Trend:
    """The line is of the first of these rows that has a number; of everything where people are grouped.

    Nothing for a manager: nights are kept of everybody.
    """
    if scope.manager:
        return Trend()
    grouped = by if by in LASTING else WHOLE
    name = next((row.name for row in rows if row.now.people >= SMALLEST), None) if by in LASTING else ""
    if name is None:
        return Trend()
    zone = ZoneInfo(scope.desk.library.programme.zone)
    line = [(at.astimezone(zone), each) for at, each, _ in await nights(scope.desk, grouped, name, scope.now)]
    values = [(f"{at.day} {at:%b}", 100 * each.value) for at, each in line]
    charts = bars(_title(name), values, shape="line") if len(values) > 1 else ()
    return Trend(charts, *await _earlier(scope.desk, by, scope.now))


async def nights(desk: Desk, by: By, name: str, now: datetime) -> Sequence[tuple[datetime, Estimate, int]]:
    """A year of one clause, one standard or the whole in a few nights, with how many people; of few there is none."""
    kept = await desk.store.nights.nights(now - A_YEAR)
    found = await desk.store.nights.of(by, kept, name)
    rows = [(at, row.now) for at in kept for row in found.get(at, ()) if row.now.people >= SMALLEST]
    return [(at, mean(sums), sums.people) for at, sums in spread(rows)]


def spread(kept: Sequence[T], most: int = POINTS) -> Sequence[T]:
    """So many of these at most, as far apart as they can be, the first and the last among them."""
    if len(kept) <= most:
        return kept
    return [kept[round(place * (len(kept) - 1) / (most - 1))] for place in range(most)]


def moved(now: Sums, before: Sums) -> Estimate | None:
    if min(now.people, before.people) < SMALLEST:
        return None
    was = mean(before)
    found = change(mean(now), was)
    return was if found.low > 0 or found.high < 0 else None


async def _earlier(desk: Desk, by: By, now: datetime) -> tuple[datetime | None, Mapping[str, Sums]]:
    """Nothing where no night of four weeks ago is kept, or not of groups like these."""
    kept = desk.store.nights
    then = [at for at in await kept.nights(now - EARLIER - A_WEEK) if at <= now - EARLIER]
    if not then or by not in LASTING:
        return None, {}
    rows = (await kept.of(by, then[-1:])).get(then[-1], ())
    return then[-1], {row.name: row.now for row in rows}


def _title(name: str) -> str:
    return f"Recall over time: {name.removeprefix('ISO/IEC ').removeprefix('ISO ')[:30] if name else 'everything'}"
