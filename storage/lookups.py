"""What is looked up afterwards, `handlers.lookups.Lookups`, and the two readers that everything is read with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from content.audience import Audience
from content.pieces import Group
from handlers.evidence.pack import Scope, Source
from handlers.learning.memory import Day
from handlers.ledger.chains import Verdict
from handlers.ledger.exports import Header, Sign, Told
from handlers.lookups import EVERYBODY, NOWHERE, Grouping
from handlers.model import Delivery, Entry, Participation, Tally
from handlers.numbers.counts import GroupedBy, Joiner, Meant, Recalls, TakenPart
from handlers.numbers.layers import Result
from storage import (
    deliveries,
    evidence,
    exporting,
    funnels,
    grouped,
    inductions,
    ledger,
    metrics,
    recalls,
    rechecks,
    titles,
)
from storage.deliveries import DELIVERY
from storage.engine import reading
from storage.evidence import Moment
from storage.rechecks import Checked
from storage.trouble import Trouble
from storage.verifying import verify

T = TypeVar("T")
_D = DELIVERY.c


class Lookups:
    """Each a transaction of its own on one of two connections, beside the writer."""

    def __init__(self, engine: Engine, trouble: Trouble) -> None:
        self._engine = engine
        self._trouble = trouble
        self._readers = ThreadPoolExecutor(2, thread_name_prefix="storage-reader")

    async def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, self._query, query)
        except SQLAlchemyError as error:
            self._trouble.tell(error)
            raise

    def _query(self, query: Callable[[Connection], T]) -> T:
        with self._engine.connect() as plain:
            connection = reading(plain)
            connection.begin()  # never committed: whoever reads leaves nothing behind
            return query(connection)

    async def deliveries_of(
        self, person: str, *, limit: int = 50, campaigns_only: bool = False
    ) -> Sequence[Delivery]:
        query = deliveries.query().where(_D.person == person).order_by(_D.slot_at.desc(), _D.number.desc())
        if campaigns_only:
            query = query.where(_D.campaign != "")
        return await self._read(lambda c: deliveries.values(c, query.limit(limit)))

    async def participations_of(self, person: str) -> Sequence[tuple[datetime, Participation]]:
        return await self._read(partial(ledger.participations_of, person=person))

    async def tallies(
        self,
        by: Grouping,
        since: datetime,
        until: datetime,
        *,
        manager: str = "",
        where: Mapping[Grouping, str] = NOWHERE,
    ) -> Sequence[Tally]:
        asked = grouped.Asked(by, grouped.days(since, until), manager, tuple(where.items()))
        return await self._read(lambda c: metrics.tallies(c, asked))

    async def taken_part(
        self, since: datetime, until: datetime, *, manager: str = "", where: Mapping[Grouping, str] = NOWHERE
    ) -> Sequence[TakenPart]:
        days = grouped.days(since, until)
        return await self._read(lambda c: metrics.taken_part(c, days, manager, where))

    async def titles(self, campaigns: Collection[str]) -> Mapping[str, str]:
        return await self._read(lambda c: titles.titles(c, campaigns))

    async def results(
        self, since: datetime, until: datetime, *, author: str = "", before: str = "", most: int = 100
    ) -> Sequence[Result]:
        return await self._read(lambda c: funnels.results(c, since, until, author, before, most))

    async def people_reached(self, since: datetime, until: datetime) -> Mapping[str, int]:
        return await self._read(lambda c: funnels.people(c, since, until))

    async def time_to_acknowledge(self, broadcast: str) -> timedelta | None:
        return await self._read(lambda c: funnels.median(c, broadcast))

    async def unacknowledged(
        self, broadcast: str, *, manager: str = "", within: Audience | None = None, most: int = 100
    ) -> tuple[int, Sequence[tuple[str, str]]]:
        return await self._read(lambda c: funnels.unacknowledged(c, broadcast, manager, within, most))

    async def recalls(
        self,
        bank: Sequence[Meant],
        by: GroupedBy,
        day: Day,
        groups: Mapping[Group, Audience],
        *,
        manager: str = "",
        people: Audience = EVERYBODY,
    ) -> Recalls:
        return await self._read(lambda c: recalls.recalls(c, bank, by, day, groups, manager, people))

    async def inducted(
        self, campaigns: Collection[str], since: date, until: date, *, manager: str = ""
    ) -> Sequence[Joiner]:
        return await self._read(lambda c: inductions.joined(c, campaigns, since, until, manager))

    async def outbox(self, limit: int = 100) -> Sequence[Delivery]:
        query = deliveries.query().order_by(_D.number.desc()).limit(limit)
        return await self._read(lambda c: deliveries.values(c, query))

    async def entries(self, limit: int = 100) -> Sequence[Entry]:
        return await self._read(partial(ledger.newest, limit=limit))

    async def evidence(self, scope: Scope, make: Callable[[Source], T]) -> T:
        """In a thread of its own: a pack takes as long as a minute, and there are two readers for everybody."""
        try:
            return await asyncio.to_thread(self._query, lambda c: make(Moment(c, scope)))
        except SQLAlchemyError as error:
            self._trouble.tell(error)
            raise

    async def standards(self) -> Sequence[str]:
        return await self._read(evidence.standards)

    async def export(
        self,
        write: Callable[[bytes], object],
        sign: Sign,
        made: datetime,
        version: str,
        since: datetime | None,
        until: datetime | None,
        told: Told,
    ) -> Header:
        """The ledger in [since, until), or all of it, as a file that can be verified; `write` is called in a thread."""
        return await self._read(lambda c: exporting.export(c, write, sign, made, version, since, until, told))

    async def recheck(self) -> Checked:
        """Whether the rollups are what their rows add up to."""
        return await self._read(rechecks.verify)

    async def verify(self) -> Verdict:
        """Whether the ledger is as it was written."""
        return await self._read(verify)
