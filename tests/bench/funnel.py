"""A leader looks back at a message to 50,000 people and at five before it, against a plain read of its rows."""

from __future__ import annotations

import sqlite3
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table, insert

from content.pieces import Check, Message
from handlers.desk import Desk
from handlers.model import Platform
from handlers.numbers.lookback import looked_back
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import card
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import Hashes, keep
from storage.deliveries import DELIVERY
from storage.engine import connect, writing
from storage.ledger import LEDGER
from storage.store import Storage
from tests.bench.company import SLOT, ZONE, add_people, library, person, row
from tests.bench.inside import child, each
from tests.bench.report import Row, ms, ratios
from tests.bench.scale import Scale
from tests.fakes import FrozenClock

Json = dict[str, Any]
SENT_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
NOW = SENT_AT + timedelta(days=2)
EARLIER = 5
AT_ONCE = 10_000  # rows of one INSERT
TEXT = "Thank you for a week without an accident."
QUESTION = Check(stem="Whose week was it?", options={"A": "Yours", "B": "Mine"}, key="A")
TOLD = Message(id="a-good-week", title="A good week", text=TEXT, check=QUESTION)
ROWS = (
    "SELECT * FROM delivery WHERE campaign = ?",
    "SELECT * FROM ledger WHERE campaign = ? AND participation = 1",
)


async def funnel(folder: Path, scale: Scale) -> list[Row]:
    """From the question to the card, in a process of its own; each round beside the plain read."""
    many = scale.of(50_000, 10_000)
    url = f"sqlite:///{folder}/funnel.db"
    Storage.open(url, version="bench").close()
    fill(url, many)
    opened, read = [], []
    for _ in range(scale.rounds):
        opened.append(await child(folder, "opening", url, wanted=many))
        read.append(await child(folder, "rereading", url, wanted=many + did(many)))
    seconds = each(opened, "seconds"), each(read, "seconds")
    ours = statistics.median(seconds[0])
    return [
        Row(
            "funnel",
            ms(ours),
            ms(statistics.median(seconds[1])),
            ratios(*seconds),
            note=f"a message to {many:,} people, {EARLIER} as large before it / its own rows read by sqlite3",
        ),
        Row("funnel opened", ms(ours), "1 s", ours, "<= 1", f"the ratio is to a second; for {many:,} people"),
    ]


def did(people: int) -> int:
    """How many things so many people did with a message."""
    return sum(len(_did(number)) for number in range(people))


def fill(url: str, people: int) -> None:
    """Six messages to so many people on two platforms: of ten seven acknowledged and five answered, four right."""
    cast = [person(n, Platform.SLACK if n % 2 else Platform.TEAMS) for n in range(people)]
    add_people(url, cast)
    engine = connect(url)
    with engine.connect() as plain:
        connection = writing(plain)
        for number in range(EARLIER + 1):
            with connection.begin():
                _broadcast(connection, name(number), SENT_AT - number * timedelta(weeks=1), cast)
    engine.dispose()


def name(number: int) -> str:
    return f"broadcast-{number:012}"


def _broadcast(connection: Connection, campaign: str, at: datetime, cast: list[Any]) -> None:
    hashes = Hashes()
    keep(connection, [TOLD], hashes)
    hash_ = hashes.of(TOLD)
    usual = {"timing": "{}", "exclusions": "[]", "stage": "scheduled", "version": 1}
    known = {
        "message": hash_,
        "audience": "everyone",
        "author": "person-000001",
        "due_at": at,
        "changed_at": at,
    }
    connection.execute(insert(BROADCAST), row(BROADCAST, id=campaign, people=len(cast), **usual, **known))
    slot = {"campaign": campaign, "slot": SLOT, "zone": ZONE}
    planned = {
        "due_at": at,
        "planned_at": at,
        "closed_at": at,
        "roster_size": len(cast),
        "audience": "everyone",
    }
    connection.execute(insert(OCCURRENCE), slot | planned)
    sent: Json = slot | {
        "piece": hash_,
        "card": hash_,
        "piece_id": TOLD.id,
        "to_acknowledge": True,
        "status": "sent",
    }
    sent |= {name: at for name in ("slot_at", "due_at", "expires_at", "sent_at")} | {
        "lane": 2,
        "week": "2026-W48",
    }
    _insert(
        connection, DELIVERY, (row(DELIVERY, **sent, **_delivery(campaign, n, p)) for n, p in enumerate(cast))
    )
    _insert(connection, LEDGER, _entries(campaign, slot, at, len(cast)))


def _insert(connection: Connection, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    waiting: list[Mapping[str, Any]] = []
    for each_ in rows:
        kept = dict(each_)
        if table is DELIVERY:
            del kept["number"]
        waiting.append(kept)
        if len(waiting) == AT_ONCE:
            connection.execute(insert(table), waiting)
            waiting = []
    if waiting:
        connection.execute(insert(table), waiting)


def _delivery(campaign: str, number: int, who: Any) -> Json:
    address = who.addresses[0]
    seen = SENT_AT if address.platform is Platform.TEAMS and number % 3 else None
    return {
        "id": _id(campaign, number),
        "person": who.key,
        "platform": address.platform,
        "workspace": address.workspace,
        "user": address.user,
        "conversation": address.conversation,
        "receipt": f"17950000{number:06}",
        "team": who.team,
        "seen_at": seen,
    }


def _entries(campaign: str, slot: Mapping[str, str], at: datetime, people: int) -> Iterator[Json]:
    """As the ledger has them, but for their hashes: that something was planned and sent, and what people did."""
    about = {"object_id": TOLD.id, "object_kind": "message", "title": TOLD.title, "clauses": "[]", "due": at}
    about |= {"version": "bench", "previous": "a" * 64, "hash": "b" * 64, "chain": campaign, **slot}
    sequence = 0
    for number in range(people):
        here = {"delivery": _id(campaign, number), "person": f"person-{number:06}", "at": at}
        for kind in ("assigned", "delivered"):
            sequence += 1
            yield row(LEDGER, **about, **here, sequence=sequence, kind=kind)
        for what in _did(number):
            sequence += 1
            once = f"{here['delivery']}:{what['kind']}:{what['item']}"
            took = {"once": once, "duration_ms": 1000 * (number * 7919 % 90_000), "actor": here["person"]}
            yield row(LEDGER, **about, **here, **what, **took, sequence=sequence, participation=True)


def _did(number: int) -> list[Json]:
    done: list[Json] = [{"kind": "acknowledged", "item": "", "correct": None}] if number % 10 < 7 else []
    return done + (
        [{"kind": "answered", "item": "check", "correct": number % 10 < 4}] if number % 10 < 5 else []
    )


def _id(campaign: str, number: int) -> str:
    return f"{campaign[-4:]}{number * 2654435761 % 2**32:028x}"


async def opening(url: str) -> Json:
    """The first time in a process that has just started, but for what it imports and for its connections."""
    store = Storage.open(url, version="bench")
    desk = Desk(store, library(), FrozenClock(NOW), lambda: "")
    broadcast = await store.broadcast(name(0))
    assert broadcast is not None
    began = time.perf_counter()
    scope = Scope(desk, NOW, NOW, NOW, ZoneInfo(ZONE), author=broadcast.author)
    sheet = await looked_back(scope, broadcast)
    card(sheet)
    seconds = time.perf_counter() - began
    store.close()
    roster, earlier = sheet.data[0]["roster"], sheet.data[1:]
    complete = len(earlier) == EARLIER and all(each_["roster"] == roster for each_ in earlier)
    return {"count": roster if complete else 0, "seconds": seconds}


async def rereading(url: str) -> Json:
    """The rows of this one message and nothing else: no sum, and no other message."""
    database = sqlite3.connect(url.removeprefix("sqlite:///"))
    began = time.perf_counter()
    count = sum(len(database.execute(query, (name(0),)).fetchall()) for query in ROWS)
    seconds = time.perf_counter() - began
    database.close()
    return {"count": count, "seconds": seconds}
