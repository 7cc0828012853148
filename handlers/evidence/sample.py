"""An auditor's sample: who is drawn follows from the seed and the keys alone, so that anybody can draw it again.

Everybody is put in the order of SHA-256 of "SEED|PERSON", and the first n are the sample; by team, the first n of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heappush, heappushpop
from typing import Literal, NamedTuple, get_args

from handlers.evidence.pack import ROSTER, Row
from handlers.evidence.sums import YES

Among = Literal["everybody", "joiners"]
AMONG: tuple[Among, ...] = get_args(Among)
MOST = 500  # people of one sample

_UNDER, _BEGAN, _JOINED = (
    ROSTER.columns.index(name) for name in ("under the standard", "here when it began", "joined in it")
)


@dataclass(frozen=True)
class Draw:
    """n people, or n of each team, of everybody under the standard in the period, or of those who joined in it."""

    seed: str = "42"
    n: int = 5
    by_team: bool = False
    among: Among = "everybody"

    def __str__(self) -> str:
        each = " of each team" if self.by_team else ""
        whom = "joined in the period" if self.among == "joiners" else "were here in the period"
        return f"seed {self.seed}, {self.n}{each}, of all under the standard who {whom}"

    def may(self, row: Row) -> bool:
        """Whether somebody of the roster can be drawn."""
        came = (row[_JOINED],) if self.among == "joiners" else (row[_BEGAN], row[_JOINED])
        return row[_UNDER] == YES and YES in came


class Drawn(NamedTuple):
    """digest: by which they were drawn."""

    person: str
    name: str
    team: str
    digest: str


class Hat:
    """What people are drawn from; never more than the sample is held."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self._held: dict[str, list[tuple[int, Drawn]]] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Some of the roster."""
        for row in rows:
            if self.draw.may(row):
                self._put(row)

    def _put(self, row: Row) -> None:
        person, name, team = (str(cell or "") for cell in row[:3])
        digest = digest_of(self.draw.seed, person)
        first = self._held.setdefault(team if self.draw.by_team else "", [])
        entry = (-int(digest, 16), Drawn(person, name, team, digest))
        if len(first) < self.draw.n:
            heappush(first, entry)
        else:
            heappushpop(first, entry)

    @property
    def drawn(self) -> Sequence[Drawn]:
        """In the order of their digests; by team, within each team."""
        return [each for team in sorted(self._held) for _, each in sorted(self._held[team], reverse=True)]


def drawn(roster: Iterable[Sequence[Row]], draw: Draw) -> Sequence[Drawn]:
    """roster: its rows, some at a time."""
    hat = Hat(draw)
    for rows in roster:
        hat.add(rows)
    return hat.drawn


def digest_of(seed: str, person: str) -> str:
    return hashlib.sha256(f"{seed}|{person}".encode()).hexdigest()
