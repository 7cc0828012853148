"""A whole run from its plot, on an empty database and a clock of its own."""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy import Engine

from storage import rosters
from tests.rig.loop import Endless, VirtualLoop
from tests.rig.memory import emptied
from tests.rig.plot import Plot
from tests.rig.town import Town

CHUNK = 2  # deliveries that are planned in one transaction: rosters are small here


def lived(plot: Plot, engine: Engine) -> Town:
    """A whole run. Whoever is still under way at its end is stopped there."""
    emptied(engine)
    loop = VirtualLoop()
    whole, rosters.CHUNK = rosters.CHUNK, CHUNK
    logging.disable(logging.ERROR)
    try:
        town = Town(plot, engine, loop)
        try:
            loop.run_until_complete(town.run())
        except Endless as endless:
            town.notes.errors.append(f"the run has no end: {endless}")
        for process in list(town.running):
            town._ends(process)
        _cleared(loop)
    finally:
        logging.disable(logging.NOTSET)
        rosters.CHUNK = whole
        loop.close()
    return town


def _cleared(loop: VirtualLoop) -> None:
    """The tasks of the dead are let go of without a step more of theirs."""
    for task in asyncio.all_tasks(loop):
        task._log_destroy_pending = False  # type: ignore[attr-defined]
        task.get_coro().close()
