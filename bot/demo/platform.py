"""What the demo company's messages go through: it answers as a platform does, refusals and outages included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Literal

from bot.playground.chat import WORKSPACE
from content.cards import Card
from handlers.model import Address, Job, Platform, Reason, Receipt
from handlers.pace import Pace
from handlers.ports import Clock, TryLater, Undeliverable, Unknown

AGAIN = timedelta(hours=1)

Shown = Callable[[str, str, Card], None]
"""What is told of a message that arrived: user, delivery, card."""


def address_of(email: str) -> Address:
    return Address(Platform.PLAYGROUND, WORKSPACE, email.lower())


@dataclass
class DemoChat:
    """refusing: user -> why; once: user -> why, of their next message alone; down: from and until when."""

    clock: Clock
    shown: Shown
    refusing: dict[str, Reason] = field(default_factory=dict)
    once: dict[str, Reason] = field(default_factory=dict)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)
    paces: Mapping[Job, Pace] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        now = self.clock.now()
        for begins, ends in self.down:
            if begins <= now < ends:
                raise TryLater(min(AGAIN, ends - now), "503")
        reason = self.refusing.get(address.user) or self.once.pop(address.user, None)
        if reason is Reason.UNCERTAIN:
            raise Unknown("no answer")
        if reason is not None:
            raise Undeliverable(reason, str(reason))
        self.shown(address.user, delivery_id, card)
        return Receipt(message=f"demo-{next(self._numbers):07}")

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        return "cannot tell"

    async def withdraw(self, address: Address, message: str) -> None:
        pass

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        pass
