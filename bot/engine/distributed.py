"""The engine of many processes on PostgreSQL: whoever has a hand free plans and drains."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta

from bot.engine.jobs import AWAY, Jobs, Urgency
from handlers.drain import Drain
from handlers.model import Queue
from handlers.plan import Plan
from handlers.ports import Clock, Unavailable

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
HEARTBEAT = timedelta(seconds=10)
TURN = timedelta(seconds=10)  # a job drains no longer than this, and asks for another if there is more
LONG = timedelta(seconds=1)  # what takes longer than this is shared
TRIES = 4  # how often a job looks for a process that is not at its queue already
AGAIN = timedelta(seconds=1)  # until what failed is begun anew
SAID_AGAIN = 60.0  # seconds between two lines about a database that is away


class DistributedEngine:
    """A process has one drainer for a queue at a time; several processes may share a queue.

    That is right because claims are conditional and the pace lies in the database. A job only says where to look:
    what to send, and whether, is known from the rows, so a job that is lost, doubled or late does no harm.
    """

    def __init__(
        self,
        plan: Plan,
        drain: Drain,
        clock: Clock,
        database_url: str,
        *,
        catch_up: Callable[[], Awaitable[None]] | None = None,
        every: timedelta = TICK,
        heartbeat: timedelta = HEARTBEAT,
    ) -> None:
        """catch_up: called before each job, where something must be learnt from other processes first."""
        self._plan = plan
        self._drain = drain
        self._clock = clock
        self._catch_up = catch_up
        self._jobs = Jobs(database_url, self._on_tick, self._on_drain, every=every, heartbeat=heartbeat)
        self._planning = asyncio.Lock()
        self._bell = asyncio.Event()
        self._drainers: dict[Queue, asyncio.Event] = {}
        self._kept: list[asyncio.Task[None]] = []
        self._stopping = False
        self._said_away = float("-inf")
        self.last_tick: datetime | None = None

    async def start(self) -> None:
        await self._jobs.open()
        self._kept = [asyncio.create_task(self._keep(each)) for each in (self._jobs.work, self._listen)]

    async def stop(self) -> None:
        """No new work; what is under way is finished first."""
        self._stopping = True
        for bell in self._drainers.values():
            bell.set()
        for task in self._kept:
            task.cancel()
        await asyncio.gather(*self._kept, return_exceptions=True)
        await self._jobs.close()
        async with self._planning:
            pass

    def wake(self) -> None:
        """Something is in the outbox: look now rather than at the next tick."""
        self._bell.set()

    async def tick(self) -> int:
        async with self._planning:
            written = await self._plan.tick()
            self.last_tick = self._clock.now()
        if written:
            log.info("planned %d deliveries", written)
            self.wake()
        return written

    async def drain(self) -> int:
        """Everything that is due now, to its end."""
        return await self._drain.everything()

    async def _keep(self, work: Callable[[], Awaitable[None]]) -> None:
        """Begin it anew whenever it ends: the database was away, or Procrastinate's tables were."""
        while not self._stopping:
            (error,) = await asyncio.gather(work(), return_exceptions=True)
            if isinstance(error, (*AWAY, Unavailable)):
                self._say_away(error)
            else:
                log.error("the engine stumbled and begins anew", exc_info=error)
            await asyncio.sleep(AGAIN.total_seconds())

    def _say_away(self, error: BaseException) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._said_away >= SAID_AGAIN:
            self._said_away = now
            why = str(error.__cause__ or error).strip().partition("\n")[0]
            log.error("the engine cannot reach its database and tries again every second: %s", why)

    async def _listen(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            for queue in await self._drain.waiting():
                bell = self._drainers.get(queue)
                if bell is not None:
                    bell.set()
                else:
                    await self._jobs.ring(queue, Urgency.NOW)

    async def _on_tick(self) -> None:
        """Nothing where the database is full or away, which it has said itself: the next tick is soon."""
        with suppress(Unavailable):
            await self._look_and_plan()

    async def _look_and_plan(self) -> None:
        """First what waits: to plan for a hundred thousand takes minutes, and longer when two do it at once."""
        if self._catch_up is not None:
            await self._catch_up()
        await self._jobs.revive()
        for queue in await self._drain.waiting():
            await self._jobs.ring(queue, Urgency.SHARED, TRIES)
        async with self._jobs.alone() as alone:
            if alone:
                await self.tick()

    async def _on_drain(self, queue: Queue, tries: int) -> None:
        with suppress(Unavailable):
            await self._take_a_turn(queue, tries)

    async def _take_a_turn(self, queue: Queue, tries: int) -> None:
        """A turn at the queue; where this process is at it already, the job goes on to another."""
        if self._catch_up is not None:
            await self._catch_up()
        bell = self._drainers.get(queue)
        if bell is not None:
            bell.set()
            if tries > 1:
                await self._jobs.ring(queue, Urgency.SHARED, tries - 1)
            return
        self._drainers[queue] = asyncio.Event()
        until = asyncio.get_running_loop().time() + TURN.total_seconds()
        turn = asyncio.create_task(self._turn(queue, until))
        done, _ = await asyncio.wait({turn}, timeout=LONG.total_seconds())
        if not done:
            await self._jobs.ring(queue, Urgency.SHARED, TRIES)
        taken = await turn
        if taken:
            log.info("%d rows of the outbox taken: %s", taken, " ".join(queue))
        if self._over(until):
            await self._jobs.ring(queue, Urgency.SHARED, TRIES)

    async def _turn(self, queue: Queue, until: float) -> int:
        bell, taken = self._drainers[queue], 0
        try:
            while True:
                taken += await self._drain.empty(queue, bell, lambda: self._over(until))
                if not bell.is_set() or self._over(
                    until
                ):  # a row may have come while the drainer was leaving
                    return taken
        finally:
            del self._drainers[queue]

    def _over(self, until: float) -> bool:
        return self._stopping or asyncio.get_running_loop().time() >= until
