"""What the memory counts about answers: values that `storage` fills and the numbers are reckoned from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, NamedTuple, get_args

from content.pieces import Group, Item
from handlers.learning.memory import Day

GroupedBy = Literal["item", "team", "site", "item and team", "item, team and site"]
"""What recall is counted under: what the item stands for, or where the person belongs."""
GROUPS: tuple[Group, ...] = get_args(Group)


def kinds_of(groups: Collection[Group]) -> int:
    """Groups as the bits of a number, so that a database sees with one `&` whether an item is meant for somebody."""
    return sum(1 << number for number, group in enumerate(GROUPS) if group in groups)


class Meant(NamedTuple):
    """An item of the bank under something it is counted for: a clause, a standard, or "" where people are grouped.

    kinds: for whom it is meant (`kinds_of`); audit: the day of the next audit that it matters for.
    """

    item: str
    group: str
    kinds: int
    audit: Day | None


class Cell(NamedTuple):
    """So many people of one team or site ("" where items are grouped) who belong to the same groups.

    site: where it is by item, team and site.
    """

    group: str
    kinds: int
    people: int
    site: str = ""


class TakenPart(NamedTuple):
    """Deliveries about a clause to a team: how many were sent, and with how many of these something was done.

    people: at least so many different people were reached, and never more than there were.
    """

    clause: str
    team: str
    reached: int
    active: int
    people: int


@dataclass(frozen=True)
class Sums:
    """Sums over people, each with m items that they have met and the sum r of their recall of them."""

    people: int = 0
    m: float = 0.0
    r: float = 0.0
    mm: float = 0.0
    mr: float = 0.0
    rr: float = 0.0

    def __add__(self, other: Sums) -> Sums:
        """Of two groups that have nobody in common."""
        return Sums(
            self.people + other.people,
            self.m + other.m,
            self.r + other.r,
            self.mm + other.mm,
            self.mr + other.mr,
            self.rr + other.rr,
        )

    @property
    def all(self) -> tuple[float, ...]:
        return (self.people, self.m, self.r, self.mm, self.mr, self.rr)


class Recalled(NamedTuple):
    """What people remember of what they have met: on the day that was asked for, and on the day of the audit.

    team: where it is by item and team; site: where it is by that too.
    """

    group: str
    now: Sums
    audit: Sums
    team: str = ""
    site: str = ""


class Recalls(NamedTuple):
    """Everybody who is here, and what is remembered by those who have met something."""

    cells: Sequence[Cell]
    found: Sequence[Recalled]


@dataclass(frozen=True)
class Remembered:
    """A group: what is remembered of what was met, and how many pairs of person and item there are to meet.

    people: who are here, whether they have met anything or not; team: where the group is of a clause and a team.
    """

    name: str
    now: Sums
    audit: Sums
    pairs: int
    people: int
    team: str = ""

    @property
    def size(self) -> int:
        """Of how many people the numbers tell something."""
        return self.now.people or self.people

    def __add__(self, other: Remembered) -> Remembered:
        return Remembered(
            self.name,
            self.now + other.now,
            self.audit + other.audit,
            self.pairs + other.pairs,
            self.people + other.people,
            self.team,
        )


@dataclass(frozen=True)
class Answers:
    """First answers to one version of an item. options: letter -> people; median_ms: from its delivery to the answer.

    The sums are over those who have answered other items too: x is 1 for right and 0 for wrong, y the share that is
    right of the person's other first answers.
    """

    item: Item
    version: str
    people: int
    right: int
    options: Mapping[str, int]
    median_ms: float | None = None
    pairs: int = 0
    x: float = 0.0
    y: float = 0.0
    xy: float = 0.0
    yy: float = 0.0


@dataclass(frozen=True)
class Sure:
    """Answers of people who were certain: under a version of an item, or under a clause (then there is no item).

    chosen: wrong option -> how often it was chosen by somebody who was certain.
    """

    group: str
    people: int
    certain: int
    wrong: int
    item: Item | None = None
    chosen: Mapping[str, int] = field(default_factory=dict)


class Some(NamedTuple):
    """People whose keys come after the one and up to, and with, the other."""

    after: str
    upto: str


class Window(NamedTuple):
    """Answers so many days after the first: from `begins` up to, and without, `ends`."""

    about: int
    begins: float
    ends: float


class Delayed(NamedTuple):
    """Answers in a window, one of each person to each item; at_first: of the same pairs, right when they were met."""

    about: int
    answers: int
    people: int
    right: int
    at_first: int


class Joiner(NamedTuple):
    """Somebody whose first day was in a period, and when they first did something of the induction."""

    person: str  # key
    name: str
    team: str
    zone: str
    joined: date
    left: bool
    first_at: datetime | None
    sent: bool  # something of it reached them
