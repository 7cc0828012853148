"""How the simulated people really learn and forget: nothing here is what Catchball believes about memory.

Half of the people forget by one law and half by another, each person and item with rates of its own:

- *Traces* (Pavlik and Anderson 2005, Cognitive Science 29, 559-586): each time an item is met leaves a trace that fades
  as a power of time, the faster the better it was known at that moment; so what is spaced lasts. Their constants for
  vocabulary over days: a = 0.177, c = 0.217, threshold -0.704, noise 0.255, and time between sessions counts by 0.025.
- *Fading*: recall falls exponentially (as in Settles and Meeder 2016, ACL, and Tabibian et al. 2019, PNAS 116,
  3988-3993), and a retrieval lengthens it the more had been forgotten (Bjork and Bjork 1992, "A new theory of disuse").

What is known from work stays known, whatever is asked. Who does not know guesses one of three options. The explanation
is shown after each answer, so a wrong one teaches as well. Medians are set so that two weeks after one meeting half is
left: 724 residents were back where they had begun some weeks after web modules (Kerfoot et al. 2010, J Am Coll Surg
211, 331-337). `World` says how much faster or slower it may be.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Literal, Protocol

from content.pieces import Difficulty, Group, Item
from handlers.learning.memory import Day

Law = Literal["traces", "fading"]
LAWS: tuple[Law, ...] = ("traces", "fading")
OPTIONS = 3
FROM_WORK: dict[Difficulty, float] = {"easy": 0.5, "medium": 0.35, "hard": 0.2}  # share that is known anyway
STEADY = 0.95  # recall of what one needs at work every week

DECAY, SLOPE, THRESHOLD, NOISE = 0.177, 0.217, -0.704, 0.255
OUTSIDE = 0.025 * 86_400  # what a day between sessions counts, in seconds of practice
ENCODING = 1.1  # activation that reading why adds to that of one flashcard
STRENGTH, GROWTH = (
    20.0,
    4.0,
)  # days until recall is 1/e after one meeting; by how much a late retrieval multiplies them


@dataclass(frozen=True)
class World:
    """pace: how many days pass for memory in one. known: how much more is known from work."""

    pace: float = 1.0
    known: float = 1.0


USUAL = World()


class Mind(Protocol):
    """What one person knows of one item."""

    def recall(self, day: Day) -> float:
        """The chance to know it, without guessing."""

    def met(self, day: Day, knew: bool) -> None:
        """It was asked and explained."""


@dataclass(slots=True)
class Steady:
    """Known from work."""

    def recall(self, day: Day) -> float:
        return STEADY

    def met(self, day: Day, knew: bool) -> None:
        pass


@dataclass(slots=True)
class Traces:
    decay: float
    encoding: float
    pace: float
    traces: list[tuple[Day, float]] = field(default_factory=list)  # when, and how fast it fades

    def recall(self, day: Day) -> float:
        if not self.traces:
            return 0.0
        return 1 / (1 + math.exp((THRESHOLD - self._activation(day)) / NOISE))

    def met(self, day: Day, knew: bool) -> None:
        before = math.exp(self._activation(day)) if self.traces else 0.0
        self.traces.append((day, SLOPE * before + self.decay))

    def _activation(self, day: Day) -> float:
        left = sum(max(1.0, self.pace * (day - when)) ** -fades for when, fades in self.traces)
        return math.log(left) + self.encoding


@dataclass(slots=True)
class Fading:
    first: float  # days
    growth: float
    strength: float = 0.0
    last: Day = 0.0

    def recall(self, day: Day) -> float:
        return math.exp((self.last - day) / self.strength) if self.strength else 0.0

    def met(self, day: Day, knew: bool) -> None:
        grown = self.strength * (1 + self.growth * (1 - self.recall(day)))
        self.strength = grown if knew else max(self.first, self.strength / 2)
        self.last = day


@dataclass(frozen=True)
class Somebody:
    """quick: how much longer than others they keep things; answers: the share of questions they answer."""

    law: Law
    world: World
    groups: frozenset[Group]
    quick: float
    experience: float
    answers: float

    @classmethod
    def drawn(cls, law: Law, world: World, random: Random) -> Somebody:
        groups: set[Group] = {"everybody", random.choice(("operations", "office"))}
        if random.random() < 0.1:
            groups.add("manager")
        return cls(
            law,
            world,
            frozenset(groups),
            quick=random.gauss(0, 0.4),
            experience=random.uniform(0.6, 1.4),
            answers=random.uniform(0.65, 0.95),
        )

    def mind(self, item: Item, random: Random) -> Mind:
        """What they know of an item before it is asked, and how that will go on."""
        if random.random() < FROM_WORK[item.difficulty] * self.experience * self.world.known:
            return Steady()
        easy = {"easy": 0.2, "medium": 0.0, "hard": -0.2}[item.difficulty]
        kept = self.quick + easy + random.gauss(0, 0.5)  # of the logarithm of time
        if self.law == "traces":
            fades = DECAY * math.exp(random.gauss(0, 0.2))
            return Traces(fades, ENCODING + NOISE * kept, OUTSIDE * self.world.pace)
        return Fading(STRENGTH / self.world.pace * math.exp(kept), GROWTH * math.exp(random.gauss(0, 0.5)))


def answer(mind: Mind, day: Day, random: Random) -> bool:
    """Whether the answer is right; it is known or guessed, and then it is explained."""
    knew = random.random() < mind.recall(day)
    right = knew or random.random() < 1 / OPTIONS
    mind.met(day, knew)
    return right
