"""What an author is told to expect: the arithmetic, its words, and that it comes true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.holidays import Holidays
from content.pieces import Forecast
from content.rest import Quiet, Rest
from handlers.broadcasts.forecast import Terms, forecast
from handlers.broadcasts.outlook import Ahead, Group, Line, Outlook
from handlers.model import Job, Platform, Queue, Reason
from handlers.moments import about, clock, until
from handlers.pace import Gauge, Pace

BERLIN = ZoneInfo("Europe/Berlin")
TEN = datetime(2026, 11, 23, 10, 0, tzinfo=BERLIN)  # a Monday
GRACE = timedelta(hours=72)
SLACK, TEAMS = Platform.SLACK, Platform.TEAMS
AT_SLACK = Queue(SLACK, "T1", Job.SEND)
AT_TEAMS = Queue(TEAMS, "tenant", Job.SEND)
PACES = {
    SLACK: {Job.SEND: Pace(start=5, most=20, step=0.5)},
    TEAMS: {Job.SEND: Pace(49, 49, first_contact=2)},
}
NIGHT = Quiet.model_validate({"from": time(18), "until": time(8)})
HOLIDAYS = Holidays.model_validate({"sites": {"Tokyo": "JP", "Houston": "US-TX"}})  # the 23rd; the 26th, 27th
TERMS = Terms(PACES, Rest(NIGHT, HOLIDAYS), "Europe/Berlin")


def slack(people: int, **more: object) -> Group:
    return Group(**{"people": people, "platform": SLACK, "workspace": "T1", **more})  # type: ignore[arg-type]


def teams(people: int, **more: object) -> Group:
    return Group(**{"people": people, "platform": TEAMS, "workspace": "tenant", **more})  # type: ignore[arg-type]


def told(*groups: Group, at: datetime = TEN, now: datetime = TEN, **lines: Line) -> Forecast:
    named: Mapping[Queue, Line] = {
        AT_SLACK: lines.get("at_slack", Line()),
        AT_TEAMS: lines.get("at_teams", Line()),
    }
    return forecast(Outlook(groups, named), at, now, GRACE, TERMS)


def counts(found: Forecast) -> tuple[dict[str, int], dict[str, int]]:
    """By platform, and by the reason why not."""
    return {c.name: c.people for c in found.places}, {c.name: c.people for c in found.without}


def test_a_workspace_that_was_never_written_to_begins_at_its_platforms_own_pace() -> None:
    assert told(slack(1500)).last_at == TEN + timedelta(seconds=300)


def test_the_present_pace_of_a_workspace_counts_within_what_its_platform_allows() -> None:
    for rate, seconds in ((10.0, 100), (100.0, 50), (0.01, 5000)):
        assert told(slack(1000), at_slack=Line(Gauge(rate))).last_at == TEN + timedelta(seconds=seconds)


def test_who_is_left_out_by_the_author_counts_as_that_whatever_else_holds() -> None:
    paused = TEN + timedelta(days=3)
    found = told(
        slack(5),
        slack(3, excluded=True),
        Group(2, excluded=True),
        slack(4, paused_until=paused, excluded=True),
    )
    assert counts(found) == ({"slack": 5}, {"left out by the author": 9})


def test_a_workspace_that_has_us_wait_begins_later() -> None:
    blocked = Gauge(5, blocked_until=TEN + timedelta(minutes=2))
    assert told(slack(300), at_slack=Line(blocked)).last_at == TEN + timedelta(minutes=3)


def test_what_was_due_before_is_served_before() -> None:
    ahead = (Ahead(TEN - timedelta(minutes=1), 300), Ahead(TEN + timedelta(hours=5), 9000))
    assert told(slack(300), at_slack=Line(None, ahead)).last_at == TEN + timedelta(minutes=2)


def test_a_first_contact_takes_two_calls_where_its_conversation_has_to_be_made() -> None:
    assert told(teams(490)).last_at == TEN + timedelta(seconds=10)
    assert told(teams(490, met=False)).last_at == TEN + timedelta(seconds=20)
    strangers = Line(None, (Ahead(TEN, 490, 490),))
    assert told(teams(490), at_teams=strangers).last_at == TEN + timedelta(seconds=30)


def test_workspaces_do_not_wait_for_each_other() -> None:
    found = told(slack(300), teams(4900))
    assert counts(found) == ({"slack": 300, "teams": 4900}, {})
    assert found.last_at == TEN + timedelta(seconds=100)


def test_people_in_their_quiet_hours_get_it_when_these_end() -> None:
    found = told(slack(300), slack(50, zone="America/New_York"))  # there it is four in the morning
    assert (found.held, found.held_until) == (50, TEN.replace(hour=14) + timedelta(seconds=10))
    assert found.last_at == TEN + timedelta(minutes=1)


def test_what_goes_out_in_the_evening_comes_tomorrow() -> None:
    found = told(slack(300), at=TEN.replace(hour=20))
    assert (found.last_at, found.held) == (None, 300)
    assert found.held_until == datetime(2026, 11, 24, 8, 1, tzinfo=BERLIN)


def test_people_on_a_holiday_of_their_site_get_it_on_the_next_working_day() -> None:
    found = told(slack(300), slack(50, zone="Asia/Tokyo", site="Tokyo"))
    assert (found.held, found.holidays) == (50, True)
    tokyo = datetime(2026, 11, 24, 8, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert found.held_until == tokyo.astimezone(BERLIN) + timedelta(seconds=10)
    assert not told(slack(50, zone="Asia/Tokyo")).holidays  # there it is the evening only


def test_what_runs_into_the_evening_before_a_holiday_goes_on_after_it() -> None:
    sunday = TEN.replace(day=22, hour=17)
    assert not told(slack(36_000), at=sunday, now=sunday).holidays
    found = told(slack(36_000, site="Tokyo"), at=sunday, now=sunday)
    assert (found.held, found.holidays) == (pytest.approx(18_000, abs=1), True)
    assert found.held_until == pytest.approx(
        datetime(2026, 11, 24, 9, tzinfo=BERLIN), abs=timedelta(seconds=1)
    )


def test_what_runs_into_quiet_hours_goes_on_when_these_end() -> None:
    found = told(slack(36_000), at=TEN.replace(hour=17))  # an hour takes 18,000
    assert found.held == pytest.approx(18_000, abs=1)
    assert found.last_at == pytest.approx(TEN.replace(hour=18), abs=timedelta(seconds=1))
    assert found.held_until == pytest.approx(
        datetime(2026, 11, 24, 9, tzinfo=BERLIN), abs=timedelta(seconds=1)
    )


def test_who_cannot_be_reached_before_it_is_too_late_is_named() -> None:
    at_work = 5 * (8 + 10 + 10 + 2) * 3600  # calls at five a second from Monday 10:00 to Thursday 10:00
    found = told(slack(at_work + 700))
    assert counts(found)[1] == {Reason.THROTTLED: pytest.approx(700, abs=10)}


def test_everybody_who_will_not_get_it_is_counted_under_why() -> None:
    found = told(
        slack(100),
        slack(7, paused_until=TEN + timedelta(days=4)),
        slack(3, refused=Reason.BLOCKED),
        teams(2, refused=Reason.NOT_INSTALLED),
        Group(5),
        Group(4, platform=Platform.PLAYGROUND),
    )
    assert counts(found) == (
        {"slack": 100},
        {Reason.NOT_INSTALLED: 7, Reason.PAUSED: 7, Reason.THROTTLED: 4, Reason.BLOCKED: 3},
    )


def test_a_pause_that_ends_before_the_quiet_hours_do_leaves_nobody_out() -> None:
    evening = TEN.replace(hour=20)
    night = slack(1, paused_until=TEN.replace(hour=23))
    assert counts(told(night, at=evening, now=evening)) == ({"slack": 1}, {})


GROUPS = st.builds(
    Group,
    people=st.integers(1, 5000),
    platform=st.sampled_from([SLACK, TEAMS, None]),
    workspace=st.sampled_from(["T1", "tenant"]),
    zone=st.sampled_from(["", "Asia/Tokyo", "America/Los_Angeles", "Africa/Cairo"]),
    site=st.sampled_from(["", "Tokyo", "Houston"]),
    met=st.booleans(),
    refused=st.sampled_from([Reason.NONE, Reason.BLOCKED]),
    paused_until=st.sampled_from([None, TEN + timedelta(hours=1), TEN + timedelta(days=9)]),
)


@given(st.lists(GROUPS, max_size=8), st.integers(0, 200), st.integers(0, 20))
def test_whatever_is_known_the_numbers_add_up_to_the_audience(
    groups: list[Group], hours: int, busy: int
) -> None:
    at = (TEN.astimezone(UTC) + timedelta(hours=hours)).astimezone(BERLIN)
    line = Line(Gauge(0.2 + busy), (Ahead(TEN, busy * 1000, busy * 10),))
    found = told(*groups, at=at, at_slack=line, at_teams=line)
    places, without = counts(found)
    assert sum(places.values()) + sum(without.values()) == sum(group.people for group in groups)
    assert found.held <= sum(places.values())
    for moment in (found.last_at, found.held_until):
        assert moment is None or at <= moment <= at + GRACE + timedelta(days=4, hours=25)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "less than a minute"),
        (60, "less than a minute"),
        (61, "about 2 min"),
        (540, "about 9 min"),
        (3600, "about 1 h"),
        (3601, "about 1 h 10 min"),
        (7200, "about 2 h"),
        (172_801, "about 3 days"),
    ],
)
def test_a_span_is_said_as_people_say_it(seconds: int, said: str) -> None:
    assert about(timedelta(seconds=seconds)) == said


def test_a_moment_is_said_as_seen_from_now() -> None:
    assert clock(TEN.replace(minute=42), TEN) == "10:42"
    assert clock(datetime(2026, 11, 24, 7, 0, tzinfo=UTC), TEN) == "08:00 tomorrow"
    assert clock(datetime(2026, 11, 30, 8, 0, 1, tzinfo=BERLIN), TEN) == "08:00 on Monday 30 November"


def test_how_long_it_takes_names_those_who_are_held_up() -> None:
    morning = datetime(2026, 11, 24, 7, 59, 1, tzinfo=BERLIN)  # rounded up, for it is only about then
    nine = TEN + timedelta(minutes=9)
    assert until(TEN, nine, 0, None) == "about 9 min, until 10:09"
    assert until(TEN, nine, 1200, morning) == (
        "about 9 min, until 10:09; 1,200 of them when their quiet hours end, the last at 08:00 tomorrow"
    )
    assert until(TEN, None, 5, morning) == "when their quiet hours end, the last at 08:00 tomorrow"
    assert until(TEN, None, 5, morning, holidays=True) == (
        "when their quiet hours or public holiday end, the last at 08:00 tomorrow"
    )
