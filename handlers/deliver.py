"""Drain the outbox: guard, send, settle; and find out about the ones nobody is sure of.

The rules that keep this from losing or doubling anything: the claim is committed before the call; a row
that is no longer ours is dropped; no call starts that could outlive its lease; a row nobody is sure of
is looked for before it is sent again; and whatever is not recognised counts as not sure.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import starmap

from content.pieces import Milestone
from handlers.desk import Desk
from handlers.model import (
    Address,
    Claim,
    Delivery,
    Job,
    Lane,
    Person,
    Places,
    Platform,
    Policy,
    Queue,
    Reason,
    Receipt,
    Status,
    Withdrawal,
)
from handlers.pace import Pace
from handlers.ports import Chats, TryLater, Unavailable, Undeliverable, Unknown
from handlers.roster import after_quiet

log = logging.getLogger(__name__)

IN_FLIGHT = 64  # calls under way at once in one queue: what 50 calls a second take when each lasts a second
FOR_ANSWERS = 8  # places of those that the many leave free
CALL = timedelta(seconds=15)  # the longest a platform call may take (the clients give up after 10 s)
LEASE = timedelta(seconds=60)
QUARANTINE = timedelta(seconds=60)  # longer than a call, plus a platform's late acceptance
LONGEST_GRACE = timedelta(days=14)  # no delivery is sent earlier than this before it expires
SWITCHED_OFF = timedelta(seconds=60)  # until the next look whether the platform is connected again
GIVE_UP = timedelta(days=1)  # after its end, nobody asks any more whether a delivery arrived
TRIES_TO_WITHDRAW = 20
SETTLED_AGAIN = timedelta(seconds=2)  # until the next try to write an end that the database did not take


@dataclass(frozen=True)
class Drain:
    """owner: the name of this drainer, different for every process that ever runs."""

    desk: Desk
    chats: Chats
    owner: str

    async def everything(self) -> int:
        """Until nothing is due anywhere. Returns how many rows were taken."""
        total = 0
        while taken := sum(await asyncio.gather(*map(self.empty, await self.waiting()))):
            total += taken
        return total

    async def waiting(self) -> Sequence[Queue]:
        """Take back rows whose owner died; then name the queues that have something due."""
        await self.desk.store.reclaim(self._now(), QUARANTINE)
        return await self.desk.store.waiting(self._now())

    async def empty(
        self, queue: Queue, bell: asyncio.Event | None = None, stopping: Callable[[], bool] = bool
    ) -> int:
        """One queue until nothing is due in it. Returns how many rows were taken.

        A place that becomes free is filled at once, and the bell asks to look again while all that is
        under way hangs: nobody waits for somebody else's slow answer. Raises Unavailable, after what was under way.
        """
        bell = bell or asyncio.Event()
        under_way: set[asyncio.Task[None]] = set()
        broken: list[BaseException] = []

        def ended(task: asyncio.Task[None]) -> None:
            under_way.discard(task)
            if not task.cancelled() and (error := task.exception()) is not None:
                broken.append(error)
            bell.set()

        total = 0
        try:
            while True:
                bell.clear()
                if broken:
                    raise broken[0]
                places = Places(IN_FLIGHT - len(under_way), IN_FLIGHT - FOR_ANSWERS - len(under_way))
                claim = Claim() if stopping() or not places.free else await self._claim(queue, places)
                for work in (
                    *starmap(self._deliver_or_find, claim.taken),
                    *map(self._take_away, claim.withdrawals),
                ):
                    task = asyncio.create_task(work)
                    under_way.add(task)
                    task.add_done_callback(ended)
                    total += 1
                if not under_way and claim.again is None:
                    return total
                await self._until(bell, claim.again if len(under_way) < IN_FLIGHT else None)
        except Unavailable as away:
            await asyncio.gather(*under_way, return_exceptions=True)
            raise next((error for error in broken if not isinstance(error, Unavailable)), away) from None

    async def _until(self, bell: asyncio.Event, again: datetime | None) -> None:
        """Wait for the bell, which what is finished rings too, or until the pace has room again."""
        timer = None
        if again is not None:
            timer = asyncio.create_task(self._ring_at(again, bell))
        await bell.wait()
        if timer is not None:
            timer.cancel()

    async def _ring_at(self, moment: datetime, bell: asyncio.Event) -> None:
        await self.desk.clock.wait_until(moment)
        bell.set()

    async def _claim(self, queue: Queue, places: Places) -> Claim:
        pace = self._pace(queue.platform, queue.job)
        return await self.desk.store.claim(queue, self._now(), self.owner, LEASE, places, pace)

    def _pace(self, platform: Platform, job: Job) -> Pace | None:
        return self.chats[platform].paces.get(job) if platform in self.chats else None

    async def _deliver_or_find(self, delivery: Delivery, person: Person | None) -> None:
        if delivery.status is Status.RECONCILING:
            await self._look_for(delivery)
        else:
            await self._deliver(delivery, person)

    async def _deliver(self, delivery: Delivery, person: Person | None) -> None:
        stop = self._guard(delivery, person)
        if stop is not None:
            await self._settle(delivery, *stop)
            return
        quiet_until = self._quiet_until(delivery, person)
        if quiet_until is not None:
            await self._settle(delivery, Status.PENDING, due_at=quiet_until)
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
        address = delivery.address
        if address is None:
            raise Undeliverable(Reason.NOT_INSTALLED)
        if address.platform not in self.chats:
            raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
        before = (delivery.lease_until or self._now() + LEASE) - CALL
        return await self.chats[address.platform].send(address, delivery.card, delivery.id, before=before)

    def _guard(self, delivery: Delivery, person: Person | None) -> tuple[Status, Reason] | None:
        """Why this delivery must not go out any more, as things stood at the claim; None: send it."""
        now = self._now()
        if person is None or person.left_at is not None:
            return Status.CANCELLED, Reason.LEFT
        if delivery.lane is not Lane.INTERACTIVE and person.paused(now):
            return Status.SKIPPED, Reason.PAUSED
        piece = delivery.piece
        if isinstance(piece, Milestone) and piece.scope == "personal" and not person.celebrates:
            return Status.SKIPPED, Reason.OPTED_OUT
        if now > delivery.expires_at:
            return Status.EXPIRED, Reason.THROTTLED if delivery.attempt > 1 else Reason.LATE
        return None

    def _quiet_until(self, delivery: Delivery, person: Person | None) -> datetime | None:
        """When the person's quiet hours end, if they are in them now; what they asked for comes at once."""
        if delivery.lane is Lane.INTERACTIVE or person is None:
            return None
        ends = after_quiet(self.desk, self._now(), person)
        return ends if ends > self._now() else None

    async def _try_later(self, delivery: Delivery, later: TryLater) -> None:
        until = await self._wait(delivery.address, Job.SEND, later)
        await self._settle(delivery, Status.PENDING, code=str(later), due_at=until)

    async def _wait(self, address: Address | None, job: Job, later: TryLater) -> datetime:
        """When to try again; where the platform throttles us, its whole queue waits."""
        now = self._now()
        if later.whole_workspace and address is not None:
            queue = Queue(address.platform, address.workspace, job)
            pace = self._pace(address.platform, job)
            await self.desk.store.throttle(queue, now, now + later.after, pace)
        return now + later.after

    async def _doubt(self, delivery: Delivery, why: str) -> None:
        await self._settle(delivery, Status.UNKNOWN, code=why, due_at=self._now() + QUARANTINE)

    async def _look_for(self, delivery: Delivery) -> None:
        try:
            found = await self._found(delivery)
        except TryLater as later:
            until = await self._wait(delivery.address, Job.FIND, later)
            if self._now() > delivery.expires_at + GIVE_UP:
                await self._settle(
                    delivery, Status.FAILED, Reason.UNCERTAIN, resolved_by="nobody could be asked"
                )
            else:
                await self._settle(delivery, Status.UNKNOWN, due_at=until)
            return
        if isinstance(found, Receipt):
            await self._settle(delivery, Status.SENT, receipt=found, resolved_by="found at the platform")
        elif found == "absent":
            await self._settle(
                delivery, Status.PENDING, due_at=self._now(), resolved_by="absent at the platform"
            )
        elif delivery.policy is Policy.AT_MOST_ONCE:
            await self._settle(delivery, Status.FAILED, Reason.UNCERTAIN, resolved_by="policy")
        else:
            await self._settle(delivery, Status.PENDING, due_at=self._now(), resolved_by="policy")

    async def _found(self, delivery: Delivery) -> Receipt | str:
        """What the platform says. Raises TryLater, also where this process is not connected to it."""
        address = delivery.address
        if address is None or address.platform not in self.chats:
            raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
        return await self.chats[address.platform].find(
            address, delivery.id, delivery.expires_at - LONGEST_GRACE
        )

    async def _take_away(self, withdrawal: Withdrawal) -> None:
        """A message that stays although it should not is no loss of anything, so this is tried, but not for ever."""
        address = withdrawal.address
        try:
            if address.platform not in self.chats:
                raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
            await self.chats[address.platform].withdraw(address, withdrawal.message)
        except TryLater as later:
            until = await self._wait(address, Job.WITHDRAW, later)
            again = None if withdrawal.attempt >= TRIES_TO_WITHDRAW else until
            await self.desk.store.settle_withdrawal(withdrawal, self._now(), code=str(later), due_at=again)
        except Undeliverable as refused:
            await self.desk.store.settle_withdrawal(withdrawal, self._now(), code=str(refused))
        else:
            await self.desk.store.settle_withdrawal(withdrawal, self._now())

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
        """Written as long as the lease lasts; then the row is left to whoever looks for it."""
        until = delivery.lease_until or self._now()
        while True:
            try:
                ours = await self.desk.store.settle(
                    delivery,
                    self.owner,
                    status,
                    self._now(),
                    reason=reason,
                    code=code[:500],
                    due_at=due_at,
                    receipt=receipt,
                    resolved_by=resolved_by,
                )
                break
            except Unavailable:
                if self._now() + SETTLED_AGAIN >= until:
                    raise
            await self.desk.clock.wait_until(self._now() + SETTLED_AGAIN)
        if not ours:
            log.warning("delivery %s is no longer ours at attempt %d; dropped", delivery.id, delivery.attempt)

    def _now(self) -> datetime:
        return self.desk.clock.now()
