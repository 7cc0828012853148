"""demo: a year of a plausible company, made in an empty database for the playground to open."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import timedelta

from bot.app import VERSION
from bot.cli.days import day
from bot.clock import SystemClock
from bot.config import BadSetting, Settings
from bot.demo.programme import MADE
from bot.demo.year import Plot, Year
from bot.stage import CLOCK_AHEAD, PLAYED
from storage.engine import connect
from storage.inloop import InLoopStorage
from storage.schema import migrate

FEWEST, MOST_WEEKS = 20, 104


async def demo(settings: Settings, arguments: argparse.Namespace) -> int:
    """Refuses a database in which there is anybody. Raises BadSetting."""
    until = day(arguments.until, "--until") if arguments.until else SystemClock().now().date()
    if arguments.people < FEWEST:
        raise BadSetting(f"--people {arguments.people}: a company of fewer than {FEWEST} shows nothing")
    if not 1 <= arguments.weeks <= MOST_WEEKS:
        raise BadSetting(f"--weeks {arguments.weeks}: from 1 to {MOST_WEEKS}")
    engine = connect(settings.database_url)
    await asyncio.to_thread(migrate, engine)
    store = InLoopStorage(engine, VERSION)
    try:
        if await store.people() or await store.entries(1):
            raise BadSetting(
                "DATABASE_URL names a database that has people or a log in it already, and a made-up company is put "
                "only into an empty one. Name another, such as sqlite:///var/demo.db"
            )
        await store.keep_value(PLAYED, "yes")
        await store.keep_value(MADE, until.isoformat())
        plot = Plot(arguments.seed, until, arguments.people, arguments.weeks)
        ended = await Year(plot, store, _say).live()
        ahead: timedelta = ended - SystemClock().now()
        await store.keep_value(CLOCK_AHEAD, str(ahead.total_seconds()))
        _say(f"done: it is {ended:%A %d %B %Y, %H:%M} UTC there. `make run` with this DATABASE_URL opens it")
    finally:
        store.close()
    return 0


def _say(said: str) -> None:
    sys.stderr.write(said + "\n")
