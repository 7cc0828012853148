"""Starts the product as `python -m bot` does, without a pace, or with a watch on its event loop.

BENCH_PACE=off: as fast as it goes, for a peer that bears it. BENCH_STALLS names a file: at the end the longest
time for which the loop stood still is written to it.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import FileIO
from pathlib import Path

from bot.__main__ import main
from bot.app import House, live
from bot.cli import running as commands
from bot.config import Settings

BEAT = 0.002  # seconds


class Watch:
    """How late a task is that does nothing but sleep for 2 ms: so long nobody else had a turn either.

    The time in which the thread could have run and others had the core is not counted.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    async def look(self) -> None:
        with Path("/proc/thread-self/schedstat").open("rb", buffering=0) as schedule:
            while True:
                began, crowded = time.perf_counter(), _crowded(schedule)
                await asyncio.sleep(BEAT)
                late = time.perf_counter() - began - BEAT - (_crowded(schedule) - crowded)
                self.longest = max(self.longest, late)


def _crowded(schedule: FileIO) -> float:
    """Seconds so far in which this thread waited for a core."""
    schedule.seek(0)
    return int(schedule.read().split()[1]) / 1e9


@asynccontextmanager
async def watching() -> AsyncIterator[Watch]:
    watch = Watch()
    looking = asyncio.create_task(watch.look())
    await asyncio.sleep(2 * BEAT)
    watch.longest = 0.0
    try:
        yield watch
    finally:
        await asyncio.sleep(2 * BEAT)  # what stood still until now is noticed only in the next turn
        looking.cancel()


@asynccontextmanager
async def watched(settings: Settings, *, serve: bool) -> AsyncIterator[House]:
    async with live(settings, serve=serve) as house, watching() as watch:
        yield house
        Path(os.environ["BENCH_STALLS"]).write_text(str(watch.longest))


def unpaced() -> None:
    """No platform has a limit. What is not connected is not imported: that is part of what is measured."""
    if "SLACK_BOT_TOKEN" in os.environ:
        from bot.slack.chat import SlackChat

        SlackChat.paces = {}
    if "MicrosoftAppId" in os.environ:
        from bot.teams import connector
        from bot.teams.chat import TeamsChat

        TeamsChat.paces = {}
        connector.PER_TENANT = (1_000_000, 1.0)
        connector.APART = 0.0


if __name__ == "__main__":
    if os.environ.get("BENCH_PACE") == "off":
        unpaced()
    if "BENCH_STALLS" in os.environ:
        vars(commands)["live"] = watched
    sys.exit(main())
