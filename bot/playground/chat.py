"""The playground's chat: a card has arrived as soon as it is handed over, and open pages hear of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from content.cards import Card
from handlers.model import Address, Job, Platform, Reason, Receipt
from handlers.pace import Pace
from handlers.ports import Undeliverable

WORKSPACE = "playground"


class PlaygroundChat:
    """`handlers.ports.Chat` without a wire: the outbox itself is what the pages show."""

    paces: Mapping[Job, Pace] = MappingProxyType({})

    def __init__(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        """Receipt at once. Raises Undeliverable for an address of another platform or workspace."""
        if (address.platform, address.workspace) != (Platform.PLAYGROUND, WORKSPACE):
            raise Undeliverable(Reason.NOBODY, f"{address.platform}:{address.workspace}")
        self._tell()
        return Receipt(message=delivery_id)

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Absent: what the outbox does not call sent was shown to nobody, so there is no second copy."""
        return "absent"

    async def withdraw(self, address: Address, message: str) -> None:
        """Nothing to take away: the page draws the card as it is by now, and that says that it was withdrawn."""
        self._tell()

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        """The page draws every card as it is by now; it only has to hear of it."""
        self._tell()
