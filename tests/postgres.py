"""A PostgreSQL of the tests' own, for whoever wants a database in it."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.needs import program
from tests.postgres_server import database, running

_numbers = count(1)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """A server that keeps nothing; gives a function from a template to a new database's URL."""
    initdb, server = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="catchball-pg-"))
    settings = (
        *("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal"),
        *("max_wal_senders=0", "max_wal_size=4GB", "checkpoint_timeout=1h", "autovacuum=off"),
        "max_connections=60",
    )
    try:
        with running(initdb, server, folder / "data", folder, settings, stop=signal.SIGQUIT):
            yield lambda template: database(folder, f"catchball{next(_numbers)}", template)
    finally:
        shutil.rmtree(folder)
