"""When nobody is written to: quiet hours and public holidays, in every zone and at every site."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from content.campaigns import WEEKDAYS
from content.holidays import Holidays
from content.rest import Quiet, Rest

BERLIN, VIENNA = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Vienna")
SITES = {"everybody": "DE-BE", "sites": {"Vienna": "AT", "Plant 2": "DE-BY", "Houston": "US-TX"}}
ALSO = {"also": {"2026-12-24": "Christmas Eve"}}
HOLIDAYS = Holidays.model_validate(SITES | ALSO)


def quiet(begins: str, ends: str) -> Quiet:
    return Quiet.model_validate({"from": begins, "until": ends})


REST = Rest(quiet("18:00", "08:00"), HOLIDAYS)
NEVER = quiet("00:00", "00:00")


def at(moment: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


def test_a_holiday_is_its_sites() -> None:
    epiphany = date(2027, 1, 6)
    assert HOLIDAYS.on(epiphany, "Vienna") == HOLIDAYS.on(epiphany, "plant 2") == "Epiphany"
    assert HOLIDAYS.on(epiphany, "Berlin") == HOLIDAYS.on(epiphany, "") == ""
    assert HOLIDAYS.on(date(2027, 3, 8), "Berlin") == "Women's Day"
    assert HOLIDAYS.on(date(2026, 11, 26), "Houston") == "Thanksgiving Day"


def test_our_own_days_off_are_everywhere_and_have_their_names() -> None:
    assert {HOLIDAYS.on(date(2026, 12, 24), site) for site in ("Vienna", "Berlin")} == {"Christmas Eve"}


def test_what_is_observed_in_the_year_before_is_found_there() -> None:
    assert HOLIDAYS.on(date(2027, 12, 31), "Houston") == "New Year's Day (observed)"


def test_a_year_that_the_data_does_not_reach_has_no_holidays() -> None:
    arabia = Holidays.model_validate({"everybody": "SA"})
    assert [arabia.on(date(year, 9, 23), "") for year in (1900, 2999)] == ["", ""]


@pytest.mark.parametrize(
    ("moment", "suits"),
    [
        ("2026-12-23T10:00", "2026-12-23T10:00"),
        ("2026-12-23T17:59", "2026-12-23T17:59"),
        ("2026-12-23T18:00", "2026-12-28T08:00"),  # three holidays and a weekend, and the last is a Saturday
        ("2026-12-24T10:00", "2026-12-28T08:00"),
        ("2026-12-26T10:00", "2026-12-28T08:00"),
        ("2026-12-27T10:00", "2026-12-27T10:00"),  # a weekend is no rest by itself
        ("2026-12-27T19:00", "2026-12-28T08:00"),
        ("2027-03-07T19:00", "2027-03-09T08:00"),
        ("2027-03-08T23:30", "2027-03-09T08:00"),
        ("2027-03-09T00:30", "2027-03-09T08:00"),
    ],
)
def test_what_falls_on_a_holiday_waits_for_the_next_working_day(moment: str, suits: str) -> None:
    assert REST.over(at(moment), BERLIN, "Berlin") == at(suits)


@pytest.mark.parametrize(("begins", "ends", "first"), [("00:00", "00:00", 0), ("00:00", "07:00", 7)])
def test_a_day_begins_when_its_quiet_hours_are_over(begins: str, ends: str, first: int) -> None:
    rest = Rest(quiet(begins, ends), HOLIDAYS)
    assert rest.over(at("2027-03-08T10:00"), BERLIN, "") == at("2027-03-09T00:00").replace(hour=first)


def test_a_rest_begins_with_quiet_hours_or_with_a_holiday() -> None:
    noon = at("2027-03-07T12:00")
    assert REST.next(noon, BERLIN, "") == at("2027-03-07T18:00")
    assert Rest(quiet("12:00", "13:00"), HOLIDAYS).next(at("2027-03-07T14:00"), BERLIN, "") == at(
        "2027-03-08T00:00"
    )
    assert Rest(NEVER, HOLIDAYS).next(noon, BERLIN, "") == at("2027-03-08T00:00")
    assert Rest(NEVER, Holidays()).next(noon, BERLIN, "") is None


def test_holidays_are_named_for_a_stretch_of_days() -> None:
    found = REST.holidays_between(at("2026-12-20T09:00"), at("2026-12-26T00:30"), VIENNA, "Vienna")
    assert [day.day for day in found] == [24, 25, 26]
    assert next(iter(found.values())) == "Christmas Eve"


ZONES = ("Europe/Berlin", "Pacific/Kiritimati", "America/Santiago", "Africa/Cairo", "Asia/Kathmandu")
TIMES = st.times().map(lambda found: found.replace(second=0, microsecond=0))
MINUTES = st.integers(0, 4 * 365 * 24 * 60)


@given(
    MINUTES.map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    st.sampled_from(ZONES).map(ZoneInfo),
    st.sampled_from(["", "Berlin", "Vienna", "Plant 2", "Houston"]),
    TIMES,
    TIMES,
    st.sets(st.sampled_from(WEEKDAYS), min_size=1).map(tuple),
)
def test_a_moment_that_suits_is_neither_quiet_nor_on_a_holiday_and_never_before(
    moment: datetime, zone: ZoneInfo, site: str, begins: time, ends: time, working_days: Any
) -> None:
    rest = Rest(quiet(f"{begins:%H:%M}", f"{ends:%H:%M}"), HOLIDAYS, working_days)
    suits = rest.over(moment, zone, site)
    assert moment <= suits <= moment + timedelta(days=30)
    assert rest.quiet.over(suits, zone) == suits
    assert not HOLIDAYS.on(suits.astimezone(zone).date(), site)
    assert rest.over(suits, zone, site) == suits
    again = rest.next(suits, zone, site)
    if again is not None:
        assert rest.over(again, zone, site) > again
        for part in range(1, 5):  # in between nothing is rest
            between = suits + (again - suits) * part / 5
            assert rest.over(between, zone, site) == between


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({"everybody": "XX"}, '"XX" is no country here'),
        ({"everybody": "de"}, "did you mean `DE`?"),
        ({"everybody": "DE-XX"}, 'DE has no part "XX"; there are BB, BE, BW'),
        ({"everybody": "MC-1"}, "write MC alone"),
        ({"sites": {"Vienna": "Austria"}}, '"Austria" is no country here'),
        ({"also": {"24.12.": "Christmas Eve"}}, "must be written like 2026-11-23"),
    ],
)
def test_a_wrong_code_is_told_with_what_there_is(written: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError) as told:
        Holidays.model_validate(written)
    assert says in str(told.value)
