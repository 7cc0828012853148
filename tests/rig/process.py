"""One process of the product: it plans, drains and takes in what people do, until it is frozen or killed."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.desk import Desk
from handlers.dispatch import Dispatch
from handlers.drain import Drain
from handlers.model import Claim, Delivery, Places, Queue, Roster, Status
from handlers.pace import Pace
from handlers.plan import Plan
from tests.rig.line import Line
from tests.rig.loop import NOBODY, Strand
from tests.rig.memory import Memory
from tests.rig.notes import Claimed, Ended, Notes, Strike, Taken, Waits

if TYPE_CHECKING:
    from tests.rig.town import Town

T = TypeVar("T")
RESTS = timedelta(hours=1)  # at most, between two looks at an outbox in which nothing is due
LEASED = timedelta(seconds=15)  # while a lease may run out


class NotedMemory(Memory):
    """Its storage, and what it did there written down."""

    def __init__(self, town: Town, name: str, chance: Random) -> None:
        super().__init__(town.engine, chance)
        self._name = name
        self._notes: Notes = town.notes
        self._clock = town.clock

    async def claim(
        self, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places, pace: Pace | None
    ) -> Claim:
        claim = await super().claim(queue, now, owner, lease, places, pace)
        if claim.calls:
            self._notes.claimed.append(Claimed(now, queue, claim.calls))
        for row, _ in claim.taken:
            noted = Taken(now, self._name, queue, row.id, row.attempt, row.lane, row.person)
            self._notes.taken.append(noted)
        return claim

    async def settle(self, delivery: Delivery, owner: str, status: Status, at: datetime, **more: Any) -> bool:
        ours = await super().settle(delivery, owner, status, at, **more)
        words = " ".join(str(more[name]) for name in ("reason", "code", "resolved_by") if more.get(name))
        noted = Ended(self._clock.now(), self._name, delivery.id, delivery.attempt, status, words, ours)
        self._notes.ended.append(noted)
        return ours

    async def throttle(self, queue: Queue, now: datetime, until: datetime, pace: Pace | None) -> None:
        await super().throttle(queue, now, until, pace)
        self._notes.waits.append(Waits(self._clock.now(), queue, until))

    async def plan(self, roster: Roster, at: datetime) -> int:
        rows = tuple(roster.deliveries)
        self._notes.planned.update({row.id: (row.card, row.piece) for row in rows})
        return await super().plan(replace(roster, deliveries=rows), at)


class Process:
    """Runs as `bot/engine/embedded.py` does, but sleeps until something is due instead of looking every 2 s."""

    def __init__(self, town: Town, name: str) -> None:
        self.name = name
        self.alive = True
        self._town = town
        self._chance = Random(f"{town.plot.seed} {name}")
        self.strand = Strand(name, town.loop)
        self.memory = NotedMemory(town, name, self._chance)
        self._desk = Desk(self.memory, town.library, town.clock, town.new_id)
        self._plan = Plan(self._desk)
        chats = {side.platform: Line(side, name, self._chance) for side in town.sides}
        self._drain = Drain(self._desk, chats, owner=name)
        self.dispatch = Dispatch(self._desk, self.wake)
        self._bell, self._news = asyncio.Event(), asyncio.Event()
        self._drainers: dict[Queue, tuple[asyncio.Task[int], asyncio.Event]] = {}
        self.run(self._plans())
        self.run(self._drains())

    def wake(self) -> None:
        self._bell.set()

    def looks(self) -> None:
        """At its calendar, as every process does every 5 s: a broadcast was launched or recalled."""
        self._news.set()

    def run(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task of this process; one that fails is an error of the product, or of the rig."""
        task = self.strand.run(work)
        task.add_done_callback(self._ended, context=NOBODY)
        return task

    def freeze(self, seconds: float) -> None:
        self._note(f"is frozen for {seconds:.0f} s")
        self.strand.stop()
        self._town.loop.call_later(seconds, self._thaw, context=NOBODY)

    def kill(self) -> None:
        self._note("is killed")
        self.alive = False
        self.strand.stop()
        self.memory.close()

    def _thaw(self) -> None:
        if self.alive:
            self._note("goes on")
            self._town.burns(self)
            self.strand.go_on()

    async def _plans(self) -> None:
        while not self._town.closing:
            self._news.clear()
            if await self._plan.tick():
                self.wake()
            now = self._town.clock.now()
            await _rings(self._news, self._town.next_look(now, self._chance) - now)

    async def _drains(self) -> None:
        while True:
            self._bell.clear()
            for queue in await self._drain.waiting():
                if queue in self._drainers:
                    self._drainers[queue][1].set()
                    continue
                bell = asyncio.Event()
                task = self.run(self._drain.empty(queue, bell))
                self._drainers[queue] = (task, bell)
                task.add_done_callback(partial(self._drained, queue))
            await self._rest()

    def _drained(self, queue: Queue, done: asyncio.Task[int]) -> None:
        del self._drainers[queue]
        if not done.cancelled() and done.exception() is None and done.result():
            self.wake()

    async def _rest(self) -> None:
        """Until the bell rings, something falls due or a lease may have run out."""
        now = self._town.clock.now()
        due = await self.memory.next_due(now)
        until = min(now + (LEASED if self._town.anything_leased() else RESTS), due or now + RESTS)
        await _rings(self._bell, until - now + timedelta(seconds=self._chance.uniform(0.001, 2.0)))

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self._town.notes.errors.append(f"{self.name}: {task.exception()!r}")

    def _note(self, what: str) -> None:
        self._town.notes.strikes.append(Strike(self._town.clock.now(), self.name, what))


async def _rings(bell: asyncio.Event, within: timedelta) -> None:
    """Come back when it rings, or when so much time has passed."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within.total_seconds()):
            await bell.wait()
