"""A database for many short lives: two storages on it, made empty again in a moment, and read as it stands."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, insert, select, text

from handlers.ledger.chains import Verdict
from handlers.model import Person
from storage.deliveries import DELIVERY
from storage.engine import connect
from storage.ledger import LEDGER
from storage.people import ADDRESS, PERSON
from storage.store import Storage
from storage.tables import Base
from storage.verifying import verify
from storage.withdrawals import WITHDRAWAL
from tests.storage.scene import change
from tests.storage.sums import off

T = TypeVar("T")


@dataclass(frozen=True)
class Snapshot:
    """taken_away: (delivery, message) -> when it is due; None: done."""

    rows: dict[str, Row[Any]]
    ledger: Counter[tuple[str, str]]
    taken_away: dict[tuple[str, str], datetime | None]
    verdict: Verdict
    off: dict[Any, Any]  # cells of the rollups that are not what the rows add up to


class Database:
    def __init__(self, url: str, people: Sequence[Person]) -> None:
        self.stores = (Storage.open(url, version="1"), Storage.open(url, version="1"))
        self._runner = asyncio.Runner()
        self._engine = connect(url)
        self._looks = self._engine.connect()
        for person in people:
            self.does(self.stores[0].commit(change(person=person)))
        with self._engine.begin() as connection:
            for name in ("ledger", "checkpoint"):
                self._allow_deletes(connection, name)
            self._people = [dict(row._mapping) for row in connection.execute(select(PERSON))]
            self._addresses = [dict(row._mapping) for row in connection.execute(select(ADDRESS))]

    @property
    def is_sqlite(self) -> bool:
        return self._engine.dialect.name == "sqlite"

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def both(self, *works: Coroutine[Any, Any, T]) -> list[T]:
        """At once."""

        async def gathered() -> list[T]:
            return list(await asyncio.gather(*works))

        return self._runner.run(gathered())

    def empty(self) -> None:
        """But for the people, as they came."""
        with self._engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
            connection.execute(insert(PERSON), self._people)
            connection.execute(insert(ADDRESS), self._addresses)

    def now(self) -> Snapshot:
        with self._looks.begin():
            entries = self._looks.execute(select(LEDGER.c.kind, LEDGER.c.delivery))
            withdrawals = self._looks.execute(select(WITHDRAWAL))
            return Snapshot(
                {row.id: row for row in self._looks.execute(select(DELIVERY))},
                Counter((entry.kind, entry.delivery) for entry in entries),
                {(w.delivery, w.message): None if w.done_at else w.due_at for w in withdrawals},
                verify(self._looks),
                off(self._looks),
            )

    def close(self) -> None:
        for store in self.stores:
            store.close()
        self._looks.close()
        self._engine.dispose()
        self._runner.close()

    def _allow_deletes(self, connection: Connection, name: str) -> None:
        """The log and its checkpoints refuse them. These are thrown away after each life."""
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER {name}_no_delete"))
        else:
            connection.execute(text(f"DROP TRIGGER {name}_no_change ON {name}"))
