"""Questions chosen for everybody at 09:30, against the bare reading of the memories that they are chosen from."""

from __future__ import annotations

import gc
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bot.__main__ import RUBBISH
from bot.cli.running import TURN
from content.campaigns import Cadence, Campaign
from content.packs import Library, check_pack, serves
from content.pieces import Quiz
from handlers.desk import Desk
from handlers.learning import questions
from handlers.learning.memory import day_of
from handlers.model import Person, Platform
from storage.store import Storage
from tests.bench.company import ZONE, person
from tests.bench.inside import child, each
from tests.bench.launch import watching
from tests.bench.learning.year import PACK, programme
from tests.bench.processes import memory
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale
from tests.fakes import FrozenClock

Json = dict[str, Any]
DUE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)  # a Tuesday, 09:30 in Berlin
EACH = 40  # memories of a person
PATTERNS = 500  # people whose memories differ; the others remember as one of them does
READ = "SELECT person, item, stability, difficulty, met, reviewed, answers, streak FROM memory"


async def selection(folder: Path, scale: Scale) -> list[Row]:
    """A slot of two questions for everybody: CPU of one core, growth, stall; each round beside a plain read."""
    many = scale.of(100_000, 10_000)
    url = f"sqlite:///{folder}/memories.db"
    Storage.open(url, version="bench").close()
    fill(url, many)
    chosen, read = [], []
    for _ in range(min(scale.rounds, 3)):
        chosen.append(await child(folder, "choosing", url, str(many), wanted=many))
        read.append(await child(folder, "fetching", url, wanted=many * EACH))
    seconds = each(chosen, "seconds"), each(read, "seconds")
    a_hundred_thousand = statistics.median(seconds[0]) * 100_000 / many
    stall = statistics.median(each(chosen, "stall"))
    return [
        Row(
            "selection",
            f"{statistics.median(seconds[0]):.1f} s CPU",
            f"{statistics.median(seconds[1]):.1f} s CPU",
            ratios(*seconds),
            note=f"for {many:,} people with {EACH} memories each / the same rows read by sqlite3 alone",
        ),
        Row(
            "selection at 09:30",
            f"{a_hundred_thousand:.1f} s CPU",
            "60 s",
            a_hundred_thousand / 60,
            "<= 1",
            f"for 100,000 people; wall clock {statistics.median(each(chosen, 'wall')):.1f} s for {many:,}",
        ),
        Row(
            "selection stall",
            ms(stall),
            "50 ms",
            stall / 0.05,
            "<= 1",
            "longest stall of the event loop meanwhile",
        ),
        Row(
            "selection memory",
            f"{statistics.median(each(chosen, 'grown')):.0f} MiB",
            note=f"peak over what was there before, of which {chosen[0]['kept']:.0f} MiB stay with the result",
        ),
    ]


def fill(url: str, people: int) -> None:
    """So many people who each remember EACH items that are meant for them, some of it due."""
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    database.execute("PRAGMA synchronous = OFF")
    with database:
        database.executemany("INSERT INTO memory VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _rows(people))
    database.close()


def _rows(people: int) -> Iterator[tuple[Any, ...]]:
    random, names = Random(1), sorted(library().items)
    patterns = [_memories(random, names) for _ in range(PATTERNS)]
    for number in range(people):
        key = f"person-{number:06}"
        for remembered in patterns[number % PATTERNS]:
            yield key, *remembered


def _memories(random: Random, names: list[str]) -> list[tuple[Any, ...]]:
    """In the order of the key, so that rows are appended."""
    found = []
    today = day_of(DUE)
    for name in sorted(random.sample(names, EACH)):
        met = today - random.uniform(8, 360)
        reviewed = random.uniform(met, today - 7)
        stability = 2 ** random.uniform(-2, 8)
        found.append(
            (
                name,
                stability,
                random.uniform(1, 10),
                met,
                reviewed,
                random.randint(1, 6),
                random.randint(0, 4),
            )
        )
    return found


async def choosing(url: str, count: str) -> Json:
    """`questions.chosen` as the planner calls it, in a process that is set as `serve` is; CPU of all its threads."""
    sys.setswitchinterval(TURN)
    gc.freeze()
    gc.set_threshold(RUBBISH)
    store = Storage.open(url, version="bench")
    people: list[Person] = [person(number, Platform.SLACK) for number in range(int(count))]
    desk = Desk(store, library(), FrozenClock(DUE), lambda: "")
    await questions.chosen(desk, campaign(), DUE, ZONE, people[:10])  # statements are compiled
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    resident = memory("VmRSS")
    async with watching() as watch:
        wall, cpu = time.perf_counter(), time.process_time()
        found = await questions.chosen(desk, campaign(), DUE, ZONE, people)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    grown, kept = (memory("VmHWM") - resident) / 1024, (memory("VmRSS") - resident) / 1024
    store.close()
    asked = sum(isinstance(quiz, Quiz) for quiz in found.values())
    return {
        "count": asked,
        "seconds": cpu,
        "wall": wall,
        "stall": watch.longest,
        "grown": grown,
        "kept": kept,
    }


async def fetching(url: str) -> Json:
    """The rows read by sqlite3 and nothing else, a thousand people's at a time."""
    database, count = sqlite3.connect(url.removeprefix("sqlite:///")), 0
    began = time.process_time()
    cursor = database.execute(READ)
    while rows := cursor.fetchmany(1000 * EACH):
        count += len(rows)
    seconds = time.process_time() - began
    database.close()
    return {"count": count, "seconds": seconds}


def library() -> Library:
    """The ISO 9001 pack as a bank."""
    whole = programme()
    return Library({piece.id: serves(piece, whole.standards) for piece in check_pack(PACK)}, whole)


def campaign() -> Campaign:
    cadence = Cadence.model_validate({"repeat": "weekly", "days": ["tue"], "at": "09:30"})
    return Campaign(
        id="quiz", title="Two minutes", questions=2, cadence=cadence, starts=DUE.date() - timedelta(7)
    )
