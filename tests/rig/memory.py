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
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import connect
from storage.gathering import Gathering, Operation, _answer, _steps
from storage.reader import Reader
from storage.schema import migrate
from storage.store import Storage
from storage.trouble import Trouble
from storage.writer import Writer
from tests.rig.loop import NOBODY

T = TypeVar("T")
AT_ONCE = 200


class InTheLoop(Gathering):
    """Serves what has gathered after a moment, and answers a moment later; with its process it stops and dies."""

    moment: Callable[[], float]  # seconds

    def __init__(self, name: str, trouble: Trouble) -> None:
        self._trouble = trouble
        self._gathered: list[Operation[Any]] = []
        self._serving = False
        self._closed = False

    async def _submitted(self, operation: Operation[T]) -> T:
        self._gathered.append(operation)
        if not self._serving:
            self._serving = True
            self._later(self._round)
        try:
            return await operation.future
        except SQLAlchemyError as error:
            self._trouble.tell(error)
            raise

    def close(self) -> None:
        """What waits is not served any more."""
        if not self._closed:
            self._closed = True
            self._end()

    def _later(self, step: Callable[[], None]) -> None:
        """As a step of the process, which may be frozen or dead by then."""
        loop = asyncio.get_running_loop()
        ours = copy_context()
        loop.call_later(self.moment(), lambda: loop.call_soon(step, context=ours), context=NOBODY)

    def _round(self) -> None:
        if self._closed:
            return
        batch, self._gathered = self._gathered[:AT_ONCE], self._gathered[AT_ONCE:]
        wanted = [operation for operation in batch if not operation.future.cancelled()]
        self._serve(_steps(wanted))
        self._later(lambda: self._answered(wanted))

    def _answered(self, operations: list[Operation[Any]]) -> None:
        _answer(operations)
        self._serving = bool(self._gathered)
        if self._serving:
            self._later(self._round)


class _Writer(Writer, InTheLoop):
    pass


class _Reader(Reader, InTheLoop):
    pass


class Memory(Storage):
    """One process' storage. chance: of how long each operation takes."""

    def __init__(self, engine: Engine, chance: Random) -> None:
        super().__init__(engine, version="rig")
        self._chance = chance
        self._writer.close()
        self._reader.close()
        self._writer, self._reader = _Writer(engine, self._trouble), _Reader(engine, self._trouble)
        self._writer.moment = self._reader.moment = self._moment

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
