"""Rates are arithmetic on counts, and n stands beside each."""

from __future__ import annotations

from content.limits import problems
from handlers.model import Reason, Status, Tally
from handlers.numbers.intervals import difference
from handlers.numbers.metrics import ACCURACY, METRICS, PARTICIPATION, REACH, card, states, times

FIFTY = Tally(
    group="all",
    audience=50,
    by_status={(Status.SENT, Reason.NONE): 42, (Status.FAILED, Reason.BLOCKED): 8},
    reached=42,
    to_acknowledge=40,
    acknowledged=30,
    people_reached=21,
    active=28,
    answers=4,
    correct=3,
)
SHOWN = "2026-09-01 to 2026-11-30"


def test_rates_are_shown_with_what_they_are_of() -> None:
    assert [m.shown(FIFTY) for m in METRICS] == [
        "84% (42 of 50)",
        "75% (30 of 40)",
        "67% (28 of 42)",
        "75% (3 of 4)",
    ]


def test_a_rate_of_nothing_is_no_data_rather_than_nought() -> None:
    assert ACCURACY.shown(Tally(group="x")) == "no data"
    assert REACH.rate(Tally(group="x")) is None


def test_states_are_named_with_their_reason_and_add_up() -> None:
    assert states(FIFTY) == "42 sent, 8 failed (blocked by the person)"
    assert sum(FIFTY.by_status.values()) == FIFTY.audience


def test_the_card_has_a_chart_with_words_for_who_cannot_see_it() -> None:
    weeks = [Tally(group=f"2026-W{n}", reached=10, active=n - 40, people_reached=10) for n in (46, 47)]
    shown = card("Numbers", FIFTY, "team", [FIFTY], weeks, SHOWN)
    assert "60% in 2026-W46, 70% in 2026-W47" in str(shown)
    assert problems(shown) == ()


def test_one_week_is_no_line() -> None:
    shown = card("Numbers", FIFTY, "team", [], [FIFTY], SHOWN)
    assert "chart" not in {block.type for block in shown.blocks}
    assert PARTICIPATION.name in str(shown).lower()


def test_a_hundred_teams_still_fit_a_card() -> None:
    teams = [Tally(group=f"Team {n}", audience=1, reached=1, people_reached=1) for n in range(100)]
    assert problems(card("Numbers", FIFTY, "team", teams, [], SHOWN)) == ()


def test_a_change_is_told_where_it_is_more_than_noise() -> None:
    few = Tally("all", answers=20, correct=15), Tally("all", answers=20, correct=12)
    many = [Tally("all", people_reached=400, answers=2000, correct=correct) for correct in (1500, 1200)]
    assert ACCURACY.change(*few) is None
    assert ACCURACY.change(*many) is not None
    assert ACCURACY.change(many[0], Tally("all")) is None
    shown = card("Numbers", many[0], "team", [], [], SHOWN, None, many[1])
    assert "75% (1,500 of 2,000), 60% before" in str(shown)


def test_newcombes_interval_is_that_of_his_paper() -> None:
    """56 of 70 against 48 of 80: 0.2, from 0.0524 to 0.3339 (table II, method 10)."""
    found = difference(56, 70, 48, 80)
    assert [round(value, 4) for value in found] == [0.2, 0.0524, 0.3339]


def test_how_long_people_took_is_shown_with_its_n() -> None:
    timed = Tally("all", responses=4, response_seconds=4 * 5400, timed=3, training_seconds=300)
    assert dict(times(timed)) == {
        "Response time": "1.5 h (mean of 4)",
        "Training time": "5 min (3 answers)",
    }
