"""The plugs in the wall: what the handlers ask of the world, and the three ways a send can go wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal, Protocol

from content.cards import Card
from handlers.events import Broadcast, Change, Incoming, Outcome
from handlers.model import (
    Address,
    Delivery,
    Entry,
    Participation,
    Person,
    Platform,
    Reason,
    Receipt,
    Roster,
    Status,
    Tally,
)


class TryLater(Exception):
    """Not sent, and worth another try after `after`; `whole_workspace` when the platform throttles us."""

    def __init__(self, after: timedelta, why: str = "", *, whole_workspace: bool = False) -> None:
        super().__init__(why or f"try again in {after.total_seconds():.0f} s")
        self.after = after
        self.whole_workspace = whole_workspace


class Undeliverable(Exception):
    """Refused for good, with a reason that a person can act on; `code` is the platform's own word."""

    def __init__(self, reason: Reason, code: str = "") -> None:
        super().__init__(f"{reason}: {code}" if code else str(reason))
        self.reason = reason
        self.code = code


class Unknown(Exception):
    """It may or may not have arrived: a timeout, a reset, a 5xx, anything unrecognised."""


class Stranger(Exception):
    """Nobody is known at this address yet: send `Joined` with the profile first, then the event again."""


Receive = Callable[[Incoming], Awaitable[Outcome]]
"""The one door in: what every platform calls with what came. Raises Stranger."""


class Clock(Protocol):
    def now(self) -> datetime:
        """The time, aware, in UTC."""
        ...


class Chat(Protocol):
    """One platform. `send` is the only method in the house that posts a message to a person."""

    async def send(self, address: Address, card: Card, delivery_id: str) -> Receipt:
        """Post once, without retrying. Raises TryLater, Undeliverable or Unknown, and nothing else."""
        ...

    async def find(
        self, address: Address, delivery_id: str, since: datetime
    ) -> Receipt | Literal["absent", "cannot tell"]:
        """Look whether a delivery arrived after all. Raises TryLater when that cannot be asked now."""
        ...


Chats = Mapping[Platform, Chat]
Grouping = Literal["all", "team", "clause", "week", "campaign"]


class Store(Protocol):
    """The memory. Every method is one transaction; values come out, never rows."""

    # people
    async def person(self, key: str) -> Person | None: ...

    async def person_at(self, address: Address) -> Person | None:
        """Who this address belongs to; only (platform, workspace, user) counts."""
        ...

    async def person_by_email(self, email: str) -> Person | None:
        """Letter case does not count."""
        ...

    async def people(self) -> Sequence[Person]:
        """Everybody who has not left, by key."""
        ...

    async def zones(self) -> Sequence[str]:
        """The time zones of everybody who has not left; "" among them if somebody has none."""
        ...

    # what comes in
    async def delivery(self, delivery_id: str) -> Delivery | None: ...

    async def done(self, delivery_id: str) -> tuple[Participation, ...]:
        """What has been done with a delivery, oldest first."""
        ...

    async def commit(self, change: Change) -> bool:
        """All of the change, or nothing. False: this inbox key, or one of its participations, was here before."""
        ...

    # the plan
    async def last_slot(self, campaign: str, zone: str) -> str | None:
        """The latest nominal time already planned for a campaign in a zone."""
        ...

    async def plan(self, roster: Roster, at: datetime) -> int:
        """Write a roster's deliveries once; a second call with the same (campaign, slot, zone) writes none.

        Returns how many rows were written; a person already on the campaign's slot is passed over.
        """
        ...

    async def finished(self, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
        """(slot, team) pairs of slots due since then in which everybody who was reached has taken part."""
        ...

    async def launched(self, now: datetime) -> Sequence[Broadcast]:
        """Broadcasts due by now whose roster has not been planned yet."""
        ...

    # the outbox
    async def waiting(self, now: datetime) -> Sequence[str]:
        """Workspaces that have rows due and are not throttled."""
        ...

    async def claim(
        self, workspace: str, now: datetime, owner: str, lease: timedelta, limit: int
    ) -> Sequence[Delivery]:
        """Take due rows of one workspace and commit the claim: SENDING, attempt + 1, leased to owner.

        The interactive lane comes first, then reminders, then the many. None while it is throttled.
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

    async def reclaim(self, now: datetime, quarantine: timedelta) -> int:
        """Rows whose lease ran out become UNKNOWN, due for a look after the quarantine. Returns how many."""
        ...

    async def claim_unknown(
        self, now: datetime, owner: str, lease: timedelta, limit: int
    ) -> Sequence[Delivery]:
        """Take UNKNOWN rows whose quarantine is over: RECONCILING, leased to owner."""
        ...

    async def throttle(self, workspace: str, until: datetime) -> None:
        """No claim from this workspace before `until`."""
        ...

    async def next_due(self, after: datetime) -> datetime | None:
        """When the next row falls due, for whoever wants to sleep until then."""
        ...

    # looking back
    async def deliveries_of(
        self, person: str, *, limit: int = 50, campaigns_only: bool = False
    ) -> Sequence[Delivery]:
        """A person's deliveries, newest first."""
        ...

    async def participations_of(self, person: str) -> Sequence[tuple[datetime, Participation]]:
        """Everything a person did, oldest first."""
        ...

    async def tallies(
        self, by: Grouping, since: datetime, until: datetime, *, manager: str = ""
    ) -> Sequence[Tally]:
        """Counts by group over deliveries due in [since, until); with a manager, of their own people only."""
        ...

    async def outbox(self, limit: int = 100) -> Sequence[Delivery]:
        """The newest rows of the outbox, whatever their state."""
        ...

    async def entries(self, limit: int = 100) -> Sequence[Entry]:
        """The newest entries of the ledger, newest first."""
        ...

    # small things to remember across restarts
    async def recall_value(self, name: str) -> str | None: ...

    async def keep_value(self, name: str, value: str) -> None: ...
