"""The list of guards tells the truth: what is taken out is there, and there once, without running any mutant."""

from __future__ import annotations

from tests.mutations.guards import GUARDS
from tests.mutations.mutant import ROOT, checked


def test_every_guard_is_where_its_mutant_takes_it_out() -> None:
    for mutant in GUARDS:
        checked(mutant)


def test_every_guard_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    assert len({mutant.guard for mutant in GUARDS}) == len(GUARDS)
    paths = {word for mutant in GUARDS for word in mutant.level.command if word.endswith(".py")}
    assert [path for path in sorted(paths) if not (ROOT / path).is_file()] == []
