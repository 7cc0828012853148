"""The engine of one process: a heartbeat, and a bell that rings when something was put into the outbox."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot.clock import Heartbeat
from handlers.deliver import Drain
from handlers.plan import Plan
from handlers.ports import Clock

log = logging.getLogger(__name__)

TICK = timedelta(seconds=5)
DRAIN = timedelta(seconds=2)


class EmbeddedEngine:
    """`tick` plans what came due, `drain` empties the outbox; each runs once at a time in this process."""

    def __init__(self, plan: Plan, drain: Drain, clock: Clock) -> None:
        self._plan = plan
        self._drain = drain
        self._clock = clock
        self._planning = asyncio.Lock()
        self._draining = asyncio.Lock()
        self._bell = asyncio.Event()
        self._listener: asyncio.Task[None] | None = None
        self._heartbeat = Heartbeat({"tick": (TICK, self.tick), "drain": (DRAIN, self._beat)})
        self.last_tick: datetime | None = None

    async def start(self) -> None:
        self._listener = asyncio.create_task(self._listen())
        self._heartbeat.start()

    async def stop(self) -> None:
        """No new work; what is under way is finished first."""
        self._heartbeat.stop()
        if self._listener is not None:
            self._listener.cancel()
            with suppress(asyncio.CancelledError):
                await self._listener
        async with self._planning, self._draining:
            pass

    def wake(self) -> None:
        """Something is in the outbox: drain it now rather than at the next beat."""
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
        async with self._draining:
            taken = await self._drain.everything()
        if taken:
            log.info("drained %d deliveries", taken)
        return taken

    async def _beat(self) -> None:
        """Ring the bell, and replace a listener that died of an error (which is logged once here)."""
        if self._listener is not None and self._listener.done():
            log.error("draining failed; starting again", exc_info=self._listener.exception())
            self._listener = asyncio.create_task(self._listen())
        self.wake()

    async def _listen(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            await self.drain()
