"""One process of the product, as `python -m bot serve` or `work` runs it, with its spans shortened."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from multiprocessing import connection, parent_process
from pathlib import Path

from bot import logs
from bot.cli import running
from bot.clock import SystemClock
from bot.config import Settings
from tests.chaos import spans

# Imported once, by the server that forks the processes: to start one again takes milliseconds.
PRELOADED = ["tests.chaos.process", "bot.engine.distributed", "bot.slack.inbound", "bot.teams.inbound"]
CLOCK = "bot.app:SystemClock"


class AheadClock(SystemClock):
    """So far ahead of the machine's that a campaign falls due in the middle of a run: slots are full minutes."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead


def run(command: str, environ: Mapping[str, str], ahead: float, log: Path) -> None:
    """command: "serve" or "work". ahead: seconds that this run's clock is ahead of the machine's."""
    _write_to(log)
    threading.Thread(target=_end_with_the_rig, daemon=True).start()
    spans.shorten()
    spans.substitute(CLOCK, lambda: AheadClock(timedelta(seconds=ahead)))
    os.environ.update(environ)  # some of it is read by libraries: REQUESTS_CA_BUNDLE
    settings = Settings.read(environ)
    logs.configure("INFO")
    start = {"serve": running.serve, "work": running.work}[command]
    sys.exit(asyncio.run(start(settings, argparse.Namespace())))


def _write_to(log: Path) -> None:
    """Standard output and error, in one file over all lives of the process."""
    sys.stdout.flush()
    sys.stderr.flush()
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)


def _end_with_the_rig() -> None:
    """A rig that was killed leaves nothing running."""
    rig = parent_process()
    assert rig is not None
    connection.wait([rig.sentinel])
    os._exit(1)
