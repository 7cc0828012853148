"""The evidence pack of one standard and a year of 100,000 people, against writing down its rows and nothing else."""

from __future__ import annotations

import asyncio
import csv
import gc
import itertools
import os
import resource
import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert

from bot.__main__ import RUBBISH
from bot.evidence.making import Order, make
from content.pieces import BasePiece, Clause, Item, Message, Quiz
from handlers.evidence.pack import Scope
from handlers.evidence.sample import Draw
from handlers.evidence.trails import told
from handlers.model import Platform
from storage import rechecks
from storage.broadcasts import OCCURRENCE
from storage.contents import Hashes, clauses_of, clauses_text, keep
from storage.deliveries import DELIVERY
from storage.engine import connect, writing
from storage.ledger import Ledger
from storage.store import Storage
from tests.bench.company import ZONE, add_people, person, row
from tests.bench.inside import child, each
from tests.bench.processes import memory
from tests.bench.report import Row, ratios
from tests.bench.scale import Scale

Json = dict[str, Any]
SLOTS = 12  # of the standard in a year: a message and a quiz in turn
FIRST = datetime(2026, 1, 12, 8, 30, tzinfo=UTC)
AT_ONCE = 10_000  # rows of one INSERT
SCOPE = Scope("ISO/IEC 27001:2022", date(2026, 1, 1), date(2026, 12, 31), ZoneInfo(ZONE))
ORDER = Order(SCOPE, "Bench", "bench", datetime(2027, 1, 4, tzinfo=UTC))
ROWS = (
    "SELECT * FROM person",
    "SELECT * FROM delivery",
    "SELECT * FROM delivery WHERE status = 'sent'",
    "SELECT * FROM ledger WHERE participation = 1",
)


async def evidence(folder: Path, scale: Scale) -> list[Row]:
    """Each in a process of its own, so that its memory is its own too."""
    people = scale.of(100_000, 5_000)
    url = f"sqlite:///{folder}/evidence.db"
    Storage.open(url, version="bench").close()
    fill(url, people)
    made, dumped = [], []
    for _ in range(min(scale.rounds, 2)):
        made.append(await child(folder, "packing", url, wanted=people * SLOTS))
        dumped.append(await child(folder, "dumping", url, wanted=people * SLOTS))
    drawn = await child(folder, "sampling", url, wanted=5)
    seconds = each(made, "seconds"), each(dumped, "seconds")
    ours, resident = statistics.median(seconds[0]), max(each(made, "megabytes"))
    clock = statistics.median(each(made, "clock"))
    said = f"{people:,} people, {people * SLOTS:,} assignments, {made[0]['answers']:,} answers"
    return [
        Row(
            "evidence",
            f"{ours:.1f} s CPU",
            f"{statistics.median(seconds[1]):.1f} s CPU",
            ratios(*seconds),
            note=f"{said} / its rows as CSV by sqlite3",
        ),
        Row(
            "evidence in time",
            f"{clock:.1f} s",
            "120 s",
            clock / 120,
            "<= 1",
            f"by the clock, on {os.cpu_count()} cores: another process writes the log",
        ),
        Row(
            "evidence in memory",
            f"{resident:.0f} MB",
            "500 MB",
            resident / 500,
            "<= 1",
            "resident at most, both processes",
        ),
        Row("sample", f"{drawn['seconds']:.1f} s CPU", note="5 people with their complete trail"),
    ]


async def packing(url: str) -> Json:
    folder = Path(url.removeprefix("sqlite:///")).with_name("pack")
    return await _measured(url, lambda store: _packed(store, folder))


async def _packed(store: Storage, folder: Path) -> Json:
    made = await store.evidence(SCOPE, lambda source: make(ORDER, source, folder, lambda *_: None))
    await asyncio.to_thread(_remove, folder)
    return {"count": made.counts.all.audience, "answers": made.counts.all.answers}


async def sampling(url: str) -> Json:
    return await _measured(url, _sampled)


async def _sampled(store: Storage) -> Json:
    _, found = await store.evidence(SCOPE, lambda source: told(source, Draw()))
    return {"count": len(found)}


async def dumping(url: str) -> Json:
    """What cannot be spared: the rows read once and written once."""
    path = Path(url.removeprefix("sqlite:///"))
    database = sqlite3.connect(path)
    began, counts = time.process_time(), []
    for query in ROWS:
        with path.with_name("dump.csv").open("w", newline="") as file:
            write, count = csv.writer(file).writerow, 0
            for line in database.execute(query):
                write(line)
                count += 1
        counts.append(count)
    return {"count": counts[1], "seconds": time.process_time() - began}


async def _measured(url: str, run: Any) -> Json:
    store = Storage.open(url, version="bench")
    gc.set_threshold(RUBBISH)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    began, clock = _cpu(), time.perf_counter()
    said: Json = await run(store)
    said |= {"seconds": _cpu() - began, "clock": time.perf_counter() - clock}
    store.close()
    others = resource.getrusage(
        resource.RUSAGE_CHILDREN
    ).ru_maxrss  # no less than ours when they were started
    said["megabytes"] = (memory("VmHWM") + others) / 1024
    return said


def _cpu() -> float:
    """Seconds of this process and of those it started."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def fill(url: str, people: int) -> None:
    """Of ten nine were reached; of these seven of ten acknowledged a message, and six answered a quiz."""
    cast = [person(n, Platform.SLACK if n % 2 else Platform.TEAMS) for n in range(people)]
    add_people(url, cast)
    engine = connect(url)
    with engine.connect() as plain:
        connection = writing(plain)
        for number in range(SLOTS):
            with connection.begin():
                _slot(connection, number, cast)
        with connection.begin():
            rechecks.fill(connection)
    engine.dispose()


def pieces(number: int) -> BasePiece:
    clause = Clause(standard="ISO/IEC 27001", edition="2022", clause=("7.3", "A.5.1", "A.6.3")[number % 3])
    if number % 2 == 0:
        return Message(id=f"message-{number}", title="Lock your screens", text="Please.", clauses=(clause,))
    options = {"A": "Ask", "B": "Wait", "C": "Hope"}
    items = [
        Item(
            id=f"item-{number}-{n}",
            stem="What now?",
            options=options,
            key="A",
            explanation="So.",
            clauses=(clause,),
        )
        for n in range(2)
    ]
    return Quiz(id=f"quiz-{number}", title="What now?", items=tuple(items))


def _slot(connection: Connection, number: int, cast: list[Any]) -> None:
    piece, at, hashes = pieces(number), FIRST + number * timedelta(days=28), Hashes()
    keep(connection, [piece], hashes)
    campaign = f"campaign-{number}"
    slot: Json = {"campaign": campaign, "slot": f"{at:%Y-%m-%dT%H:%M}", "zone": ZONE, "audience": "everyone"}
    planned = {"due_at": at, "planned_at": at, "closed_at": at, "roster_size": len(cast)}
    connection.execute(insert(OCCURRENCE), row(OCCURRENCE, **slot, **planned))
    hash_ = hashes.of(piece)
    usual: Json = slot | {
        "piece": hash_,
        "card": hash_,
        "piece_id": piece.id,
        "lane": 2,
        "week": f"{at:%G-W%V}",
    }
    usual |= {"to_acknowledge": number % 2 == 0} | dict.fromkeys(("slot_at", "due_at", "expires_at"), at)
    _insert(connection, DELIVERY, (_delivery(usual, number, n, who, at) for n, who in enumerate(cast)))
    about: Json = slot | {
        "object_id": piece.id,
        "object_kind": piece.kind,  # type: ignore[attr-defined]
        "object_version": hash_,
        "title": piece.title,
        "clauses": clauses_text(clauses_of(piece)),
        "due": at,
    }
    log, entries = Ledger("bench"), _entries(about, piece, number, len(cast), at)
    while some := list(itertools.islice(entries, AT_ONCE)):
        log.append(connection, some)


def _delivery(usual: Json, number: int, n: int, who: Any, at: datetime) -> Json:
    address = who.addresses[0]
    sent = n % 10 != number % 10
    said = {"status": "sent", "sent_at": at, "receipt": f"17950000{n:06}"}
    return row(
        DELIVERY,
        **usual,
        **(said if sent else {"status": "failed", "reason": "blocked by the person"}),
        id=_id(number, n),
        person=who.key,
        platform=address.platform,
        workspace=address.workspace,
        user=address.user,
        team=who.team,
    )


def _entries(about: Json, piece: BasePiece, number: int, people: int, at: datetime) -> Iterator[Json]:
    for n in range(people):
        here = about | {"delivery": _id(number, n), "person": f"person-{n:06}", "at": at}
        sent = n % 10 != number % 10
        yield here | {"kind": "assigned"}
        yield here | {"kind": "delivered" if sent else "failed"}
        for did in _did(piece, (n * 7919 + number) % 10) if sent else ():
            took = {"once": f"{here['delivery']}:{did['kind']}:{did['item']}", "duration_ms": 40_000}
            yield here | did | took | {"actor": here["person"], "participation": True}


def _did(piece: BasePiece, chance: int) -> list[Json]:
    if isinstance(piece, Quiz):
        right = {"value": "A" if chance < 4 else "B", "correct": chance < 4, "certainty": 1 + chance % 3}
        return (
            [{"kind": "answered", "item": each_.id, **right} for each_ in piece.items] if chance < 6 else []
        )
    return [{"kind": "acknowledged", "item": ""}] if chance < 7 else []


def _id(number: int, n: int) -> str:
    return f"{number:04}{n * 2654435761 % 2**32:028x}"


def _insert(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    waiting: list[Mapping[str, Any]] = []
    for each_ in rows:
        waiting.append({name: value for name, value in each_.items() if name != "number"})
        if len(waiting) == AT_ONCE:
            connection.execute(insert(table), waiting)
            waiting = []
    if waiting:
        connection.execute(insert(table), waiting)
