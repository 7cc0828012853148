"""Cells with what is counted in them, added up: by whoever changes something, and by whoever counts anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import add
from typing import TypeVar

from storage.cells import EVERYBODY, NOTHING, Cell, Did, Place, Served, Stand, did, stands

T = TypeVar("T")
State = tuple[str, str]  # and the reason; both empty: whatever becomes of it


class Sums:
    """Cells with their counts, to which more is added: all of them, or of one kind, of everybody or of some people.

    What has the same place, serves the same and came to the same is added up first, and goes into its cells once.
    """

    def __init__(self, kind: int | None = None, of_people: bool | None = None) -> None:
        self._cells: dict[Cell, list[int]] = {}
        self._added: dict[tuple[Place, tuple[Served, ...], State], list[int]] = {}
        self._changed: dict[tuple[Place, tuple[Served, ...], Stand, Stand], list[int]] = {}
        self._kind = kind
        self._whose = {None: (False, True), False: (False,), True: (True,)}[of_people]

    def __len__(self) -> int:
        """How much memory it takes, as a number of sums."""
        return len(self._cells) + len(self._added) + len(self._changed)

    @property
    def cells(self) -> Mapping[Cell, Sequence[int]]:
        """Under everything it serves, for everybody and for those whom it concerns."""
        for (place, served, before, now), (many, bits) in self._changed.items():
            for state, counts, reached in _difference(before, now):
                self.add(place, served, state, [*(many * each for each in counts), bits if reached else 0])
        self._changed.clear()
        for (place, served, state), counts in self._added.items():
            rest = (*place[1:], *state)
            for kind, name in served:
                if self._kind in (None, kind):
                    for some in self._whose:
                        who = place.who if some else EVERYBODY
                        _plus(self._cells, Cell._make((kind, who, name, *rest)), counts)
        self._added.clear()
        return self._cells

    def add(self, place: Place, served: tuple[Served, ...], state: State, counts: Sequence[int]) -> None:
        _plus(self._added, (place, served, state), counts)

    def put(self, cell: Cell, counts: Sequence[int]) -> None:
        _plus(self._cells, cell, counts)

    def stand(
        self, place: Place, served: tuple[Served, ...], at: Stand, bits: int = 0, many: int = 1
    ) -> None:
        for state, counts in stands(at, bits, many).items():
            self.add(place, served, state, counts)

    def change(self, place: Place, served: tuple[Served, ...], before: Stand, now: Stand, bits: int) -> None:
        """What a delivery that stood otherwise counts now. Whom it had reached before it has reached."""
        alike = self._changed.setdefault((place, served, before, now), [0, 0])
        alike[0] += 1
        alike[1] |= bits

    def done(self, place: Place, served: tuple[Served, ...], rostered: bool, what: Did) -> None:
        counts = did(rostered, place.campaign, what)
        if counts is not None:
            self.add(place, served, ("", ""), counts)

    def less(self, other: Sums) -> Mapping[Cell, list[int]]:
        """What has to be added to the other to make it this; bits that are too many stay."""
        found, ours, theirs = {}, self.cells, other.cells
        for cell in {**ours, **theirs}:
            here, there = ours.get(cell) or NOTHING, theirs.get(cell) or NOTHING
            difference = [a - b for a, b in zip(here[:-1], there[:-1], strict=True)]
            difference.append(here[-1] & ~there[-1])
            if any(difference):
                found[cell] = difference
        return found


@lru_cache(maxsize=4096)
def _difference(before: Stand, now: Stand) -> Sequence[tuple[State, Sequence[int], bool]]:
    """What one delivery counts more or less under each state, but for its people; whether it reached somebody."""
    was, is_ = stands(before), stands(now)
    found = []
    for state in {**was, **is_}:
        less, more = was.get(state, NOTHING), is_.get(state, NOTHING)
        counts = [b - a for a, b in zip(less[:-1], more[:-1], strict=True)]
        found.append((state, counts, more.reached > less.reached))
    return found


def _plus(sums: dict[T, list[int]], key: T, counts: Sequence[int]) -> None:
    """The last of the counts are bits."""
    before = sums.get(key)
    if before is None:
        sums[key] = list(counts)
    else:
        people = before[-1] | counts[-1]
        before[:] = map(add, before, counts)
        before[-1] = people
