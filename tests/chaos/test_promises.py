"""Each promise of the rig sees the run that breaks it, and none complains about one that went well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from handlers.ledger.chains import Verdict
from tests.chaos.crowd import Press, Word
from tests.chaos.evidence import Evidence, Rows
from tests.chaos.promises import PROMISES
from tests.simulators.ledger import Ledger

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADA, GRACE = "U0ADA", "29:grace"
Break = Callable[[Evidence], Any]


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def row(delivery: str, user: str, **more: Any) -> SimpleNamespace:
    platform = "teams" if user.startswith("29:") else "slack"
    known = {
        "id": delivery, "person": user, "user": user, "platform": platform, "campaign": "first", "slot": "12:00",
        "status": "sent", "reason": "", "receipt": f"m-{delivery}", "policy": "at_least_once", "withdrawn": False,
        "slot_at": NOON, "due_at": NOON, "code": "", "attempt": 1, "resolved_by": "",
        "lease_owner": "", "lease_until": None,
    }  # fmt: skip
    return SimpleNamespace(**known | more)


def entry(kind: str, **more: Any) -> SimpleNamespace:
    known = {
        "at": NOON,
        "kind": kind,
        "campaign": "first",
        "delivery": "",
        "item": "",
        "value": "",
        "participation": False,
    }
    return SimpleNamespace(**known | more)


def posted(ledger: Ledger, moment: float, user: str, delivery: str, answer: str = "200", **more: Any) -> None:
    """A call and, with a yes, what the person then saw."""
    call = ledger.call(at(moment), "POST activities" if user == GRACE else "chat.postMessage", user, delivery)
    call.answered, call.answer, call.heard = at(moment + 0.1), answer, True
    vars(call).update(more)
    if answer == "200":
        call.accepted = at(moment)
        ledger.shown(at(moment), user, delivery, f"m-{delivery}")


@pytest.fixture
def run() -> Evidence:
    """Ada on Slack and Grace on Teams get one card each; Ada answers it, and Grace has typed for help."""
    slack, teams = Ledger(), Ledger()
    posted(slack, 1, ADA, "d1")
    posted(teams, 1, GRACE, "d2")
    posted(teams, 3, GRACE, "d3")
    people = [SimpleNamespace(key=user, name=user) for user in (ADA, GRACE)]
    answer = row("d3", GRACE, campaign="", slot="teams:a:grace:f:1:answer", slot_at=at(3))
    entries = [
        *(
            entry("planned"),
            entry("launched"),
            entry("assigned", delivery="d1"),
            entry("assigned", delivery="d2"),
        ),
        entry("answered", delivery="d1", item="why", value="A", participation=True, actor=ADA),
    ]
    rows = Rows(
        people, [row("d1", ADA), row("d2", GRACE), answer],
        [SimpleNamespace(campaign="first", roster_size=2)], [SimpleNamespace(id="first")],
        [SimpleNamespace(person=ADA, item="why", answers=1)], entries, Verdict(5),
    )  # fmt: skip
    press = Press(at(2), ADA, "d1", "answered", "why", "A", told=at(2.5))
    return Evidence(
        rows, slack, teams, [press], [Word(at(2), GRACE, "f:1", "help", [200], at(3))], [], ["first"]
    )


def broken(run: Evidence) -> set[str]:
    return {promise.__name__ for promise in PROMISES if list(promise(run))}


def test_a_run_that_went_well_breaks_no_promise(run: Evidence) -> None:
    assert broken(run) == set()


def change(delivery: str, **more: Any) -> Break:
    return lambda run: vars(run.by_id[delivery]).update(more)


BREAKS: dict[str, Break] = {
    "everything_comes_to_an_end": lambda run: setattr(run, "left_over", ["delivery d1"]),
    "everybody_has_one_row_in_a_named_state_and_the_states_add_up": lambda run: run.rows.deliveries.pop(1),
    "an_occurrence_happens_once": lambda run: run.rows.entries.append(entry("planned")),
    "slack_shows_a_delivery_once": lambda run: posted(run.slack, 5, ADA, "d1"),
    "teams_shows_another_copy_only_after_a_doubt": lambda run: posted(run.teams, 5, GRACE, "d2"),
    "sent_means_shown": lambda run: run.slack.sights.clear(),
    "shown_means_sent": change("d1", status="failed", reason="left"),
    "a_press_that_was_told_counts_once": lambda run: run.rows.entries.pop(),
    "the_first_answer_counts_and_none_that_nobody_gave": lambda run: setattr(run.rows.entries[-1], "value", "B"),
    "a_memory_has_each_answer_that_counts_once": lambda run: setattr(run.rows.memories[0], "answers", 2),
    "words_that_were_taken_are_answered_once": change("d3", slot="somebody else's"),
    "nobody_posts_before_a_wait_is_over": lambda run: posted(run.teams, 2, GRACE, "d9", "429", retry_after=4),
    "the_ledger_verifies": lambda run: setattr(
        run.rows, "verdict", Verdict(1, SimpleNamespace(chain="1", sequence=1), "it was altered")  # type: ignore[arg-type]
    ),
}  # fmt: skip


def test_every_promise_is_broken_here_once() -> None:
    assert set(BREAKS) == {promise.__name__ for promise in PROMISES}


@pytest.mark.parametrize("name", BREAKS)
def test_a_promise_sees_what_breaks_it(run: Evidence, name: str) -> None:
    BREAKS[name](run)
    assert name in broken(run)


def test_a_second_copy_after_an_answer_that_nobody_heard_is_a_doubt(run: Evidence) -> None:
    run.teams.calls[0].heard = False
    posted(run.teams, 5, GRACE, "d2")
    assert broken(run) == set()


def test_a_card_that_goes_out_at_most_once_may_be_lost_in_doubt_and_says_so(run: Evidence) -> None:
    change("d2", policy="at_most_once", status="failed", reason="nobody can tell whether it arrived")(run)
    assert broken(run) == set()
