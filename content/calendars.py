"""The arithmetic under a cadence: which days it falls on, and what moment a local time is.

A calendar numbers its days from the day it starts, and finds the days near a date without walking there.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Calendar(Protocol):
    def nth(self, index: int) -> date:
        """The day of this index, from 0; later for every larger index, never before the start."""
        ...

    def near(self, day: date) -> int:
        """The index of the last day at or before `day`, or a little less; never more."""
        ...

    def period(self) -> int:
        """After how many days of the calendar the pattern of weekdays comes round again."""
        ...


@dataclass(frozen=True)
class Daily:
    starts: date
    every: int

    def nth(self, index: int) -> date:
        return self.starts + timedelta(days=index * self.every)

    def near(self, day: date) -> int:
        return (day - self.starts).days // self.every

    def period(self) -> int:
        return 7


@dataclass(frozen=True)
class Weekly:
    """Weekdays count from Monday, 0. Every second week counts from the week that holds the start."""

    starts: date
    every: int
    weekdays: tuple[int, ...]  # sorted

    def nth(self, index: int) -> date:
        monday = self.starts - timedelta(days=self.starts.weekday())
        missed = sum(weekday < self.starts.weekday() for weekday in self.weekdays)
        weeks, which = divmod(index + missed, len(self.weekdays))
        return monday + timedelta(weeks=weeks * self.every, days=self.weekdays[which])

    def near(self, day: date) -> int:
        return ((day - self.starts).days // (7 * self.every) - 1) * len(self.weekdays)

    def period(self) -> int:
        return len(self.weekdays)


@dataclass(frozen=True)
class Monthly:
    """A month that is too short takes its last day."""

    starts: date
    every: int
    day: int

    def nth(self, index: int) -> date:
        missed = self._clamped(self.starts.year, self.starts.month) < self.starts
        months = self.starts.year * 12 + self.starts.month - 1 + (index + missed) * self.every
        return self._clamped(months // 12, months % 12 + 1)

    def near(self, day: date) -> int:
        months = (day.year - self.starts.year) * 12 + day.month - self.starts.month
        return months // self.every - 2

    def period(self) -> int:
        """1: days a month apart never meet when they move past a weekend."""
        return 1

    def _clamped(self, year: int, month: int) -> date:
        return date(year, month, min(self.day, monthrange(year, month)[1]))


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC moment of a local time: the first of two; if there is none, the first that comes after it."""
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    early, late = int(local.replace(tzinfo=zone, fold=1).timestamp()), int(moment.timestamp())
    while late - early > 1:
        middle = (early + late) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) >= local:
            late = middle
        else:
            early = middle
    return datetime.fromtimestamp(late, UTC)
