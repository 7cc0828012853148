"""What an evidence pack is about, the tables in it, and what is asked of the memory to fill them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from content.audience import Audience, Everyone
from content.calendars import instant
from content.cards import Value
from handlers.ledger.exports import Header, Sign, Told
from handlers.model import Tally

T = TypeVar("T")
Cell = str | int | date | datetime | None
Row = tuple[Cell, ...]


@dataclass(frozen=True)
class Scope:
    """One standard in one edition over whole days, the last of them included, by the programme's clock.

    audience: who works under the standard. named: whose names stand beside their keys; None: nobody's.
    """

    standard: str  # "ISO/IEC 27001:2022", as clauses begin
    since: date
    until: date
    zone: ZoneInfo
    audience: Audience = field(default_factory=Everyone)
    named: Audience | None = field(default_factory=Everyone)

    @cached_property
    def begin(self) -> datetime:
        return instant(datetime.combine(self.since, time(0)), self.zone)

    @cached_property
    def end(self) -> datetime:
        """The first moment that is no longer in it."""
        return instant(datetime.combine(self.until + timedelta(days=1), time(0)), self.zone)


@dataclass(frozen=True)
class Table:
    """A table of the pack: a sheet of the workbook, or CSV files where it is long. says: what a row of it is."""

    name: str
    says: str
    columns: tuple[str, ...]


ROSTER = Table(
    "roster",
    "Everybody who was here in the period, also who has left, and whether they work under the standard. Team, site, "
    "manager and roles are of the period's last day, or of a person's own; where that is not known they are of the day "
    "on which the pack was made, and the last column says so.",
    (
        *("person", "name", "team", "site", "manager", "roles", "first day", "left at", "under the standard"),
        *("here when it began", "joined in it", "left in it", "here when it ended"),
        *("assigned", "delivered", "took part in", "answers", "right answers"),
        "team, site, manager and roles are of",
    ),
)
RULES = Table(
    "rosters",
    "Each time that something was planned, with the rule that decided who was on the roster.",
    (
        "campaign",
        "slot",
        "time zone",
        "due",
        "audience rule",
        "on the roster",
        "of the standard",
        "planned at",
    ),
)
ASSIGNMENTS = Table(
    "assignments",
    "Who was put on which roster, by which rule: a row for everybody the rule named, reached or not.",
    (
        *("delivery", "person", "name", "team then", "campaign", "slot", "time zone", "audience rule"),
        *("due", "until", "asks to acknowledge", "piece", "version"),
    ),
)
DELIVERIES = Table(
    "deliveries",
    "What became of each assignment, and of each question that people asked for themselves: its state and the reason.",
    (
        *("delivery", "person", "name", "campaign", "slot", "asked for by the person", "state", "reason"),
        *("platform's word", "platform", "sent at", "seen as the platform tells", "taken away again"),
        *("acknowledged", "tries", "message", "version"),
    ),
)
EXCLUSIONS = Table(
    "exclusions",
    "Every assignment that did not arrive, with its reason: left out on purpose with the author's sentence, or failed.",
    (
        *("delivery", "person", "name", "campaign", "slot", "state", "reason", "in words"),
        *("author", "approved by"),
    ),
)
REMINDERS = Table(
    "reminders",
    "Reminders to people, and what managers were told of their people.",
    ("reminder", "kind", "of delivery", "person", "name", "campaign", "due", "state", "reason", "sent at"),
)
ANSWERS = Table(
    "answers",
    "Every answer to a question of the standard: what was chosen, how sure the person was, and the version shown. "
    "Seconds count from the delivery.",
    (
        *("event", "at", "person", "name", "delivery", "campaign", "clauses", "item", "item's version"),
        *("chosen", "in words", "right", "certainty", "seconds", "platform", "version"),
    ),
)
PARTICIPATION = Table(
    "participation",
    "What else people did with what was delivered: acknowledged, cheered, rated, wrote.",
    ("event", "at", "person", "name", "delivery", "campaign", "did", "seconds", "platform", "version"),
)
IDEAS = Table(
    "ideas",
    "Each idea that was proposed or decided in the period, about the standard or about none in particular, as it "
    "stands when the pack is made: without names and words. The entries about it in the ledger have its id.",
    (
        *("idea", "proposed at", "about", "without a name", "stage", "decided at", "days until decided"),
        *("to be done until", "done or declined at"),
    ),
)
VERSIONS = Table(
    "versions",
    "Each version of a piece that was assigned; its words are in the folder content.",
    ("version", "kind", "piece", "title", "clauses of the standard", "assigned", "first due", "last due"),
)
TABLES = (
    *(ROSTER, RULES, ASSIGNMENTS, DELIVERIES, EXCLUSIONS, REMINDERS, ANSWERS, PARTICIPATION, IDEAS, VERSIONS),
)

THEN, NOW = "the last day", "the day of this pack"
BELONGING_KEPT = (
    "belonging kept since"  # a value: from this moment on the memory knows where people belonged before
)

SAMPLE = Table(
    "sample",
    "Who was drawn, by the SHA-256 of the seed, a vertical bar and the person; smallest first.",
    ("person", "name", "team", "SHA-256"),
)
TRAIL = Table(
    "trail",
    "All that the ledger has about each of the sample under the standard, and about themselves in the period, in the "
    "order of time; what a platform told of reading has no entry there.",
    (
        *(
            "person",
            "name",
            "team",
            "at",
            "event",
            "what",
            "campaign",
            "slot",
            "title",
            "version",
            "delivery",
        ),
        *("audience rule", "item", "value", "right", "certainty", "reason"),
    ),
)


@dataclass(frozen=True)
class Counts:
    """What `Tally` counts: of the whole standard, by week, and by the team people were in when they were assigned it.

    rows: of each table, by its name.
    """

    all: Tally
    weeks: Sequence[Tally]
    teams: Sequence[Tally]
    rows: Mapping[str, int]


@dataclass(frozen=True)
class Left:
    """Left out on purpose: the rule's sentence, who wrote it and who agreed, and how many people it was."""

    campaign: str
    title: str
    why: str
    author: str
    approver: str
    people: int


@dataclass(frozen=True)
class Planned:
    """A campaign or broadcast: the rule, how often it was due, and its rows in the standard.

    title: of what a leader sent, or of the finding whose people are asked again; else empty.
    """

    campaign: str
    title: str
    rule: str
    times: int
    first: datetime
    last: datetime
    assigned: int


class Log(Protocol):
    """The log in a file of its own, written while the tables are."""

    def finish(self, sign: Sign, told: Told) -> Header: ...


class Source(Protocol):
    """One moment of the memory, as far as it concerns a scope; read in a thread, one iterator after the other."""

    scope: Scope

    def counts(self) -> Counts: ...

    def clauses(self) -> Sequence[Tally]:
        """By clause of the standard, as `stats clause` counts."""
        ...

    def left_out(self) -> Sequence[Left]: ...

    def planned(self) -> Sequence[Planned]: ...

    def rows(self, table: Table) -> Iterator[Sequence[Row]]:
        """Some thousand at a time, in the order of the table's columns."""
        ...

    def trails(self, people: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        """Of each of these in the order of time, as in `TRAIL` from its fourth column on."""
        ...

    def ledger(self, path: Path, made: datetime, version: str) -> AbstractContextManager[Log]:
        """The log of the period, and before and after it as far as it may be about what fell due in it."""
        ...

    def pieces(self) -> Iterator[tuple[str, str, Value]]:
        """Hash, JSON as it was hashed, and value of each version in `VERSIONS`, in the order of that table."""
        ...


class Evidence(Protocol):
    """The part of the memory that evidence is made from."""

    async def evidence(self, scope: Scope, make: Callable[[Source], T]) -> T:
        """What `make` makes of one moment, in a thread of its own: what is written meanwhile is not in it."""
        ...

    async def standards(self) -> Sequence[str]:
        """Every standard and edition that something was ever shown for: "ISO 9001:2015"."""
        ...
