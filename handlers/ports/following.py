"""The part of the memory that knows who has not acknowledged what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from handlers.model import Answering, Delivery, Look, Silent


class Following(Protocol):
    """Looks that are due, who is silent, and what is written after."""

    async def looks(self, now: datetime) -> Sequence[Look]:
        """Occurrences of which somebody should look by now who has not acknowledged them."""
        ...

    async def put_off(self, look: Look, until: datetime | None) -> bool:
        """Look again then, or no more (None). False: somebody else has put it off since it was read."""
        ...

    async def silent(self, look: Look) -> tuple[Sequence[Silent], bool]:
        """Who has it, was asked to acknowledge it and has not; and whether it is still on its way to somebody."""
        ...

    async def habits(self, people: Sequence[str], since: datetime) -> Mapping[str, Sequence[datetime]]:
        """When each of these people did something since then; nobody is there who did nothing."""
        ...

    async def follow_up(self, rows: Sequence[Delivery], at: datetime) -> int:
        """Put reminders and escalations of one broadcast into the outbox, each once; how many are new.

        None while it is paused or after it was taken back.
        """
        ...

    async def reminders_of(self, delivery: str) -> Sequence[str]:
        """The ids of the reminders of a delivery."""
        ...

    async def answering(self, campaign: str, slot: str, manager: str) -> Answering:
        """Of a manager's people who have a message that asks to be acknowledged, who has not done so."""
        ...
