"""What the handlers ask of the world: the time, and somebody who speaks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Literal, Protocol

from content.cards import Card
from handlers.events import Incoming, Outcome
from handlers.model import Address, Job, Platform, Receipt
from handlers.pace import Pace

Receive = Callable[[Incoming], Awaitable[Outcome]]
"""The one door in: what every platform calls with what came. Raises Stranger."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...

    async def wait_until(self, moment: datetime) -> None:
        """Come back when it is `moment`; at once when it has passed."""
        ...


class Chat(Protocol):
    """One platform. `send` is the only method in the house that posts a message to a person."""

    @property
    def paces(self) -> Mapping[Job, Pace]:
        """How fast the platform may be called for each job; as fast as it goes for one that is not named."""
        ...

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        """Post once, without retrying, and only if the message can leave `before` that moment.

        Raises TryLater (also when it could not leave in time), Undeliverable or Unknown, and nothing else.
        """
        ...

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Look whether a delivery arrived after all. Raises TryLater when that cannot be asked now."""
        ...

    async def withdraw(self, address: Address, message: str) -> None:
        """Take a message away, which may be gone already. Raises TryLater, or Undeliverable if we may not."""
        ...

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        """Show another card in the place of a message of ours (the receipt's id), if it can leave `before` that.

        Doing it twice shows the same, so a doubt is TryLater too. Raises that, or Undeliverable if we may not or
        the message is gone, and nothing else.
        """
        ...


Chats = Mapping[Platform, Chat]
