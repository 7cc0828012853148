"""From the start of a process to a port that takes connections, against the bare imports of all its libraries."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from handlers.model import Platform
from storage.store import Storage
from tests.bench import slack
from tests.bench.peers import SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import of_children, running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale
from tests.bench.sends import connected

LIBRARIES = (
    "aiohttp.web, apscheduler.schedulers.asyncio, botbuilder.core, dotenv, jwt, markdown_it, msal, pydantic, "
    "slack_bolt.adapter.socket_mode.aiohttp, slack_bolt.async_app, slack_sdk, sqlalchemy, sqlmodel, yaml"
)


async def starting(folder: Path, scale: Scale) -> list[Row]:
    """With everything compiled and the database migrated, as after the first start on a machine.

    Whatever this process was told about compiled files: a setting to write none would have our own compiled at every
    start, and not the libraries.
    """
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(SlackPeer()))
        other = await stack.enter_async_context(open_peer(TeamsPeer()))
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        alone = {**slack.settings(peer), **compiled, "DATABASE_URL": f"sqlite:///{folder}/start.db"}
        both = {**alone, **await connected(stack, folder, Platform.TEAMS, other)}
        alone["PROGRAMME"] = both["PROGRAMME"]
        Storage.open(alone["DATABASE_URL"], version="bench").close()
        everything, slack_only, imports = Starts(), Starts(), Starts()
        for number in range(2 * scale.rounds + 1):
            took = await _start(folder, both), await _start(folder, alone), await _import(folder, compiled)
            if number:  # the first has compiled everything
                for starts, start in zip((everything, slack_only, imports), took, strict=True):
                    starts.seconds.append(start[0])
                    starts.cpu.append(start[1])
    return [
        everything.row("start", imports, "<= 1.3", "Slack and Teams, to the first connection"),
        slack_only.row("start slack", imports, "<= 0.8", "Slack alone"),
    ]


@dataclass
class Starts:
    """Rounds of one way to start: seconds on the clock, and seconds of CPU."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def row(self, name: str, imports: Starts, goal: str, what: str) -> Row:
        middle = statistics.median
        return Row(
            name,
            ms(middle(self.seconds)),
            ms(middle(imports.seconds)),
            ratios(self.seconds, imports.seconds),
            goal,
            f"{what} / importing all libraries, of both; CPU {ms(middle(self.cpu))} / {ms(middle(imports.cpu))} "
            f"(by that alone {ratios(self.cpu, imports.cpu):.2f})",
        )


async def _start(folder: Path, env: dict[str, str]) -> tuple[float, float]:
    began = time.perf_counter()
    async with running(["-m", "bot", "serve"], env, folder / "start.log", listening=False) as process:
        await process.listens(pause=0.003)
        took = time.perf_counter() - began, process.cpu()
        await asyncio.sleep(0.3)  # its first tick is not to be cut short
        return took


async def _import(folder: Path, env: dict[str, str]) -> tuple[float, float]:
    words = ["-c", f"import os, {LIBRARIES}; os._exit(0)"]  # to tear them down again is not asked for
    began, before = time.perf_counter(), of_children()
    async with running(words, env, folder / "import.log", listening=False) as process:
        await process.ends(pause=0.003)
        return time.perf_counter() - began, of_children() - before
