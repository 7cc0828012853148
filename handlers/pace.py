"""How fast a platform may be called: a rate that all processes share, and what a refusal does to it.

The arithmetic only; `storage.paces` keeps one gauge for each queue of the outbox, in the transaction of the claim.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

BURST = timedelta(milliseconds=50)  # so much lateness of a claim is made up for; more is lost
RAISED_EVERY = timedelta(seconds=10)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pace:
    """What a platform allows for one kind of work, in calls a second.

    start: before anything is known. most and least: what refusals and successes never lead beyond.
    step: added every ten seconds of use without a refusal; 0 where the limit is documented.
    first_contact: calls that the first card to a person takes, where their conversation has to be made first.
    """

    start: float
    most: float
    least: float = 0.2
    step: float = 0.0
    first_contact: int = 1


@dataclass(frozen=True)
class Gauge:
    """Where one queue stands: its rate, when its next call may start, and until when it may not be called at all."""

    rate: float
    free_at: datetime = LONG_AGO
    changed_at: datetime = LONG_AGO
    blocked_until: datetime = LONG_AGO

    @property
    def again(self) -> datetime:
        """When the next call may start."""
        return max(self.free_at, self.blocked_until)

    def room(self, now: datetime, wanted: int) -> int:
        """How many of the wanted calls may start now."""
        if self.again > now:
            return 0
        since = now - max(self.free_at, now - BURST)
        return min(wanted, int(since.total_seconds() * self.rate) + 1)

    def used(self, pace: Pace, now: datetime, calls: int) -> Gauge:
        """After so many calls were started now. The rate grows only while it is what holds us up."""
        busy = now - self.free_at < RAISED_EVERY
        free_at = max(self.free_at, now - BURST) + timedelta(seconds=calls / self.rate)
        if busy and pace.step and now - self.changed_at >= RAISED_EVERY:
            return replace(self, rate=min(pace.most, self.rate + pace.step), free_at=free_at, changed_at=now)
        changed_at = self.changed_at if busy else now
        return replace(self, free_at=free_at, changed_at=changed_at)

    def refused(self, pace: Pace | None, now: datetime, until: datetime) -> Gauge:
        """After the platform asked us to wait: of two waits the longer holds.

        The rate is halved once for all the calls that one refusal meets on their way.
        """
        rate = self.rate
        if pace is not None and pace.step and self.blocked_until <= now:
            rate = max(pace.least, rate / 2)
        return replace(self, rate=rate, changed_at=now, blocked_until=max(self.blocked_until, until))
