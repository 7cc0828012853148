"""What is asked of the memory about one person after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from content.audience import Audience


@dataclass(frozen=True)
class Line:
    """Somebody in a period. asked: messages sent to them that ask to be acknowledged."""

    key: str
    name: str
    email: str
    team: str
    site: str
    joined: date | None
    sent: int = 0
    asked: int = 0
    acknowledged: int = 0
    answers: int = 0
    correct: int = 0
    last_at: datetime | None = None


class Rolls(Protocol):
    """The part of the memory that counts for one person after the other: `Store.rolls`."""

    async def lines(
        self, people: Audience, words: str, since: datetime, until: datetime, *, start: int, most: int
    ) -> tuple[int, Sequence[Line]]:
        """How many have not left, belong to these people and have the words in name or e-mail, and some by name."""
        ...
