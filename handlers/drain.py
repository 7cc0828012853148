"""Empty the outbox queue by queue: take what is due as its pace allows, and keep every place at work.

The claim is committed before the call; what becomes of each row is `handlers.deliver`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from handlers import deliver, redraw
from handlers.deliver import Deliverer, pace_of
from handlers.desk import Desk
from handlers.model import Claim, Job, Places, Queue
from handlers.ports import Chats, Unavailable
from handlers.redraw import Redrawer

IN_FLIGHT = 64  # calls under way at once in one queue: what 50 calls a second take when each lasts a second
FOR_ANSWERS = 8  # places of those that the many leave free


@dataclass(frozen=True)
class Drain:
    """owner: the name of this drainer, different for every process that ever runs."""

    desk: Desk
    chats: Chats
    owner: str

    @property
    def _deliverer(self) -> Deliverer:
        return Deliverer(self.desk, self.chats, self.owner)

    async def everything(self) -> int:
        """Until nothing is due anywhere. Returns how many rows were taken."""
        total = 0
        while taken := sum(await asyncio.gather(*map(self.empty, await self.waiting()))):
            total += taken
        return total

    async def waiting(self) -> Sequence[Queue]:
        """Take back rows whose owner died; then name the queues that have something due."""
        await self.desk.store.reclaim(self._now(), deliver.QUARANTINE)
        return await self.desk.store.waiting(self._now())

    async def empty(
        self, queue: Queue, bell: asyncio.Event | None = None, stopping: Callable[[], bool] = bool
    ) -> int:
        """One queue until nothing is due in it. Returns how many rows were taken.

        A place that becomes free is filled at once, and the bell asks to look again while all that is
        under way hangs: nobody waits for somebody else's slow answer. Raises Unavailable, after what was under way.
        """
        bell, deliverer = bell or asyncio.Event(), self._deliverer
        redrawer = Redrawer(self.desk, self.chats)
        under_way: set[asyncio.Task[None]] = set()
        broken: list[BaseException] = []

        def ended(task: asyncio.Task[None]) -> None:
            under_way.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                broken.append(error)
            bell.set()

        total = 0
        try:
            while True:
                bell.clear()
                if broken:
                    raise broken[0]
                places = Places(IN_FLIGHT - len(under_way), IN_FLIGHT - FOR_ANSWERS - len(under_way))
                claim = Claim() if stopping() or not places.free else await self._claim(queue, places)
                for work in (
                    *starmap(deliverer.deliver, claim.taken),
                    *map(deliverer.take_away, claim.withdrawals),
                    *map(redrawer.draw_anew, claim.refreshes),
                ):
                    task = asyncio.create_task(work)
                    under_way.add(task)
                    task.add_done_callback(ended)
                    total += 1
                if not under_way and claim.again is None:
                    return total
                await self._until(bell, claim.again if len(under_way) < IN_FLIGHT else None)
        except Unavailable as away:
            await asyncio.gather(*under_way, return_exceptions=True)
            raise next((error for error in broken if not isinstance(error, Unavailable)), away) from None

    async def _until(self, bell: asyncio.Event, again: datetime | None) -> None:
        """Wait for the bell, which what is finished rings too, or until the pace has room again."""
        timer = None
        if again is not None:
            timer = asyncio.create_task(self._ring_at(again, bell))
        await bell.wait()
        if timer is not None:
            timer.cancel()

    async def _ring_at(self, moment: datetime, bell: asyncio.Event) -> None:
        await self.desk.clock.wait_until(moment)
        bell.set()

    async def _claim(self, queue: Queue, places: Places) -> Claim:
        pace = pace_of(self.chats, queue.platform, queue.job)
        lease = redraw.lease() if queue.job is Job.EDIT else deliver.LEASE
        return await self.desk.store.claim(queue, self._now(), self.owner, lease, places, pace)

    def _now(self) -> datetime:
        return self.desk.clock.now()
