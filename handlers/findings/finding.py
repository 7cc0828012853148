"""A finding from its number to its end: the values, the stages between, and what is asked of the memory.

What ISO 9001:2015 and ISO/IEC 27001:2022 ask for in 10.2 (ISO 14001:2015 in its 10.2), in our own words: react to what
is not as it should be, look for its cause and decide what must be done, do it, look whether that helped, and keep
records of all of it. Each stage below says which part it serves; check against your copy.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from content.pieces import Clause
from handlers.model import Delivery

Metric = Literal[
    "participation", "acknowledgement", "reach", "accuracy", "wrong", "recall", "delayed", "induction"
]
Grouped = Literal["all", "team", "clause", "campaign", "item"]
Retest = Literal["", "same", "other", "next"]
"""How to see whether it helped: the same questions again, others of their clauses, or the next numbers."""
Which = Literal["open", "overdue", "closed"]
_AGAIN = "retest-"  # how the names of campaigns begin that ask a finding's people again


class Stage(StrEnum):
    """OPEN --cause and action--> PLANNED --its owner--> DONE --a day is set--> RETEST --judged--> EFFECTIVE --> CLOSED
    ^                                                                           |
    '-- NOT_EFFECTIVE: reopened, for another cause and another action <---------'
    """

    OPEN = "open"  # reacted to, with an owner and a date (10.2 a)
    PLANNED = "action planned"  # the cause was looked for and an action decided on (10.2 b)
    DONE = "done"  # as its owner says (10.2 c)
    RETEST = "retest"  # whether it helped is being looked at (10.2 d)
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not effective"
    CLOSED = "closed"  # by somebody else than its owner


OWNERS = (Stage.OPEN, Stage.PLANNED, Stage.NOT_EFFECTIVE)
"""The stages in which its owner has something to do, and the due date counts."""


@dataclass(frozen=True)
class About:
    """Which number a finding is about: the metric, and of whom or of what. It is counted anew whenever it is needed.

    group: a team, a clause ("ISO 9001:2015 7.3"), a broadcast or campaign, an item; "" where everybody is meant. Of
    delayed recall `days` is the window, so many days after a first answer.
    """

    metric: Metric
    by: Grouped = "all"
    group: str = ""
    days: int = 0


@dataclass(frozen=True)
class Number:
    """A share, `part` of `of`, counted over so many people; low and high: its interval of 95 %.

    People are the sample, however many answers or messages each has: theirs go up and down together.
    """

    part: float
    of: float
    people: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.part / self.of


@dataclass(frozen=True)
class Words:
    """What people wrote about a finding. The ledger has its hash alone; every version of it is kept beside."""

    title: str
    found: str = ""
    cause: str = ""
    action: str = ""

    @property
    def version(self) -> str:
        """SHA-256, in hex, over canonical JSON: keys sorted, no spaces, UTF-8."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Trace:
    """One step of a finding, as it was taken. kind: what the ledger calls it; words: as they stood after it."""

    at: datetime
    kind: str
    actor: str  # key; "" where the house did it
    stage: Stage
    owner: str
    due: date
    words: Words
    number: Number | None = None  # of the step that counted one: found at first, or again after the action


@dataclass(frozen=True)
class Finding:
    """Something a number showed to be wrong, and what becomes of it. People by their keys, days of the owner's clock.

    version counts its steps: each is written only on the version that was seen. since, until: the time over which the
    number was counted. round: 1, and one more for each time an action did not help. linked: what is done about it in
    Catchball, a campaign, a piece or a broadcast by its id. retest_at: when its people are asked again, or when the
    next numbers are read; asked: whether that is planned. after: the number as it was when somebody judged it.
    """

    id: str
    version: int
    stage: Stage
    about: About
    clause: Clause
    since: datetime
    until: datetime
    before: Number
    words: Words
    opener: str
    owner: str
    due: date
    opened_at: datetime
    round: int = 1
    linked: str = ""
    done_at: datetime | None = None
    retest: Retest = ""
    retest_at: datetime | None = None
    asked: bool = False
    after: Number | None = None
    judged_at: datetime | None = None
    judged_by: str = ""
    closed_at: datetime | None = None
    closed_by: str = ""
    look_at: datetime | None = None  # when somebody is reminded of it next
    trail: tuple[Trace, ...] = ()

    @property
    def campaign(self) -> str:
        """Under which name its people are asked again."""
        return f"{_AGAIN}{self.id}-{self.round}"

    def overdue(self, today: date) -> bool:
        return self.stage in OWNERS and today > self.due


def retested(campaign: str) -> str:
    """The id of the finding whose people a campaign asks again; "" for any other campaign."""
    return campaign.removeprefix(_AGAIN).rpartition("-")[0] if campaign.startswith(_AGAIN) else ""


@dataclass(frozen=True)
class Move:
    """A step: written only if the finding is still at the stage and version that were known; None for a new one.

    kind: what the ledger calls it. So of two who decide at once one is first, and the other sees what was decided.
    """

    known: Finding | None
    finding: Finding
    kind: str
    number: Number | None = None


@dataclass(frozen=True)
class Page:
    """Some findings of so many, the ones that are due first before the others."""

    counts: Mapping[Which, int]
    findings: Sequence[Finding] = ()


class Findings(Protocol):
    """The part of the memory that holds findings: `Store.findings`."""

    async def one(self, finding: str) -> Finding | None:
        """With its trail."""
        ...

    async def findings(self, standard: str, since: datetime, until: datetime) -> Sequence[Finding]:
        """Those of one edition of a standard ("ISO 9001:2015"; "" for all), open at some time of [since, until).

        Each with its whole trail, as it stands now; the oldest first.
        """
        ...

    async def page(self, which: Which, today: date, start: int, limit: int, *, owner: str = "") -> Page:
        """Some of those from number `start` (0 is the first) on; of one owner, if one is named. Without trails.

        Open ones are also those that are overdue; the next due come first, of the closed ones the last closed.
        """
        ...

    async def written_by(self, person: str) -> Sequence[tuple[str, datetime, Words]]:
        """(finding, when, what their step brought), by the key; what others had written before is empty in it."""
        ...

    async def counted(self, about: About, since: datetime, until: datetime) -> tuple[float, float, int]:
        """(part, of, people) of a number over [since, until), of everybody it is about."""
        ...

    async def counted_again(
        self, finding: Finding, since: datetime, until: datetime
    ) -> tuple[float, float, int]:
        """The same of the same people: what they answered when they were asked again, or their next numbers."""
        ...

    async def whom(self, finding: Finding) -> Mapping[str, Sequence[str]]:
        """The people of a finding's number, each with the items they answered in it: what was wrong last first."""
        ...

    async def to_ask(self, now: datetime) -> Sequence[Finding]:
        """Whose people are to be asked again by now, and have not been."""
        ...

    async def asked(self, finding: Finding) -> None:
        """Its people's questions are in the outbox."""
        ...

    async def to_remind(self, now: datetime) -> Sequence[Finding]:
        """Of which somebody is to be reminded by now."""
        ...

    async def remind(
        self, finding: Finding, again: datetime | None, rows: Sequence[Delivery], at: datetime
    ) -> int:
        """Put reminders into the outbox and say when to look next. 0: somebody else has seen to it."""
        ...
