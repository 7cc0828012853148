"""The time that suits somebody: their next working day, at their own hour, wherever their clocks are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.campaigns import WEEKDAYS
from content.holidays import Holidays
from content.rest import Quiet, Rest
from handlers.broadcasts.habits import in_working_time, suiting, usual_hour

BERLIN = ZoneInfo("Europe/Berlin")
DAYS = WEEKDAYS[:5]
QUIET = Quiet()
REST = Rest(QUIET, Holidays(), DAYS)
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def at(*hours: int) -> list[datetime]:
    """Answers on Monday at these hours in Berlin."""
    return [datetime(2026, 11, 23, hour, 20, tzinfo=BERLIN).astimezone(UTC) for hour in hours]


def suits(now: datetime, answered: list[datetime], place: float = 0) -> datetime:
    return suiting(now, BERLIN, "", answered, REST, place).astimezone(BERLIN)


def test_it_is_the_hour_of_most_answers_on_the_next_day() -> None:
    assert suits(MONDAY, at(14, 15, 15, 16)) == datetime(2026, 11, 24, 15, 0, tzinfo=BERLIN)


def test_who_has_never_answered_gets_it_in_the_hour_from_ten() -> None:
    assert suits(MONDAY, [], 0.5) == datetime(2026, 11, 24, 10, 30, tzinfo=BERLIN)


def test_answers_at_night_and_on_days_off_tell_nothing() -> None:
    sunday = [moment - timedelta(days=1) for moment in at(15)]
    assert usual_hour([*at(23, 5), *sunday], BERLIN, "", REST) is None
    assert usual_hour([*at(23, 9), *sunday], BERLIN, "", REST) == 9


@pytest.mark.parametrize("day", [27, 28, 29])
def test_after_a_friday_comes_monday(day: int) -> None:
    found = suits(datetime(2026, 11, day, 9, 0, tzinfo=UTC), [])
    assert (found.day, found.weekday()) == (30, 0)


def test_the_next_day_is_that_of_the_persons_own_clock() -> None:
    late = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)  # Tuesday morning in Auckland
    auckland = ZoneInfo("Pacific/Auckland")
    found = suiting(late, auckland, "", [], REST, 0).astimezone(auckland)
    assert (found.day, found.hour) == (25, 10)


def test_in_working_time_it_is_now_and_else_on_the_next_working_day() -> None:
    assert in_working_time(MONDAY, BERLIN, "", REST, 0) == MONDAY
    saturday = MONDAY + timedelta(days=5)
    assert in_working_time(saturday, BERLIN, "", REST, 0) == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1)),  # noqa: DTZ001
    st.sampled_from(
        ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Africa/Cairo"]
    ),
    st.lists(st.integers(0, 23 * 90), max_size=9),
    st.floats(0, 1, exclude_max=True),
)
def test_it_is_always_later_within_four_days_and_outside_of_the_quiet_hours(
    naive: datetime, name: str, ago: list[int], place: float
) -> None:
    now, zone = naive.replace(tzinfo=UTC), ZoneInfo(name)
    found = suiting(now, zone, "", [now - timedelta(hours=h) for h in ago], REST, place)
    assert now < found < now + timedelta(days=5)
    assert QUIET.over(found, zone) == found
    assert WEEKDAYS[found.astimezone(zone).weekday()] in DAYS
