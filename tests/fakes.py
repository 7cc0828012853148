"""The only two fakes of the house: a clock that stands still, and a chat that remembers what it was given."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from content.cards import Card
from handlers.model import Address, Job, Receipt
from handlers.pace import Pace

NO_HURRY = datetime(2100, 1, 1, tzinfo=UTC)  # a moment before which every send of a test leaves


class FrozenClock:
    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    async def wait_until(self, moment: datetime) -> None:
        """Time passes only because somebody waits for it."""
        await asyncio.sleep(0)
        self._now = max(self._now, moment)

    def pass_by(self, span: timedelta) -> None:
        self._now += span

    def move(self, to: datetime) -> None:
        self._now = to


@dataclass
class RecordingChat:
    """Shows everything to nobody; `errors` are raised one by one, one for each send, None for a good one."""

    shown: list[tuple[Address, Card, str]] = field(default_factory=list)
    errors: list[Exception | None] = field(default_factory=list)
    arrived_anyway: dict[str, datetime] = field(default_factory=dict)  # delivery id -> when
    can_tell: bool = True
    paces: Mapping[Job, Pace] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)  # messages taken away
    edited: list[tuple[str, Card]] = field(default_factory=list)  # message and the card in its place
    edit_errors: list[Exception | None] = field(default_factory=list)  # as `errors`, for edits

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        self.shown.append((address, card, delivery_id))
        return Receipt(message=f"m{len(self.shown)}")

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        if not self.can_tell:
            return "cannot tell"
        arrived = self.arrived_anyway.get(delivery_id)
        return Receipt(message="found") if arrived and arrived >= since else "absent"

    async def withdraw(self, address: Address, message: str) -> None:
        self.withdrawn.append(message)

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        error = self.edit_errors.pop(0) if self.edit_errors else None
        if error is not None:
            raise error
        self.edited.append((message, card))

    def titles(self, user: str) -> list[str]:
        """The titles of what one user was shown, in order."""
        return [card.title for address, card, _ in self.shown if address.user == user]
