"""What a night counts in steps is what is counted at once, for the period that people ask for most."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.events import Left
from handlers.learning import gathered
from handlers.learning.gathered import known, reckon
from handlers.learning.lessons import DELAYED_RECALL, EVERY, QUESTIONS, WRONG, WRONG_BY_CLAUSE, Kind
from handlers.learning.reckoning import Reckoning
from handlers.numbers.counts import Answers
from handlers.numbers.insights import TOPICS
from handlers.pages import asked
from tests.answering import AWARENESS, POLICY, TRAINING, answered, item
from tests.conftest import SUNDAY, Company, at
from tests.handlers.learning.test_recall import LEAD

A_DAY = timedelta(days=1)
MIDNIGHT = SUNDAY.replace(hour=23) - A_DAY  # in Berlin
LABELS = item("labels")
BANK = (
    LABELS,
    LABELS.model_copy(update={"key": "B"}),
    item("keys", POLICY, TRAINING),
    item("badge", TRAINING),
    item("pumps", AWARENESS, POLICY),
)


def told(rows: Any) -> list[Any]:
    """Sums of shares, which depend on the order of adding in their last digits, to nine."""
    return [replace(row, x=0, y=round(row.y, 9), xy=round(row.xy, 9), yy=round(row.yy, 9)) for row in rows]


def same(kind: Kind[Any], one: Any, other: Any) -> bool:
    return told(one) == told(other) if kind.row is Answers else list(one) == list(other)


@pytest.fixture
async def office(company: Company, request: pytest.FixtureRequest) -> Company:
    """Six people who answered this and that over half a year, some of it certain."""
    chance = random.Random(getattr(request, "param", 1))
    await company.admit("marie", team="Quality", roles=LEAD)
    await company.admit("grace")
    people = [await company.admit(f"p{n}", manager="grace@example.org" if n < 3 else "") for n in range(6)]
    for _ in range(40):
        question = chance.choice(BANK)
        when = SUNDAY - chance.random() * 200 * A_DAY
        after = timedelta(seconds=chance.randint(1, 90_000))
        value, certainty = chance.choice("AAABC"), chance.choice((None, 1, 2, 3, 3))
        await answered(company.store, chance.choice(people), question, value, when, certainty, after=after)
    return company


@pytest.mark.parametrize("office", [1, 2, 3], indirect=True)
async def test_a_night_in_steps_is_what_is_counted_at_once(
    office: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathered, "STEP", 2)
    await office.dispatch(Left("left-p5", at("p5"), gone=True))
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    for kind in EVERY:
        night = await office.store.lessons.newest(kind)
        assert night is not None
        assert (night.until, night.night) == (MIDNIGHT, SUNDAY)
        at_once = await office.store.lessons.counted(kind, night.since, night.until)
        assert at_once
        assert same(kind, night.rows, at_once)


def test_a_night_has_the_periods_that_are_meant_where_nobody_says_otherwise() -> None:
    for topic, kind in (("items", QUESTIONS), ("wrong", WRONG), ("delayed", DELAYED_RECALL)):
        assert TOPICS[topic].days == kind.days
    assert WRONG_BY_CLAUSE.days == WRONG.days
    assert QUESTIONS.days == asked.DAYS


@pytest.mark.parametrize(
    ("days_back", "ends", "night"),
    [(90, SUNDAY, True), (89.5, SUNDAY + A_DAY / 2, True), (30, SUNDAY, False), (90, SUNDAY - A_DAY, False)],
)
async def test_where_there_is_much_the_usual_period_is_the_nights_and_another_is_counted(
    office: Company, days_back: float, ends: datetime, night: bool
) -> None:
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    office.store.nights.at_once = 3
    since = ends - days_back * A_DAY
    for kind in (QUESTIONS, WRONG, WRONG_BY_CLAUSE):
        found = await known(office.desk, kind, since, ends, SUNDAY)
        assert found.night == (SUNDAY if night else None)
        if not night:
            assert same(kind, found.rows, await office.store.lessons.counted(kind, since, ends))


async def test_where_there_is_little_everything_is_counted_at_once_whatever_a_night_has(
    office: Company,
) -> None:
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    await answered(office.store, await office.admit("new"), BANK[3], "A", SUNDAY - timedelta(hours=1))
    found = await known(office.desk, QUESTIONS, SUNDAY - 90 * A_DAY, SUNDAY, SUNDAY)
    (badge,) = (row for row in found.rows if row.item.id == "badge")
    assert found.night is None
    (last_night,) = (
        row
        for row in (await office.store.lessons.newest(QUESTIONS)).rows
        if row.item.id == "badge"  # type: ignore[union-attr]
    )
    assert badge.people == last_night.people + 1


async def test_a_managers_people_are_counted_at_once_however_much_there_is(office: Company) -> None:
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    office.store.nights.at_once = 3
    period = (SUNDAY - 90 * A_DAY, SUNDAY)
    grace = await office.store.person_by_email("grace@example.org")
    assert grace is not None
    ours = await known(office.desk, QUESTIONS, *period, SUNDAY, manager=grace.key)
    assert ours.night is None
    assert max(row.people for row in ours.rows) <= 3


async def test_the_card_says_of_which_days_and_of_which_night_it_is(office: Company) -> None:
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    office.store.nights.at_once = 3
    for words, days in (
        ("stats items", "2026-08-24 to 2026-11-21"),
        ("stats items badge", "2026-08-24 to 2026-11-21"),
        ("stats wrong", "2026-08-24 to 2026-11-21"),
        ("stats wrong clause", "2026-08-24 to 2026-11-21"),
        ("stats delayed", "2025-11-22 to 2026-11-21"),
    ):
        shown = str((await office.said("marie", words)).show)
        assert (
            f"{days}. So much was answered that it is counted once a night: this is as of 2026-11-22 13:00"
            in shown
        )
    assert "once a night" not in str((await office.said("marie", "stats items 30")).show)


async def test_where_there_is_much_the_night_counts_answers_and_then_recall(office: Company) -> None:
    office.store.nights.at_once = 3
    nightly = Reckoning(office.desk)
    await nightly.look(SUNDAY)
    async with asyncio.timeout(20):
        while await office.store.nights.newest() is None:
            await asyncio.sleep(0.01)
    kept = await office.store.lessons.newest(DELAYED_RECALL)
    assert kept is not None
    assert kept.night == SUNDAY


async def test_recall_is_reckoned_although_answers_could_not_be_counted(
    office: Company, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fails(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(gathered, "reckon", fails)
    office.store.nights.at_once = 3
    nightly = Reckoning(office.desk)
    await nightly.look(SUNDAY)
    async with asyncio.timeout(20):
        while await office.store.nights.newest() is None:
            await asyncio.sleep(0.01)
    while nightly._under_way():
        await asyncio.sleep(0.01)
    assert "A night could not be reckoned; the one before is shown." in caplog.text


async def test_a_newer_night_takes_the_place_of_the_one_before(office: Company) -> None:
    await reckon(office.desk, SUNDAY - A_DAY, MIDNIGHT - A_DAY)
    await reckon(office.desk, SUNDAY, MIDNIGHT)
    kept = [await office.store.lessons.newest(kind) for kind in EVERY]
    assert [known and known.night for known in kept] == [SUNDAY] * len(EVERY)
