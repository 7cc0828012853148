"""How entries hang together, and the first of them that does not fit."""

from __future__ import annotations

from dataclasses import dataclass

ALTERED = "it was altered: its hash is not the one of what it says"
MISSING = "an entry before it is missing"
MISPLACED = "it stands where another entry belongs: it is doubled, moved or inserted"
UNLINKED = "it does not follow the entry before it"


@dataclass(frozen=True)
class Where:
    """An entry as it can be named even where it cannot be read: what is not known of it is empty."""

    chain: str
    sequence: int | str
    at: str = ""
    kind: str = ""

    def __str__(self) -> str:
        more = "".join(f", {word}" for word in (self.at, self.kind) if word)
        return f"chain {self.chain}, entry {self.sequence}{more}"


class Unfit(Exception):
    """The first thing that does not fit; the message names it and says why."""


@dataclass(frozen=True)
class Verdict:
    """How many entries were checked, and the first that does not hold, with why."""

    checked: int
    broken: Where | None = None
    why: str = ""


@dataclass(frozen=True)
class Head:
    """The last entry of a chain at some moment."""

    chain: str
    sequence: int
    hash: str


@dataclass(frozen=True)
class Range:
    """Entries of one chain that are looked at. previous: the hash before the first; hash: that of the last."""

    chain: str
    first: int
    last: int
    previous: str
    hash: str


def misplaced(sequence: object, expected: int) -> str:
    """Why an entry with this number cannot stand where `expected` belongs."""
    return MISSING if isinstance(sequence, int) and sequence > expected else MISPLACED
