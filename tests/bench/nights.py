"""What everybody remembers: the night's reckoning of four million memories, and recall as it is asked for by day."""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.__main__ import RUBBISH
from bot.cli.running import TURN
from handlers.desk import Desk
from handlers.events import Change
from handlers.learning import recall
from handlers.learning.reckoning import asked, reckon
from handlers.model import Platform
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import card
from storage.store import Storage
from tests.bench.company import ZONE, add_people, person
from tests.bench.inside import child
from tests.bench.launch import watching
from tests.bench.processes import memory
from tests.bench.report import Row, ms, percentile
from tests.bench.scale import Scale
from tests.bench.selection import DUE, EACH, fill, library
from tests.fakes import FrozenClock

Json = dict[str, Any]
NIGHTS = 60  # of history, which the cards tell of too
TIMES = 50  # each way of asking


async def nights(folder: Path, scale: Scale) -> list[Row]:
    people = scale.of(100_000, 5_000)
    url = f"sqlite:///{folder}/nights.db"
    Storage.open(url, version="bench").close()
    add_people(url, [person(number, Platform.SLACK) for number in range(people)])
    fill(url, people)
    told = await child(folder, "reckoning", url, wanted=people)
    by_day = await child(folder, "recalling", url, wanted=4 * TIMES)
    seconds = told["cpu"] * 100_000 / people
    return [
        Row(
            "recall, the night",
            f"{told['cpu']:.1f} s CPU",
            "120 s",
            seconds / 120,
            "<= 1",
            f"{people:,} people with {EACH} memories each, scaled to 100,000; wall clock {told['wall']:.1f} s, "
            f"{told['grown']:.0f} MiB more at most",
        ),
        Row(
            "recall, a commit then",
            ms(told["commit"]),
            "50 ms",
            told["commit"] / 0.05,
            "<= 1",
            f"p99 of {told['commits']:,} meanwhile; longest stall of the event loop {ms(told['stall'])}",
        ),
        Row(
            "stats recall",
            ms(by_day["p95"]),
            "100 ms",
            by_day["p95"] / 0.1,
            "<= 1",
            f"the slowest p95 of four, from the night: {by_day['slowest']}, card and all",
        ),
    ]


def _desk(store: Storage) -> Desk:
    return Desk(store, library(), FrozenClock(DUE), lambda: "")


def as_served() -> None:
    sys.setswitchinterval(TURN)
    gc.freeze()
    gc.set_threshold(RUBBISH)


async def reckoning(url: str) -> Json:
    """In a process that is set as `serve` is."""
    as_served()
    store = Storage.open(url, version="bench")
    desk = _desk(store)
    told = await meanwhile(store, reckon(desk, asked(desk, DUE), DUE))
    (whole,) = (await store.nights.of("all", [DUE]))[DUE]
    store.close()
    return told | {"count": whole.now.people}


async def meanwhile(store: Storage, night: Awaitable[None]) -> Json:
    """What it costs, and what it costs others: something is committed every 20 ms."""
    await store.nights.many()  # the reader and the writer are there
    await store.keep_value("bench", "")
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    resident = memory("VmRSS")
    commits: list[float] = []
    async with watching() as watch:
        writing = asyncio.create_task(_committing(store, commits))
        wall, cpu = time.perf_counter(), time.process_time()
        await night
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        writing.cancel()
    return {
        "wall": wall,
        "cpu": cpu,
        "grown": (memory("VmHWM") - resident) / 1024,
        "commit": percentile(commits, 0.99),
        "commits": len(commits),
        "stall": watch.longest,
    }


async def _committing(store: Storage, took: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await store.commit(Change(inbox=f"event-{len(took)}", at=DUE))
        took.append(time.perf_counter() - began)
        await asyncio.sleep(0.02)


async def recalling(url: str) -> Json:
    """`stats recall` as a card, of a company that has had a night for two months."""
    as_served()
    store = Storage.open(url, version="bench")
    desk = _desk(store)
    for by in ("all", "clause", "standard"):
        rows = (await store.nights.of(by, [DUE]))[DUE]  # type: ignore[arg-type]
        for number in range(1, NIGHTS):
            await store.nights.keep(DUE - number * timedelta(days=1), {by: rows})  # type: ignore[dict-item]
    found = {word: await _asked(desk, word, DUE) for word in recall.WORDS}
    store.close()
    slowest = max(found, key=lambda word: found[word])
    return {"count": len(found) * TIMES, "p95": found[slowest], "slowest": slowest}


async def _asked(desk: Desk, word: str, now: datetime) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        sheet = await recall.recall(Scope(desk, now, now, now, ZoneInfo(ZONE), word=word))
        card(sheet)
        took.append(time.perf_counter() - began)
    return percentile(took, 0.95)
