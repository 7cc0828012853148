"""One process' way to a platform: what holds a call up on this side, and what is made of the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from bot.wire import ACCEPTED_LATE
from content.cards import Card
from handlers.model import Address, Job, Receipt
from handlers.pace import Pace
from handlers.ports import TryLater, Unknown
from tests.rig.platforms import DOUBTFUL, GIVES_UP, Side

IN_A_MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Line:
    """Implements `handlers.ports.Chat`: one process' way to a platform. chance: of what holds a call up here."""

    side: Side
    process: str
    chance: Random

    @property
    def paces(self) -> Mapping[Job, Pace]:
        return self.side.paces

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        await asyncio.sleep(self._waits())
        if self.side.clock.now() >= before:
            raise TryLater(IN_A_MOMENT, "there was no time left for the call")
        call, answer = self.side.post(self.process, address.user, card, delivery_id)
        try:
            async with asyncio.timeout(GIVES_UP):
                heard = await answer
        except TimeoutError as error:
            call.heard = "no answer in time"
            raise Unknown("no answer in time") from error
        call.heard, call.unheard = str(heard), call.fault in DOUBTFUL
        if isinstance(heard, Exception):
            raise heard
        assert isinstance(heard, Receipt)
        return heard

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        await asyncio.sleep(self.chance.uniform(0.0, 1.0))
        if later := self.side.putting_off():
            raise later
        found = self.side.look(delivery_id, since)
        await asyncio.sleep(self.chance.uniform(0.0, 1.0))
        return found

    async def withdraw(self, address: Address, message: str) -> None:
        await asyncio.sleep(self.chance.uniform(0.0, 1.0))
        if later := self.side.putting_off():
            raise later
        self.side.remove(message)

    async def edit(
        self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
    ) -> None:
        drawn_at = self.side.clock.now()
        await asyncio.sleep(self._waits())
        if self.side.clock.now() >= before:
            raise TryLater(IN_A_MOMENT, "there was no time left for the call")
        if later := self.side.putting_off():
            raise later
        if self.side.redraw(message, drawn_at):
            await asyncio.sleep(GIVES_UP)
            raise TryLater(ACCEPTED_LATE, "no answer in time")

    def _waits(self) -> float:
        """For a place, a token, a window; now and then for so long that the lease is over."""
        drawn = self.chance.random()
        return self.chance.uniform(0.0, 0.3 if drawn < 0.95 else 5.0 if drawn < 0.99 else 90.0)
