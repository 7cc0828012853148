"""An occurrence happens once: through restarts, with two planners, on days without a midnight or with an hour twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.model import Platform, Reason, Status
from tests.rig import story
from tests.rig.plot import NIGHTS, Plot, Someone, daily, due
from tests.rig.runs import Runs

CHANGES = (
    ("Africa/Cairo", "2027-04-30", time(0)),  # has no midnight
    ("America/Santiago", "2027-09-05", time(0)),
    ("Asia/Beirut", "2027-03-28", time(0, 30)),
    ("America/Havana", "2027-03-14", time(0)),
    ("Europe/Berlin", "2027-03-28", time(2, 30)),  # has no half past two
    ("Europe/London", "2027-10-31", time(1, 30)),  # has half past one twice
    ("America/New_York", "2027-11-07", time(1, 30)),
    ("America/Santiago", "2027-04-03", time(23, 30)),
    ("Australia/Lord_Howe", "2027-04-04", time(1, 45)),  # goes back by half an hour
)


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with Runs() as entered:
        yield entered


def plot(zone: str, day: str, at: time, grace: int, **more: object) -> Plot:
    """Ada on Slack and Tim on Teams, from the morning before that day to the evening after it."""
    starts = datetime.combine(date.fromisoformat(day) - timedelta(days=1), time(6), UTC)
    usual = {
        "seed": 1,
        "starts": starts,
        "ends": starts + timedelta(hours=58),
        "people": (Someone("ada", zone, Platform.SLACK), Someone("tim", zone, Platform.TEAMS)),
        "campaigns": (daily("daily", at, starts, timedelta(hours=grace)),),
    }
    return Plot(**usual | more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("zone", "day", "at"), CHANGES)
def test_a_change_of_the_clocks_skips_no_occurrence_and_doubles_none(
    runs: Runs, zone: str, day: str, at: time
) -> None:
    told = plot(zone, day, at, grace=8, processes=2, strikes=60)
    known = runs.lived(told)
    assert story.broken(known) == []
    expected = {slot for slot, _ in due(told.campaigns[0], zone, told.starts, told.ends)}
    assert len(expected) in (2, 3)
    rows = Counter((row.person, row.slot) for row in known.rows if row.slot in expected)
    assert rows == Counter((who, slot) for who in ("ada", "tim") for slot in expected)
    assert {row.status for row in known.rows if row.slot in expected} == {Status.SENT}


@pytest.mark.parametrize(
    ("grace", "end"), [(3, (Status.SKIPPED, Reason.LATE)), (24, (Status.SENT, Reason.NONE))]
)
def test_after_twelve_hours_of_downtime_grace_decides(
    runs: Runs, grace: int, end: tuple[Status, Reason]
) -> None:
    half_past_nine = datetime(2026, 11, 24, 9, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    outage = (half_past_nine - timedelta(hours=6), half_past_nine + timedelta(hours=6))
    known = runs.lived(plot("Europe/Berlin", "2026-11-24", time(9, 30), grace, outages=(outage,)))
    assert story.broken(known) == []
    ends = {(row.status, row.reason) for row in known.rows if row.slot == "2026-11-24T09:30"}
    assert ends == {end}


def test_what_was_planned_before_a_downtime_expires_visibly(runs: Runs) -> None:
    planned = datetime(2026, 11, 24, 6, 30, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)
    outage = (planned + timedelta(minutes=30), planned + timedelta(hours=12))
    told = plot("Europe/Berlin", "2026-11-24", time(6, 30), 3, outages=(outage,), quiet=NIGHTS)
    known = runs.lived(told)
    assert story.broken(known) == []
    rows = [row for row in known.rows if row.slot == "2026-11-24T06:30"]
    assert [(row.status, row.reason) for row in rows] == [(Status.EXPIRED, Reason.LATE)] * 2
