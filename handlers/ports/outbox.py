"""The part of the memory that holds what is to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from handlers.model import (
    Claim,
    Delivery,
    Places,
    Queue,
    Reason,
    Receipt,
    Refresh,
    Status,
    Watch,
    Withdrawal,
)
from handlers.pace import Pace


class Outbox(Protocol):
    """Claims and how they end; in each the row is ours, or it is not."""

    async def waiting(self, now: datetime) -> Sequence[Queue]:
        """The queues that have something due, whether or not their pace has room for it now."""
        ...

    async def claim(
        self, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places, pace: Pace | None
    ) -> Claim:
        """Take what is due in one queue and what its pace has room for, leased to owner, and commit that.

        SEND: PENDING rows become SENDING, attempt + 1; the interactive lane first, then reminders, then the
        many. FIND: UNKNOWN rows whose quarantine is over become
        RECONCILING. WITHDRAW: messages to be taken away. EDIT: cards to be drawn anew.
        """
        ...

    async def settle(
        self,
        delivery: Delivery,
        owner: str,
        status: Status,
        at: datetime,
        *,
        reason: Reason = Reason.NONE,
        code: str = "",
        due_at: datetime | None = None,
        receipt: Receipt | None = None,
        resolved_by: str = "",
    ) -> bool:
        """Write a claim's end. False: the row is no longer this owner's at this attempt; drop it."""
        ...

    async def settle_withdrawal(
        self, withdrawal: Withdrawal, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        """It is done, or could not be (`code` says why), or is due again at `due_at`."""
        ...

    async def refresh(self, deliveries: Sequence[str], at: datetime) -> None:
        """Have the cards of these deliveries drawn anew, `at` that time or as soon as they have been sent.

        As many as one likes, in steps: interrupted, some of them are kept. Asking again before it is done makes
        one drawing of both; who was not reached, and whose message is withdrawn, is passed over.
        """
        ...

    async def settle_refresh(
        self, refresh: Refresh, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        """It is done, or could not be (`code` says why), or waits until `due_at`.

        Due again at once if it was asked for meanwhile; nothing if somebody else has claimed it since.
        """
        ...

    async def watched(self, since: datetime, until: datetime) -> Sequence[Watch]:
        """Broadcasts due in [since, until], each with its author's card, where that was sent."""
        ...

    async def stirred(self, campaign: str, since: datetime) -> bool:
        """Whether the ledger has an entry about this campaign from after that moment."""
        ...

    async def reclaim(self, now: datetime, quarantine: timedelta) -> int:
        """Rows whose lease ran out become UNKNOWN, due for a look after the quarantine. Returns how many."""
        ...

    async def throttle(self, queue: Queue, now: datetime, until: datetime, pace: Pace | None) -> None:
        """The platform asked us to wait: no claim from this queue before `until`, and slower afterwards."""
        ...

    async def next_due(self, after: datetime) -> datetime | None:
        """When the next row falls due, for whoever wants to sleep until then."""
        ...
