"""Which days words mean: by the calendar of who asks, in every topic, with a sentence where they mean none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handlers.model import Role
from handlers.numbers.periods import BadPeriod, Period, read
from handlers.numbers.scope import days
from tests.conftest import Company

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 28, 14, 30, tzinfo=UTC)  # a Saturday


def named(words: str, now: datetime = NOW, zone: ZoneInfo = BERLIN) -> str:
    period, left = read(words.split(), now, zone)
    assert left == []
    assert period is not None
    return days(period.since, period.until, zone)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("90", "2026-08-30 to 2026-11-28"),
        ("30 days", "2026-10-29 to 2026-11-28"),
        ("last 30 days", "2026-10-29 to 2026-11-28"),
        ("today", "2026-11-28 to 2026-11-28"),
        ("yesterday", "2026-11-27 to 2026-11-27"),
        ("this week", "2026-11-23 to 2026-11-28"),
        ("last week", "2026-11-16 to 2026-11-22"),
        ("this month", "2026-11-01 to 2026-11-28"),
        ("last month", "2026-10-01 to 2026-10-31"),
        ("this quarter", "2026-10-01 to 2026-11-28"),
        ("Last Quarter", "2026-07-01 to 2026-09-30"),
        ("last year", "2025-01-01 to 2025-12-31"),
        ("2025", "2025-01-01 to 2025-12-31"),
        ("2026-Q3", "2026-07-01 to 2026-09-30"),
        ("2026q4", "2026-10-01 to 2026-11-28"),
        ("2026-02", "2026-02-01 to 2026-02-28"),
        ("since 2026-09-01", "2026-09-01 to 2026-11-28"),
        ("since 2026-09-01 until 2026-09-30", "2026-09-01 to 2026-09-30"),
        ("until 2026-09-30", "2026-07-03 to 2026-09-30"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(words: str, meant: str) -> None:
    assert named(words) == meant


def test_the_first_quarter_goes_back_into_the_year_before() -> None:
    january = datetime(2026, 1, 1, 0, 30, tzinfo=BERLIN).astimezone(UTC)  # in UTC it is still December
    assert named("last quarter", january) == "2025-10-01 to 2025-12-31"
    assert named("this year", january) == "2026-01-01 to 2026-01-01"


def test_a_period_in_which_the_clocks_change_begins_and_ends_at_local_midnight() -> None:
    period, _ = read(["2026-10"], NOW, BERLIN)
    assert period == Period(datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC))
    assert period.until - period.since == timedelta(days=31, hours=1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("2026-Q5", "a quarter is Q1"),
        ("2026-13", "a month is 01 to 12"),
        ("since", "such as 2026-09-01"),
        ("since 2026-02-30", "such as 2026-09-01"),
        ("since 2026-09-01 until 2026-08-01", "ends before it begins"),
        ("2027-Q1", "has not come yet"),
        ("last month 2026-Q3", "two periods"),
        ("0", "from 1 to 3,660"),
        ("5000", "from 1 to 3,660"),
    ],
)
def test_what_names_no_days_is_a_sentence(words: str, said: str) -> None:
    with pytest.raises(BadPeriod, match=said):
        read(words.split(), NOW, BERLIN)


def test_what_is_no_period_is_left_to_the_topic() -> None:
    period, left = read(["by", "clause", "this", "quarter"], NOW, BERLIN)
    assert (left, period is not None) == (["by", "clause"], True)
    assert read(["week"], NOW, BERLIN) == (None, ["week"])


async def test_every_topic_takes_one_and_says_what_it_did_not_understand(company: Company) -> None:
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    for typed, said in (
        ("stats wrong 2026-Q9", "a quarter is Q1"),
        ("stats wrong nonsense", "this quarter"),
        ("stats recall nonsense", "stats recall clause"),
        ("stats nonsense", "neither a number nor a period"),
        ("stats clause since tomorrow", "such as 2026-09-01"),
        ("stats delayed last quarter", "2026-07-01 to 2026-09-30"),
        ("stats leaders since 2026-09-01 until 2026-09-30", "2026-09-01 to 2026-09-30"),
    ):
        outcome = await company.said("marie", typed)
        assert outcome.show is not None
        assert said in str(outcome.show), typed
