"""A PostgreSQL of one test's own, which can be stopped and started again."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.needs import program
from tests.postgres_server import database, running


class Server:
    """`stop` is what an administrator's restart does to those who are connected: all are let go at once."""

    def __init__(self) -> None:
        self._programs = program("initdb"), program("postgres")
        self.folder = Path(tempfile.mkdtemp(prefix="catchball-pg-"))
        self.start()
        self.url = database(self.folder, "catchball")

    def start(self) -> None:
        """Comes back when it answers."""
        self._running = running(
            *self._programs, self.folder / "data", self.folder, ("fsync=off",), stop=signal.SIGINT
        )
        self._running.__enter__()

    def stop(self) -> None:
        self._running.__exit__(None, None, None)


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.stop()
    shutil.rmtree(made.folder)
