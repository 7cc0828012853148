"""One claimed row to its end: guard, send, settle; find out about the ones nobody is sure of; take away.

The rules that keep this from losing or doubling anything: the claim is committed before the call; a row
that is no longer ours is dropped; no call starts that could outlive its lease; a row nobody is sure of
is looked for before it is sent again; and whatever is not recognised counts as not sure.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from content.pieces import Milestone
from handlers.balance import too_many
from handlers.broadcasts import reminders
from handlers.desk import Desk
from handlers.model import (
    Address,
    Delivery,
    Job,
    Lane,
    Person,
    Platform,
    Policy,
    Queue,
    Reason,
    Receipt,
    Status,
    Withdrawal,
)
from handlers.numbers import mornings
from handlers.pace import Pace
from handlers.ports import Chats, TryLater, Unavailable, Undeliverable, Unknown
from handlers.roster import suits

log = logging.getLogger(__name__)

CALL = timedelta(seconds=15)  # the longest a platform call may take (the clients give up after 10 s)
LEASE = timedelta(seconds=60)
QUARANTINE = timedelta(seconds=60)  # longer than a call, plus a platform's late acceptance
LONGEST_GRACE = timedelta(days=14)  # no delivery is sent earlier than this before it expires
SWITCHED_OFF = timedelta(seconds=60)  # until the next look whether the platform is connected again
GIVE_UP = timedelta(days=1)  # after its end, nobody asks any more whether a delivery arrived
BY_POLICY = "policy"  # how a doubt was resolved that nobody could look into
TRIES_TO_WITHDRAW = 20
SETTLED_AGAIN = timedelta(seconds=2)  # until the next try to write an end that the database did not take


@dataclass(frozen=True)
class Deliverer:
    """owner: whose claims these are."""

    desk: Desk
    chats: Chats
    owner: str

    async def deliver(self, delivery: Delivery, person: Person | None) -> None:
        """Send it; or look for it, where it was claimed for that."""
        if delivery.status is Status.RECONCILING:
            await self._look_for(delivery)
        else:
            await self._send_on(delivery, person)

    async def _send_on(self, delivery: Delivery, person: Person | None) -> None:
        stop = self._guard(delivery, person)
        if stop is None and await reminders.pointless(self.desk, delivery):
            stop = Status.SKIPPED, Reason.DONE
        if stop is not None:
            await self._settle(delivery, *stop)
            return
        rest_until = self._rest_until(delivery, person)
        if rest_until is not None:
            await self._settle(delivery, Status.PENDING, due_at=rest_until)
            return
        another_day = await too_many(self.desk, delivery, person) if person is not None else None
        if another_day is not None:
            await self._another_day(delivery, another_day)
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
        stop = self._unwanted(delivery, person, now) if delivery.person else None  # a channel takes all
        if stop is not None:
            return stop
        if now > delivery.expires_at:
            return Status.EXPIRED, Reason.THROTTLED if delivery.attempt > 1 else Reason.LATE
        return None

    def _unwanted(
        self, delivery: Delivery, person: Person | None, now: datetime
    ) -> tuple[Status, Reason] | None:
        if person is None or person.left_at is not None:
            return Status.CANCELLED, Reason.LEFT
        if delivery.lane is not Lane.INTERACTIVE and person.paused(now):
            return Status.SKIPPED, Reason.PAUSED
        piece = delivery.piece
        if isinstance(piece, Milestone) and piece.scope == "personal" and not person.celebrates:
            return Status.SKIPPED, Reason.OPTED_OUT
        if mornings.unwanted(delivery, person):
            return Status.SKIPPED, Reason.OPTED_OUT
        return None

    def _rest_until(self, delivery: Delivery, person: Person | None) -> datetime | None:
        """When the person's rest ends, if this is part of it; what they asked for comes at once."""
        if delivery.lane is Lane.INTERACTIVE or person is None:
            return None
        now = self._now()
        ends = suits(self.desk, now)(person)
        return ends if ends > now else None

    async def _another_day(self, delivery: Delivery, due_at: datetime) -> None:
        """A celebration that was held up into a day that has enough of them."""
        if due_at > delivery.expires_at:
            await self._settle(delivery, Status.SKIPPED, Reason.CELEBRATED)
        else:
            await self._settle(delivery, Status.PENDING, due_at=due_at)

    async def _try_later(self, delivery: Delivery, later: TryLater) -> None:
        due_at = await until(self.desk, self.chats, delivery.address, Job.SEND, later)
        await self._settle(delivery, Status.PENDING, code=str(later), due_at=due_at)

    async def _doubt(self, delivery: Delivery, why: str) -> None:
        await self._settle(delivery, Status.UNKNOWN, code=why, due_at=self._now() + QUARANTINE)

    async def _look_for(self, delivery: Delivery) -> None:
        try:
            found = await self._found(delivery)
        except TryLater as later:
            due_at = await until(self.desk, self.chats, delivery.address, Job.FIND, later)
            if self._now() > delivery.expires_at + GIVE_UP:
                await self._settle(
                    delivery, Status.FAILED, Reason.UNCERTAIN, resolved_by="nobody could be asked"
                )
            else:
                await self._settle(delivery, Status.UNKNOWN, due_at=due_at)
            return
        if isinstance(found, Receipt):
            await self._settle(delivery, Status.SENT, receipt=found, resolved_by="found at the platform")
        elif found == "absent":
            await self._settle(
                delivery, Status.PENDING, due_at=self._now(), resolved_by="absent at the platform"
            )
        elif delivery.policy is Policy.AT_MOST_ONCE:
            await self._settle(delivery, Status.FAILED, Reason.UNCERTAIN, resolved_by=BY_POLICY)
        else:
            await self._settle(delivery, Status.PENDING, due_at=self._now(), resolved_by=BY_POLICY)

    async def _found(self, delivery: Delivery) -> Receipt | str:
        """What the platform says. Raises TryLater, also where this process is not connected to it."""
        address = delivery.address
        if address is None or address.platform not in self.chats:
            raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
        return await self.chats[address.platform].find(
            address, delivery.id, delivery.expires_at - LONGEST_GRACE
        )

    async def take_away(self, withdrawal: Withdrawal) -> None:
        """A message that stays although it should not is no loss of anything, so this is tried, but not for ever."""
        address = withdrawal.address
        try:
            if address.platform not in self.chats:
                raise TryLater(SWITCHED_OFF, "this process is not connected to the platform")
            await self.chats[address.platform].withdraw(address, withdrawal.message)
        except TryLater as later:
            due_at = await until(self.desk, self.chats, address, Job.WITHDRAW, later)
            again = None if withdrawal.attempt >= TRIES_TO_WITHDRAW else due_at
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
        ends = delivery.lease_until or self._now()
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
                if self._now() + SETTLED_AGAIN >= ends:
                    raise
            await self.desk.clock.wait_until(self._now() + SETTLED_AGAIN)
        if not ours:
            log.warning("delivery %s is no longer ours at attempt %d; dropped", delivery.id, delivery.attempt)

    def _now(self) -> datetime:
        return self.desk.clock.now()


async def until(desk: Desk, chats: Chats, address: Address | None, job: Job, later: TryLater) -> datetime:
    """When to try again; where the platform throttles us, its whole queue waits."""
    now = desk.clock.now()
    if later.whole_workspace and address is not None:
        queue = Queue(address.platform, address.workspace, job)
        await desk.store.throttle(queue, now, now + later.after, pace_of(chats, address.platform, job))
    return now + later.after


def pace_of(chats: Chats, platform: Platform, job: Job) -> Pace | None:
    """How fast a platform may be called for a job; None where nothing says so, or it is not connected here."""
    return chats[platform].paces.get(job) if platform in chats else None
