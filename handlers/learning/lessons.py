"""What everybody's answers told last night: by day nobody waits for ten million of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from handlers.learning.firsts import Questions
from handlers.learning.learnt import Certain, Delays, Learnt
from handlers.numbers.counts import Answers, Delayed, Some, Sure

T = TypeVar("T")
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Kind(Generic[T]):
    """A number that is learnt from answers. days: how far it looks back where nobody says otherwise.

    earlier: whether it also matters what people answered before the period.
    """

    name: str
    days: int
    row: type[T]
    sums: Callable[[datetime], Learnt[T]]
    earlier: bool = True

    def read_from(self, since: datetime) -> datetime | None:
        return None if self.earlier else since

    def usual(self, since: datetime, until: datetime, now: datetime) -> bool:
        """Whether a period is so many days up to today, give or take one: that is what a night has."""
        return until >= now and abs((until - since) - self.days * A_DAY) < A_DAY


QUESTIONS = Kind("questions", 90, Answers, Questions)
WRONG = Kind("certain and wrong", 90, Sure, partial(Certain, by="item"), earlier=False)
WRONG_BY_CLAUSE = Kind("certain and wrong by clause", 90, Sure, partial(Certain, by="clause"), earlier=False)
DELAYED_RECALL = Kind("delayed recall", 365, Delayed, Delays)
EVERY: Sequence[Kind[Any]] = (QUESTIONS, WRONG, WRONG_BY_CLAUSE, DELAYED_RECALL)


@dataclass(frozen=True)
class Known(Generic[T]):
    """night: when the rows were reckoned, where it was not just now; then the period is the night's too."""

    rows: Sequence[T]
    since: datetime
    until: datetime
    night: datetime | None = None


class Lessons(Protocol):
    """The part of the memory that counts answers, and keeps what was counted in the newest night."""

    async def counted(
        self, kind: Kind[T], since: datetime, until: datetime, *, manager: str = ""
    ) -> Sequence[T]:
        """At once, of everybody or of the people whose manager this is now; answers given in [since, until)."""
        ...

    async def following(self, key: str, most: int) -> Some | None:
        """The next people after this key who did anything; None after the last."""
        ...

    async def add(
        self, some: Some, since: datetime | None, until: datetime, sums: Collection[Learnt[Any]]
    ) -> None:
        """To each of these what these people answered in [since, until), without `since` from their first day on; in
        the reader's thread.
        """
        ...

    async def found(self, sums: Learnt[T]) -> Sequence[T]: ...

    async def keep(self, night: Mapping[Kind[Any], Known[Any]]) -> None:
        """In the place of what was kept before."""
        ...

    async def newest(self, kind: Kind[T]) -> Known[T] | None: ...
