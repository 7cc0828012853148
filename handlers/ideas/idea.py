"""An idea from when somebody has it to what became of it: the values, the stages, and what is asked of the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from content.pieces import Clause
from handlers.model import Delivery

Kind = Literal[
    "idea proposed", "idea discussed", "idea accepted", "idea assigned", "idea declined", "idea done"
]
"""What the ledger calls a step."""
Which = Literal["open", "closed"]


class Stage(StrEnum):
    """PROPOSED --a word about it--> DISCUSSED --> ACCEPTED, with an owner and a date --> DONE
    '------------------------------'------------'--> DECLINED, with a reason
    """

    PROPOSED = "proposed"
    DISCUSSED = "discussed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    DONE = "done"


UNDECIDED = (Stage.PROPOSED, Stage.DISCUSSED)
OPEN = (*UNDECIDED, Stage.ACCEPTED)
TAKEN_UP = (Stage.ACCEPTED, Stage.DONE)


@dataclass(frozen=True)
class Trace:
    """One step of an idea, as it was taken. text: what was written with it, by `actor` and nobody else.

    actor: key; "" for who had an idea that has no name under it.
    """

    at: datetime
    kind: Kind
    actor: str
    text: str


@dataclass(frozen=True)
class Idea:
    """What somebody would do better, as it stands. People by their keys.

    version counts its steps: each is written only on the version that was known. person: who had it; of what has no
    name under it only until it has ended. at: when; of what has no name under it the hour. about: one of the
    programme's standards ("ISO 9001:2015"), or "" for none in particular. decided_at: when it was first accepted or
    declined; due: a day of the owner's clock.
    """

    id: str
    version: int
    stage: Stage
    person: str
    anonymous: bool
    about: str
    at: datetime
    owner: str = ""
    due: date | None = None
    decided_at: datetime | None = None
    decided_by: str = ""
    ended_at: datetime | None = None
    look_at: datetime | None = None  # when somebody is reminded of it next
    trail: tuple[Trace, ...] = ()

    @property
    def text(self) -> str:
        """The idea itself."""
        return self.trail[0].text if self.trail else ""


@dataclass(frozen=True)
class Move:
    """A step: written only if the idea is still at the stage and version that were known; None for a new one.

    clauses: what it is a record of.
    """

    known: Idea | None
    idea: Idea
    kind: Kind
    text: str = ""
    clauses: tuple[Clause, ...] = ()


@dataclass(frozen=True)
class Page:
    """Some ideas, of so many."""

    open: int
    closed: int
    ideas: Sequence[Idea] = ()


class Ideas(Protocol):
    """The part of the memory that holds ideas: `Store.ideas`."""

    async def one(self, idea: str) -> Idea | None: ...

    async def page(self, which: Which, start: int, limit: int, *, person: str = "") -> Page:
        """Some of those from number `start` (0 is the first) on; of who had them, if somebody is named.

        Of the open ones the undecided come first, and of these the oldest; of the others those that ended last.
        """
        ...

    async def between(
        self, since: datetime, until: datetime, *, about: str = "", manager: str = ""
    ) -> Sequence[Idea]:
        """Those proposed or decided in [since, until), the oldest first; without what was said about them.

        about: of one standard, and those about none in particular. manager: of the people whose manager that is now.
        """
        ...

    async def people(self, *, manager: str = "") -> int:
        """How many people are here; with a manager, of the own."""
        ...

    async def written_by(self, person: str) -> Sequence[tuple[str, Trace]]:
        """(idea, what they wrote), the oldest first, as far as the memory still knows that it was them."""
        ...

    async def to_remind(self, now: datetime) -> Sequence[Idea]:
        """Of which somebody is to be reminded by now."""
        ...

    async def remind(self, idea: Idea, again: datetime | None, rows: Sequence[Delivery], at: datetime) -> int:
        """Put reminders into the outbox and say when to look next. 0: somebody else has seen to it."""
        ...
