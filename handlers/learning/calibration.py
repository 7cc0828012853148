"""How well what is remembered foretells the answers: the memory model against two others, on the same answers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from handlers.learning.memory import Day, Memory, answered

BINS = 10
ENOUGH = 200  # predictions; with fewer nothing is said of who foretells better
SURE = 0.001  # nobody is taken to be surer than this: one surprise would weigh without limit


class Given(NamedTuple):
    """An answer as the ledger has it. certainty: 1, a guess, to 3; None where it was not asked."""

    person: str
    item: str
    day: Day
    right: bool
    certainty: int | None


@dataclass
class Bin:
    """The predictions of one tenth: how many, their sum, and how many of these answers were right."""

    n: int = 0
    predicted: float = 0.0
    right: int = 0


@dataclass
class Score:
    """Of one model. Bins go by its own predictions: 0 to 0.1, 0.1 to 0.2, and so on."""

    loss: float = 0.0
    bins: Sequence[Bin] = field(default_factory=lambda: tuple(Bin() for _ in range(BINS)))

    def add(self, predicted: float, right: bool) -> None:
        sure = min(1 - SURE, max(SURE, predicted))
        self.loss -= math.log(sure if right else 1 - sure)
        tenth = self.bins[min(BINS - 1, int(predicted * BINS))]
        tenth.n, tenth.predicted, tenth.right = tenth.n + 1, tenth.predicted + predicted, tenth.right + right

    @property
    def n(self) -> int:
        return sum(tenth.n for tenth in self.bins)

    @property
    def log_loss(self) -> float | None:
        """The mean of -ln of what was given to what happened: 0.69 is a coin, and less is better."""
        return self.loss / self.n if self.n else None

    @property
    def rmse(self) -> float | None:
        """How far off the share of right answers is in a bin, weighted by answers: 0 is calibrated."""
        if not self.n:
            return None
        off = (((tenth.predicted - tenth.right) / tenth.n) ** 2 * tenth.n for tenth in self.bins if tenth.n)
        return math.sqrt(sum(off) / self.n)


class Interval(NamedTuple):
    """What SM-2 (Wozniak 1990) keeps of an item: days until it comes again, its ease, right answers in a row."""

    days: float
    ease: float
    repetitions: int
    reviewed: Day

    def recall(self, day: Day) -> float:
        """SM-2 gives no probability. The usual one: 0.9 when the interval has passed, and exponential from there."""
        return float(0.9 ** (max(0.0, day - self.reviewed) / self.days))


def sm2(known: Interval | None, answer: Given) -> Interval:
    """Quality 4 for a right answer, 3 for a right guess, 2 for a wrong one; below 3 it begins anew."""
    quality = 2 if not answer.right else 3 if answer.certainty == 1 else 4
    days, ease, repetitions, _ = known or Interval(1.0, 2.5, 0, answer.day)
    ease = max(1.3, ease + 0.1 - (5 - quality) * (0.08 + (5 - quality) * 0.02))
    if quality < 3:
        return Interval(1.0, ease, 0, answer.day)
    days = 1.0 if repetitions == 0 else 6.0 if repetitions == 1 else days * ease
    return Interval(days, ease, repetitions + 1, answer.day)


class Calibration:
    """Takes answers in their order; every one but the first of a person to an item is foretold before it is known.

    since: the day from which predictions are scored; what was answered before is remembered all the same. It holds two
    small tuples for each person and item (about 0.5 kB), and nothing for each answer.
    """

    def __init__(self, since: Day = 0.0) -> None:
        self._since = since
        self._known: dict[str, dict[str, tuple[Memory, Interval]]] = {}
        self._again = self._right = 0
        self.fsrs, self.constant, self.sm2 = Score(), Score(), Score()

    @property
    def scores(self) -> dict[str, Score]:
        return {"FSRS, as kept": self.fsrs, "constant": self.constant, "SM-2": self.sm2}

    def add(self, answer: Given) -> None:
        items = self._known.setdefault(answer.person, {})
        memory, interval = items.get(answer.item, (None, None))
        if memory is not None and interval is not None:
            if answer.day >= self._since:
                self.fsrs.add(memory.recall(answer.day), answer.right)
                self.constant.add((self._right + 1) / (self._again + 2), answer.right)
                self.sm2.add(interval.recall(answer.day), answer.right)
            self._again, self._right = self._again + 1, self._right + answer.right
        renewed = answered(memory, answer.item, answer.day, answer.right, answer.certainty)
        items[renewed.item] = renewed, sm2(interval, answer)
