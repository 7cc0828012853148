"""Whatever happens to the outbox, in whatever order and from two processes at once, its rules hold."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.outbox.cast import PEOPLE
from tests.storage.outbox.database import Database
from tests.storage.outbox.machine import Outbox

STORIES = int(os.environ.get("OUTBOX_STORIES", "24"))  # `make chaos` plays more of them
IN_MEMORY = Path("/dev/shm")  # where commits cost nothing; any folder does


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """The same database for many short lives."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        if url.startswith("sqlite"):
            url = f"sqlite:///{shutil.copy(url.removeprefix('sqlite:///'), folder)}"
        opened = Database(url, PEOPLE)
        yield opened
        opened.close()


def test_nothing_that_happens_to_the_outbox_breaks_its_rules(database: Database) -> None:
    """UNSHRUNK: stop at the first story that breaks one, however long it is."""
    broken: list[str] = []
    machine = type("OutboxHere", (Outbox,), {"database": database, "broken": broken})
    chosen = settings(
        max_examples=STORIES if database.is_sqlite else STORIES // 2,
        stateful_step_count=40,
        deadline=None,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate] if os.environ.get("UNSHRUNK") else [Phase.generate, Phase.shrink],
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except BaseException:
        print("The first story that broke a rule:", *broken, sep="\n")
        raise
