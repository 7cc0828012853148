"""The people, the pieces and the moments that the tests of this room share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from content.cards import Button, Buttons, Card, Text
from content.pieces import Clause, Item, Message, Quiz
from handlers.events import Change
from handlers.model import (
    Address,
    Delivery,
    Job,
    Participation,
    Person,
    Places,
    Platform,
    Queue,
    Receipt,
    Role,
    Roster,
    Status,
)
from storage.store import Storage

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LEASE = timedelta(seconds=30)
SLOT = "2026-11-23T09:30"
SENDS = Queue(Platform.SLACK, "T1", Job.SEND)
FINDS = Queue(Platform.SLACK, "T1", Job.FIND)
AWARENESS = Clause(standard="ISO 9001", edition="2015", clause="7.3")
TRAINING = Clause(standard="ISO/IEC 27001", edition="2022", clause="A.6.3")

MESSAGE = Message(id="why-quality", title="Why quality", text="Because *we* care.", clauses=(AWARENESS,))
QUIZ = Quiz(
    id="policy-quiz",
    title="The policy",
    clauses=(AWARENESS,),
    items=(
        Item(
            stem="Who?",
            options={"A": "We", "B": "They"},
            key="A",
            explanation="All of us.",
            clauses=(TRAINING,),
        ),
    ),
)
CARD = Card(
    title="Why quality",
    blocks=(
        Text(markdown="Because *we* care."),
        Buttons(buttons=(Button(label="Read", verb="acknowledged"),)),
    ),
)
QUIZ_CARD = Card(
    title="The policy", blocks=(Buttons(buttons=(Button(label="A", verb="answered", value="A"),)),)
)
PLAIN = Card(title="Help", blocks=(Text(markdown="Type *quiz*."),))

_numbers = count(1)


def person(name: str, **more: Any) -> Person:
    key = name.lower()
    at = (Address(Platform.SLACK, "T1", f"U-{key}"),)
    return Person(**{"key": key, "name": name, "email": f"{key}@example.org", "addresses": at} | more)


ADA = person("Ada", team="assembly", manager="tim")
LINUS = person("Linus", team="assembly", manager="tim")
MARIE = person("Marie", team="quality", roles=frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD}))
GRACE = person("Grace", team="board", roles=frozenset({Role.EMPLOYEE, Role.LEADER}))


def delivery(to: Person = ADA, **more: Any) -> Delivery:
    """A message of the campaign "lead" to one person, pending and due on Monday."""
    usual = {
        "id": f"d{next(_numbers)}",
        "person": to.key,
        "campaign": "lead",
        "slot": SLOT,
        "piece": MESSAGE,
        "card": CARD,
        "address": to.address,
        "due_at": MONDAY,
        "expires_at": MONDAY + timedelta(days=2),
        "audience": "everyone",
        "author": "grace",
    }
    return Delivery(**usual | more)


def roster(*deliveries: Delivery, zone: str = "Europe/Berlin", **more: Any) -> Roster:
    usual = {
        "campaign": "lead",
        "slot": SLOT,
        "zone": zone,
        "due_at": MONDAY,
        "audience": "everyone",
        "author": "grace",
        "piece": MESSAGE if deliveries else None,
        "size": len(deliveries),
        "deliveries": deliveries,
    }
    return Roster(**usual | more)


def change(**more: Any) -> Change:
    """An event that never came before."""
    return Change(**{"inbox": f"event-{next(_numbers)}", "at": MONDAY} | more)


def press(on: Delivery, verb: str = "acknowledged", seconds: float = 2, **more: Any) -> Change:
    """A press by the person the delivery went to, so many seconds after it was sent."""
    did = Participation(verb, **more)
    at = (on.sent_at or MONDAY) + timedelta(seconds=seconds)
    return change(delivery=on, remember=(did,), at=at, platform=Platform.SLACK)


async def claim(
    store: Storage, now: datetime, owner: str = "w", room: int = 100, queue: Queue = SENDS
) -> list[Delivery]:
    """As many deliveries as there is room for, without any pace."""
    claimed = await store.claim(queue, now, owner, LEASE, Places(room, room), None)
    return [delivery for delivery, _ in claimed.taken]


async def settled(store: Storage, id_: str, status: Status = Status.SENT, **more: Any) -> Delivery:
    """Claim until this delivery is in hand, settle it, and read it back."""
    claimed = await claim(store, MONDAY, "worker")
    for each in claimed:
        if each.id == id_:
            if status is Status.SENT:
                more.setdefault("receipt", Receipt(f"ts-{id_}", f"D-{each.person}"))
            assert await store.settle(each, "worker", status, MONDAY, **more)
        else:
            assert await store.settle(each, "worker", Status.PENDING, MONDAY)
    found = await store.delivery(id_)
    assert found is not None
    return found
