"""Intervals and correlations against values that were reckoned by hand or stand in tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.numbers.counts import Answers, Sums
from handlers.numbers.intervals import discrimination, mean, t, wilson
from tests.answering import item


@pytest.mark.parametrize(
    ("part", "of", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_wilsons_interval_is_the_one_of_the_tables(part: int, of: int, low: float, high: float) -> None:
    assert wilson(part, of) == pytest.approx((part / of, low, high), abs=1e-4)


@pytest.mark.parametrize(("freedom", "value"), [(4, 2.776), (9, 2.262), (29, 2.045), (1000, 1.962)])
def test_students_t_is_the_one_of_the_tables(freedom: int, value: float) -> None:
    assert t(freedom) == pytest.approx(value, rel=0.003)


def test_with_one_item_each_the_interval_is_the_ordinary_one_of_a_mean() -> None:
    """0.5, 0.6, 0.7, 0.8, 0.9: mean 0.7, standard deviation 0.1581, so 2.776 * 0.1581 / sqrt(5) = 0.196."""
    five = Sums(5, 5, 3.5, 5, 3.5, 0.25 + 0.36 + 0.49 + 0.64 + 0.81)
    assert mean(five) == pytest.approx((0.7, 0.504, 0.896), abs=1e-3)


def test_ten_items_of_which_each_person_knows_all_alike_tell_no_more_than_one() -> None:
    """The unit of sampling is the person."""
    five = Sums(5, 5, 3.5, 5, 3.5, 2.55)
    tenfold = Sums(5, 50, 35, 500, 350, 255)
    assert mean(tenfold) == pytest.approx(mean(five))


def test_sums_of_people_who_have_nobody_in_common_add_up() -> None:
    assert Sums(2, 3, 2.0, 5, 3.0, 2.1) + Sums(1, 1, 0.5, 1, 0.5, 0.25) == Sums(3, 4, 2.5, 6, 3.5, 2.35)


def test_discrimination_needs_people_who_differ() -> None:
    alike = Answers(item("labels"), "v", 4, 4, {"A": 4}, pairs=4, x=4, y=2, xy=2, yy=1.5)
    assert discrimination(alike) is None
    assert discrimination(replace(alike, pairs=2)) is None
    failed_by_the_better = replace(alike, x=2, xy=0.5, y=2, yy=1.5)
    assert discrimination(failed_by_the_better) == pytest.approx(-0.7071, abs=1e-4)
