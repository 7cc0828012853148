"""When nobody is written to: quiet hours, every day, and the public holidays of a person's site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from content.calendars import instant
from content.campaigns import WEEKDAYS, LocalTime, Weekday
from content.cards import Value
from content.holidays import Holidays

A_DAY = timedelta(days=1)
FAR = 366  # days: no holiday is looked for beyond them


class Quiet(Value):
    """Local hours in which nobody is written to; `begins` belongs to them, `ends` does not.

    In YAML `{from: 18:00, until: 08:00}`: over midnight when `begins` is the later, none when both are one.
    """

    begins: LocalTime = Field(default=time(18), alias="from")
    ends: LocalTime = Field(default=time(8), alias="until")

    def over(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """The moment, or the end of the quiet hours of this zone if it falls into them."""
        local = moment.astimezone(zone)
        night = self.begins > self.ends
        after, before = local.time() >= self.begins, local.time() < self.ends
        inside = (after or before) if night else (after and before)
        if self.begins == self.ends or not inside:
            return moment
        day = local.date() + timedelta(days=1) if night and after else local.date()
        return instant(datetime.combine(day, self.ends), zone)

    def next(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """When they begin again after a moment outside of them; None where there are none."""
        if self.begins == self.ends:
            return None
        local = moment.astimezone(zone)
        day = local.date() + timedelta(days=local.time() >= self.begins)
        return instant(datetime.combine(day, self.begins), zone)


@dataclass(frozen=True)
class Rest:
    """A person's rest, by the zone they live in and the site they belong to."""

    quiet: Quiet
    holidays: Holidays = field(default_factory=Holidays)
    working_days: tuple[Weekday, ...] = WEEKDAYS[:5]

    def over(self, moment: datetime, zone: ZoneInfo, site: str) -> datetime:
        """The moment, or the first after it that is no rest.

        What falls on a holiday waits for the next working day; what falls into quiet hours only for their end.
        """
        while True:
            day = moment.astimezone(zone).date()
            if self.holidays.on(day, site):
                moment = instant(datetime.combine(self.working_day(day, site), time(0)), zone)
                continue
            suits = self.quiet.over(moment, zone)
            if suits is moment:
                return moment
            moment = suits

    def next(self, moment: datetime, zone: ZoneInfo, site: str) -> datetime | None:
        """When it begins again after a moment outside of it; None where that is not within a year."""
        quiet = self.quiet.next(moment, zone)
        today = moment.astimezone(zone).date()
        days = (quiet.astimezone(zone).date() - today).days if quiet else FAR
        for day in (today + n * A_DAY for n in range(1, days + 1)):
            if self.holidays.on(day, site):
                midnight = instant(datetime.combine(day, time(0)), zone)
                return min(quiet, midnight) if quiet else midnight
        return quiet

    def working_day(self, day: date, site: str) -> date:
        """This day, or the first after it that is a working day and no holiday of the site."""
        for ahead in range(FAR):
            found = day + ahead * A_DAY
            if WEEKDAYS[found.weekday()] in self.working_days and not self.holidays.on(found, site):
                return found
        return day + A_DAY  # nobody works here at all

    def holidays_between(
        self, since: datetime, until: datetime, zone: ZoneInfo, site: str
    ) -> Mapping[date, str]:
        """The holidays among the local days of two moments, both of these days among them."""
        first, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        days = [first + n * A_DAY for n in range((last - first).days + 1)]
        return {day: name for day in days if (name := self.holidays.on(day, site))}
