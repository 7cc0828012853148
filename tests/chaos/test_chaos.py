"""One short run of the rig on each database; `make chaos` makes many long ones."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bot.processes import CLEAN, ROOT
from tests.chaos.__main__ import VOID
from tests.needs import program


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_nothing_is_lost_or_doubled_while_processes_are_killed(database: str) -> None:
    if database == "postgresql":
        program("initdb")
    words = ["-m", "tests.chaos", "--seed", "1", "--short", "--database", database]
    run = subprocess.run(
        [sys.executable, *words], cwd=ROOT, env=CLEAN, capture_output=True, text=True, timeout=300
    )
    if run.returncode == VOID:
        pytest.skip("the machine is too busy for spans of seconds: nothing is proven either way")
    assert run.returncode == 0, run.stdout + run.stderr
