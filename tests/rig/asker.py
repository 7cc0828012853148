"""Somebody whose decisions change cards that were sent: they are asked for anew, at any moment of their lives."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from tests.rig.loop import NOBODY
from tests.rig.notes import Asked

if TYPE_CHECKING:
    from tests.rig.town import Town

TIMES = 12
TOGETHER = 3
RECENT = 25  # those planned last: some of them are on their way
PATIENCE = 30.0  # seconds


@dataclass(frozen=True)
class Asker:
    town: Town
    chance: Random

    def begins(self) -> None:
        plot = self.town.plot
        lasts = (plot.ends - plot.starts).total_seconds()
        for _ in range(TIMES):
            work = self._asks(self.chance.random() * lasts, self.chance.randrange(2**32))
            self.town.watch(self.town.loop.create_task(work, context=NOBODY.copy()))

    async def _asks(self, seconds: float, seed: int) -> None:
        """Twice within the time of a call, so that one request meets the other's call."""
        await asyncio.sleep(seconds)
        chance = Random(seed)
        planned = list(self.town.notes.planned)[-RECENT:]
        wanted = chance.sample(planned, min(TOGETHER, len(planned)))
        for _ in range(2):
            await self._asks_one(chance, wanted)
            await asyncio.sleep(chance.uniform(0.0, 20.0))

    async def _asks_one(self, chance: Random, wanted: list[str]) -> None:
        with suppress(IndexError):
            process, now = chance.choice(self.town.running), self.town.clock.now()
            task = process.run(process.memory.refresh(wanted, now))
            await asyncio.wait({task}, timeout=PATIENCE)
            if task.done() and task.exception() is None:
                self.town.notes.asked.update(dict.fromkeys(wanted, Asked(now)))
                process.wake()
