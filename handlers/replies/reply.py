"""Replies: what people write to leaders, tracked to an answer; the values, and what is asked of the memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True)
class Reply:
    """What a person wrote back to a message, or asked the leadership, and what became of it.

    broadcast: the broadcast or campaign it is about; "" for what was asked of the leadership.
    delivery: what was written back to; "" where there is none, and for what has no name under it.
    person: key of who wrote it; of what has no name under it only until it has ended.
    at: when; of what has no name under it the hour. receiver: key of who is to answer it.
    answered_at: when it ended: answered, or set aside where `answer` is empty. public: answered for all.
    """

    id: str
    broadcast: str
    delivery: str
    person: str
    anonymous: bool
    title: str
    text: str
    at: datetime
    receiver: str
    answer: str = ""
    answered_at: datetime | None = None
    answered_by: str = ""
    public: bool = False

    @property
    def open(self) -> bool:
        return self.answered_at is None

    def ended(self, at: datetime, by: str, answer: str = "", *, public: bool = False) -> Reply:
        """Answered, or set aside without an answer; what has no name under it forgets its person."""
        return replace(
            self,
            person="" if self.anonymous else self.person,
            answer=answer,
            answered_at=at,
            answered_by=by,
            public=public,
        )


@dataclass(frozen=True)
class Inbox:
    """Somebody's replies: how many in all, how many wait, some of those (the oldest first), the last answered ones."""

    received: int = 0
    waiting: int = 0
    open: tuple[Reply, ...] = ()
    answered: tuple[Reply, ...] = ()


@dataclass(frozen=True)
class ReplyRate:
    """Of the replies that a leader received in a period, how many want an answer and how many have one."""

    leader: str  # key
    received: int = 0
    wanted: int = 0  # all but those that were set aside
    answered: int = 0
    times: tuple[timedelta, ...] = field(default=(), repr=False)  # from each reply to its answer

    @property
    def median(self) -> timedelta | None:
        """Half of the answers came within it; of an even number the later of the two in the middle."""
        return sorted(self.times)[len(self.times) // 2] if self.times else None


class Replies(Protocol):
    """The part of the memory that holds replies: `Store.replies`."""

    async def one(self, reply: str) -> Reply | None: ...

    async def inbox(self, receiver: str, start: int, limit: int, *, left: bool = False) -> Inbox:
        """Those that wait from number `start` (0 is the oldest) on. left: also what waits for people who left."""
        ...

    async def waiting_about(self, broadcast: str, receiver: str, limit: int) -> Sequence[Reply]:
        """What waits for an answer about one broadcast, the oldest first."""
        ...

    async def by(self, person: str) -> Sequence[Reply]:
        """What a person wrote, the latest first, as far as the memory still knows that it was them."""
        ...

    async def rates(self, since: datetime, until: datetime, *, manager: str = "") -> Sequence[ReplyRate]:
        """By leader, of replies received in [since, until); with a manager, of the leaders whose manager that is."""
        ...
