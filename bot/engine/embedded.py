"""The engine of one process: a heartbeat, and a bell that rings when something was put into the outbox."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from bot.clock import Heartbeat
from handlers.drain import Drain
from handlers.model import Queue
from handlers.plan import Plan
from handlers.ports import Clock, Unavailable

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
BEAT = timedelta(seconds=2)


class EmbeddedEngine:
    """`tick` plans what came due; the bell starts a drainer for each queue that has something due.

    A queue has one drainer at a time, and none waits for another's: what one platform throttles or
    lets hang is nothing to the rest.
    """

    def __init__(self, plan: Plan, drain: Drain, clock: Clock) -> None:
        self._plan = plan
        self._drain = drain
        self._clock = clock
        self._planning = asyncio.Lock()
        self._bell = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._drainers: dict[Queue, tuple[asyncio.Task[int], asyncio.Event]] = {}
        self._stopping = False
        self._heartbeat = Heartbeat({"tick": (TICK, self.tick), "beat": (BEAT, self._beat)})
        self.last_tick: datetime | None = None

    async def start(self) -> None:
        self._listener = asyncio.create_task(self._listen())
        self._heartbeat.start()

    async def stop(self) -> None:
        """No new work; what is under way is finished first."""
        self._stopping = True
        self._heartbeat.pause()
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        for _, bell in self._drainers.values():
            bell.set()
        await asyncio.gather(*(task for task, _ in self._drainers.values()), return_exceptions=True)
        async with self._planning:
            self._heartbeat.stop()

    def wake(self) -> None:
        """Something is in the outbox: look now rather than at the next beat."""
        self._bell.set()

    async def tick(self) -> int:
        """Nothing where the database is full or away, which it has said in the log: the next tick tries again."""
        async with self._planning:
            try:
                written = await self._plan.tick()
            except Unavailable:
                return 0
            self.last_tick = self._clock.now()
        if written:
            log.info("planned %d deliveries", written)
            self.wake()
        return written

    async def drain(self) -> int:
        """Everything that is due now, to its end."""
        return await self._drain.everything()

    async def _beat(self) -> None:
        """Ring, and put a new listener in the place of one that died of an error, which is logged here."""
        if self._listener is not None and self._listener.done():
            log.error("the outbox could not be looked at; trying again", exc_info=self._listener.exception())
            self._listener = asyncio.create_task(self._listen())
        self.wake()

    async def _listen(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            try:
                waiting = await self._drain.waiting()
            except Unavailable:
                continue
            for queue in waiting:
                if queue in self._drainers:
                    self._drainers[queue][1].set()
                    continue
                bell = asyncio.Event()
                task = asyncio.create_task(self._drain.empty(queue, bell, lambda: self._stopping))
                self._drainers[queue] = (task, bell)
                task.add_done_callback(partial(self._drained, queue))

    def _drained(self, queue: Queue, done: asyncio.Task[int]) -> None:
        """Look once more where something was done: a row may have come while the drainer was leaving."""
        del self._drainers[queue]
        error = None if done.cancelled() else done.exception()
        if isinstance(error, Unavailable):
            log.debug("draining %s stopped; the next beat tries again", _named(queue))
        elif error is not None:
            log.error("draining %s failed; the next beat tries again", _named(queue), exc_info=error)
        elif not done.cancelled() and done.result():
            log.info("%d rows of the outbox taken: %s", done.result(), _named(queue))
            self.wake()


def _named(queue: Queue) -> str:
    return f"{queue.job} in {queue.platform} {queue.workspace}"
