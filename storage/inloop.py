"""The memory served in the event loop itself: for one process alone that lives on a clock of its own.

Without threads everything happens in one order, so that a seed names one run and no other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import reading
from storage.gathering import Gathering, Operation, answer, steps
from storage.reader import Reader
from storage.store import Storage
from storage.trouble import Trouble
from storage.writer import Writer

T = TypeVar("T")
AT_ONCE = 200  # operations of one round


class InTheLoop(Gathering):
    """Serves what has gathered in one turn of the loop, and answers in the next."""

    def __init__(self, name: str, trouble: Trouble) -> None:
        self._trouble = trouble
        self._gathered: list[Operation[Any]] = []
        self._serving = False
        self._closed = False

    def _take_in(self, operation: Operation[Any]) -> None:
        self._gathered.append(operation)
        if not self._serving:
            self._serving = True
            self._later(self._round)

    def close(self) -> None:
        """What waits is not served any more."""
        if not self._closed:
            self._closed = True
            self._end()

    def _later(self, step: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_soon(step)

    def _round(self) -> None:
        if self._closed:
            return
        batch, self._gathered = self._gathered[:AT_ONCE], self._gathered[AT_ONCE:]
        wanted = [operation for operation in batch if not operation.future.cancelled()]
        self._serve(steps(wanted))
        self._later(lambda: self._answered(wanted))

    def _answered(self, operations: list[Operation[Any]]) -> None:
        answer(operations)
        self._serving = bool(self._gathered)
        if self._serving:
            self._later(self._round)


class InLoopWriter(Writer, InTheLoop):
    """One transaction for what one turn of the loop asks to be kept; where power fails, it is all made anew."""

    def __init__(self, engine: Engine, trouble: Trouble) -> None:
        super().__init__(engine, trouble)
        if engine.dialect.name == "sqlite":
            with self._connection.begin():
                pass  # so that the connection is open
            driver: Any = self._connection.connection.driver_connection
            driver.execute("PRAGMA synchronous = OFF")


class InLoopReader(Reader, InTheLoop):
    """One moment for what one turn of the loop asks."""


class InLoopStorage(Storage):
    """The whole memory so."""

    def __init__(self, engine: Engine, version: str) -> None:
        super().__init__(engine, version)
        self._writer.close()
        self._reader.close()
        self._writer, self._reader = self._served(engine)

    @cached_property
    def _looks(self) -> Connection:
        return reading(self._engine.connect())

    def close(self) -> None:
        if "_looks" in vars(self):
            self._looks.close()
        super().close()

    def _served(self, engine: Engine) -> tuple[Writer, Reader]:
        return InLoopWriter(engine, self._trouble), InLoopReader(engine, self._trouble)

    async def _read(self, query: Callable[[Connection], T]) -> T:
        await asyncio.sleep(0)  # whoever reads and reads lets the others have their turn
        try:
            with self._looks.begin() as transaction:
                try:
                    return query(self._looks)
                finally:
                    transaction.rollback()  # whoever reads leaves nothing behind
        except SQLAlchemyError as error:
            self._trouble.tell(error)
            raise
