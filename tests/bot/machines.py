"""Several machines of one company: each a house of its own, with the engine of many, on one PostgreSQL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg

from bot.engine.distributed import DistributedEngine
from bot.engine.namespace import conninfo
from content.cards import Card
from content.packs import Library
from handlers.model import Address, Delivery, Receipt, Roster
from storage.store import Storage
from tests.conftest import SUNDAY, Company, at
from tests.fakes import FrozenClock, RecordingChat

EVERY = timedelta(seconds=1)
HEARTBEAT = timedelta(seconds=0.5)


@dataclass
class Place(RecordingChat):
    """A send takes `seconds`, and hangs while the place is shut."""

    seconds: float = 0.0
    begun: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.opened.set()

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        self.begun += 1
        await asyncio.sleep(self.seconds)
        await self.opened.wait()
        return await super().send(address, card, delivery_id, before=before)

    @property
    def sent(self) -> list[str]:
        return [delivery for _, _, delivery in self.shown]


class Machine:
    """`name` owns its claims; everything else is as in any company."""

    def __init__(
        self, name: str, url: str, library: Library, clock: FrozenClock, seconds: float = 0.0
    ) -> None:
        self.chat = Place(seconds=seconds)
        self.store = Storage.open(url, version="test")
        company = Company(self.store, library, clock, self.chat)
        company.desk = replace(company.desk, new_id=lambda: f"{name}-{time.monotonic_ns()}")
        company.drain = replace(company.drain, owner=name)
        self.engine = DistributedEngine(
            company.plan, company.drain, clock, url, every=EVERY, heartbeat=HEARTBEAT
        )
        company.dispatch = replace(company.dispatch, desk=company.desk, wake=self.engine.wake)
        self.company = company

    async def off(self) -> None:
        self.chat.opened.set()
        await self.engine.stop()
        self.store.close()


def without_campaigns(library: Library) -> Library:
    return Library(library.pieces, library.programme.model_copy(update={"campaigns": ()}))


async def bulk(machine: Machine, people: int) -> list[str]:
    """That many rows due at once, and the ids of their deliveries."""
    person = await machine.company.admit("ada")
    rows = tuple(
        Delivery(
            id=f"bulk{number}",
            person=person.key,
            campaign="bulk",
            slot=f"slot{number}",
            piece=None,
            card=Card(title="Hello"),
            address=at("ada"),
            due_at=SUNDAY,
            expires_at=SUNDAY + timedelta(days=2),
        )
        for number in range(people)
    )
    roster = Roster("bulk", "slot", "UTC", SUNDAY, "everyone", "", None, len(rows), rows)
    await machine.store.plan(roster, SUNDAY)
    return [row.id for row in rows]


async def until(reached: Callable[[], bool], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not reached():
            await asyncio.sleep(0.02)


def asked(url: str, query: str, *parameters: Any) -> Any:
    """One value out of Procrastinate's tables."""
    with psycopg.connect(conninfo(url)) as connection:
        row = connection.execute(query, parameters).fetchone()
        return row[0] if row else None
