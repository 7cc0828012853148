"""copy-database, as the administrator types it who goes from one machine to many."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot.processes import bot, serving

pytestmark = pytest.mark.postgres


def test_a_company_moves_and_goes_on(tmp_path: Path, postgres: Callable[[str], str]) -> None:
    file, target = f"sqlite:///{tmp_path}/company.db", postgres("template1")
    (tmp_path / "people.csv").write_text("email,name\nada@example.org,Ada\ngrace@example.org,Grace\n")
    bot("people", "import", str(tmp_path / "people.csv"), env={"DATABASE_URL": file})
    done = bot("copy-database", file, target, env={})
    assert done.returncode == 0, done.stderr
    *counts, last = done.stdout.strip().split("\n")
    assert ["person", "2"] in [line.split() for line in counts]
    assert "rows are in both databases, and the ledger ends in both: chain 1 at entry 2 with" in last
    assert "person: 2 of 2 rows" in done.stderr
    again = bot("people", "import", str(tmp_path / "people.csv"), env={"DATABASE_URL": target})
    assert "2 people imported" in again.stdout
    twice = bot("copy-database", file, target, env={})
    assert (twice.returncode, "not empty" in twice.stderr) == (1, True)


def test_a_bot_that_still_runs_is_not_copied(tmp_path: Path, postgres: Callable[[str], str]) -> None:
    file = f"sqlite:///{tmp_path}/company.db"
    with serving({"DATABASE_URL": file}):
        done = bot("copy-database", file, postgres("template1"), env={})
    assert (done.returncode, "is in use" in done.stderr, done.stdout) == (1, True, "")
    assert "Traceback" not in done.stderr
