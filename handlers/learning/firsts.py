"""Item analysis, added up: what people answered when they met an item, and how that goes with their other answers."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from content.pieces import Item
from handlers.learning.learnt import Answer, Shown, beginning
from handlers.numbers.counts import Answers


class Questions:
    """By version; later answers know the feedback, and those from before the period count as others alone."""

    def __init__(self, since: datetime) -> None:
        self._since = beginning(since)
        self._versions: dict[str, _Version] = {}

    def add(self, answers: Sequence[Answer]) -> None:
        firsts: dict[str, Answer] = {}
        for answer in answers:
            firsts.setdefault(answer.item, answer)
        others, right = len(firsts) - 1, sum(answer.right for answer in firsts.values())
        for answer in firsts.values():
            if answer.version and answer.day >= self._since:
                version = self._versions.get(answer.version)
                if version is None:
                    shown = Shown(answer.item, answer.version)
                    version = self._versions[answer.version] = _Version(shown)
                rest = (right - answer.right) / others if others else None
                version.add(answer, rest)

    @property
    def shown(self) -> Collection[Shown]:
        return [version.shown for version in self._versions.values()]

    def found(self, items: Mapping[str, Item]) -> Sequence[Answers]:
        ordered = sorted(self._versions.values(), key=lambda version: version.shown)
        return [version.told(items[version.shown.version]) for version in ordered]


@dataclass
class _Version:
    """See `Answers`; took_ms takes eight bytes for each answer, which is what an exact median costs."""

    shown: Shown
    right: int = 0
    options: Counter[str] = field(default_factory=Counter)
    took_ms: array[int] = field(default_factory=lambda: array("q"))
    pairs: int = 0
    x: float = 0.0
    y: float = 0.0
    xy: float = 0.0
    yy: float = 0.0

    def add(self, answer: Answer, rest: float | None) -> None:
        """rest: the share that is right of this person's first answers to other items; None without any."""
        self.right += answer.right
        self.options[answer.value] += 1
        if answer.took_ms is not None:
            self.took_ms.append(answer.took_ms)
        if rest is not None:
            self.pairs += 1
            self.x += answer.right
            self.y += rest
            self.xy += answer.right * rest
            self.yy += rest * rest

    def told(self, item: Item) -> Answers:
        return Answers(
            item=item,
            version=self.shown.version,
            people=self.options.total(),
            right=self.right,
            options=dict(sorted(self.options.items())),
            median_ms=float(median(self.took_ms)) if self.took_ms else None,
            pairs=self.pairs,
            x=self.x,
            y=self.y,
            xy=self.xy,
            yy=self.yy,
        )
