"""A card that was sent, drawn anew in its place as it stands at that moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers import deliver
from handlers.deliver import until
from handlers.desk import Desk
from handlers.features import looks
from handlers.model import TRIES_TO_EDIT, Address, Job, Refresh
from handlers.ports import Chats, TryLater, Undeliverable
from handlers.shared import Done


def lease() -> timedelta:
    """How long a claim holds a card: until nothing of a call can arrive any more, after which a newer one may."""
    return deliver.LEASE + deliver.QUARANTINE


@dataclass(frozen=True)
class Redrawer:
    desk: Desk
    chats: Chats

    async def draw_anew(self, refresh: Refresh) -> None:
        """A card that stays as it was is no loss of anything, so this is tried, but not for ever.

        What a person does with a card while the call is under way may be shown to them before the call's card is:
        then it is drawn once more.
        """
        delivery, address = refresh.delivery, refresh.delivery.address
        assert address is not None, "a message that was sent went to an address"
        done = await self.desk.store.done(delivery.id)
        try:
            await self._edit(address, refresh, done)
        except TryLater as later:
            due_at = await until(self.desk, self.chats, address, Job.EDIT, later)
            await self._settle(refresh, str(later), None if refresh.attempt >= TRIES_TO_EDIT else due_at)
        except Undeliverable as refused:
            await self._settle(refresh, str(refused))
        else:
            pressed = await self.desk.store.done(delivery.id) != done
            again = pressed and refresh.attempt < TRIES_TO_EDIT
            await self._settle(refresh, due_at=self.desk.clock.now() if again else None)

    async def _edit(self, address: Address, refresh: Refresh, done: Done) -> None:
        if address.platform not in self.chats:
            raise TryLater(deliver.SWITCHED_OFF, "this process is not connected to the platform")
        delivery = refresh.delivery
        card = await looks(self.desk, delivery, refresh.person, done)
        before = refresh.lease_until - deliver.QUARANTINE - deliver.CALL
        await self.chats[address.platform].edit(address, delivery.receipt, card, delivery.id, before=before)

    async def _settle(self, refresh: Refresh, code: str = "", due_at: datetime | None = None) -> None:
        now = self.desk.clock.now()
        await self.desk.store.settle_refresh(refresh, now, code=code[:500], due_at=due_at)
