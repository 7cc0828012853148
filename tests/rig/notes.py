"""What is written down while a run goes on: claims and ends as processes saw them, strikes, and what was planned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from content.cards import Card
from content.pieces import BasePiece
from handlers.model import Lane, Queue


@dataclass(frozen=True)
class Taken:
    """One row that a process claimed. at: as the process read the clock for its claim."""

    at: datetime
    process: str
    queue: Queue
    delivery: str
    attempt: int
    lane: Lane
    person: str

    def __str__(self) -> str:
        return f"{self.at:%d %T.%f} {self.process} claimed it to {self.queue.job}, attempt {self.attempt}"


@dataclass(frozen=True)
class Ended:
    """An end that a process wrote; ours: whether it was taken."""

    at: datetime
    process: str
    delivery: str
    attempt: int
    status: str
    words: str
    ours: bool

    def __str__(self) -> str:
        said = "" if self.ours else ", which was dropped: the row was no longer its own"
        return f"{self.at:%d %T.%f} {self.process} settled attempt {self.attempt}: {self.status} {self.words}{said}"


@dataclass(frozen=True)
class Waits:
    """A platform asked us to wait, and that is committed since `at`."""

    at: datetime
    queue: Queue
    until: datetime


@dataclass(frozen=True)
class Claimed:
    """A claim of one queue that took something."""

    at: datetime
    queue: Queue
    calls: int


@dataclass(frozen=True)
class Asked:
    """A card was asked for anew, and that was confirmed. at: when it was asked."""

    at: datetime


@dataclass(frozen=True)
class Strike:
    at: datetime
    process: str
    what: str

    def __str__(self) -> str:
        return f"{self.at:%d %T.%f} {self.process} {self.what}"


@dataclass
class Notes:
    taken: list[Taken] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    claimed: list[Claimed] = field(default_factory=list)
    waits: list[Waits] = field(default_factory=list)
    strikes: list[Strike] = field(default_factory=list)
    planned: dict[str, tuple[Card, BasePiece | None]] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)  # the last time of each delivery
    errors: list[str] = field(default_factory=list)  # what came out of the product that should not

    def of(self, delivery: str) -> Iterator[Any]:
        yield from (taken for taken in self.taken if taken.delivery == delivery)
        yield from (ended for ended in self.ended if ended.delivery == delivery)
