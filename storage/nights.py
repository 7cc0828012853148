"""What everybody remembered in one night after the other: reckoned in steps, kept as sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, or_, select, tuple_

from content.audience import Audience
from content.pieces import Group
from handlers.learning.memory import Day
from handlers.learning.nightly import AT_ONCE, EVERY, LASTING, WHOLE, By
from handlers.numbers.counts import Meant, Recalls, Remembered, Sums
from handlers.numbers.groups import SMALLEST
from storage.memories import MEMORY
from storage.people import PERSON
from storage.recalls import BY_SITE_TOO, recalls
from storage.rolls import Read
from storage.tables import RecallRow, table

T = TypeVar("T")
RECALL = table(RecallRow)
STEP = 500  # rows in one transaction, so that nobody's answer waits
_R, _P = RECALL.c, PERSON.c
_NOW = (_R.n, _R.m, _R.r, _R.mm, _R.mr, _R.rr)
_AUDIT = (_R.audit_n, _R.audit_m, _R.audit_r, _R.audit_mm, _R.audit_mr, _R.audit_rr)
_KEY = (_R.by, _R.at, _R.name, _R.team)


class Nights:
    """`handlers.learning.nightly.Nights`; read and write: run something in a transaction of its own.

    at_once: so many memories are no matter of a night.
    """

    def __init__(self, read: Read, write: Read) -> None:
        self._read = read
        self._write = write
        self.at_once = AT_ONCE

    async def begun(self) -> bool:
        return await self._read(lambda c: c.scalar(select(MEMORY.c.person).limit(1)) is not None)

    async def many(self) -> bool:
        some = select(MEMORY.c.person).limit(self.at_once + 1).subquery()
        counted = select(func.count()).select_from(some)
        return await self._read(lambda c: (c.scalar(counted) or 0) > self.at_once)

    async def belonging(self) -> Sequence[tuple[str, str]]:
        query = select(_P.team, _P.key).where(_P.left_at.is_(None)).order_by(_P.team, _P.key)
        return await self._read(partial(_keys, query=query))

    async def parts(
        self,
        people: Sequence[str],
        bank: Sequence[Meant],
        day: Day,
        groups: Mapping[Group, Audience],
        take: Callable[[Recalls], T],
    ) -> T:
        return await self._read(lambda c: take(recalls(c, bank, BY_SITE_TOO, day, groups, keys=people)))

    async def keep(self, at: datetime, rows: Mapping[By, Sequence[Remembered]]) -> None:
        values = [_values(at, by, row) for by, some in rows.items() for row in some]
        for start in range(0, len(values), STEP):
            await self._write(partial(_insert, values=values[start : start + STEP]))

    async def newest(self) -> datetime | None:
        return await self._read(lambda c: c.scalar(select(func.max(_R.at)).where(_R.by == WHOLE)))

    async def nights(self, since: datetime) -> Sequence[datetime]:
        query = select(_R.at).where(_R.by == WHOLE, _R.at >= since).order_by(_R.at)
        return await self._read(lambda c: list(c.scalars(query)))

    async def of(
        self, by: By, nights: Sequence[datetime], name: str | None = None
    ) -> Mapping[datetime, Sequence[Remembered]]:
        here = and_(_R.by == by, _R.at.in_(nights), *([] if name is None else [_R.name == name]))
        return await self._read(partial(_of, here=here))

    async def clear(self, newest: datetime, today: datetime, before: datetime) -> None:
        passing = _R.by.in_([by for by in EVERY if by not in LASTING])
        lasting = _R.by.in_(LASTING)
        few = and_(_R.by != WHOLE, _R.n < SMALLEST)
        for over in (passing, and_(lasting, or_(_R.at < before, _R.at >= today, few))):
            old = select(*_KEY).where(over, _R.at < newest).limit(STEP)
            while keys := await self._read(partial(_keys, query=old)):
                await self._write(partial(_delete, keys=keys))


def _insert(connection: Connection, values: Sequence[dict[str, Any]]) -> None:
    connection.execute(insert(RECALL), values)


def _keys(connection: Connection, query: Select[Any]) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def _delete(connection: Connection, keys: Sequence[tuple[Any, ...]]) -> None:
    connection.execute(delete(RECALL).where(tuple_(*_KEY).in_(keys)))


def _of(connection: Connection, here: ColumnElement[bool]) -> Mapping[datetime, Sequence[Remembered]]:
    columns = (_R.at, _R.name, _R.team, _R.pairs, _R.people, *_NOW, *_AUDIT)
    found: dict[datetime, list[Remembered]] = {}
    for at, name, team, pairs, people, *sums in connection.execute(select(*columns).where(here)):
        now, audit = Sums(*sums[:6]), Sums(*sums[6:])
        found.setdefault(at, []).append(Remembered(name, now, audit, pairs, people, team))
    return found


def _values(at: datetime, by: By, row: Remembered) -> dict[str, Any]:
    sums = zip((*_NOW, *_AUDIT), (*row.now.all, *row.audit.all), strict=True)
    return {
        **{"by": by, "at": at, "name": row.name, "team": row.team, "people": row.people, "pairs": row.pairs},
        **{column.name: value for column, value in sums},
    }
