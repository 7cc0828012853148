"""A campaign is pieces, an audience and a cadence; a cadence becomes slots: moments with a name of their own.

A slot is named by its nominal local time ("2026-11-23T09:30"), so the hour that happens twice in autumn
never doubles it; a local time that does not exist moves forward to the first that does, so no day is
lost where the clocks jump (Cairo and Santiago have days without a midnight).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Annotated, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, field_validator, model_validator

from content import audience, names
from content.calendars import Calendar, Daily, Monthly, Weekly, instant
from content.cards import Value
from content.pieces import Id, Words

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _written(example: str) -> BeforeValidator:
    """Text counts only in the shape of the example, digit for digit: pydantic alone takes "9" for a time."""

    def check(value: object) -> object:
        if isinstance(value, str) and re.sub(r"\d", "0", value) != re.sub(r"\d", "0", example):
            raise ValueError(f"must be written like {example}")
        return value

    return BeforeValidator(check)


def _hours(value: object) -> object:
    """A plain number means hours; pydantic alone would take it for seconds."""
    return timedelta(hours=int(str(value))) if str(value).isdigit() else value


LocalTime = Annotated[time, _written("09:30")]
Day = Annotated[date, _written("2026-11-23"), Field(ge=date(1970, 1, 1), lt=date(3000, 1, 1))]
LocalMoment = Annotated[datetime, _written("2026-11-23T09:30")]
Hours = Annotated[timedelta, BeforeValidator(_hours), Field(gt=timedelta(0), le=timedelta(days=14))]

_FIELDS = {
    "daily": {"repeat", "at", "every"},
    "weekly": {"repeat", "days", "at", "every"},
    "monthly": {"repeat", "day", "at", "every"},
    "once": {"once"},
    "anniversary": {"anniversary", "at"},
    "after": {"after"},
    "joined": {"joined", "at"},
}


class Cadence(Value):
    """How often, and at what local time. One of: repeat, once, anniversary, after, joined."""

    repeat: Literal["daily", "weekly", "monthly"] | None = None
    days: tuple[Weekday, ...] = ()  # of a week
    day: Annotated[int, Field(ge=1, le=31)] = 1  # of a month; a month that is too short takes its last
    at: LocalTime = time(9, 30)
    every: Annotated[int, Field(ge=1, le=366)] = 1  # every second day, week or month, ...
    once: LocalMoment | None = None  # local: each zone at its own half past nine
    anniversary: Literal["", "joined"] = ""  # each person's own date: see `anniversary_slot`
    after: str = ""  # a campaign: when everybody of a team finished a slot of it; no times of its own
    joined: Annotated[int, Field(ge=0, le=366)] | None = None  # so many days after each person's first

    @model_validator(mode="after")
    def _one_shape(self) -> Cadence:
        shapes = self.model_fields_set & {"repeat", "once", "anniversary", "after", "joined"}
        given = (self.repeat, self.once, self.anniversary, self.after, self.joined is not None)
        if len(shapes) != 1 or not any(given):
            raise ValueError("must have exactly one of repeat, once, anniversary, after, joined")
        shape = self.repeat or shapes.pop()
        strange = self.model_fields_set - _FIELDS[shape]
        if strange:
            raise ValueError(f"{shape} has no {', '.join(sorted(strange))}")
        if self.repeat == "weekly" and not self.days:
            raise ValueError("weekly needs days, such as [tue, thu]")
        if self.once is not None and not 1970 <= self.once.year < 3000:
            raise ValueError("once must lie between 1970 and 2999")
        return self

    def calendar(self, starts: date) -> Calendar | None:
        """The days it falls on, from `starts` on; None when it does not repeat."""
        if self.repeat == "daily":
            return Daily(starts, self.every)
        if self.repeat == "weekly":
            return Weekly(starts, self.every, tuple(sorted({WEEKDAYS.index(day) for day in self.days})))
        if self.repeat == "monthly":
            return Monthly(starts, self.every, self.day)
        return None


class Campaign(Value):
    """Pieces, taken in turn, for an audience, at a cadence; or so many questions, chosen for each person."""

    id: Id
    title: Words
    pieces: tuple[Id, ...] = ()
    questions: Annotated[int, Field(ge=1, le=5)] | None = None
    audience: str = audience.EVERYONE
    cadence: Cadence
    starts: Day = date.min  # a cadence that repeats must say it: slots are numbered from here
    grace: Hours = timedelta(hours=8)  # after that it is too late to say; in YAML a number of hours
    policy: Literal["at_least_once", "at_most_once"] = "at_least_once"
    mandatory: bool = False  # goes out also to who has had enough for the week
    rota: bool = False  # signed by the leaders on the programme's rota, in turn

    @field_validator("audience")
    @classmethod
    def _readable(cls, expression: str) -> str:
        names.written(expression, ("standard",))
        return expression

    @model_validator(mode="after")
    def _says_something(self) -> Campaign:
        if bool(self.pieces) == bool(self.questions):
            raise ValueError("must have either pieces, or the number of questions to choose for each person")
        return self

    @model_validator(mode="after")
    def _started(self) -> Campaign:
        if self.cadence.repeat and "starts" not in self.model_fields_set:
            raise ValueError("a cadence that repeats needs `starts`, the day it is counted from")
        return self


class Slot(NamedTuple):
    """One occurrence: its nominal local time, when that is (UTC), and its number, counted from 0.

    The number depends only on the cadence and the day it starts, not on what was planned before.
    """

    nominal: str
    due_at: datetime
    number: int


def slots(
    cadence: Cadence,
    starts: date,
    zone: ZoneInfo,
    after: str | None,
    until: datetime,
    working_days: Collection[str] = WEEKDAYS,
) -> Iterator[Slot]:
    """The slots with nominal > `after` and due_at <= `until` (aware), in order; none skipped, none doubled.

    A repeated day that is not a working day moves to the next that is, and two that meet are one. A
    cadence without times of its own (`anniversary`, `after`) has no slots here.
    """
    calendar = cadence.calendar(starts)
    if calendar is not None:
        found = _repeated(calendar, cadence.at, zone, after, working_days)
    elif cadence.once is not None and cadence.once.date() >= starts:
        found = iter([_slot(cadence.once, zone, 0)])
    else:
        return
    for slot in found:
        if slot.due_at > until:
            return
        if after is None or slot.nominal > after:
            yield slot


def anniversary_slot(
    joined: date,
    at: time,
    zone: ZoneInfo,
    after: str | None,
    until: datetime,
    celebrated: Callable[[date], date] = lambda day: day,
) -> Slot | None:
    """The latest anniversary with nominal > `after` and due_at <= `until`; its number is the count of years.

    Only the latest: nobody wants last year's congratulations too. Who joined on 29 February is
    congratulated on 1 March where there is no 29 February. celebrated: when a day is celebrated, if not on itself.
    """
    for years in range(until.year - joined.year + 1, 0, -1):
        day = celebrated(_anniversary(joined, joined.year + years))
        slot = _slot(datetime.combine(day, at), zone, years)
        if slot.due_at <= until:
            return slot if after is None or slot.nominal > after else None
    return None


def joined_slot(joined: date, days: int, at: time, zone: ZoneInfo, working_days: Collection[str]) -> Slot:
    """So many days after somebody's first day, or on the next working day after that."""
    day = joined + timedelta(days=days)
    day += timedelta(days=_to_working_day(day.weekday(), working_days))
    return _slot(datetime.combine(day, at), zone, 0)


def _anniversary(joined: date, year: int) -> date:
    leap_day = (joined.month, joined.day) == (2, 29)
    return date(year, 3, 1) if leap_day and monthrange(year, 2)[1] == 28 else joined.replace(year=year)


def _repeated(
    calendar: Calendar, at: time, zone: ZoneInfo, after: str | None, working_days: Collection[str]
) -> Iterator[Slot]:
    """Without end, beginning a little before `after`, or at the start."""
    moves = [_to_working_day(weekday, working_days) for weekday in range(7)]

    def day(index: int) -> date:
        nth = calendar.nth(index)
        return nth + timedelta(days=moves[nth.weekday()])

    # Whether a day meets the one before it depends on their weekdays alone, so it repeats with the period.
    period = calendar.period()
    meets = [day(index) == day(index - 1) for index in range(1, period + 1)]
    first = calendar.near(date.fromisoformat(after[:10]) - timedelta(days=7)) if after else 0
    for index in count(max(0, first)):
        if index == 0 or not meets[(index - 1) % period]:
            rounds, rest = divmod(index, period)
            number = index - rounds * sum(meets) - sum(meets[:rest])
            yield _slot(datetime.combine(day(index), at), zone, number)


def _to_working_day(weekday: int, working_days: Collection[str]) -> int:
    """How many days on from this weekday the next working day is; 0 where there is none at all."""
    return next((ahead for ahead in range(7) if WEEKDAYS[(weekday + ahead) % 7] in working_days), 0)


def _slot(local: datetime, zone: ZoneInfo, number: int) -> Slot:
    return Slot(local.isoformat(timespec="minutes"), instant(local, zone), number)
