"""Drain the outbox: guard, send, settle; and find out about the ones nobody is sure of.

The rules that keep this from losing or doubling anything: the claim is committed before the call; a row
that is no longer ours is dropped; no call starts that could outlive its lease; a row nobody is sure of
is looked for before it is sent again; and whatever is not recognised counts as not sure.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.model import Delivery, Policy, Reason, Receipt, Status
from handlers.ports import Chats, Clock, Store, TryLater, Undeliverable, Unknown

log = logging.getLogger(__name__)

IN_FLIGHT = 8  # sends under way at once in one workspace
CALL = timedelta(seconds=15)  # the longest a platform call may take (the clients give up after 10 s)
LEASE = timedelta(seconds=60)
QUARANTINE = timedelta(seconds=60)  # longer than a call, plus a platform's late acceptance
LONGEST_GRACE = timedelta(days=14)  # no delivery is sent earlier than this before it expires
SWITCHED_OFF = timedelta(seconds=60)  # until the next look whether the platform is connected again


@dataclass(frozen=True)
class Drain:
    """owner: the name of this drainer, different for every process that ever runs."""

    store: Store
    chats: Chats
    clock: Clock
    owner: str

    async def everything(self) -> int:
        """Until nothing is due anywhere. Returns how many rows were taken."""
        total = 0
        while taken := sum(await asyncio.gather(*map(self.once, await self.waiting()))):
            total += taken
        return total

    async def waiting(self) -> Sequence[str]:
        """See to rows that nobody holds or is sure of; then name the workspaces that have rows due."""
        await self.store.reclaim(self.clock.now(), QUARANTINE)
        await self._reconcile()
        return await self.store.waiting(self.clock.now())

    async def once(self, workspace: str) -> int:
        """One claim of one workspace, sent and settled. Returns how many rows were taken."""
        claimed = await self.store.claim(workspace, self.clock.now(), self.owner, LEASE, IN_FLIGHT)
        await asyncio.gather(*(self._deliver(delivery) for delivery in claimed))
        return len(claimed)

    async def _reconcile(self) -> None:
        """Look for deliveries whose quarantine is over."""
        claimed = await self.store.claim_unknown(self.clock.now(), self.owner, LEASE, IN_FLIGHT)
        await asyncio.gather(*(self._look_for(delivery) for delivery in claimed))

    async def _deliver(self, delivery: Delivery) -> None:
        stop = await self._guard(delivery)
        if stop is not None:
            await self._settle(delivery, *stop)
            return
        if self._outlives_lease(delivery):
            await self._settle(delivery, Status.PENDING, due_at=self.clock.now())
            return
        try:
            receipt = await self._send(delivery)
        except TryLater as later:
            await self._try_later(delivery, later)
        except Undeliverable as refused:
            await self._settle(delivery, Status.FAILED, refused.reason, code=refused.code)
        except Unknown as doubt:
            await self._doubt(delivery, str(doubt))
        except Exception as error:
            log.exception("delivery %s: unexpected error, treated as unknown", delivery.id)
            await self._doubt(delivery, type(error).__name__)
        else:
            await self._settle(delivery, Status.SENT, receipt=receipt)

    async def _send(self, delivery: Delivery) -> Receipt:
        if delivery.address is None:
            raise Undeliverable(Reason.NOT_INSTALLED)
        if delivery.address.platform not in self.chats:
            raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
        return await self.chats[delivery.address.platform].send(delivery.address, delivery.card, delivery.id)

    async def _guard(self, delivery: Delivery) -> tuple[Status, Reason] | None:
        """Why this delivery must not go out any more; None: send it."""
        now = self.clock.now()
        person = await self.store.person(delivery.person)
        if person is None or person.left_at is not None:
            return Status.CANCELLED, Reason.LEFT
        if delivery.campaign and person.paused(now):
            return Status.SKIPPED, Reason.PAUSED
        if now > delivery.expires_at:
            return Status.EXPIRED, Reason.THROTTLED if delivery.attempt > 1 else Reason.LATE
        return None

    def _outlives_lease(self, delivery: Delivery) -> bool:
        return delivery.lease_until is not None and self.clock.now() + CALL > delivery.lease_until

    async def _try_later(self, delivery: Delivery, later: TryLater) -> None:
        until = self.clock.now() + later.after
        if later.whole_workspace and delivery.address is not None:
            await self.store.throttle(delivery.address.workspace, until)
        await self._settle(delivery, Status.PENDING, code=str(later), due_at=until)

    async def _doubt(self, delivery: Delivery, why: str) -> None:
        await self._settle(delivery, Status.UNKNOWN, code=why, due_at=self.clock.now() + QUARANTINE)

    async def _look_for(self, delivery: Delivery) -> None:
        chat = self.chats.get(delivery.address.platform) if delivery.address else None
        if chat is None or delivery.address is None:
            await self._undecided(delivery)
            return
        try:
            found = await chat.find(delivery.address, delivery.id, delivery.expires_at - LONGEST_GRACE)
        except TryLater as later:
            await self._settle(delivery, Status.UNKNOWN, due_at=self.clock.now() + later.after)
            return
        if isinstance(found, Receipt):
            await self._settle(delivery, Status.SENT, receipt=found, resolved_by="found at the platform")
        elif found == "absent":
            now = self.clock.now()
            await self._settle(delivery, Status.PENDING, due_at=now, resolved_by="absent at the platform")
        else:
            await self._undecided(delivery)

    async def _undecided(self, delivery: Delivery) -> None:
        if delivery.policy is Policy.AT_MOST_ONCE:
            await self._settle(delivery, Status.FAILED, Reason.UNCERTAIN, resolved_by="policy")
        else:
            await self._settle(delivery, Status.PENDING, due_at=self.clock.now(), resolved_by="policy")

    async def _settle(
        self,
        delivery: Delivery,
        status: Status,
        reason: Reason = Reason.NONE,
        *,
        code: str = "",
        due_at: datetime | None = None,
        receipt: Receipt | None = None,
        resolved_by: str = "",
    ) -> None:
        ours = await self.store.settle(
            delivery,
            self.owner,
            status,
            self.clock.now(),
            reason=reason,
            code=code[:500],
            due_at=due_at,
            receipt=receipt,
            resolved_by=resolved_by,
        )
        if not ours:
            log.warning("delivery %s is no longer ours at attempt %d; dropped", delivery.id, delivery.attempt)
