"""Rates are arithmetic on counts, and n stands beside each."""

from __future__ import annotations

from datetime import UTC, datetime

from content.limits import problems
from handlers.model import Reason, Status, Tally
from handlers.numbers.metrics import ACCURACY, METRICS, PARTICIPATION, REACH, card, states

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
SINCE, UNTIL = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


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
    weeks = [Tally(group=f"2026-W{n}", reached=10, active=n - 40) for n in (46, 47)]
    shown = card("Numbers", FIFTY, "team", [FIFTY], weeks, SINCE, UNTIL)
    assert "60% in 2026-W46, 70% in 2026-W47" in str(shown)
    assert problems(shown) == ()


def test_one_week_is_no_line() -> None:
    shown = card("Numbers", FIFTY, "team", [], [FIFTY], SINCE, UNTIL)
    assert "chart" not in {block.type for block in shown.blocks}
    assert PARTICIPATION.name in str(shown).lower()


def test_a_hundred_teams_still_fit_a_card() -> None:
    teams = [Tally(group=f"Team {n}", audience=1, reached=1, people_reached=1) for n in range(100)]
    assert problems(card("Numbers", FIFTY, "team", teams, [], SINCE, UNTIL)) == ()
