"""How much is measured: the whole, or --quick."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    rounds: int
    quick: bool

    def of(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole
