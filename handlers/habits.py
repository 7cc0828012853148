"""At what time a reminder suits somebody: on their next working day, at the hour at which they mostly answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from statistics import median_low
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.campaigns import WEEKDAYS
from content.programme import Quiet

LOOK_BACK = timedelta(days=90)  # over which a habit is looked for
OTHERWISE = 10  # the local hour for who has none
A_DAY = timedelta(days=1)


def suiting(
    now: datetime,
    zone: ZoneInfo,
    answered: Sequence[datetime],
    working_days: Collection[str],
    quiet: Quiet,
    place: float,
) -> datetime:
    """place: from 0 to 1, where in the hour, so that not everybody's comes in one minute."""
    day = now.astimezone(zone).date() + A_DAY
    while WEEKDAYS[day.weekday()] not in working_days:
        day += A_DAY
    hour = usual_hour(answered, zone, working_days, quiet)
    local = datetime.combine(day, time(OTHERWISE if hour is None else hour))
    return instant(local, zone).astimezone(UTC) + timedelta(seconds=int(place * 3600))


def in_working_time(
    now: datetime, zone: ZoneInfo, working_days: Collection[str], quiet: Quiet, place: float
) -> datetime:
    """Now, or on the next working day."""
    return (
        now if _works(now, zone, working_days, quiet) else suiting(now, zone, (), working_days, quiet, place)
    )


def usual_hour(
    answered: Sequence[datetime], zone: ZoneInfo, working_days: Collection[str], quiet: Quiet
) -> int | None:
    """The median of the local hours of what somebody did in their working time; None: nothing."""
    worked = (moment for moment in answered if _works(moment, zone, working_days, quiet))
    hours = [moment.astimezone(zone).hour for moment in worked]
    return median_low(hours) if hours else None


def _works(moment: datetime, zone: ZoneInfo, working_days: Collection[str], quiet: Quiet) -> bool:
    day = moment.astimezone(zone).weekday()
    return WEEKDAYS[day] in working_days and quiet.over(moment, zone) == moment
