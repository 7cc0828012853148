"""Seeded faults: what a platform and the line to it do to calls and to people, the same for the same seed.

Every key (a person, a door) has a stream of its own, so that what meets its third call does not depend on
how the calls of others happened to be interleaved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import Random


class Kind(StrEnum):
    """What can happen to a call. BUSY is Teams' alone."""

    THROTTLED = "429"
    BUSY = "412"
    RESET = "reset"
    ACCEPTED_RESET = "accepted, reset"
    BROKEN = "5xx"
    ACCEPTED_BROKEN = "accepted, 5xx"
    HUNG = "hung"
    ACCEPTED_HUNG = "accepted, hung"
    LATE = "hung, accepted late"
    SLOW = "slow"


ENDS = {
    Kind.THROTTLED: "429",
    Kind.BUSY: "412",
    Kind.RESET: "reset",
    Kind.ACCEPTED_RESET: "reset",
    Kind.BROKEN: "5xx",
    Kind.ACCEPTED_BROKEN: "5xx",
    Kind.HUNG: "",
    Kind.ACCEPTED_HUNG: "",
    Kind.LATE: "",
}
ACCEPTED = {Kind.ACCEPTED_RESET, Kind.ACCEPTED_BROKEN, Kind.ACCEPTED_HUNG, Kind.LATE, Kind.SLOW}


@dataclass(frozen=True)
class Course:
    """What becomes of one call. before, after: seconds until it is accepted, and from there to its answer.

    ends: how it is answered: "own" by what came of it, "" never.
    """

    before: float = 0
    after: float = 0
    accepted: bool = True
    ends: str = "own"
    kind: Kind | None = None


STRAIGHT = Course()


@dataclass
class Faults:
    """calls: the chance of each kind at every call; people: of each refusal code, once for each person.

    Spans in seconds: `late` lies beyond the client's patience, `slow` within it; nothing is accepted more
    than `latest` after it came, whatever holds the machine up.
    """

    seed: str
    calls: Mapping[Kind, float] = field(default_factory=dict)
    people: Mapping[str, float] = field(default_factory=dict)
    repeats: float = 0.0  # the chance that what was answered is sent once more
    skew: timedelta = timedelta()  # the most that the platform's clock differs from ours
    pace: tuple[float, float] = (0.0, 0.0)  # an ordinary answer takes between these
    slow: float = 6.0
    late: float = 12.0
    latest: float = 20.0
    retry_after: int = 2
    on: bool = True
    met: dict[str, int] = field(default_factory=dict)  # how often each kind was met
    _streams: dict[str, Random] = field(default_factory=dict)

    def course(self, key: str) -> Course:
        """What the next call of this key meets."""
        chance = self._stream(key)
        took, split, drawn = chance.uniform(*self.pace), chance.random(), chance.random()
        kind = self._drawn(drawn) if self.on else None
        if kind is None:
            return Course(took * split, took * (1 - split))
        self.met[kind] = self.met.get(kind, 0) + 1
        if kind is Kind.LATE:
            return Course(self.late, 0, True, "", kind)
        if kind is Kind.SLOW:
            return Course(0, self.slow, kind=kind)
        return Course(took * split, took * (1 - split), kind in ACCEPTED, ENDS[kind], kind)

    def refusal(self, person: str) -> str:
        """The code that this person's chat answers with, for good; empty: they can be written to."""
        drawn = Random(f"{self.seed} refusal {person}").random()
        for code, chance in self.people.items():
            drawn -= chance
            if drawn < 0:
                return code
        return ""

    def again(self, key: str) -> int:
        """How often something is sent once more although it was answered: 0, 1 or 2 times."""
        chance = self._stream(f"again {key}")
        return chance.randint(1, 2) if self.on and chance.random() < self.repeats else 0

    def skewed(self) -> timedelta:
        """How far the platform's clock is off at this moment, to either side."""
        return self.skew * self._stream("skew").uniform(-1, 1)

    def _drawn(self, drawn: float) -> Kind | None:
        for kind, chance in self.calls.items():
            drawn -= chance
            if drawn < 0:
                return kind
        return None

    def _stream(self, key: str) -> Random:
        if key not in self._streams:
            self._streams[key] = Random(f"{self.seed} {key}")
        return self._streams[key]
