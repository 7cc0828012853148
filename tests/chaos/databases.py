"""The databases of a run: a SQLite file, or a PostgreSQL server of the rig's own that can be torn down and up."""

from __future__ import annotations

import shutil
import signal
import tempfile
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tests.needs import program
from tests.postgres_server import database, running


class Database(Protocol):
    """What runs are made on. `fresh`: the URL of a new, empty one; `crash`: as when the machine lost power."""

    def fresh(self, folder: Path) -> str: ...

    def crash(self) -> bool:
        """Down at once and up again. False: there is nothing here that could be."""
        ...

    def deadlocks(self) -> int:
        """How many there were since `fresh`."""
        ...


class Sqlite:
    def fresh(self, folder: Path) -> str:
        return f"sqlite:///{folder}/catchball.db"

    def crash(self) -> bool:
        return False

    def deadlocks(self) -> int:
        return 0


class Postgres:
    """A server on a Unix socket, with fsync as it is by default. Enter it to start it."""

    def __init__(self) -> None:
        self._programs = program("initdb"), program("postgres")
        self._numbers = count(1)
        self._deadlocks = 0

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="catchball-chaos-pg-"))
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running.__exit__(None, None, None)
        shutil.rmtree(self._folder)

    def fresh(self, folder: Path) -> str:
        self._deadlocks = -self._noted()
        return database(self._folder, f"catchball{next(self._numbers)}")

    def crash(self) -> bool:
        """An immediate shutdown: nothing is finished or written, and the next start begins with a recovery."""
        self._running.__exit__(None, None, None)
        self._deadlocks += self._noted()
        self._start()
        return True

    def deadlocks(self) -> int:
        return self._deadlocks + self._noted()

    def _start(self) -> None:
        """The log begins anew with every start."""
        self._running = running(
            *self._programs, self._folder / "data", self._folder, ("max_connections=80",), stop=signal.SIGQUIT
        )
        self._running.__enter__()

    def _noted(self) -> int:
        return (self._folder / "log").read_text(errors="replace").count("deadlock detected")
