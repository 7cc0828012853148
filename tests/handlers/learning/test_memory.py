"""A memory fades by the day and is renewed by an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from fsrs import Card, Rating, Scheduler, State
from hypothesis import given
from hypothesis import strategies as st

from handlers.learning.memory import DECAY, FACTOR, Memory, answered, day_of, interval, recall

MONDAY = day_of(datetime(2026, 11, 23, 9, tzinfo=UTC))
SCHEDULER = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


def right(*gaps: float) -> Memory:
    """The memory after a right answer on Monday and after each of these gaps of days."""
    memory, day = answered(None, "why", MONDAY, True, None), MONDAY
    for gap in gaps:
        day += gap
        memory = answered(memory, "why", day, True, None)
    return memory


def test_the_curve_is_the_one_of_the_library() -> None:
    assert (-SCHEDULER.parameters[20], SCHEDULER._FACTOR) == (DECAY, pytest.approx(FACTOR))
    reviewed = datetime(2026, 11, 23, tzinfo=UTC)
    card = Card(card_id=0, state=State.Review, stability=9.0, difficulty=5.0, last_review=reviewed)
    for days in (0, 1, 9, 300):
        theirs = SCHEDULER.get_card_retrievability(card, reviewed + timedelta(days=days))
        assert recall(9.0, days) == pytest.approx(theirs)


def test_recall_is_nine_in_ten_when_as_many_days_have_passed_as_the_stability_says() -> None:
    assert recall(11.0, 11.0) == pytest.approx(0.9)
    assert interval(0.9) == pytest.approx(1.0)


@given(st.floats(0.1, 1000), st.floats(0.7, 0.97))
def test_an_interval_is_where_recall_comes_down_to_what_is_wanted(stability: float, retention: float) -> None:
    assert recall(stability, interval(retention) * stability) == pytest.approx(retention)


def test_right_answers_in_time_come_due_after_longer_and_longer_gaps() -> None:
    """2, 11, 46 and 163 days, as measured for FSRS-6 at a retention of 0.9."""
    due = [round(right(*gaps).stability) for gaps in ((), (2,), (2, 11), (2, 11, 46))]
    assert due == [2, 11, 46, 163]


def test_a_wrong_answer_brings_an_item_back_soon_and_ends_the_streak() -> None:
    known = right(2, 11)
    wrong = answered(known, "why", known.reviewed + 46, False, 3)
    assert wrong.stability < 5
    assert (wrong.streak, wrong.answers, wrong.met) == (0, 4, MONDAY)
    assert known.mastered
    assert not wrong.mastered


def test_a_right_guess_strengthens_less_than_knowing() -> None:
    known = right(2)
    day = known.reviewed + 11
    assert (
        known.stability
        < answered(known, "why", day, True, 1).stability
        < answered(known, "why", day, True, 3).stability
    )


def test_an_answer_before_the_last_one_does_no_harm() -> None:
    """Two processes' clocks may differ."""
    known = right(2)
    assert answered(known, "why", known.reviewed - 0.01, True, None).stability >= known.stability


@given(st.lists(st.tuples(st.floats(0, 400), st.booleans(), st.sampled_from((None, 1, 2, 3))), max_size=12))
def test_whatever_is_answered_a_memory_stays_within_its_bounds(
    history: list[tuple[float, bool, int | None]],
) -> None:
    memory, day = None, MONDAY
    for gap, was_right, certainty in history:
        day += gap
        memory = answered(memory, "why", day, was_right, certainty)
        assert memory.stability > 0
        assert 1 <= memory.difficulty <= 10
        assert 0 < memory.recall(day + 100) < memory.recall(day) <= 1
    assert memory is None or memory.answers == len(history)


def test_the_rating_of_a_first_answer_is_the_librarys() -> None:
    card, _ = SCHEDULER.review_card(Card(card_id=0), Rating.Good, datetime(2026, 11, 23, tzinfo=UTC))
    assert right().stability == card.stability
