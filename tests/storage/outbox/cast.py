"""Who and what the machine of the outbox plays with: five people, four rosters, and every end that a claim can have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from handlers.events import Change
from handlers.model import (
    Address,
    Delivery,
    Job,
    Lane,
    Participation,
    Places,
    Platform,
    Queue,
    Reason,
    Roster,
    Status,
)
from handlers.pace import Pace
from tests.storage.outbox.model import Row
from tests.storage.scene import FINDS, MONDAY, PLAIN, SENDS, delivery, person, roster

QUARANTINE = timedelta(seconds=60)
PACES = (None, None, Pace(start=1, most=1))
PLACES = (Places(4, 4), Places(4, 4), Places(1, 1), Places(3, 1), Places(4, 0))
TWICE = ("", "", "here", "there")
WITHDRAWS = Queue(Platform.SLACK, "T1", Job.WITHDRAW)
QUEUES = (SENDS, SENDS, SENDS, FINDS, FINDS, Queue(Platform.TEAMS, "X", Job.SEND), WITHDRAWS)
OWNERS = ("one", "two", "three")
TEAMS = Address(Platform.TEAMS, "X", "29:kim")
PEOPLE = (
    *(person(name) for name in ("Ada", "Linus", "Marie", "Grace")),
    replace(person("Kim"), addresses=(TEAMS,)),
)
ADA, LINUS, MARIE, GRACE, KIM = PEOPLE
SPANS = tuple(timedelta(seconds=s) for s in (1, 1, 5, 31, 31, 61, 61, 600, 86_400))
ENDS = (
    (Status.SENT, Reason.NONE),
    (Status.SENT, Reason.NONE),
    (Status.UNKNOWN, Reason.NONE),
    (Status.UNKNOWN, Reason.NONE),
    (Status.PENDING, Reason.NONE),
    (Status.PENDING, Reason.NONE),
    (Status.FAILED, Reason.BLOCKED),
    (Status.FAILED, Reason.UNCERTAIN),
    (Status.SKIPPED, Reason.PAUSED),
    (Status.CANCELLED, Reason.LEFT),
    (Status.EXPIRED, Reason.LATE),
)


def a_roster(which: int, ids: Iterator[int], *, recalled: bool) -> Roster:
    """0 and 1 are one slot in two zones with a person in both; 2 is the next slot; 3 is the broadcast "news"."""
    late = timedelta(minutes=10) if which == 2 else timedelta()
    campaign = "news" if which == 3 else "lead"
    slot = "2026-11-23T09:40" if late else "2026-11-23T09:30"
    who = ((ADA, LINUS, MARIE, KIM), (MARIE, GRACE), (ADA, GRACE), PEOPLE)[which]
    rows = [
        delivery(to, id=f"d{next(ids)}", campaign=campaign, slot=slot, due_at=MONDAY + late) for to in who
    ]
    rows[0] = replace(rows[0], lane=Lane.REMINDER, due_at=rows[0].due_at + timedelta(seconds=1))
    if which == 2:
        rows[1] = replace(rows[1], status=Status.SKIPPED, reason=Reason.PAUSED)
    if recalled and which == 3:
        rows = [replace(row, status=Status.CANCELLED, reason=Reason.RECALLED) for row in rows]
    zone = "Pacific/Auckland" if which == 1 else "Europe/Berlin"
    return roster(*rows, campaign=campaign, slot=slot, zone=zone)


def an_answer(event: int, ids: Iterator[int], now: datetime) -> Delivery:
    """To words that Ada typed: it goes first."""
    more: dict[str, Any] = {"id": f"d{next(ids)}", "campaign": "", "slot": f"event-{event}"}
    return delivery(ADA, piece=None, card=PLAIN, lane=Lane.INTERACTIVE, due_at=now, **more)


def a_press(row: Row, item: int, key: str, copy: str, now: datetime) -> Change:
    did = Participation("answered", str(item), "A", correct=True)
    return Change(key, now, platform=Platform.SLACK, delivery=row.planned, message=copy, remember=(did,))
