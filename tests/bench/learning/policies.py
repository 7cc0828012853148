"""Who says which items somebody is asked next: Catchball, and what others do with the same number of questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Protocol

from content.pieces import Group, Item
from handlers.learning.memory import Day, Memory, answered
from handlers.learning.selection import Bank

Items = Sequence[Item]  # those meant for the person, as written


class Policy(Protocol):
    """For one person."""

    def choose(self, slot: int, day: Day, most: int) -> Items: ...

    def learn(self, item: Item, day: Day, right: bool) -> None: ...


class Catchball:
    """The product: `Bank.choose` on memories that `handlers.learning.memory.answered` keeps.

    banks: of each slot, with the Monday before it. They do not know the truth: only what was right.
    """

    def __init__(self, banks: Sequence[tuple[Bank, Day]], groups: frozenset[Group]) -> None:
        self._banks = banks
        self._groups = groups
        self.memories: dict[str, Memory] = {}

    def choose(self, slot: int, day: Day, most: int) -> Items:
        bank, monday = self._banks[slot]
        return bank.choose(self.memories, self._groups, monday, most)

    def learn(self, item: Item, day: Day, right: bool) -> None:
        self.memories[item.id] = answered(self.memories.get(item.id), item.id, day, right, None)


class ByChance:
    """Any items."""

    def __init__(self, items: Items, random: Random) -> None:
        self._items = items
        self._random = random

    def choose(self, slot: int, day: Day, most: int) -> Items:
        return self._random.sample(self._items, min(most, len(self._items)))

    def learn(self, item: Item, day: Day, right: bool) -> None:
        pass


class Fixed:
    """Wrong: again after 12 days; right: after 24; two in a row right: never again. Repeats come before new ones.

    Qstream's rule, and its order (support.qstream.com, "Question Delivery Rules"). Who has nothing left begins anew,
    so that the number of questions is the same.
    """

    def __init__(self, items: Items) -> None:
        self._items: Mapping[str, Item] = {item.id: item for item in items}
        self._new = list(items)
        self._due: dict[str, Day] = {}
        self._streak: dict[str, int] = {}

    def choose(self, slot: int, day: Day, most: int) -> Items:
        due = sorted((when, name) for name, when in self._due.items() if when <= day)
        chosen = [self._items[name] for _, name in due[:most]]
        while len(chosen) < most:
            if not self._new:
                self._new = list(self._items.values())
            chosen.append(self._new.pop(0))
        return chosen

    def learn(self, item: Item, day: Day, right: bool) -> None:
        streak = self._streak.get(item.id, 0) + 1 if right else 0
        self._streak[item.id] = streak
        self._due[item.id] = day + (24 if right else 12)
        if streak >= 2:
            del self._due[item.id]


class InTurn:
    """One after the other, and from the beginning again after the last: each once a year, if there are enough."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._next = 0

    def choose(self, slot: int, day: Day, most: int) -> Items:
        chosen = [self._items[(self._next + n) % len(self._items)] for n in range(most)]
        self._next += most
        return chosen

    def learn(self, item: Item, day: Day, right: bool) -> None:
        pass
