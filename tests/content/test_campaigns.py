"""When a campaign happens: in every zone, in every year, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from content.campaigns import WEEKDAYS, Cadence, Campaign, Slot, anniversary_slot, joined_slot, slots

BERLIN = ZoneInfo("Europe/Berlin")
WORKING = WEEKDAYS[:5]


def cadence(**written: Any) -> Cadence:
    return Cadence.model_validate(written)


def days(zone: ZoneInfo, first: str, last: str, at: str, **written: Any) -> list[Slot]:
    """The slots of a cadence that starts on the first day, up to the end of the last."""
    until = datetime.combine(date.fromisoformat(last), time(23, 59), zone)
    rule = cadence(**{"repeat": "daily", "at": at} | written)
    return list(slots(rule, date.fromisoformat(first), zone, None, until))


def local(slot: Slot, zone: ZoneInfo) -> str:
    return slot.due_at.astimezone(zone).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("zone", "day", "at", "due"),
    [
        ("Africa/Cairo", "2027-04-30", "00:00", "2027-04-30T01:00"),
        ("America/Santiago", "2027-09-05", "00:00", "2027-09-05T01:00"),
        ("Asia/Beirut", "2027-03-28", "00:00", "2027-03-28T01:00"),
        ("Europe/Berlin", "2027-03-28", "02:30", "2027-03-28T03:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30"),
        ("Pacific/Apia", "2011-12-30", "09:30", "2011-12-31T00:00"),
    ],
)
def test_a_local_time_that_does_not_exist_moves_forward_to_the_first_that_does(
    zone: str, day: str, at: str, due: str
) -> None:
    (slot,) = [s for s in days(ZoneInfo(zone), day, "2028-01-01", at, every=366) if s.nominal[:10] == day]
    assert slot.nominal == f"{day}T{at}"
    assert local(slot, ZoneInfo(zone)) == due


@pytest.mark.parametrize(
    ("zone", "day"), [("Europe/London", "2026-10-25"), ("America/New_York", "2026-11-01")]
)
def test_a_local_time_that_happens_twice_happens_once_the_first_time(zone: str, day: str) -> None:
    info = ZoneInfo(zone)
    before, on, after = days(info, str(date.fromisoformat(day) - timedelta(1)), "2026-11-02", "01:30")[:3]
    assert on.nominal == f"{day}T01:30"
    assert on.due_at.astimezone(info).fold == 0
    assert (on.due_at - before.due_at, after.due_at - on.due_at) == (timedelta(hours=24), timedelta(hours=25))


def test_weekly_takes_its_days_in_order() -> None:
    found = days(BERLIN, "2026-11-18", "2026-12-02", "09:30", repeat="weekly", days=["thu", "tue"])
    assert [(s.nominal, s.number) for s in found] == [
        ("2026-11-19T09:30", 0),
        ("2026-11-24T09:30", 1),
        ("2026-11-26T09:30", 2),
        ("2026-12-01T09:30", 3),
    ]
    assert found[0].due_at == datetime(2026, 11, 19, 8, 30, tzinfo=UTC)


def test_every_second_week_counts_from_the_week_it_starts_in() -> None:
    found = days(BERLIN, "2026-11-18", "2026-12-20", "09:30", repeat="weekly", days=["mon", "fri"], every=2)
    assert [s.nominal[:10] for s in found] == [
        "2026-11-20",
        "2026-11-30",
        "2026-12-04",
        "2026-12-14",
        "2026-12-18",
    ]


def test_a_month_that_is_too_short_takes_its_last_day() -> None:
    found = days(BERLIN, "2027-11-30", "2028-04-30", "09:30", repeat="monthly", day=31)
    assert [s.nominal[:10] for s in found] == [
        "2027-11-30", "2027-12-31", "2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30",
    ]  # fmt: skip


def test_every_third_month_begins_after_the_start() -> None:
    found = days(BERLIN, "2026-01-16", "2026-12-31", "09:30", repeat="monthly", day=15, every=3)
    assert [s.nominal[:10] for s in found] == ["2026-04-15", "2026-07-15", "2026-10-15"]


def test_days_that_are_not_working_days_move_on_and_those_that_meet_are_one() -> None:
    rule = cadence(repeat="daily", at="09:30")
    until = datetime(2026, 11, 25, 12, tzinfo=UTC)
    found = list(slots(rule, date(2026, 11, 20), BERLIN, None, until, WORKING))
    assert [(s.nominal[:10], s.number) for s in found] == [
        ("2026-11-20", 0),
        ("2026-11-23", 1),
        ("2026-11-24", 2),
        ("2026-11-25", 3),
    ]


def test_once_is_a_slot_at_the_same_local_time_in_every_zone() -> None:
    rule = cadence(once="2026-12-01T09:30")
    until = datetime(2026, 12, 1, 9, tzinfo=UTC)
    (berlin,) = slots(rule, date.min, BERLIN, None, until)
    assert (berlin.nominal, berlin.number) == ("2026-12-01T09:30", 0)
    assert berlin.due_at == datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    assert not list(slots(rule, date.min, ZoneInfo("America/New_York"), None, until))
    assert not list(slots(rule, date.min, BERLIN, berlin.nominal, until))


def test_what_has_no_times_of_its_own_has_no_slots() -> None:
    for rule in (cadence(after="weekly-quiz"), cadence(anniversary="joined")):
        assert not list(slots(rule, date(2026, 1, 1), BERLIN, None, datetime(2030, 1, 1, tzinfo=UTC)))


def test_an_anniversary_comes_on_the_persons_own_day_and_only_the_latest() -> None:
    until = datetime(2026, 11, 27, 9, tzinfo=UTC)
    slot = anniversary_slot(date(2020, 11, 27), time(9, 30), BERLIN, None, until)
    assert slot == Slot("2026-11-27T09:30", datetime(2026, 11, 27, 8, 30, tzinfo=UTC), 6)
    assert anniversary_slot(date(2020, 11, 27), time(9, 30), BERLIN, slot.nominal, until) is None
    assert anniversary_slot(date(2026, 11, 27), time(9, 30), BERLIN, None, until) is None


@pytest.mark.parametrize(("year", "day"), [(2027, "2027-03-01"), (2028, "2028-02-29")])
def test_who_joined_on_a_leap_day_is_congratulated_on_the_first_of_march(year: int, day: str) -> None:
    slot = anniversary_slot(date(2024, 2, 29), time(9), BERLIN, None, datetime(year, 3, 1, 12, tzinfo=UTC))
    assert slot is not None
    assert slot.nominal == f"{day}T09:00"


def test_years_later_nothing_is_walked_through() -> None:
    after, until = "2999-11-20T09:30", datetime(2999, 11, 24, tzinfo=UTC)
    for written in (
        {"repeat": "daily"},
        {"repeat": "weekly", "days": ["wed"]},
        {"repeat": "monthly", "day": 21},
    ):
        rule = cadence(**written)
        calendar = rule.calendar(date(1970, 1, 1))
        assert calendar is not None
        near = calendar.near(date(2999, 11, 13))
        assert date(2999, 11, 13) - calendar.nth(near) < timedelta(days=93)
        found = list(slots(rule, date(1970, 1, 1), BERLIN, after, until, WORKING))
        assert all(s.nominal > after for s in found)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({}, "exactly one of repeat, once, anniversary, after"),
        ({"repeat": "daily", "once": "2026-12-01T09:30"}, "exactly one of"),
        ({"after": ""}, "exactly one of"),
        ({"repeat": "weekly", "at": "09:30"}, "weekly needs days"),
        ({"repeat": "daily", "days": ["mon"]}, "daily has no days"),
        ({"after": "weekly-quiz", "at": "09:30"}, "after has no at"),
        ({"repeat": "daily", "at": "9:30"}, "must be written like 09:30"),
        ({"repeat": "daily", "at": "24:00"}, "hour"),
        ({"repeat": "daily", "every": "0"}, "greater than or equal to 1"),
        ({"once": "2026-12-01"}, "must be written like 2026-11-23T09:30"),
        ({"once": "0001-01-01T00:00"}, "between 1970 and 2999"),
        ({"once": "2026-12-01T09:30Z"}, "must be written like"),
    ],
)
def test_a_cadence_that_makes_no_sense_is_refused(written: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as bad:
        cadence(**written)
    assert said in str(bad.value)


def test_a_campaign_that_repeats_must_say_when_it_starts() -> None:
    written = {"id": "weekly", "title": "Weekly", "pieces": ["hello"], "cadence": {"repeat": "daily"}}
    with pytest.raises(ValidationError, match="needs `starts`"):
        Campaign.model_validate(written)
    assert Campaign.model_validate(written | {"starts": "2026-11-02", "grace": "24"}).grace == timedelta(
        days=1
    )


def test_a_campaign_refuses_an_audience_nobody_can_read() -> None:
    with pytest.raises(ValidationError, match="did you mean `team`"):
        Campaign.model_validate(
            {"id": "x1", "title": "X", "pieces": ["hello"], "cadence": {"after": "y1"}, "audience": "teem:A"}
        )


ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
STARTS = st.dates(date(1995, 1, 1), date(2080, 1, 1))
EVERY = st.integers(1, 9)
WEEKDAY_SETS = st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple)
CADENCES = st.one_of(
    st.builds(Cadence, repeat=st.just("daily"), at=TIMES, every=EVERY),
    st.builds(Cadence, repeat=st.just("weekly"), at=TIMES, every=EVERY, days=WEEKDAY_SETS),
    st.builds(Cadence, repeat=st.just("monthly"), at=TIMES, every=EVERY, day=st.integers(1, 31)),
)


def moment(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


@given(ZONES, TIMES, STARTS)
def test_every_day_of_a_daily_cadence_is_there_exactly_once(zone: ZoneInfo, at: time, starts: date) -> None:
    found = list(
        slots(Cadence(repeat="daily", at=at), starts, zone, None, moment(starts + timedelta(days=400)))
    )
    expected = [starts + timedelta(days=n) for n in range(len(found))]
    assert [s.nominal for s in found] == [f"{day}T{at:%H:%M}" for day in expected]
    assert [s.number for s in found] == list(range(len(found)))
    assert len(found) >= 399


@given(CADENCES, ZONES, STARTS, WEEKDAY_SETS)
def test_slots_are_in_order_numbered_without_gaps_and_on_working_days(
    rule: Cadence, zone: ZoneInfo, starts: date, working_days: tuple[str, ...]
) -> None:
    found = list(slots(rule, starts, zone, None, moment(starts + timedelta(days=700)), working_days))
    assert all(one.nominal < two.nominal and one.due_at <= two.due_at for one, two in pairwise(found))
    assert [s.number for s in found] == list(range(len(found)))
    for slot in found:
        day = datetime.fromisoformat(slot.nominal)
        assert day.date() >= starts
        assert WEEKDAYS[day.weekday()] in working_days
        real = slot.due_at.astimezone(zone).replace(tzinfo=None)
        assert timedelta() <= real - day <= timedelta(days=1)


@given(CADENCES, ZONES, STARTS, WEEKDAY_SETS, st.integers(-40, 900), st.integers(0, 300))
def test_an_interval_in_two_parts_gives_the_same_slots(
    rule: Cadence, zone: ZoneInfo, starts: date, working_days: tuple[str, ...], first: int, second: int
) -> None:
    middle, end = (moment(starts + timedelta(days=n)) for n in (first, first + second))
    whole = list(slots(rule, starts, zone, None, end, working_days))
    early = list(slots(rule, starts, zone, None, middle, working_days))
    after = early[-1].nominal if early else None
    assert early + list(slots(rule, starts, zone, after, end, working_days)) == whole


@given(CADENCES, ZONES, STARTS, WEEKDAY_SETS, st.integers(-10, 1450))
def test_beginning_in_the_middle_gives_the_same_numbers(
    rule: Cadence, zone: ZoneInfo, starts: date, working_days: tuple[str, ...], days: int
) -> None:
    end = moment(starts + timedelta(days=1500))
    after = f"{starts + timedelta(days=days)}T00:00"
    whole = list(slots(rule, starts, zone, None, end, working_days))
    assert list(slots(rule, starts, zone, after, end, working_days)) == [
        s for s in whole if s.nominal > after
    ]


@given(ZONES, TIMES, st.dates(date(1995, 1, 1), date(2020, 1, 1)))
def test_an_anniversary_happens_once_a_year_in_every_zone(zone: ZoneInfo, at: time, joined: date) -> None:
    found: list[Slot] = []
    for day in range(0, 1500, 20):
        after = found[-1].nominal if found else "2020-12-31T23:59"
        slot = anniversary_slot(joined, at, zone, after, moment(date(2021, 1, 10) + timedelta(days=day)))
        found += [slot] if slot else []
    assert [s.nominal[:4] for s in found][:4] == ["2021", "2022", "2023", "2024"]
    assert [s.number for s in found][:4] == [year - joined.year for year in range(2021, 2025)]


@pytest.mark.parametrize(
    ("days", "nominal"), [(0, "2026-11-27T09:30"), (1, "2026-11-30T09:30"), (5, "2026-12-02T09:30")]
)
def test_so_many_days_after_the_first_is_on_a_working_day(days: int, nominal: str) -> None:
    friday = date(2026, 11, 27)
    assert joined_slot(friday, days, time(9, 30), BERLIN, WORKING).nominal == nominal


@pytest.mark.parametrize(
    "written", [{"pieces": ["why"], "questions": 2}, {}, {"questions": 0}, {"questions": 6}]
)
def test_a_campaign_says_its_pieces_or_asks_questions(written: dict[str, Any]) -> None:
    base = {"id": "quiz", "title": "Quiz", "cadence": {"joined": 0}}
    with pytest.raises(ValidationError):
        Campaign.model_validate(base | written)
    assert Campaign.model_validate(base | {"questions": 2}).questions == 2
