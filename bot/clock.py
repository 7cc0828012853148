"""The time, and the heartbeat that wakes us; the only file that reads the one or imports the other."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

Job = Callable[[], Awaitable[object]]


class SystemClock:
    """The time of this machine."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))


class MovableClock(SystemClock):
    """The time of this machine and a bit: the playground's clock, which only goes forward."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move(self, to: datetime) -> None:
        """Be at `to` from now on; a time that has passed changes nothing."""
        self.ahead += max(to - self.now(), timedelta())


class Heartbeat:
    """Runs a few stateless jobs every so often. What is due is not its business: the database knows."""

    def __init__(self, jobs: Mapping[str, tuple[timedelta, Job]]) -> None:
        from apscheduler.schedulers.asyncio import AsyncIOScheduler  # most commands have no heartbeat

        self._jobs = jobs
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        )

    def start(self) -> None:
        for name, (every, job) in self._jobs.items():
            self._scheduler.add_job(
                job, "interval", seconds=every.total_seconds(), id=name, next_run_time=datetime.now(UTC)
            )
        self._scheduler.start()

    def pause(self) -> None:
        """No job begins any more; those under way go on."""
        if self._scheduler.running:
            self._scheduler.pause()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
