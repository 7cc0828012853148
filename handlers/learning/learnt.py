"""What is learnt from answers, one person after the other: of however many people, in as many steps as one likes.

Each person's answers are looked at once, in their order, and added to sums; so what a night finds in many steps is what
is found at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol, TypeVar

from content.pieces import Item
from handlers.learning.memory import Day, day_of
from handlers.numbers.counts import Delayed, Sure, Window

T_co = TypeVar("T_co", covariant=True)
CERTAIN = 3  # of the three levels that a person may choose
WINDOWS = (Window(7, 4, 15), Window(30, 20, 46), Window(90, 60, 136))
"""Days after the first answer. An answer belongs to one window at most, and of those in one only the first counts."""


class Answer(NamedTuple):
    """An answer to an item, either right or wrong.

    version: of the item as it was shown; "" where the question is in no quiz. clauses: those that it counts for, where
    it was given as certain.
    """

    item: str
    day: Day
    right: bool
    value: str
    certainty: int | None
    took_ms: int | None
    version: str
    clauses: Sequence[str]


class Shown(NamedTuple):
    """A version of an item."""

    item: str
    version: str


def beginning(since: datetime) -> Day:
    """From when on answers count: databases know their days to a millisecond, and what is on the edge is inside."""
    return day_of(since - timedelta(milliseconds=0.5))


class Learnt(Protocol[T_co]):
    """Sums over the people who were added; `since`: from when on answers count."""

    def add(self, answers: Sequence[Answer]) -> None:
        """All answers of one person up to the end of the period, the first one first."""
        ...

    @property
    def shown(self) -> Collection[Shown]:
        """What `found` needs the words of."""
        ...

    def found(self, items: Mapping[str, Item]) -> Sequence[T_co]:
        """items: by version."""
        ...


class Certain:
    """Answers of the period that were given as certain: by version of an item, or by clause."""

    def __init__(self, since: datetime, by: Literal["item", "clause"]) -> None:
        self._since = beginning(since)
        self._by = by
        self._shown: dict[str, Shown] = {}
        self._sums: dict[str, _Sure] = defaultdict(_Sure)

    def add(self, answers: Sequence[Answer]) -> None:
        theirs: dict[str, list[Answer]] = defaultdict(list)
        for answer in answers:
            if answer.certainty == CERTAIN and answer.day >= self._since:
                for name in self._names(answer):
                    theirs[name].append(answer)
        for name, some in theirs.items():
            self._sums[name].add(some)

    def _names(self, answer: Answer) -> Sequence[str]:
        if self._by == "clause":
            return answer.clauses
        if not answer.version:
            return ()
        self._shown.setdefault(answer.version, Shown(answer.item, answer.version))
        return (answer.version,)

    @property
    def shown(self) -> Collection[Shown]:
        return self._shown.values()

    def found(self, items: Mapping[str, Item]) -> Sequence[Sure]:
        if self._by == "clause":
            return [Sure(name, *sums.all) for name, sums in sorted(self._sums.items())]
        return [
            Sure(item, *self._sums[version].all, items[version], dict(self._sums[version].chosen))
            for item, version in sorted(self._shown.values())
        ]


@dataclass
class _Sure:
    """See `Sure`."""

    people: int = 0
    certain: int = 0
    wrong: int = 0
    chosen: Counter[str] = field(default_factory=Counter)

    @property
    def all(self) -> tuple[int, int, int]:
        return self.people, self.certain, self.wrong

    def add(self, theirs: Sequence[Answer]) -> None:
        """One person's."""
        wrong = [answer.value for answer in theirs if not answer.right]
        self.people += 1
        self.certain += len(theirs)
        self.wrong += len(wrong)
        self.chosen.update(wrong)


class Delays:
    """First answers (about 0 days), and of each person and item the first answer in each window after it."""

    shown: Collection[Shown] = ()

    def __init__(self, since: datetime) -> None:
        self._since = beginning(since)
        self._sums: dict[int, list[int]] = {}

    def add(self, answers: Sequence[Answer]) -> None:
        firsts: dict[str, Answer] = {}
        counted: set[tuple[str, int]] = set()
        theirs: dict[int, list[int]] = {}
        for answer in answers:
            first = firsts.setdefault(answer.item, answer)
            about = 0 if first is answer else _about(answer.day - first.day)
            if about is None or (answer.item, about) in counted:
                continue
            counted.add((answer.item, about))
            if answer.day >= self._since:
                sums = theirs.setdefault(about, [0, 1, 0, 0])
                sums[0] += 1
                sums[2] += answer.right
                sums[3] += first.right
        for about, sums in theirs.items():
            had = self._sums.get(about, [0, 0, 0, 0])
            self._sums[about] = [one + other for one, other in zip(had, sums, strict=True)]

    def found(self, items: Mapping[str, Item]) -> Sequence[Delayed]:
        return [Delayed(about, *sums) for about, sums in sorted(self._sums.items())]


def _about(gap: Day) -> int | None:
    for about, begins, ends in WINDOWS:
        if begins <= gap < ends:
            return about
    return None
