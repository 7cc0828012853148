"""The reader for what is asked with every press: those who press at the same moment share the queries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from storage.engine import reading
from storage.gathering import Gathering, Kept, Operation


class Reader(Gathering):
    """One connection of its own; each round sees one moment, and everything that was committed before it."""

    def __init__(self, engine: Engine) -> None:
        self._connection = reading(engine.connect())
        super().__init__("storage-reader")

    def _serve(self, steps: Sequence[Sequence[Operation[Any]]]) -> None:
        for step in steps:
            with Kept() as kept, self._connection.begin():
                results = step[0].work(self._connection, [operation.item for operation in step])
            if isinstance(kept.error, SQLAlchemyError):
                self._connection.invalidate()
            for number, operation in enumerate(step):
                operation.error = kept.error
                operation.result = None if kept.error else results[number]

    def _end(self) -> None:
        self._connection.close()
