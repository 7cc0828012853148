"""At what time a reminder suits somebody: on their next working day, at the hour at which they mostly answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.rest import Rest

LOOK_BACK = timedelta(days=90)  # over which a habit is looked for
OTHERWISE = 10  # the local hour for who has none
A_DAY = timedelta(days=1)


def suiting(
    now: datetime, zone: ZoneInfo, site: str, answered: Sequence[datetime], rest: Rest, place: float
) -> datetime:
    """place: from 0 to 1, where in the hour, so that not everybody's comes in one minute."""
    day = rest.working_day(now.astimezone(zone).date() + A_DAY, site)
    hour = usual_hour(answered, zone, site, rest)
    local = datetime.combine(day, time(OTHERWISE if hour is None else hour))
    return instant(local, zone).astimezone(UTC) + timedelta(seconds=int(place * 3600))


def in_working_time(now: datetime, zone: ZoneInfo, site: str, rest: Rest, place: float) -> datetime:
    """Now, or on the next working day."""
    return now if _works(now, zone, site, rest) else suiting(now, zone, site, (), rest, place)


def usual_hour(answered: Sequence[datetime], zone: ZoneInfo, site: str, rest: Rest) -> int | None:
    """The median of the local hours of what somebody did in their working time; None: nothing."""
    worked = (moment for moment in answered if _works(moment, zone, site, rest))
    hours = [moment.astimezone(zone).hour for moment in worked]
    return median_low(hours) if hours else None


def _works(moment: datetime, zone: ZoneInfo, site: str, rest: Rest) -> bool:
    day = moment.astimezone(zone).date()
    return rest.working_day(day, site) == day and rest.over(moment, zone, site) == moment
