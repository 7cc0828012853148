"""Some days of the whole house, among faults, crashes and zombies: every promise holds. More: `python -m tests.rig`."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.rig.platforms import Fault
from tests.rig.plot import drawn
from tests.rig.promises import PROMISES
from tests.rig.runs import Runs, Verdict

SEEDS = (6, 9, 11, 12, 13, 15, 20, 21)  # of the first thirty those on which the most happens


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    with Runs() as runs:
        return [runs.of(drawn(seed)) for seed in SEEDS]


@pytest.mark.parametrize("promise", [promise.__name__ for promise in PROMISES])
def test_a_promise_holds(promise: str, verdicts: list[Verdict]) -> None:
    broken = [verdict.story for verdict in verdicts if promise in verdict.broken]
    assert not broken, broken[0]


def test_the_days_were_rough(verdicts: list[Verdict]) -> None:
    seen = sum((verdict.seen for verdict in verdicts), Counter[str]())
    wanted = [f"call: {fault}" for fault in Fault]
    wanted += ["is frozen", "is killed", "ends that came too late", "second copies", "taken away", "answers"]
    wanted += ["resolved: absent at the platform", "resolved: found at the platform"]
    wanted += ["drawn anew", "resolved: policy", "resolved: answered", "plans that another process ended"]
    assert [what for what in wanted if not seen[what]] == []


def test_a_seed_names_one_run_and_no_other() -> None:
    with Runs() as runs:
        first, second = (runs.of(drawn(8)) for _ in range(2))
    assert first.seen == second.seen
    assert first.head == second.head
