"""A page as a value: figures, and sections that are each a chart, a table and the same as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from content.charts import Plot
from handlers.desk import Desk
from handlers.evidence.jobs import Kept
from handlers.evidence.sample import Draw
from handlers.lookups import Grouping
from handlers.model import Person
from handlers.pages.asked import Asked
from handlers.privacy.looks import Looked

Value = str | int | float | None
Data = Mapping[str, Value]


@dataclass(frozen=True)
class Visitor:
    """Who looks at what: manager is whose people it is about, "" for everybody."""

    desk: Desk
    person: Person
    manager: str
    asked: Asked


class Meaning(NamedTuple):
    """A number's name, and what it is reckoned from."""

    name: str
    formula: str


@dataclass(frozen=True)
class Figure:
    """One number, large: of how many, how sure, and what changed; without a change there is none to be sure of."""

    meaning: Meaning
    value: str
    of: str = ""
    change: str = ""
    opens: str = ""  # the query of the form of a finding about it


class Cell(NamedTuple):
    """A field of a table, and where it leads: a query of another page."""

    text: str
    leads: str = ""


@dataclass(frozen=True)
class Section:
    """name: in an address. data: the rows for programs; without it the table's own.

    more: so many rows follow; start: of the first. opens: for each row the query of the form of a finding about it.
    """

    name: str
    title: str
    says: str = ""
    plot: Plot | None = None
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str | Cell]] = ()
    data: Sequence[Data] = ()
    meanings: Sequence[Meaning] = ()
    note: str = ""
    total: int = 0  # of rows, where only a part is here
    opens: Sequence[str] = ()


class Choice(NamedTuple):
    """A value of a filter, and how people call it."""

    value: str
    name: str


@dataclass(frozen=True)
class Evidence:
    """Packs: what can be asked for, what became of the last that was (about, outcome), and what can be brought away.

    command: how one is made in a terminal, where none are made here. draw: what the form of a sample says.
    """

    standards: Sequence[str]
    chosen: str
    about: str
    outcome: tuple[str, str]
    under_way: bool
    made_here: bool
    command: str
    packs: Sequence[Kept]
    draw: Draw


@dataclass(frozen=True)
class View:
    """filters: those that make sense here. waits: a sentence while it is still being counted.

    looked: what the ledger is told, in the place of the look at the page.
    """

    name: str
    title: str
    figures: Sequence[Figure] = ()
    sections: Sequence[Section] = ()
    filters: Sequence[Grouping] = ()
    note: str = ""
    finds: bool = False  # whether a name can be looked for
    maps: Sequence[Choice] = ()  # of which it shows one
    map: str = ""
    evidence: Evidence | None = None
    waits: str = ""
    looked: Sequence[Looked] = ()
