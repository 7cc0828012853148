"""Measures, each against a baseline of the same run: the machines are noisy, ratios are not.

`make bench` prints a table; nothing here fails for being slow.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from content.packs import load
from handlers.events import Change
from handlers.features import compose
from handlers.model import Address, Delivery, Participation, Person, Platform, Roster
from storage.store import Storage
from tests.bot.processes import serving
from tests.conftest import SUNDAY

ROUNDS = 5
LIBRARY = load(Path("content/packs/starter/programme.yaml"))
QUIZ = LIBRARY.piece("oil-near-the-drain")
Measured = tuple[float, float]  # ours, the baseline; both a second


async def answers(folder: Path) -> Measured:
    """Answers made durable, 32 in flight; the baseline commits one row after another in plain sqlite3."""
    store = Storage.open(f"sqlite:///{folder}/answers.db", version="bench")
    ada = Person(key="ada", name="Ada")
    rows = [_delivery(number, "ada") for number in range(1_000)]
    await store.commit(Change(inbox="start", at=SUNDAY, person=ada, deliver=tuple(rows)))

    async def answer(row: Delivery) -> None:
        did = Participation(verb="answered", item="0", value="A", correct=True)
        await store.commit(Change(inbox=row.id, at=SUNDAY, actor=ada, delivery=row, remember=(did,)))

    ours = await _in_flight(answer, rows, 32)
    store.close()
    plain = sqlite3.connect(folder / "plain.db", isolation_level=None)
    plain.execute("pragma journal_mode=wal")
    plain.execute("pragma synchronous=full")
    plain.execute("create table answer (id text primary key, body text)")
    began = time.perf_counter()
    for row in rows:
        plain.execute("insert into answer values (?, ?)", (row.id, "x" * 400))
    baseline = len(rows) / (time.perf_counter() - began)
    plain.close()
    return ours, baseline


async def planning(folder: Path) -> Measured:
    """Deliveries planned, with their ledger; the baseline is one executemany of as many rows."""
    store = Storage.open(f"sqlite:///{folder}/planning.db", version="bench")
    count = 5_000
    rows = tuple(_delivery(number, f"p{number}", "campaign") for number in range(count))
    began = time.perf_counter()
    await store.plan(Roster("campaign", "2026-11-23T09:30", "Europe/Berlin", SUNDAY, rows), SUNDAY)
    ours = count / (time.perf_counter() - began)
    store.close()
    plain = sqlite3.connect(folder / "plain2.db")
    plain.execute("create table delivery (id text primary key, body text)")
    began = time.perf_counter()
    with plain:
        plain.executemany("insert into delivery values (?, ?)", ((row.id, "x" * 600) for row in rows))
    return ours, count / (time.perf_counter() - began)


async def starting(folder: Path) -> Measured:
    """Starts to /healthz; the baseline only imports the libraries."""
    libraries = "import aiohttp.web, sqlmodel, apscheduler.schedulers.asyncio, markdown_it, yaml"
    began = time.perf_counter()
    with serving({"DATABASE_URL": f"sqlite:///{folder}/start.db"}):
        ours = 1 / (time.perf_counter() - began)
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", libraries], check=True)
    return ours, 1 / (time.perf_counter() - began)


BENCHES: dict[str, Callable[[Path], Awaitable[Measured]]] = {
    "durable answers, 32 in flight / one sqlite3 commit each": answers,
    "deliveries planned with their ledger / one executemany": planning,
    "starts to /healthz / bare imports": starting,
}


def _delivery(number: int, person: str, campaign: str = "on-demand") -> Delivery:
    return Delivery(
        id=f"d{number}",
        person=person,
        campaign=campaign,
        slot="2026-11-23T09:30" if campaign == "campaign" else f"s{number}",
        piece=QUIZ,
        card=compose(QUIZ, Person(key=person)),
        address=Address(Platform.PLAYGROUND, "bench", person),
        due_at=SUNDAY,
        expires_at=SUNDAY.replace(year=2027),
    )


async def _in_flight(work: Callable[[Delivery], Awaitable[None]], rows: list[Delivery], most: int) -> float:
    waiting = iter(rows)

    async def worker() -> None:
        for row in waiting:
            await work(row)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(most)))
    return len(rows) / (time.perf_counter() - began)


def main() -> None:
    print(f"{'':58}{'ratio':>8}{'ours/s':>12}{'baseline/s':>12}   median of {ROUNDS}")
    for name, bench in BENCHES.items():
        rounds: list[Measured] = []
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                rounds.append(asyncio.run(bench(Path(folder))))  # type: ignore[arg-type]
        ratio = statistics.median(ours / baseline for ours, baseline in rounds)
        ours, baseline = (statistics.median(values) for values in zip(*rounds, strict=True))
        print(f"{name:58}{ratio:8.2f}{ours:12,.1f}{baseline:12,.1f}")


if __name__ == "__main__":
    main()
