"""The one writer: a thread that commits what waits in one transaction, and answers after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from storage.engine import writing
from storage.gathering import Gathering, Kept, Operation

T = TypeVar("T")


class Writer(Gathering):
    """Group commit over one connection. No two operations ever run at the same time.

    One thread, because SQLite has one write lock: connections that fight for it put the slowest
    commit beyond a second, and a commit for each click costs three times as much as one for all that wait.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = writing(engine.connect())
        super().__init__("storage-writer")

    async def submit(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in the next transaction; its result once that is committed.

        What `work` raises is raised here, and only here: the others in the transaction are not touched.
        If the commit fails, every one of them gets its error. `work` may be run twice (see `_attempt`).
        """
        return await self._submitted(Operation[T](work))

    def _serve(self, steps: Sequence[Sequence[Operation[Any]]]) -> None:
        try:
            with self._connection.begin():
                for step in steps:
                    _do(self._connection, step)
        except SQLAlchemyError as error:
            self._connection.invalidate()  # SQLite keeps a transaction open whose commit failed (a full disk): afresh
            for operation in (operation for step in steps for operation in step):
                operation.error = operation.error or error

    def _end(self) -> None:
        self._connection.close()


def _do(connection: Connection, step: Sequence[Operation[Any]]) -> None:
    """All of a step at once; where that fails, each by itself, so that the error finds its owner."""
    if len(step) > 1:
        with Kept() as together, _savepoint(connection):
            results = step[0].work(connection, [operation.item for operation in step])
        if together.error is None:
            for operation, result in zip(step, results, strict=True):
                operation.result = result
            return
    for operation in step:
        with Kept() as alone:
            operation.result = _attempt(connection, operation)
        operation.error = alone.error


def _attempt(connection: Connection, operation: Operation[Any]) -> Any:
    """Once more if another process was faster, for then its row is there to be seen.

    That is a unique key taken between our look and our insert, or a deadlock, which only PostgreSQL with
    several writers knows.
    """
    try:
        with _savepoint(connection):
            return _result(connection, operation)
    except (IntegrityError, OperationalError) as error:
        if error.connection_invalidated:
            raise
    with _savepoint(connection):
        return _result(connection, operation)


def _result(connection: Connection, operation: Operation[Any]) -> Any:
    if not operation.shared:
        return operation.work(connection)
    return operation.work(connection, [operation.item])[0]


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
