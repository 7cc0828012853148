"""Which days words such as `this quarter`, `2026-Q3` or `since 2026-09-01` mean: one reading for every topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.calendars import instant

LONGEST = 3660  # days
EXAMPLES = (
    "`90` (days), `this quarter`, `last month`, `2026`, `2026-09`, `2026-Q3`, or a day after `since` or `until`, "
    "as in `since 2026-09-01`"
)
SPANS = ("week", "month", "quarter", "year")
_YEAR, _MONTH, _QUARTER = (
    re.compile(form, re.IGNORECASE) for form in (r"20\d\d", r"(20\d\d)-(\d\d)", r"(20\d\d)-?q(\d+)")
)


class BadPeriod(ValueError):
    """Words that begin a period and end in none; the text says what to write."""


@dataclass(frozen=True)
class Period:
    """From `since` up to, and without, `until`."""

    since: datetime
    until: datetime


def read(words: Sequence[str], now: datetime, zone: ZoneInfo) -> tuple[Period | None, list[str]]:
    """The period that these words name, None where they name none, and the words that belong to no period.

    Days, weeks (from Monday) and all longer ones are the zone's; what is not over ends now. Raises BadPeriod.
    """
    reading = _Reading([word.lower() for word in words], now, zone)
    left: list[str] = []
    while reading.words:
        if not reading.take():
            left.append(reading.words.pop(0))
    return reading.period(), left


def days(since: datetime, until: datetime, zone: ZoneInfo) -> str:
    """The first and the last day of a period: "2026-07-01 to 2026-09-30"."""
    last = until - timedelta(microseconds=1)  # it ends before `until`, which may be the next day's midnight
    return f"{since.astimezone(zone):%Y-%m-%d} to {last.astimezone(zone):%Y-%m-%d}"


class _Reading:
    """Takes a period from the front of its words, if one stands there."""

    def __init__(self, words: list[str], now: datetime, zone: ZoneInfo) -> None:
        self.words = words
        self._now, self._zone = now, zone
        self._today = now.astimezone(zone).date()
        self._since: datetime | None = None
        self._until: datetime | None = None

    def take(self) -> bool:
        word, following = self.words[0], self.words[1] if len(self.words) > 1 else ""
        if word in ("this", "last") and following in SPANS:
            self._named(*_span(self._today, following, back=word == "last"), 2)
        elif word == "last" and following.isdecimal():
            self.words.pop(0)
            return self.take()
        elif word in ("since", "until"):
            self._edge(word, following)
        elif word in ("today", "yesterday"):
            first = self._today - timedelta(days=word == "yesterday")
            self._named(first, first + timedelta(days=1), 1)
        elif dates := _calendar(word):
            self._named(*dates, 1)
        elif word.isdecimal():
            return self._days(int(word), following)
        else:
            return False
        return True

    def period(self) -> Period | None:
        if self._since is None and self._until is None:
            return None
        until = min(self._until or self._now, self._now)
        since = self._since or until - timedelta(days=90)
        if self._since and self._until and self._since >= self._until:
            raise BadPeriod(
                "The period ends before it begins: the day after `until` must not be the earlier one."
            )
        if since >= self._now:
            raise BadPeriod(
                f"{since.astimezone(self._zone):%Y-%m-%d} has not come yet: choose days that have begun."
            )
        return Period(since, until)

    def _named(self, first: date, end: date, words: int) -> None:
        self._once(self._midnight(first), self._midnight(end))
        del self.words[:words]

    def _days(self, days: int, following: str) -> bool:
        if not 0 < days <= LONGEST:
            raise BadPeriod(f"{days}: write a number of days from 1 to {LONGEST:,}.")
        self._once(self._now - timedelta(days=days), self._now)
        del self.words[: 1 + (following in ("day", "days"))]
        return True

    def _edge(self, word: str, day: str) -> None:
        try:
            named = date.fromisoformat(day)
        except ValueError:
            raise BadPeriod(f"After `{word}` write a day such as 2026-09-01.") from None
        if word == "since":
            self._once(self._midnight(named), self._until)
        else:
            self._once(self._since, self._midnight(named + timedelta(days=1)))
        del self.words[:2]

    def _once(self, since: datetime | None, until: datetime | None) -> None:
        if self._since not in (None, since) or self._until not in (None, until):
            raise BadPeriod("These are two periods. Name one.")
        self._since, self._until = since, until

    def _midnight(self, day: date) -> datetime:
        return instant(datetime.combine(day, time(0)), self._zone)


def _calendar(word: str) -> tuple[date, date] | None:
    """A year, a quarter or a month as it is written. Raises BadPeriod for one that there is not."""
    if _YEAR.fullmatch(word):
        return _months(int(word), 0, 12)
    if found := _QUARTER.fullmatch(word):
        if found[2] not in "1234":
            raise BadPeriod(f"{word}: a quarter is Q1, Q2, Q3 or Q4.")
        return _months(int(found[1]), 3 * int(found[2]) - 3, 3)
    if found := _MONTH.fullmatch(word):
        if not 1 <= int(found[2]) <= 12:
            raise BadPeriod(f"{word}: a month is 01 to 12.")
        return _months(int(found[1]), int(found[2]) - 1, 1)
    return None


def _span(today: date, span: str, *, back: bool) -> tuple[date, date]:
    """The week, month, quarter or year of a day, or the one before."""
    if span == "week":
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, monday + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[span]
    number = (today.year * 12 + today.month - 1) // months - back
    return _months(0, number * months, months)


def _months(year: int, month: int, many: int) -> tuple[date, date]:
    """So many months from one on, counted from 0."""
    first, end = year * 12 + month, year * 12 + month + many
    return date(first // 12, first % 12 + 1, 1), date(end // 12, end % 12 + 1, 1)
