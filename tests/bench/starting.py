"""From the start of a process to a port that takes connections, against the bare imports of all its libraries."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import AsyncExitStack
from pathlib import Path

from handlers.model import Platform
from storage.store import Storage
from tests.bench import slack
from tests.bench.peers import SlackPeer, TeamsPeer, open_peer
from tests.bench.processes import running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale
from tests.bench.sends import connected

LIBRARIES = (
    "aiohttp.web, apscheduler.schedulers.asyncio, botbuilder.core, dotenv, jwt, markdown_it, msal, pydantic, "
    "slack_bolt.adapter.socket_mode.aiohttp, slack_bolt.async_app, slack_sdk, sqlalchemy, sqlmodel, yaml"
)


async def starting(folder: Path, scale: Scale) -> list[Row]:
    """With everything compiled and the database migrated, as after the first start on a machine."""
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(open_peer(SlackPeer()))
        other = await stack.enter_async_context(open_peer(TeamsPeer()))
        alone = {**slack.settings(peer), "DATABASE_URL": f"sqlite:///{folder}/start.db"}
        both = {**alone, **await connected(stack, folder, Platform.TEAMS, other)}
        alone["PROGRAMME"] = both["PROGRAMME"]
        Storage.open(alone["DATABASE_URL"], version="bench").close()
        everything, slack_only, imports = [], [], []
        for number in range(2 * scale.rounds + 1):
            seconds = await _start(folder, both), await _start(folder, alone), await _import(folder)
            if number:  # the first has compiled what had changed
                everything.append(seconds[0])
                slack_only.append(seconds[1])
                imports.append(seconds[2])
    bare = ms(statistics.median(imports))
    return [
        Row(
            "start",
            ms(statistics.median(everything)),
            bare,
            ratios(everything, imports),
            "<= 1.3",
            "Slack and Teams, to the first connection / importing all libraries",
        ),
        Row(
            "start slack",
            ms(statistics.median(slack_only)),
            bare,
            ratios(slack_only, imports),
            "<= 0.8",
            "Slack alone / importing all libraries, those of Teams too",
        ),
    ]


async def _start(folder: Path, env: dict[str, str]) -> float:
    began = time.perf_counter()
    async with running(["-m", "bot", "serve"], env, folder / "start.log", listening=False) as process:
        await process.listens(pause=0.003)
        seconds = time.perf_counter() - began
        await asyncio.sleep(0.3)  # its first tick is not to be cut short
        return seconds


async def _import(folder: Path) -> float:
    began = time.perf_counter()
    words = ["-c", f"import os, {LIBRARIES}; os._exit(0)"]  # to tear them down again is not asked for
    async with running(words, {}, folder / "import.log", listening=False) as process:
        await process.ends(pause=0.003)
        return time.perf_counter() - began
