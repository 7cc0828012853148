"""What is learnt from answers: counted when somebody asks, and what the newest night has counted of everybody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select

from handlers.learning.learnt import Learnt
from handlers.learning.lessons import Kind, Known
from handlers.numbers.counts import Some
from storage import answers
from storage.rolls import Read
from storage.tables import LessonRow, table

T = TypeVar("T")
LESSON = table(LessonRow)
_O = LESSON.c


class Lessons:
    """`handlers.learning.lessons.Lessons`; read and write: run something in a transaction of its own."""

    def __init__(self, read: Read, write: Read) -> None:
        self._read = read
        self._write = write

    async def counted(
        self, kind: Kind[T], since: datetime, until: datetime, *, manager: str = ""
    ) -> Sequence[T]:
        sums = kind.sums(since)
        given = answers.given(kind.read_from(since), until)
        await self._read(partial(answers.add, which=[*given, *answers.of_manager(manager)], sums=[sums]))
        return await self.found(sums)

    async def following(self, key: str, most: int) -> Some | None:
        return await self._read(partial(answers.following, key=key, most=most))

    async def add(
        self, some: Some, since: datetime | None, until: datetime, sums: Collection[Learnt[Any]]
    ) -> None:
        which = [*answers.given(since, until), *answers.of_some(some)]
        await self._read(partial(answers.add, which=which, sums=sums))

    async def found(self, sums: Learnt[T]) -> Sequence[T]:
        return await self._read(lambda c: sums.found(answers.items_of(c, sums.shown)))

    async def keep(self, night: Mapping[Kind[Any], Known[Any]]) -> None:
        await self._write(partial(_keep, rows=[_row(kind, known) for kind, known in night.items()]))

    async def newest(self, kind: Kind[T]) -> Known[T] | None:
        query = select(_O.at, _O.since, _O.until, _O.rows).where(_O.kind == kind.name)
        kept = await self._read(lambda c: c.execute(query).one_or_none())
        return kept and Known(_json(kind).validate_json(kept.rows), kept.since, kept.until, kept.at)


def _keep(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    connection.execute(delete(LESSON))
    connection.execute(insert(LESSON), rows)


def _row(kind: Kind[T], known: Known[T]) -> dict[str, Any]:
    rows = _json(kind).dump_json(known.rows).decode()
    return {"kind": kind.name, "at": known.night, "since": known.since, "until": known.until, "rows": rows}


@cache
def _json(kind: Kind[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(list[kind.row])  # type: ignore[name-defined]
