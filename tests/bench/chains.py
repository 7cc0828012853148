"""The ledger verified, in the database and as an export, against reading the same rows and hashing the same bytes."""

from __future__ import annotations

import asyncio
import hashlib
import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.sealing import holds, key_from
from handlers.ledger.exports import Export
from storage.engine import connect, writing
from storage.ledger import Ledger
from storage.store import Storage
from storage.verifying import verify, verify_at
from tests.bench.inside import child, each
from tests.bench.processes import memory
from tests.bench.report import Row, ratios
from tests.bench.scale import Scale

Json = dict[str, Any]
GOAL = 300_000  # events a second
AT_ONCE = 2_000
BEGAN = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)
KEY = key_from("ab" * 32, "the bench")


async def ledger(folder: Path, scale: Scale) -> list[Row]:
    """Rates are to seconds of CPU of one process; on all cores to the clock."""
    many, few = scale.of(500_000, 100_000), scale.of(50_000, 10_000)
    urls = {count: f"sqlite:///{folder}/ledger-{count}.db" for count in (few, many)}
    for count, url in urls.items():
        fill(url, count)
    small = await child(folder, "verified", urls[few], wanted=few)
    file = str(folder / "ledger.jsonl")
    exported = await child(folder, "exported", urls[many], file, wanted=many)
    found: dict[str, list[Json]] = {}
    for _ in range(scale.rounds):
        for name, where in (
            ("verified", urls[many]),
            ("selected", urls[many]),
            ("together", urls[many]),
            ("read", file),
            ("hashed", file),
        ):
            found.setdefault(name, []).append(await child(folder, name, where, wanted=many))

    def rate(name: str) -> float:
        return many / statistics.median(each(found[name], "seconds"))

    def against(name: str) -> list[float]:
        return each(found[name], "seconds")

    def shown(name: str) -> str:
        return f"{rate(name):,.0f} events/s"

    size = Path(file).stat().st_size / many
    return [
        Row("ledger database", shown("verified"), "300,000", rate("verified") / GOAL, ">= 1", "one process"),
        Row(
            "ledger beside a SELECT",
            shown("verified"),
            shown("selected"),
            ratios(against("verified"), against("selected")),
            note="time of verifying / of fetching all columns by sqlite3",
        ),
        Row(
            "ledger on all cores",
            shown("together"),
            "300,000",
            rate("together") / GOAL,
            ">= 1",
            f"by the clock, on {os.cpu_count()} cores",
        ),
        Row("ledger export", shown("read"), "300,000", rate("read") / GOAL, ">= 1", "an export, one process"),
        Row(
            "ledger beside SHA-256",
            shown("read"),
            shown("hashed"),
            ratios(against("read"), against("hashed")),
            note=f"time of verifying an export / of hashing its lines alone; {size:.0f} bytes each",
        ),
        Row(
            "ledger memory",
            f"{found['verified'][0]['grown']:.0f} MiB",
            f"{small['grown']:.0f} MiB",
            note=f"peak while verifying {many:,} / {few:,}; exporting {exported['grown']:.0f} MiB, an export "
            f"{found['read'][0]['grown']:.0f} MiB",
        ),
    ]


def fill(url: str, count: int) -> None:
    """So many answers, each as the product writes it."""
    Storage.open(url, version="bench").close()
    engine, log = connect(url), Ledger("0.1.0")
    with engine.connect() as plain:
        connection = writing(plain)
        for start in range(0, count, AT_ONCE):
            with connection.begin():
                log.append(connection, [_answer(number) for number in range(start, start + AT_ONCE)])
    engine.dispose()


def _answer(number: int) -> Json:
    delivery, person = f"{number:032x}", f"{number % 100_000:032x}"
    return {
        "at": BEGAN + timedelta(seconds=number, microseconds=number * 7 % 1_000_000),
        "kind": "answered",
        "participation": True,
        "once": f"{delivery}:answered:policy-item-{number % 400}",
        "actor": person,
        "person": person,
        "platform": "slack",
        "role": "employee",
        "delivery": delivery,
        "campaign": "two-minutes",
        "slot": "2026-11-23T09:30",
        "zone": "Europe/Berlin",
        "audience": "everyone",
        "due": BEGAN,
        "object_id": f"quiz-policy-{number % 100}",
        "object_kind": "quiz",
        "object_version": "ab" * 32,
        "title": "Two minutes, one question",
        "clauses": '[["ISO 9001", "2015", "7.3"]]',
        "item": f"policy-item-{number % 400}",
        "value": "ABC"[number % 3],
        "correct": number % 3 == 0,
        "certainty": number % 3 + 1,
        "duration_ms": number * 37 % 900_000,
    }


def _timed(work: Callable[[], int]) -> Json:
    """Seconds of CPU, and MiB at the peak above what was there before."""
    Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
    before, began = memory("VmRSS"), time.process_time()
    count = work()
    seconds = time.process_time() - began
    return {"count": count, "seconds": seconds, "grown": (memory("VmHWM") - before) / 1024}


async def verified(url: str) -> Json:
    def work() -> int:
        with connect(url).connect() as connection:
            return verify(connection).checked

    return _timed(work)


async def together(url: str) -> Json:
    cores = os.cpu_count() or 1
    os.sched_setaffinity(0, range(cores))
    began = time.perf_counter()
    verdict = verify_at(url, cores, lambda total, done: None)
    return {"count": verdict.checked, "seconds": time.perf_counter() - began}


async def selected(url: str) -> Json:
    """Every column of every row in Python's hands, and nothing done with it."""

    def work() -> int:
        rows = sqlite3.connect(url.removeprefix("sqlite:///")).execute("SELECT * FROM ledger")
        count = 0
        while page := rows.fetchmany(2_000):
            count += len(page)
        return count

    return _timed(work)


async def exported(url: str, file: str) -> Json:
    store = Storage.open(url, version="bench")

    def sign(text: bytes) -> tuple[str, str]:
        return KEY.public, KEY.sign(text)

    def work() -> int:
        with Path(file).open("wb") as out:
            header = store.export(out.write, sign, BEGAN, "bench", None, None, lambda total, done: None)
            return asyncio.run(header).entries

    found = await asyncio.to_thread(_timed, work)
    store.close()
    return found


async def read(file: str) -> Json:
    def work() -> int:
        with Path(file).open("rb", buffering=1 << 20) as lines:
            export = Export.open(lines.readline, holds)
            export.verify([], lambda total, done: None)
            return export.header.entries

    return _timed(work)


async def hashed(file: str) -> Json:
    def work() -> int:
        with Path(file).open("rb", buffering=1 << 20) as lines:
            return sum(len(hashlib.sha256(line).hexdigest()) == 64 for line in lines) - 2

    return _timed(work)
