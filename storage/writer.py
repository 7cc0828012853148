"""The one writer: a thread that commits what waits in one transaction, and answers after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from storage.engine import writing
from storage.gathering import Gathering, Kept, Operation
from storage.prepared import execute
from storage.trouble import Trouble, is_full

T = TypeVar("T")
Steps = Sequence[Sequence[Operation[Any]]]


class Writer(Gathering):
    """Group commit over one connection. No two operations ever run at the same time.

    One thread, because SQLite has one write lock: connections that fight for it put the slowest
    commit beyond a second, and a commit for each click costs three times as much as one for all that wait.
    """

    def __init__(self, engine: Engine, trouble: Trouble) -> None:
        self._connection = writing(engine.connect())
        super().__init__("storage-writer", trouble)

    async def submit(self, work: Callable[[Connection], T], *, apart: bool = False) -> T:
        """Run `work` in the next transaction; its result once that is committed.

        What `work` raises is raised here, and only here: the others in the transaction are not touched.
        If the commit fails, every one of them gets its error. `work` may be run several times (see `_keep`).
        apart: for what locks a row that other processes lock too. Two of those in one transaction, in another order
        than another process has them in, would wait for each other (PostgreSQL: deadlock detected).
        """
        return await self._submitted(Operation[T](work, apart=apart))

    def _serve(self, steps: Steps) -> None:
        if self._connection.dialect.name == "sqlite":  # one lock for all there is
            self._keep(steps)
            return
        for step in steps:
            if step[0].apart:
                self._keep([step])
        together = [step for step in steps if not step[0].apart]
        if together:
            self._keep(together)

    def _keep(self, steps: Steps) -> None:
        """Once more where nothing was kept for certain.

        That is where the connection was lost before the commit was sent: at once on a new one. And where the disk
        is full: each operation by itself, since some still find a place.
        """
        error, sent = self._transact(steps)
        if error is None:
            self._trouble.fine()
        elif is_full(error):
            for operation in (operation for step in steps for operation in step):
                _end([[operation]], self._transact([[operation]])[0])
        elif sent or not (isinstance(error, DBAPIError) and error.connection_invalidated):
            _end(steps, error)
        else:
            _end(steps, self._transact(steps)[0])

    def _transact(self, steps: Steps) -> tuple[SQLAlchemyError | None, bool]:
        """The error for which nothing of it was kept, and whether the database had been told to keep it."""
        sent = False
        try:
            with self._connection.begin():
                for step in steps:
                    _do(self._connection, step)
                sent = True
        except SQLAlchemyError as error:
            self._connection.invalidate()  # SQLite keeps a transaction open whose commit failed (a full disk): afresh
            return error, sent
        return None, sent

    def _end(self) -> None:
        self._connection.close()


def _end(steps: Steps, error: SQLAlchemyError | None) -> None:
    """What everybody hears who has no error of their own."""
    if error is not None:
        for operation in (operation for step in steps for operation in step):
            operation.error = operation.error or error


def _do(connection: Connection, step: Sequence[Operation[Any]]) -> None:
    """All of a step at once; where that fails, each by itself, so that the error finds its owner.

    Raises only what ends the whole transaction.
    """
    if len(step) > 1:
        with Kept() as together, _savepoint(connection):
            results = step[0].work(connection, [operation.item for operation in step])
        if together.error is None:
            for operation, result in zip(step, results, strict=True):
                operation.result, operation.error = result, None
            return
        _go_on(connection, together.error)
    for operation in step:
        with Kept() as alone:
            operation.result = _attempt(connection, operation)
        operation.error = alone.error
        if alone.error is not None:
            _go_on(connection, alone.error)


def _attempt(connection: Connection, operation: Operation[Any]) -> Any:
    """Once more if another process was faster, for then its row is there to be seen.

    That is a unique key taken between our look and our insert, or a deadlock, which only PostgreSQL with
    several writers knows.
    """
    try:
        with _savepoint(connection):
            return _result(connection, operation)
    except (IntegrityError, OperationalError):
        if not _open(connection):
            raise
    with _savepoint(connection):
        return _result(connection, operation)


def _result(connection: Connection, operation: Operation[Any]) -> Any:
    if not operation.shared:
        return operation.work(connection)
    return operation.work(connection, [operation.item])[0]


def _go_on(connection: Connection, error: BaseException) -> None:
    """Raises the error if it took the transaction with it, and with that what others had written in it."""
    if _open(connection):
        return
    if isinstance(error, SQLAlchemyError):
        raise error
    raise SQLAlchemyError("the transaction is gone") from error


def _open(connection: Connection) -> bool:
    """Whether the transaction is still there: SQLite takes back all of it at an error of the disk."""
    if connection.invalidated:
        return False
    return bool(getattr(connection.connection.driver_connection, "in_transaction", True))


@contextmanager
def _savepoint(connection: Connection) -> Iterator[None]:
    """`Connection.begin_nested`, at a quarter of its cost."""
    execute(connection, "SAVEPOINT operation")
    try:
        yield
    except BaseException:
        if _open(connection):
            execute(connection, "ROLLBACK TO SAVEPOINT operation")
        raise
    execute(connection, "RELEASE SAVEPOINT operation")
