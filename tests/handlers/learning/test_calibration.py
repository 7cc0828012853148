"""What was remembered is held against what was answered: by hand, and where the truth is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from random import Random

import pytest

from bot.demo.truth import LAWS, USUAL, Somebody, answer
from handlers.learning.calibration import Calibration, Given, Interval, Score, sm2
from handlers.learning.memory import answered, day_of
from tests.bench.learning.year import BEGIN, SLOTS, items

MONDAY = day_of(BEGIN)


def given(
    day: float, right: bool, person: str = "ada", item: str = "why", certainty: int | None = None
) -> Given:
    return Given(person, item, MONDAY + day, right, certainty)


def test_log_loss_is_the_mean_surprise_and_nobody_is_too_sure() -> None:
    score = Score()
    score.add(0.8, True)
    score.add(0.8, False)
    assert score.log_loss == pytest.approx(-(math.log(0.8) + math.log(0.2)) / 2)
    score.add(1.0, False)
    assert score.log_loss is not None
    assert math.isfinite(score.log_loss)


def test_rmse_is_zero_when_as_many_are_right_as_was_foretold() -> None:
    good, bad = Score(), Score()
    for number in range(10):
        good.add(0.7, number < 7)
        bad.add(0.7, number < 2)
    assert good.rmse == pytest.approx(0)
    assert bad.rmse == pytest.approx(0.5)
    assert (good.bins[7].n, good.bins[7].right) == (10, 7)
    assert good.bins[7].predicted == pytest.approx(7.0)


def test_of_nothing_nothing_is_said() -> None:
    assert (Score().log_loss, Score().rmse, Score().n) == (None, None, 0)


def test_the_first_answer_to_an_item_is_foretold_by_nobody() -> None:
    found = Calibration()
    for one in (given(0, True), given(0, True, person="tim"), given(0, False, item="how")):
        found.add(one)
    assert [score.n for score in found.scores.values()] == [0, 0, 0]


def test_a_later_answer_is_foretold_from_what_was_remembered_before_it() -> None:
    found = Calibration()
    for one in (given(0, True), given(9, False), given(12, True)):
        found.add(one)
    first = answered(None, "why", MONDAY, True, None)
    second = answered(first, "why", MONDAY + 9, False, None)
    surprise = -math.log(1 - first.recall(MONDAY + 9)) - math.log(second.recall(MONDAY + 12))
    assert found.fsrs.log_loss == pytest.approx(surprise / 2)
    assert found.constant.log_loss == pytest.approx(-(math.log(1 / 2) + math.log(1 / 3)) / 2)


def test_what_came_before_the_first_day_is_remembered_and_not_judged() -> None:
    found = Calibration(since=MONDAY + 10)
    for one in (given(0, True), given(9, True), given(12, True)):
        found.add(one)
    assert found.fsrs.n == 1
    assert found.constant.log_loss == pytest.approx(-math.log(2 / 3))


def test_sm2_doubles_its_intervals_and_begins_anew_after_a_wrong_answer() -> None:
    known, days = None, []
    for day in (0, 1, 7, 22):
        known = sm2(known, given(day, True))
        days.append(known.days)
    assert days == [1, 6, 15, 37.5]
    assert known is not None
    assert known.recall(MONDAY + 22 + 37.5) == pytest.approx(0.9)
    wrong = sm2(known, given(60, False))
    assert (wrong.days, wrong.repetitions) == (1, 0)
    assert 1.3 <= wrong.ease < known.ease
    assert sm2(known, given(60, True, certainty=1)).ease < known.ease
    assert Interval(1, 2.5, 0, MONDAY).recall(MONDAY - 1) == 1


def simulated() -> Iterator[Given]:
    """A year of twenty people, two laws of forgetting and chance: none of it as FSRS believes it to be."""
    people = [(f"p{n}", Random(n), Somebody.drawn(LAWS[n % 2], USUAL, Random(n))) for n in range(20)]
    bank = items()[:40]
    minds = {(name, item.id): who.mind(item, random) for name, random, who in people for item in bank}
    for slot in SLOTS:
        day = day_of(slot)
        for name, random, _ in people:
            for item in random.sample(bank, 2):
                yield Given(name, item.id, day, answer(minds[name, item.id], day, random), None)


def test_where_the_truth_is_known_fsrs_foretells_better_than_a_constant_and_than_sm2() -> None:
    found = Calibration()
    for one in simulated():
        found.add(one)
    fsrs, constant, other = (score.log_loss for score in found.scores.values())
    assert found.fsrs.n > 3000
    assert fsrs is not None
    assert constant is not None
    assert other is not None
    assert fsrs < constant < other
    assert found.fsrs.rmse == pytest.approx(0.06, abs=0.04)
