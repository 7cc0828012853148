"""What a night keeps is what is reckoned at once, once a day over all processes; and recall over time is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, get_args

import pytest

from content.audience import Has
from content.cards import Chart
from content.limits import problems
from handlers.learning import reckoning, trend
from handlers.learning.nightly import BOTH, By
from handlers.learning.reckoning import Reckoning, asked, reckon
from handlers.learning.remembered import known
from handlers.model import Role
from handlers.numbers.counts import Remembered, Sums
from handlers.numbers.intervals import mean
from storage.nights import Nights
from tests.conftest import SUNDAY, Company, at
from tests.handlers.learning.test_recall import staff

A_DAY = timedelta(days=1)


def told(rows: list[Remembered]) -> dict[tuple[str, str], tuple[float, ...]]:
    return {
        (row.name, row.team): (*row.now.all, *row.audit.all, row.pairs, row.people)
        for row in rows
        if row.people or row.now.people
    }


@pytest.fixture
async def office(company: Company) -> Company:
    """Grace manages two teams that have answered; two others are of another site, and two people have no team."""
    await company.admit("grace")
    await staff(company, sales=6, lab=5)
    await company.admit("tim", team="lab", site="Lyon")
    await company.admit("rosa", site="Lyon")
    return company


@pytest.mark.parametrize("by", get_args(By))
@pytest.mark.parametrize("step", [1, 4, 100])
async def test_a_night_in_steps_is_what_is_reckoned_at_once(
    office: Company, by: By, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reckoning, "STEP", step)
    at_once = await known(office.desk, by, SUNDAY)
    await reckon(office.desk, asked(office.desk, SUNDAY), SUNDAY)
    office.store.nights.at_once = 3
    night = await known(office.desk, by, SUNDAY + A_DAY)
    assert (at_once.night, night.night) == (None, SUNDAY)
    assert told(list(night.rows)).keys() == told(list(at_once.rows)).keys()
    for place, numbers in told(list(at_once.rows)).items():
        assert told(list(night.rows))[place] == pytest.approx(numbers)


async def test_what_was_little_last_night_and_is_much_by_now_is_reckoned_at_once(office: Company) -> None:
    await Reckoning(office.desk).look(SUNDAY)
    assert [await office.store.nights.of(by, [SUNDAY]) for by in ("team", "site", BOTH)] == [{}, {}, {}]
    office.store.nights.at_once = 3
    assert (await known(office.desk, "clause", SUNDAY)).night == SUNDAY
    assert (await known(office.desk, "team", SUNDAY)).night is None


async def test_where_nobody_remembers_anything_there_is_no_night(company: Company) -> None:
    await company.admit("marie")
    await company.plan.tick()
    assert await company.store.nights.newest() is None
    assert await company.store.recall_value(reckoning.RAN) is None


async def test_a_manager_and_a_rule_are_reckoned_at_once_however_much_there_is(office: Company) -> None:
    await reckon(office.desk, asked(office.desk, SUNDAY), SUNDAY)
    office.store.nights.at_once = 3
    grace = await office.store.person_at(at("grace"))
    assert grace is not None
    hers = await known(office.desk, BOTH, SUNDAY, manager=grace.key)
    of_sales = await known(office.desk, BOTH, SUNDAY, people=Has("team", "sales"))
    nobodys = await known(office.desk, BOTH, SUNDAY, manager="nobody")
    assert [found.night for found in (hers, of_sales, nobodys)] == [None, None, None]
    assert [{row.team for row in found.rows} for found in (hers, of_sales, nobodys)] == [
        {"sales", "lab"},
        {"sales"},
        set(),
    ]


async def test_the_first_tick_of_a_day_reckons_and_no_other(office: Company) -> None:
    both = [Reckoning(office.desk) for _ in range(3)]
    for _ in range(2):
        await asyncio.gather(*(each.look(SUNDAY) for each in both))
    assert await office.store.nights.nights(SUNDAY - A_DAY) == [SUNDAY]
    tomorrow = SUNDAY + timedelta(hours=11, minutes=5)  # Monday in Berlin
    await both[0].look(tomorrow)
    await Reckoning(office.desk).look(tomorrow + timedelta(hours=1))
    assert await office.store.nights.nights(SUNDAY - A_DAY) == [SUNDAY, tomorrow]


async def test_another_audit_is_reckoned_again_on_the_same_day_and_takes_its_place(office: Company) -> None:
    await Reckoning(office.desk).look(SUNDAY)
    standards = [each.model_copy(update={"audits": ()}) for each in office.library.programme.standards]
    office.run_campaigns(standards=tuple(standards))
    later = SUNDAY + timedelta(hours=2)
    await Reckoning(office.desk).look(later)
    assert await office.store.nights.nights(SUNDAY - A_DAY) == [later]
    (whole,) = (await office.store.nights.of("all", [later]))[later]
    assert (whole.now.people, whole.audit.people) == (11, 0)


async def test_who_has_not_finished_within_an_hour_is_taken_for_dead(office: Company) -> None:
    what = reckoning.of_what(office.desk, SUNDAY)
    await office.store.keep_value(reckoning.RAN, f"2026-11-22 {what} {SUNDAY.isoformat()}")
    await Reckoning(office.desk).look(SUNDAY + timedelta(minutes=59))
    assert await office.store.nights.newest() is None
    await Reckoning(office.desk).look(SUNDAY + timedelta(minutes=61))
    assert await office.store.nights.newest() == SUNDAY + timedelta(minutes=61)


async def test_where_there_is_much_the_tick_does_not_wait_for_it(office: Company) -> None:
    office.store.nights.at_once = 3
    nightly = Reckoning(office.desk)
    await nightly.look(SUNDAY)
    assert await office.store.nights.newest() is None
    while await office.store.nights.newest() is None:
        await nightly.look(SUNDAY + timedelta(minutes=1))
        await asyncio.sleep(0)
    assert "reckoned once a night: this is as of 2026-11-22 13:00" in str(
        (await office.said("marie", "stats recall")).show
    )


class Moving(Nights):
    """Whoever is asked about some people finds afterwards that somebody has moved."""

    move: Callable[[], Awaitable[object]]

    async def parts(self, *asked_: Any) -> Any:
        found = await super().parts(*asked_)
        await self.move()
        return found


async def test_who_moves_while_it_is_reckoned_is_in_no_team_twice(
    office: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quality is written before Sales is looked at, and somebody of Sales has moved there by then."""
    nights = office.store.nights = Moving(office.store._read, office.store._write)
    nights.move = lambda: office.admit("sales0", team="Quality", site="Berlin")
    monkeypatch.setattr(reckoning, "STEP", 9)
    await reckon(office.desk, asked(office.desk, SUNDAY), SUNDAY)
    teams = (await office.store.nights.of("team", [SUNDAY]))[SUNDAY]
    assert sorted((row.name, row.people) for row in teams) == [
        ("", 2),
        ("Quality", 1),
        ("lab", 6),
        ("sales", 5),
    ]


async def test_recall_over_time_is_a_line_of_the_lowest_clause_and_a_change_is_told(office: Company) -> None:
    for days in (40, 35, 29, 20, 10, 1):
        at = SUNDAY - days * A_DAY
        await reckon(office.desk, asked(office.desk, at), at)
    shown = (await office.said("marie", "stats recall")).show
    assert shown is not None
    assert problems(shown) == ()
    _, line = (block for block in shown.blocks if isinstance(block, Chart))
    assert line.shape == "line"
    assert line.title.startswith("Recall over time: 9001:2015")
    assert [point.label for point in line.points] == [
        "13 Oct",
        "18 Oct",
        "24 Oct",
        "2 Nov",
        "12 Nov",
        "21 Nov",
    ]
    assert line.points[0].value > line.points[-1].value  # nobody was asked anything since
    assert "% before" in str(shown)
    assert "Before: 2026-10-24, where the change is more than noise." in str(shown)
    by_team = (await office.said("marie", "stats recall team")).show
    assert "Recall over time: everything" in str(by_team)
    assert "% before" not in str(by_team)


async def test_a_manager_has_no_line_for_nights_are_kept_of_everybody(office: Company) -> None:
    await office.admit("grace", roles=frozenset({Role.MANAGER}), team="Board")
    for days in (29, 1):
        at = SUNDAY - days * A_DAY
        await reckon(office.desk, asked(office.desk, at), at)
    assert "over time" not in str((await office.said("grace", "stats recall")).show)


def test_a_change_within_the_noise_is_not_told() -> None:
    then = Sums(40, 40, 24.0, 40, 24.0, 40 * 0.4)
    little, much = Sums(40, 40, 26.0, 40, 26.0, 40 * 0.45), Sums(40, 40, 36.0, 40, 36.0, 40 * 0.82)
    assert trend.moved(little, then) is None
    assert trend.moved(much, then) == mean(then)
    assert trend.moved(much, Sums(4, 4, 1.0, 4, 1.0, 0.3)) is None


def test_many_nights_are_a_few_that_lie_apart() -> None:
    nights = [SUNDAY + number * A_DAY for number in range(365)]
    some = trend.spread(nights)
    assert (len(some), some[0], some[-1]) == (12, nights[0], nights[-1])
    assert {(b - a).days for a, b in pairwise(some)} == {33, 34}
    assert trend.spread(nights[:3]) == nights[:3]
