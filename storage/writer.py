"""The one writer: a thread that commits what waits in one transaction, and answers after the commit."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from storage.engine import writing

T = TypeVar("T")
_AT_ONCE = 200  # operations in one transaction at most


class Writer:
    """Group commit over one connection. No two operations ever run at the same time.

    One thread, because SQLite has one write lock: connections that fight for it put the slowest
    commit beyond a second, and a commit for each click costs three times as much as one for all that wait.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = writing(engine.connect())
        self._waiting: queue.SimpleQueue[_Operation[Any] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    async def submit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the next transaction; its result once that is committed.

        What `work` raises is raised here, and only here: the others in the transaction are not touched.
        If the commit fails, every one of them gets its error. `work` may be run twice (see `_attempt`).
        """
        operation = _Operation(work)
        self._waiting.put(operation)
        return await asyncio.wrap_future(operation.future)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        with self._connection:
            for operations in self._batches():
                _commit(self._connection, operations)

    def _batches(self) -> Iterator[list[_Operation[Any]]]:
        while (operation := self._waiting.get()) is not None:
            batch = [operation]
            last = False
            while len(batch) < _AT_ONCE and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    last = True
                    break
                batch.append(following)
            yield batch
            if last:
                return


class _Operation(Generic[T]):
    """What to do, who waits for it, and what came of it until the commit.

    Used as a context manager it keeps what its work raises: the error belongs to the caller.
    """

    def __init__(self, work: Callable[[Connection], T]) -> None:
        self.work = work
        self.future: Future[T] = Future()
        self.result: T | None = None
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return isinstance(error, Exception)

    def answer(self) -> None:
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]


def _commit(connection: Connection, operations: list[_Operation[Any]]) -> None:
    wanted = [o for o in operations if o.future.set_running_or_notify_cancel()]
    try:
        with connection.begin():
            for operation in wanted:
                with operation:
                    operation.result = _attempt(connection, operation.work)
    except SQLAlchemyError as error:
        connection.invalidate()  # SQLite keeps a transaction open whose commit failed (a full disk): begin afresh
        for operation in wanted:
            operation.error = operation.error or error
    for operation in wanted:
        operation.answer()


def _attempt(connection: Connection, work: Callable[[Connection], T]) -> T:
    """Once more if another process was faster, for then its row is there to be seen.

    That is a unique key taken between our look and our insert, or a deadlock, which only PostgreSQL with
    several writers knows.
    """
    try:
        with _savepoint(connection):
            return work(connection)
    except (IntegrityError, OperationalError) as error:
        if error.connection_invalidated:
            raise
    with _savepoint(connection):
        return work(connection)


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """`Connection.begin_nested`, at a quarter of its cost."""
    connection.exec_driver_sql("SAVEPOINT operation")
    try:
        yield
    except BaseException:
        if not connection.invalidated:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT operation")
        raise
    connection.exec_driver_sql("RELEASE SAVEPOINT operation")
