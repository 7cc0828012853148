"""A reminder of something that waits is written once, of however many processes look, and not of what has moved on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, Table, and_, update

from handlers.model import Delivery
from storage.contents import Hashes
from storage.deliveries import enqueue
from storage.ledger import Ledger


class Waits(Protocol):
    """A finding or an idea, as it was known when somebody was to be reminded of it."""

    @property
    def id(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def look_at(self) -> datetime | None: ...


def once(
    connection: Connection,
    of: Table,
    known: Waits,
    again: datetime | None,
    rows: Sequence[Delivery],
    at: datetime,
    log: Ledger,
) -> int:
    """Put reminders into the outbox and say when to look next. 0: somebody else has seen to it."""
    c = of.c
    same = and_(c.id == known.id, c.version == known.version, c.look_at == known.look_at)
    if connection.execute(update(of).where(same).values(look_at=again)).rowcount == 0:
        return 0
    return enqueue(connection, rows, at, log, Hashes()) if rows else 0
