"""The reader for what is asked with every press: those who press at the same moment share the queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from storage.engine import reading
from storage.gathering import Gathering, Kept, Operation
from storage.trouble import Trouble


class Reader(Gathering):
    """One connection of its own; each round sees one moment, and everything that was committed before it."""

    def __init__(self, engine: Engine, trouble: Trouble) -> None:
        self._connection = reading(engine.connect())
        super().__init__("storage-reader", trouble)

    def _serve(self, steps: Sequence[Sequence[Operation[Any]]]) -> None:
        for step in steps:
            results, error = self._read(step)
            if isinstance(error, DBAPIError) and error.connection_invalidated:
                results, error = self._read(step)  # once more on a new one
            for number, operation in enumerate(step):
                operation.error = error
                operation.result = None if error else results[number]

    def _read(self, step: Sequence[Operation[Any]]) -> tuple[Sequence[Any], BaseException | None]:
        with Kept() as kept, self._connection.begin():
            return step[0].work(self._connection, [operation.item for operation in step]), None
        if isinstance(kept.error, SQLAlchemyError):
            self._connection.invalidate()
        return (), kept.error

    def _end(self) -> None:
        self._connection.close()
