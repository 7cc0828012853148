"""A database with people, and with deliveries that wait or were sent: what the benches start from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, update

from content.packs import Library, load
from handlers.features import compose
from handlers.model import Address, Delivery, Person, Platform, Roster, Status
from storage.deliveries import DELIVERY
from storage.engine import connect, writing
from storage.ledger import LEDGER
from storage.people import ADDRESS, PERSON
from storage.store import Storage

STARTER = Path("content/packs/starter/programme.yaml")
TEAM = "T0BENCH"  # Slack's workspace
TENANT = "bbbbbbbb-0000-4000-8000-00000000000b"  # Teams'
ZONE = "Europe/Berlin"
SLOT = "2026-11-23T09:30"
QUIZ = "oil-near-the-drain"
RECEIPT = "1795000000.000001"  # of every message that was sent
ANOTHER_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Company:
    """url: of its database. people[i] is who deliveries[i] goes to."""

    url: str
    people: Sequence[Person]
    deliveries: Sequence[Delivery]


@cache
def library() -> Library:
    return load(STARTER)


def programme(folder: Path) -> Path:
    """The starter's programme without campaigns and without quiet hours: nothing happens by itself."""
    text = STARTER.read_text().partition("\ncampaigns:")[0]
    text = re.sub(r"(?m)^quiet:.*$", "quiet: { from: 00:00, until: 00:00 }", text)
    path = folder / "programme.yaml"
    path.write_text(text)
    return path


def person(number: int, platform: Platform, service_url: str = "") -> Person:
    """Somebody who has an address whose conversation is known already."""
    key = f"person-{number:06}"
    if platform is Platform.SLACK:
        address = Address(platform, TEAM, f"U{number:08}", f"D{number:08}")
    else:
        address = Address(platform, TENANT, f"29:{number:08}", f"a:{number:08}", service_url)
    return Person(key, f"Person {number}", f"{key}@example.org", f"Team {number % 60}", addresses=(address,))


def add_people(url: str, people: Sequence[Person]) -> None:
    """All at once: a hundred thousand of them, one event each, would take longer than what is measured."""
    people_rows = [
        row(PERSON, key=p.key, name=p.name, email=p.email, email_folded=p.email, team=p.team, zone=p.zone)
        | {"roles": "employee", "language": "en"}
        for p in people
    ]
    addresses = [row(ADDRESS, **vars(a), person=p.key) for p in people for a in p.addresses]
    with _writing(url) as connection:
        connection.execute(insert(PERSON), people_rows)
        connection.execute(insert(ADDRESS), addresses)


async def found(
    url: str, count: int, platform: Platform, *, sent: int = 0, service_url: str = "", due_in: float = 0
) -> Company:
    """count people with a quiz each; the first `sent` have got theirs a minute ago, the others wait.

    due_in: seconds until those that wait fall due.
    """
    people = [person(number, platform, service_url) for number in range(count)]
    quiz = library().piece(QUIZ)
    card = compose(quiz, people[0])  # a quiz looks the same to everybody
    now = datetime.now(UTC)
    due_at = now + timedelta(seconds=due_in)
    deliveries = tuple(
        Delivery(
            id=f"{n:032x}",
            person=p.key,
            campaign="bench",
            slot=SLOT,
            piece=quiz,
            card=card,
            address=p.address,
            due_at=due_at,
            expires_at=due_at + ANOTHER_DAY,
            audience="everyone",
        )
        for n, p in enumerate(people)
    )
    store = Storage.open(url, version="bench")
    try:
        add_people(url, people)
        await store.plan(
            Roster("bench", SLOT, ZONE, due_at, "everyone", "", quiz, len(deliveries), deliveries), now
        )
    finally:
        store.close()
    _send(url, [d.id for d in deliveries[:sent]], now - timedelta(minutes=1))
    return Company(url, people, deliveries)


def _send(url: str, ids: Sequence[str], at: datetime) -> None:
    """As if a drainer had claimed and settled them."""
    came = {"status": Status.SENT, "sent_at": at, "attempt": 1, "receipt": RECEIPT}
    with _writing(url) as connection:
        for start in range(0, len(ids), 500):
            these = DELIVERY.c.id.in_(ids[start : start + 500])
            connection.execute(update(DELIVERY).where(these).values(came))


def unsend(url: str) -> None:
    """Everything waits again, due at once."""
    waits = {
        "status": Status.PENDING,
        "sent_at": None,
        "attempt": 0,
        "receipt": "",
        "due_at": datetime.now(UTC),
    }
    with _writing(url) as connection:
        connection.execute(update(DELIVERY).values(waits))


def row(table: Table, **values: Any) -> dict[str, Any]:
    """A row with every column: what is not given is empty, so that a new column alters nothing here."""
    blank: Mapping[type, Any] = {str: "", int: 0, bool: False, float: 0.0}
    empty = {c.name: None if c.nullable else blank.get(c.type.python_type, "") for c in table.columns}
    return empty | values


@contextmanager
def _writing(url: str) -> Iterator[Connection]:
    engine = connect(url)
    with engine.connect() as plain, (connection := writing(plain)).begin():
        yield connection
    engine.dispose()


def statuses(url: str) -> dict[str, int]:
    """How many deliveries stand in which state, as a reader beside the product sees them."""
    engine = connect(url)
    with engine.connect() as connection:
        counted = connection.execute(select(DELIVERY.c.status, func.count()).group_by(DELIVERY.c.status))
        found = {status: count for status, count in counted}
    engine.dispose()
    return found


def answered(url: str) -> list[str]:
    """The delivery of every answer in the ledger."""
    engine = connect(url)
    with engine.connect() as connection:
        found = list(connection.scalars(select(LEDGER.c.delivery).where(LEDGER.c.kind == "answered")))
    engine.dispose()
    return found
