"""serve, work, migrate: what the Procfile starts."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import signal
import sys

from bot.app import live
from bot.config import Settings
from storage.engine import connect, libpq
from storage.schema import migrate as bring_up_to_date

log = logging.getLogger(__name__)

# Seconds after which a thread that computes lets another have its turn. With Python's own 5 ms the storage threads
# and the event loop wait for each other in convoys: the slowest answer of a hundred took 8 to 20 times the middle one.
TURN = 0.001


async def serve(settings: Settings, arguments: argparse.Namespace) -> int:
    """Everything in one process, until SIGINT or SIGTERM."""
    return await _run(settings, serve=True)


async def work(settings: Settings, arguments: argparse.Namespace) -> int:
    """Schedules and deliveries, beside one or more `serve`."""
    return await _run(settings, serve=False)


async def migrate(settings: Settings, arguments: argparse.Namespace) -> int:
    """All migrations, then an end."""
    engine = connect(settings.database_url)
    await asyncio.to_thread(bring_up_to_date, engine)
    engine.dispose()
    address = libpq(settings.database_url)
    if address is not None:
        from bot.engine.namespace import prepare

        await asyncio.to_thread(prepare, address)
    log.info("the database is up to date")
    return 0


async def _run(settings: Settings, *, serve: bool) -> int:
    sys.setswitchinterval(TURN)
    gc.disable()  # as in `__main__`: the platforms are only imported now
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if settings.playground == "on" and (settings.slack_on or settings.teams_on):
        log.warning(
            "PLAYGROUND=on beside a real platform: whoever can use this machine can act as anybody and move the clock"
        )
    async with live(settings, serve=serve) as house:
        gc.freeze()
        gc.enable()
        on = ", ".join(sorted(house.doors)) or "nothing (set SLACK_BOT_TOKEN or MicrosoftAppId)"
        log.info("connected: %s", on)
        if serve:
            page = "/playground" if settings.playground_on else "/healthz"
            log.info("ready at http://%s:%s%s", settings.host, settings.port, page)
        await stop.wait()
        log.info("stopping; what is under way is finished first")
    return 0
