"""The product's storage on the virtual clock: real SQL on a real file, served in the loop and not in threads.

A seed then names one run and no other, and a process can die between a commit and the news of it.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from contextvars import copy_context
from pathlib import Path
from random import Random
from typing import TypeVar

from sqlalchemy import Connection, Engine

from storage.engine import connect
from storage.inloop import InLoopStorage, InTheLoop
from storage.reader import Reader
from storage.schema import migrate
from storage.writer import Writer
from tests.rig.loop import NOBODY

T = TypeVar("T")


class InMoments(InTheLoop):
    """Serves what has gathered after a moment, and answers a moment later; with its process it stops and dies."""

    moment: Callable[[], float]  # seconds

    def _later(self, step: Callable[[], None]) -> None:
        """As a step of the process, which may be frozen or dead by then."""
        loop = asyncio.get_running_loop()
        ours = copy_context()
        loop.call_later(self.moment(), lambda: loop.call_soon(step, context=ours), context=NOBODY)


class _Writer(Writer, InMoments):
    pass


class _Reader(Reader, InMoments):
    pass


class Memory(InLoopStorage):
    """One process' storage. chance: of how long each operation takes."""

    def __init__(self, engine: Engine, chance: Random) -> None:
        self._chance = chance
        super().__init__(engine, version="rig")

    def _served(self, engine: Engine) -> tuple[Writer, Reader]:
        writer, reader = _Writer(engine, self._trouble), _Reader(engine, self._trouble)
        writer.moment = reader.moment = self._moment
        return writer, reader

    def close(self) -> None:
        self._writer.close()
        self._reader.close()
        self._readers.shutdown()

    async def _read(self, query: Callable[[Connection], T]) -> T:
        await asyncio.sleep(self._moment())
        found = self._query(query)
        await asyncio.sleep(self._moment())
        return found

    def _moment(self) -> float:
        """A millisecond or two; now and then a database that is busy, seldom one that is very busy."""
        drawn = self._chance.random()
        if drawn < 0.97:
            return self._chance.uniform(0.0, 0.002)
        return self._chance.uniform(0.0, 3.0 if drawn < 0.999 else 70.0)


@contextmanager
def database(folder: Path) -> Iterator[Engine]:
    """An engine on a file with the schema in it; `emptied` makes it new again at a tenth of the cost."""
    engine = connect(f"sqlite:///{folder}/rig.db")
    migrate(engine)
    with closing(sqlite3.connect(folder / "rig.db")) as source, closing(sqlite3.connect(_new(engine))) as new:
        source.backup(new)
    try:
        yield engine
    finally:
        engine.dispose()


def emptied(engine: Engine) -> None:
    """Nobody may be using it. The engine stays, and with it the statements that it has compiled."""
    engine.dispose()
    path = Path(str(engine.url.database))
    for left in ("-wal", "-shm"):
        path.with_name(path.name + left).unlink(missing_ok=True)
    shutil.copy(_new(engine), path)


def _new(engine: Engine) -> Path:
    return Path(f"{engine.url.database}.new")
