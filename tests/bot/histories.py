"""A year of a small company made by chance: who came and went, what was planned for them, and what became of it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from content.pieces import Check, Clause, Item, Message, Quiz
from handlers.desk import ON_DEMAND
from handlers.evidence.pack import Scope
from handlers.features import compose
from handlers.model import Delivery, Person, Reason, Receipt, Status
from storage.store import Storage
from tests.storage.scene import change, claim, delivery, person, press, roster

STANDARD = "ISO/IEC 27001:2022"
SINCE, UNTIL = date(2026, 1, 1), date(2026, 12, 31)
NEVER = datetime(9000, 1, 1, tzinfo=UTC)
MONDAY = datetime(2026, 1, 5, 8, 30, tzinfo=UTC)


def clause(number: str, standard: str = "ISO/IEC 27001", edition: str = "2022") -> Clause:
    return Clause(standard=standard, edition=edition, clause=number)


def item(name: str, *clauses: Clause) -> Item:
    options = {"A": "=1+1", "B": "Later", "C": "@SUM(A1)"}
    stem = f"What about {name}?"
    return Item(id=name, stem=stem, options=options, key="A", explanation="So.", clauses=clauses)


PIECES = (
    Message(
        id="screens",
        title="=Lock your screens",
        text="Please *do*.",
        clauses=(clause("7.3"), clause("A.5.1")),
    ),
    Message(
        id="policy",
        title="The policy",
        text="It is new.",
        clauses=(clause("5.2"),),
        check=Check(stem="Which?", options={"A": "This", "B": "That"}, key="A"),
    ),
    Message(
        id="quality", title="Only quality", text="Nothing else.", clauses=(clause("7.3", "ISO 9001", "2015"),)
    ),
    Quiz(
        id="mixed",
        title="Of both",
        items=(
            item("phishing", clause("7.3 a"), clause("7.3 b")),
            item("oil", clause("8.1", "ISO 14001", "2026")),
        ),
    ),
    Quiz(
        id="access",
        title="Access",
        items=(item("badge", clause("A.6.3")), item("guests", clause("A.6.3"), clause("7.3"))),
    ),
    Message(id="edition", title="The edition before", text="Old.", clauses=(clause("7.3", edition="2013"),)),
)
NAMES = ("Ada", "=cmd()", 'José, "Pepe"\nGarcía', "李小龙", "Ольга", "")
ENDS = (
    *[(Status.SENT, Reason.NONE)] * 12,
    (Status.FAILED, Reason.BLOCKED),
    (Status.FAILED, Reason.NOT_INSTALLED),
    (Status.SKIPPED, Reason.PAUSED),
    (Status.SKIPPED, Reason.EXCLUDED),
    (Status.EXPIRED, Reason.LATE),
    (Status.CANCELLED, Reason.LEFT),
    (Status.PENDING, Reason.NONE),
)


@dataclass
class Told:
    """What happened, as it was made: for whoever counts it once more."""

    people: list[Person] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)  # on a roster or asked for, as they ended
    acknowledged: set[str] = field(default_factory=set)  # deliveries
    answers: list[tuple[str, Clause, bool]] = field(default_factory=list)  # delivery, whole clause, right
    active: set[str] = field(default_factory=set)  # deliveries


async def happened(store: Storage, seed: int, people: int = 9, rosters: int = 7) -> Told:
    chance = random.Random(seed)
    told = Told()
    for number in range(people):
        joined = chance.choice(
            [None, date(2025, 5, 5), date(2026, 1, 1), date(2026, chance.randint(1, 12), 9)]
        )
        left = chance.choice([None, None, None, datetime(2026, chance.randint(1, 12), 20, tzinfo=UTC)])
        name = NAMES[number % len(NAMES)]
        who = person(f"p{number}", team=chance.choice(["Assembly", "Lab", ""]), joined=joined, left_at=left)
        who = replace(who, name=name and f"{name} {number}")
        await store.commit(change(person=who, known=who))
        told.people.append(who)
    for number in range(rosters):
        await _planned(store, chance, told, number)
    return told


async def _planned(store: Storage, chance: random.Random, told: Told, number: int) -> None:
    """A roster, or now and then a quiz that somebody asked for; some of it outside the year."""
    piece = PIECES[(number + chance.randint(0, 1)) % len(PIECES)]
    at = MONDAY + timedelta(
        days=chance.choice([chance.randint(-20, 380), -5, 360]), hours=chance.randint(0, 15)
    )
    asked = isinstance(piece, Quiz) and chance.random() < 0.2
    them = chance.sample(told.people, 1 if asked else chance.randint(1, len(told.people)))
    about = {
        "campaign": ON_DEMAND if asked else f"campaign-{number}",
        "slot": f"{at:%Y-%m-%dT%H:%M} {number}",
    }
    about |= {"piece": piece, "due_at": at}
    ended, rows = [], []
    for who in them:
        status, reason = (Status.SENT, Reason.NONE) if asked else chance.choice(ENDS)
        row = delivery(who, **about, card=compose(piece, who), expires_at=at + timedelta(days=2))
        row = replace(
            row, status=status, reason=reason, code="-2: a course" if reason is Reason.EXCLUDED else ""
        )
        ended.append(row)
        waits = status in (Status.SENT, Status.PENDING)
        rows.append(replace(row, status=Status.PENDING) if waits else row)
    if asked:
        await store.commit(change(deliver=tuple(rows)))
    else:
        await store.plan(roster(*rows, **about), at)
    told.deliveries += ended
    sent = {row.id: row for row in ended if row.status is Status.SENT}
    for claimed in await claim(store, at, room=1000):
        if claimed.id in sent:
            assert await store.settle(claimed, "w", Status.SENT, at, receipt=Receipt(f"ts-{claimed.id}"))
            await _did(store, chance, told, replace(claimed, sent_at=at))
        else:
            await store.settle(claimed, "w", Status.PENDING, at, due_at=NEVER)


async def _did(store: Storage, chance: random.Random, told: Told, row: Delivery) -> None:
    if isinstance(row.piece, Message):
        if chance.random() < 0.6:
            await store.commit(press(row))
            told.acknowledged.add(row.id)
            told.active.add(row.id)
        if row.piece.check and chance.random() < 0.5:
            await _answered(store, chance, told, row, "check", row.piece.clauses)
    if isinstance(row.piece, Quiz):
        for each in row.piece.items:
            if chance.random() < 0.7:
                await _answered(store, chance, told, row, each.id, each.clauses)


async def _answered(
    store: Storage, chance: random.Random, told: Told, row: Delivery, item_: str, clauses: tuple[Clause, ...]
) -> None:
    right = chance.random() < 0.7
    more = {"item": item_, "value": "A" if right else "B", "correct": right, "clauses": clauses}
    await store.commit(press(row, "answered", certainty=chance.choice([1, 2, 3, None]), **more))
    told.active.add(row.id)
    told.answers += [(row.id, whole, right) for whole in dict.fromkeys(each.whole for each in clauses)]


def in_scope(row: Delivery, scope: Scope) -> bool:
    """Whether it fell due in the period and serves a clause of the standard."""
    assert row.piece is not None
    clauses = [*row.piece.clauses, *(c for each in getattr(row.piece, "items", ()) for c in each.clauses)]
    serves = any(str(each).startswith(f"{scope.standard} ") for each in clauses)
    zone = scope.zone if on_roster(row) else UTC
    return serves and scope.since <= row.due_at.astimezone(zone).date() <= scope.until


def on_roster(row: Delivery) -> bool:
    return row.campaign != ON_DEMAND
