"""What must be true of the outbox, in plain Python: what each thing that can happen to it makes of its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from handlers.model import Delivery, Job, Lane, Places, Queue, Reason, Receipt, Status, Withdrawal
from handlers.pace import BURST, Pace

LANES = (Lane.INTERACTIVE, Lane.REMINDER, Lane.BULK)
LEASED = (Status.SENDING, Status.RECONCILING)
KINDS = {
    Status.PENDING: "assigned",
    Status.SENT: "delivered",
    Status.UNKNOWN: "uncertain",
    Status.FAILED: "failed",
    Status.EXPIRED: "expired",
    Status.CANCELLED: "excluded",
    Status.SKIPPED: "excluded",
}
GIVEN_UP = (Status.PENDING, Status.FAILED, Status.EXPIRED, Status.SKIPPED)


class End(NamedTuple):
    """What somebody says became of a claim."""

    status: Status
    reason: Reason
    due_at: datetime | None
    receipt: Receipt | None


@dataclass
class Row:
    """A row as it has to be; planned: the delivery as it entered the outbox."""

    planned: Delivery
    status: Status
    reason: Reason
    due_at: datetime
    attempt: int = 0
    owner: str = ""
    lease_until: datetime | None = None
    receipt: str = ""
    withdrawn: bool = False

    @classmethod
    def of(cls, delivery: Delivery) -> Row:
        return cls(delivery, delivery.status, delivery.reason, delivery.due_at)

    @property
    def queue(self) -> tuple[str, str]:
        address = self.planned.address
        return (address.platform, address.workspace) if address else ("", "")

    @property
    def logged(self) -> bool:
        return bool(self.planned.campaign) or self.planned.piece is not None

    def held_by(self, owner: str, attempt: int) -> bool:
        return self.status in LEASED and (self.owner, self.attempt) == (owner, attempt)

    def becomes(self, status: Status, reason: Reason = Reason.NONE, due_at: datetime | None = None) -> None:
        """Any state but a leased one."""
        self.status, self.reason, self.owner, self.lease_until = status, reason, "", None
        self.due_at = due_at or self.due_at


@dataclass
class Model:
    """taken_away: (delivery, message) -> when it is due; None: done."""

    now: datetime
    rows: dict[str, Row] = field(default_factory=dict)
    rosters: dict[tuple[str, str, str], int] = field(default_factory=dict)
    launched: set[str] = field(default_factory=set)
    recalled: set[str] = field(default_factory=set)
    inbox: set[str] = field(default_factory=set)
    counted: set[tuple[str, str, str]] = field(default_factory=set)
    ledger: Counter[tuple[str, str]] = field(default_factory=Counter)
    blocked: dict[Queue, datetime] = field(default_factory=dict)
    claims: dict[Queue, list[tuple[datetime, int]]] = field(default_factory=dict)
    taken_away: dict[tuple[str, str], datetime | None] = field(default_factory=dict)

    def has(self, campaign: str, slot: str, person: str) -> bool:
        key = (campaign, slot, person)
        return any((r.planned.campaign, r.planned.slot, r.planned.person) == key for r in self.rows.values())

    def enters(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            row = self.rows[delivery.id] = Row.of(delivery)
            self._logs(row, row.status)

    def recalls(self, campaign: str) -> None:
        self.recalled.add(campaign)
        self.ledger["withdrawn", ""] += 1
        for row in self.rows.values():
            if row.planned.campaign != campaign:
                continue
            if row.status is Status.PENDING:
                row.becomes(Status.CANCELLED, Reason.RECALLED)
                self._logs(row, Status.CANCELLED)
            elif row.status in (*LEASED, Status.UNKNOWN, Status.SENT):
                row.withdrawn = True  # what is under way goes when it has arrived
                self._goes(row, row.receipt if row.status is Status.SENT else "")

    def eligible(self, queue: Queue) -> list[Row]:
        """What a claim may take now, in the order in which it has to."""
        if self.blocked.get(queue, self.now) > self.now:
            return []
        state = Status.PENDING if queue.job is Job.SEND else Status.UNKNOWN
        here = (row for row in self.rows.values() if row.queue == queue[:2])
        due = [row for row in here if row.status is state and row.due_at <= self.now]
        lanes = queue.job is Job.SEND
        return sorted(due, key=lambda row: (LANES.index(row.planned.lane) if lanes else 0, row.due_at))

    def room(self, queue: Queue, places: Places) -> int:
        """How many of these a claim takes that no pace holds up."""
        due = self.eligible(queue)
        if queue.job is not Job.SEND:
            return min(len(due), places.free)
        first = min(sum(row.planned.lane is not Lane.BULK for row in due), places.free)
        return first + min(len(due) - first, max(0, min(places.free, places.many) - first))

    def claims_it(self, row: Row, queue: Queue, owner: str, lease: timedelta) -> None:
        row.status = Status.SENDING if queue.job is Job.SEND else Status.RECONCILING
        row.attempt += queue.job is Job.SEND
        row.owner, row.lease_until = owner, self.now + lease

    def paced(self, queue: Queue, pace: Pace, calls: int) -> None:
        """More calls started now. In no span are there more than the pace allows, and one."""
        found = self.claims.setdefault(queue, [])
        found.append((self.now, calls))
        for since, _ in found:
            started = sum(number for moment, number in found if moment >= since)
            allowed = (self.now - since + BURST).total_seconds() * pace.most + 1.001
            assert started <= allowed, "no queue is faster than its pace"

    def settles(self, row: Row, claimed: Delivery, end: End) -> None:
        """The end of a claim that is held."""
        status, reason, due_at = end.status, end.reason, end.due_at
        brought = end.receipt.message if end.receipt else ""
        if row.receipt and status is not Status.SENT:
            status, reason, due_at = Status.SENT, Reason.NONE, None
        elif row.withdrawn and status is Status.PENDING:
            status, reason, due_at = Status.CANCELLED, Reason.RECALLED, None
        if row.receipt and brought:
            self._goes(row, brought if brought != row.receipt else "")
        row.receipt = row.receipt or brought
        row.becomes(status, reason, due_at)
        if row.withdrawn:
            self._goes(row, row.receipt)
        same = status is Status.UNKNOWN and claimed.status is Status.RECONCILING
        if status is not Status.PENDING and not same:
            self._logs(row, status)

    def reclaims(self, quarantine: timedelta) -> int:
        late = [r for r in self.rows.values() if r.lease_until is not None and r.lease_until <= self.now]
        for row in late:
            row.becomes(Status.UNKNOWN, row.reason, self.now + quarantine)
            self._logs(row, Status.UNKNOWN)
        return len(late)

    def waits(self, queue: Queue, until: datetime) -> None:
        self.blocked[queue] = max(until, self.blocked.get(queue, until))

    def is_new(self, event: str, thing: tuple[str, str, str]) -> bool:
        return event not in self.inbox and thing not in self.counted

    def presses(self, event: str, thing: tuple[str, str, str], message: str) -> None:
        """A press that is new: it counts, and the copy that was pressed has arrived."""
        self.inbox.add(event)
        self.counted.add(thing)
        row = self.rows[thing[0]]
        self.ledger[thing[1], row.planned.id] += 1
        if row.status is Status.SENDING:
            row.receipt = row.receipt or message
        elif row.status is not Status.SENT:
            if row.status in (Status.UNKNOWN, Status.RECONCILING) or (row.status in GIVEN_UP and row.attempt):
                row.receipt = message
                row.becomes(Status.SENT)
                self._logs(row, Status.SENT)
        elif message and row.receipt and message != row.receipt:
            self._goes(row, row.receipt)
            row.receipt = message
        if row.withdrawn:
            self._goes(row, message)

    def unwanted(self, queue: Queue) -> list[tuple[str, str]]:
        """(delivery, message) to be taken away now."""
        if self.blocked.get(queue, self.now) > self.now:
            return []
        due = [key for key, due_at in self.taken_away.items() if due_at is not None and due_at <= self.now]
        return [key for key in due if self.rows[key[0]].queue == queue[:2]]

    def withdraws(self, taken: Sequence[Withdrawal], lease: timedelta) -> None:
        for withdrawal in taken:
            self.taken_away[withdrawal.delivery, withdrawal.message] = self.now + lease

    def _goes(self, row: Row, message: str) -> None:
        if message:
            self.taken_away.setdefault((row.planned.id, message), self.now)

    def _logs(self, row: Row, status: Status) -> None:
        if row.logged:
            self.ledger[KINDS[status], row.planned.id] += 1
