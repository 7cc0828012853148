"""Planning and claiming, each in a process of its own, against what does the same with less care or more effort."""

from __future__ import annotations

import json
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from handlers.model import Platform
from storage.store import Storage
from tests.bench.company import add_people, found, person
from tests.bench.processes import Nonsense, running
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale

Json = dict[str, Any]
DUE = 2000  # rows to claim, jobs to fire


async def planning(folder: Path, scale: Scale) -> list[Row]:
    """A campaign to everyone, through Plan.tick, against one executemany of the rows it wrote."""
    many, few = scale.of(100_000, 10_000), scale.of(10_000, 1_000)
    rounds = min(scale.rounds, 3)
    empty = _people(folder, "empty", 0)
    planned, inserted = [], []
    small = await child(folder, "planning", _people(folder, "few", few), wanted=few)
    everybody = _people(folder, "many", many)
    for number in range(rounds):
        ours, theirs = _copy(everybody, f"ours{number}"), _copy(empty, f"theirs{number}")
        planned.append(await child(folder, "planning", ours, wanted=many))
        inserted.append(await child(folder, "inserting", theirs, ours, wanted=many))
        for url in (ours, theirs):
            Path(url.removeprefix("sqlite:///")).unlink()
    seconds = each(planned, "seconds"), each(inserted, "seconds")
    grown = statistics.median(each(planned, "grown"))
    stall = statistics.median(each(planned, "stall"))
    rate = [many / statistics.median(s) for s in seconds]
    return [
        Row(
            "planning",
            f"{rate[0]:.0f} rows/s",
            f"{rate[1]:.0f} rows/s",
            ratios(*seconds),
            "<= 4",
            f"time of {many:,} / one bulk INSERT; loading the people apart: "
            f"{statistics.median(each(planned, 'loading')):.1f} s; longest stall {ms(stall)}; {rounds} rounds",
        ),
        Row(
            "planning memory",
            f"{grown:.0f} MiB",
            f"{small['grown']:.0f} MiB",
            note=f"peak over the people loaded, {many:,} deliveries / {few:,}",
        ),
    ]


async def claiming(folder: Path, scale: Scale) -> list[Row]:
    """Due rows claimed in one go, against APScheduler firing as many due jobs."""
    company = await found(f"sqlite:///{folder}/due.db", DUE, Platform.SLACK)
    jobs = f"sqlite:///{folder}/jobs.db"
    await child(folder, "filling", jobs, str(DUE), wanted=DUE)
    claimed, fired = [], []
    for number in range(scale.rounds):
        ours, theirs = _copy(company.url, f"due{number}"), _copy(jobs, f"jobs{number}")
        claimed.append(await child(folder, "claiming", ours, str(DUE), wanted=DUE))
        fired.append(await child(folder, "firing", theirs, str(DUE), wanted=DUE))
    seconds = each(claimed, "seconds"), each(fired, "seconds")
    stalls = statistics.median(each(claimed, "stall")), statistics.median(each(fired, "stall"))
    return [
        Row(
            "claiming",
            ms(statistics.median(seconds[0])),
            ms(statistics.median(seconds[1])),
            ratios(*seconds),
            "<= 0.02",
            f"{DUE:,} due rows in hand / {DUE:,} due jobs fired by APScheduler",
        ),
        Row(
            "claiming stall",
            ms(stalls[0]),
            ms(stalls[1]),
            stalls[0] / 0.05,
            "<= 1",
            "longest stall of the event loop meanwhile; the ratio is to 50 ms",
        ),
    ]


def _people(folder: Path, name: str, count: int) -> str:
    url = f"sqlite:///{folder}/{name}.db"
    Storage.open(url, version="bench").close()
    if count:
        add_people(url, [person(number, Platform.SLACK) for number in range(count)])
    return url


def _copy(url: str, name: str) -> str:
    path = Path(url.removeprefix("sqlite:///"))
    target = path.with_name(f"{name}.db")
    shutil.copy(path, target)
    return f"sqlite:///{target}"


async def child(folder: Path, *words: str, wanted: int) -> Json:
    """What a child said. Raises Nonsense unless it counted as many as there were."""
    log = folder / "child.log"
    async with running(["-m", "tests.bench.children", *words], {}, log, listening=False) as process:
        await process.ends()
    said: Json = json.loads(log.read_text().splitlines()[-1])
    if said["count"] != wanted:
        raise Nonsense(f"{words[0]}: {said['count']} of {wanted}")
    return said


def each(children: Sequence[Json], name: str) -> list[float]:
    return [child[name] for child in children]
