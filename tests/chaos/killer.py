"""Who strikes, when and at whom, by the seed: kill -9, a stop longer than a lease, the database torn down.

A blow waits a moment for the product to be in the middle of something: most of a run it is idle.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from random import Random

from handlers.ports import Clock
from tests.chaos import spans
from tests.chaos.databases import Database
from tests.chaos.processes import Worker

BUSY = 4  # calls under way
AIMS_FOR = 2.5  # seconds at most until the product is that busy
WITHIN = 0.15  # seconds after it is


class Blow(StrEnum):
    KILL = "killed"
    STOP = "stopped"
    CRASH = "database torn down"


@dataclass(frozen=True)
class Struck:
    """A blow as it fell; until: when the process ran again, or the database answered."""

    at: datetime
    until: datetime
    blow: Blow
    whom: str

    def __str__(self) -> str:
        return f"{self.at:%T.%f} {self.whom} {self.blow} until {self.until:%T.%f}"


@dataclass
class Killer:
    """under_way: how many calls the platforms are just answering."""

    workers: list[Worker]
    database: Database
    clock: Clock
    seed: int
    under_way: Callable[[], int]
    struck: list[Struck] = field(default_factory=list)

    async def strikes(self, lasts: float, bursts: Sequence[float]) -> None:
        """Everything in so many seconds; ended when all run again. bursts: when many cards go out."""
        chance = Random(f"{self.seed} killer")
        blows = [Blow.KILL] * chance.randint(3, 6) + [Blow.CRASH]
        stopped = chance.sample(self.workers, chance.randint(2, len(self.workers) - 1))
        async with asyncio.TaskGroup() as group:
            for blow in blows:
                moment, whom = chance.uniform(0.2, lasts), chance.choice(self.workers)
                group.create_task(self._strike(blow, moment, whom, chance.random()))
            for whom in stopped:
                moment = chance.choice(bursts) + chance.uniform(0, 0.3)
                group.create_task(self._strike(Blow.STOP, moment, whom, chance.random()))

    async def _strike(self, blow: Blow, moment: float, whom: Worker, drawn: float) -> None:
        await asyncio.sleep(moment)
        await self._aim(drawn)
        at = self.clock.now()
        up = self._up(whom)
        if blow is Blow.CRASH:
            name = "the database"
            if not await asyncio.to_thread(self.database.crash):
                return
        elif up is None:
            return
        elif blow is Blow.KILL:
            name = up.name
            up.kill()
            await asyncio.sleep(drawn * 0.8)
            up.start()
        else:
            name = up.name
            up.stop()
            await asyncio.sleep(_asleep(drawn))
            up.go_on()
        self.struck.append(Struck(at, self.clock.now(), blow, name))

    def _up(self, whom: Worker) -> Worker | None:
        """Who was meant, or the next who runs; nobody where all are struck already."""
        at = self.workers.index(whom)
        return next((w for w in self.workers[at:] + self.workers[:at] if w.alive and not w.stopped), None)

    async def _aim(self, drawn: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(AIMS_FOR):
                while self.under_way() < BUSY:
                    await asyncio.sleep(0.01)
        await asyncio.sleep(drawn * WITHIN)


def _asleep(drawn: float) -> float:
    """Seconds: a third of the stops end when others have taken the rows, the rest when they have sent them."""
    longer = 0.2 if drawn < 0.33 else spans.QUARANTINE + 0.4
    return spans.LEASE + longer + drawn
