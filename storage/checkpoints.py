"""Checkpoints as rows: each written once, by whoever is first."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, insert, select

from handlers.ledger.chains import Head
from handlers.ledger.checkpoints import Checkpoint
from storage import ledger
from storage.tables import CheckpointRow, table

CHECKPOINT = table(CheckpointRow)

_C = CHECKPOINT.c
T = TypeVar("T")


class Run(Protocol):
    def __call__(self, work: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Checkpoints:
    """`handlers.ledger.checkpoints.Checkpoints`; read, write: run work in a transaction of its own."""

    def __init__(self, read: Run, write: Run) -> None:
        self._read = read
        self._write = write

    async def newest(self) -> Checkpoint | None:
        return await self._read(newest)

    async def after(self, number: int) -> Sequence[Checkpoint]:
        return await self._read(partial(after, number=number))

    async def heads(self) -> Sequence[Head]:
        return await self._read(heads)

    async def keep(self, checkpoint: Checkpoint) -> bool:
        return await self._write(partial(_keep, checkpoint=checkpoint))


def newest(connection: Connection) -> Checkpoint | None:
    row = connection.execute(select(CHECKPOINT).order_by(_C.number.desc()).limit(1)).one_or_none()
    return _checkpoint(row) if row else None


def after(connection: Connection, number: int = 0) -> list[Checkpoint]:
    query = select(CHECKPOINT).where(_C.number > number).order_by(_C.number)
    return [_checkpoint(row) for row in connection.execute(query)]


def heads(connection: Connection) -> list[Head]:
    return [Head(chain, *last) for chain, last in ledger.heads(connection).items()]


def _keep(connection: Connection, checkpoint: Checkpoint) -> bool:
    """Looked for first: who was faster is there at the writer's second attempt at the latest."""
    if connection.scalar(select(_C.number).where(_C.number >= checkpoint.number)) is not None:
        return False
    row = asdict(checkpoint) | {"heads": json.dumps([[*asdict(head).values()] for head in checkpoint.heads])}
    connection.execute(insert(CHECKPOINT), row)
    return True


def _checkpoint(row: Any) -> Checkpoint:
    fields = row._asdict()
    return Checkpoint(**fields | {"heads": tuple(Head(*head) for head in json.loads(row.heads))})
