"""A short simulated year: it works, its truth forgets, and Catchball is ahead of what asks as many questions."""

from __future__ import annotations

from random import Random

import pytest

from bot.demo.truth import LAWS, STEADY, USUAL, Law, Somebody, Steady, answer
from handlers.learning.memory import day_of
from tests.bench.learning.plot import lines
from tests.bench.learning.policies import Fixed, InTurn
from tests.bench.learning.tables import ahead, policies
from tests.bench.learning.year import BEGIN, CATCHBALL, Found, Setup, items, simulate

OTHERS = ("in turn", "random", "12/24 days", "all in one week")
START = day_of(BEGIN)


@pytest.fixture(scope="module")
def runs() -> dict[str, list[Found]]:
    found = [simulate(Setup(seed, people=60, questions=2), (CATCHBALL, *OTHERS)) for seed in (1, 2)]
    return {name: [one[name] for one in found] for name in (CATCHBALL, *OTHERS)}


@pytest.mark.parametrize("other", OTHERS)
def test_catchball_leaves_more_knowledge_than_others_with_the_same_number_of_questions(
    runs: dict[str, list[Found]], other: str
) -> None:
    for ours, theirs in zip(runs[CATCHBALL], runs[other], strict=True):
        assert ours.asked == pytest.approx(theirs.asked, rel=0.01)
    assert ahead(runs, other, "any day")[0] > 0
    assert ahead(runs, other, "year's end")[0] > 0


def test_the_table_has_a_row_for_each_policy_and_the_plot_is_read_without_eyes(
    runs: dict[str, list[Found]],
) -> None:
    text = policies(runs)
    assert all(f"| {name} |" in text for name in runs)
    plot = lines("Recall", [4, 8], {"Catchball": [0.4, 0.5], "other": [0.4, 0.45]})
    assert "Catchball: 40% to 50%" in plot


def test_the_same_seed_gives_the_same_year() -> None:
    once, again = (simulate(Setup(3, 4, 1), (CATCHBALL,)) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("law", LAWS)
def test_what_is_met_is_forgotten_and_what_is_spaced_lasts_longer_than_what_is_massed(law: Law) -> None:
    someone, random = Somebody(law, USUAL, frozenset(), 0.0, 0.0, 1.0), Random(7)
    item = items()[0]
    spaced, massed, once = (someone.mind(item, Random(7)) for _ in range(3))
    for mind, days in ((once, (0,)), (massed, (0, 0.01, 0.02)), (spaced, (0, 7, 21))):
        assert mind.recall(START) == 0
        for day in days:
            mind.met(START + day, knew=day > 0)
    assert once.recall(START + 1) > once.recall(START + 30) > once.recall(START + 90)
    assert spaced.recall(START + 21 + 60) > massed.recall(START + 0.02 + 60)
    rights = sum(answer(someone.mind(item, Random(n)), START, random) for n in range(3000))
    assert rights / 3000 == pytest.approx(1 / 3, abs=0.03)  # nothing is known yet: guesses


def test_what_is_known_from_work_stays_known() -> None:
    assert Steady().recall(START + 1000) == STEADY


def test_the_fixed_rule_repeats_after_twelve_and_twenty_four_days_and_retires_at_two_right_in_a_row() -> None:
    one, two, *_ = meant = items()[:5]
    fixed = Fixed(meant)
    assert list(fixed.choose(0, START, 2)) == [one, two]
    fixed.learn(one, START, False)
    fixed.learn(two, START, True)
    assert one not in fixed.choose(0, START + 11, 1)
    assert list(fixed.choose(0, START + 12, 1)) == [one]
    fixed.learn(one, START + 12, True)
    assert list(fixed.choose(0, START + 24, 1)) == [two]
    fixed.learn(two, START + 24, True)
    assert two not in fixed.choose(0, START + 100, 2)


def test_in_turn_begins_again_after_the_last() -> None:
    meant = items()[:3]
    policy = InTurn(meant)
    assert [item for _ in range(2) for item in policy.choose(0, START, 2)] == [*meant, meant[0]]
