"""What is kept of people, for how long, and how it goes: the values, and what is asked of the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, Protocol

from handlers.privacy.looks import Looks


class Written(NamedTuple):
    """Words of a person that stand apart from the ledger: the reason given in a pulse."""

    at: datetime
    text: str


class Belonged(NamedTuple):
    """Where somebody belonged up to a moment. manager: a key; roles: with commas."""

    until: datetime
    team: str
    site: str
    manager: str
    roles: str


@dataclass(frozen=True)
class Erased:
    """What was done: kind -> how many rows were removed or replaced."""

    counts: Mapping[str, int] = field(default_factory=dict)


class Keeping(Looks, Protocol):
    """The part of the memory that gives back what is held of one person, and forgets."""

    async def written_by(self, person: str) -> Sequence[Written]:
        """The latest first."""
        ...

    async def belonged(self, person: str) -> Sequence[Belonged]:
        """Before the change that made it what it is now, the earliest first."""
        ...

    async def erase(self, person: str, at: datetime) -> Erased | None:
        """In one transaction, with an entry in the ledger that has the key alone. None: nobody has this key, or it was
        done before.

        They count as having left, and what waits for them ends as that. A card in the chat of somebody else that shows
        them is drawn anew.
        """
        ...

    async def was_erased(self, email: str) -> bool:
        """Whether somebody with this address was erased: a list of people does not bring them back."""
        ...

    async def clear(self, kind: str, before: datetime, most: int, at: datetime) -> int:
        """A step of what retention takes away: at most so many rows of a kind that are older. 0: nothing is left."""
        ...

    async def clearable(self, kind: str, before: datetime) -> int:
        """How many rows of a kind that would be."""
        ...

    async def cleared(self, counts: Mapping[str, int], at: datetime) -> None:
        """The record that it ran: an entry of the ledger, also where there was nothing to take away."""
        ...
