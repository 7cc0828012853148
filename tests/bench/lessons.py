"""What ten million answers tell: the night's counting of them, and the numbers as they are asked for by day."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers.desk import Desk
from handlers.learning.gathered import reckon
from handlers.learning.lessons import EVERY
from handlers.numbers.insights import TOPICS
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import card
from storage.store import Storage
from tests.bench.company import ZONE
from tests.bench.inside import child
from tests.bench.nights import as_served, meanwhile
from tests.bench.report import Row, ms, percentile
from tests.bench.selection import library
from tests.fakes import FrozenClock

Json = dict[str, Any]
NOW = datetime(2026, 12, 1, 0, 5, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
TIMES = 50  # each way of asking
ASKED: Mapping[str, tuple[str, str]] = {
    "items": ("items", ""),
    "items ID": ("items", "item-7"),
    "wrong": ("wrong", ""),
    "wrong clause": ("wrong", "clause"),
    "delayed": ("delayed", ""),
}


async def lessons(folder: Path, answers: int) -> list[Row]:
    """Of the answers that are in the file already."""
    url = f"sqlite:///{folder}/numbers.db"
    night = await child(folder, "counting", url, wanted=len(EVERY))
    by_day = await child(folder, "learning", url, wanted=len(ASKED) * TIMES)
    of = f"{answers:,} answers"
    many = 10_000_000 / answers
    return [
        Row(
            "answers, the night",
            f"{night['cpu']:.1f} s CPU",
            "240 s",
            night["cpu"] * many / 240,
            "<= 1",
            f"{of}, scaled to ten million; wall clock {night['wall']:.1f} s, {night['grown']:.0f} MiB more at most",
        ),
        Row(
            "answers, a commit then",
            ms(night["commit"]),
            "50 ms",
            night["commit"] / 0.05,
            "<= 1",
            f"p99 of {night['commits']:,} meanwhile; longest stall of the event loop {ms(night['stall'])}",
        ),
        Row(
            "stats items, wrong, ...",
            ms(by_day["p95"]),
            "100 ms",
            by_day["p95"] / 0.1,
            "<= 1",
            f"the slowest p95 of {len(ASKED)}, from the night: {by_day['slowest']}, card and all",
        ),
        Row(
            "stats items 30",
            f"{by_day['other']:.1f} s CPU",
            note=f"another period of {of}, counted in steps; {by_day['other'] * many:.0f} s of ten million",
        ),
    ]


def _desk(store: Storage) -> Desk:
    """There are no memories beside these answers, so that there is much has to be said."""
    store.nights.at_once = -1
    return Desk(store, library(), FrozenClock(NOW), lambda: "")


async def counting(url: str) -> Json:
    as_served()
    store = Storage.open(url, version="bench")
    told = await meanwhile(store, reckon(_desk(store), NOW, MIDNIGHT))
    kept = [await store.lessons.newest(kind) for kind in EVERY]
    store.close()
    return told | {"count": sum(bool(known and known.rows) for known in kept)}


async def learning(url: str) -> Json:
    """Each topic as a card, as the chat shows it."""
    as_served()
    store = Storage.open(url, version="bench")
    desk = _desk(store)
    found = {}
    for name, (topic, word) in ASKED.items():
        took = [await _asked(desk, topic, word, TOPICS[topic].days or 0) for _ in range(TIMES)]
        found[name] = percentile(took, 0.95)
    cpu = time.process_time()
    await _asked(desk, "items", "", 30)
    other = time.process_time() - cpu
    store.close()
    slowest = max(found, key=lambda name: found[name])
    return {"count": len(found) * TIMES, "p95": found[slowest], "slowest": slowest, "other": other}


async def _asked(desk: Desk, topic: str, word: str, days: int) -> float:
    scope = Scope(desk, NOW, NOW - timedelta(days=days), NOW, ZoneInfo(ZONE), word=word)
    began = time.perf_counter()
    card(await TOPICS[topic].run(scope))
    return time.perf_counter() - began
