"""The list of guards tells the truth: what is taken out is there, and there once, without running any mutant."""

from __future__ import annotations

import ast
from importlib import import_module

from tests.mutations.guards import GUARDS
from tests.mutations.mutant import ROOT, checked


def test_every_guard_is_where_its_mutant_takes_it_out() -> None:
    for mutant in GUARDS:
        checked(mutant)


def test_what_a_mutant_imports_is_there() -> None:
    for mutant in GUARDS:
        for edit in mutant.edits:
            for module, name in imported(edit.without if edit.path.endswith(".py") else ""):
                assert hasattr(import_module(module), name), (mutant.guard, module, name)


def imported(text: str) -> list[tuple[str, str]]:
    """(module, name) of what is imported in a piece of a program, by lines of their own."""
    lines = [line.strip() for line in text.splitlines() if line.strip().startswith("from ")]
    nodes = [node for line in lines for node in ast.parse(line).body if isinstance(node, ast.ImportFrom)]
    return [(node.module or "", each.name) for node in nodes for each in node.names]


def test_every_guard_has_a_name_of_its_own_and_tests_that_are_there() -> None:
    assert len({mutant.guard for mutant in GUARDS}) == len(GUARDS)
    paths = {word for mutant in GUARDS for word in mutant.level.command if word.endswith(".py")}
    assert [path for path in sorted(paths) if not (ROOT / path).is_file()] == []
