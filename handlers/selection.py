"""Which items a person is asked next: what is about to be forgotten first, then what they have not met."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import islice
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.pieces import Group, Item
from content.programme import Learning, Programme
from handlers.memory import Day, Memory, day_of, interval, recall

EARLY = 0.5  # days before it is due in which an item may be asked: the slot may come before the hour of the last answer
_DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Entry:
    """An item of the bank. aim: the day its recall is judged for: today, or an audit's that is near."""

    item: Item
    clauses: frozenset[str]
    groups: frozenset[Group]
    aim: Day
    order: tuple[bool, int, int]  # of what is new: for a group by name, then the easier, then as written


@dataclass(frozen=True)
class Bank:
    """Every item that may be asked today."""

    entries: Mapping[str, Entry]
    today: Day
    learning: Learning
    _ordered: dict[frozenset[Group], list[Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item], programme: Programme, today: Day) -> Bank:
        audits = next_audits(programme, today)
        return cls(
            {item.id: _entry(item, number, audits, today) for number, item in enumerate(items)},
            today,
            programme.learning,
        )

    def choose(
        self, known: Mapping[str, Memory], groups: Collection[Group], monday: Day, most: int
    ) -> tuple[Item, ...]:
        """At most so many items, each once, and within what the programme allows a week; the most pressing first.

        First what is due, the lowest recall first. Then what is new, from clauses of which the person has met least.
        Then, when an audit is near, what is not due yet and would be forgotten by then.
        """
        asked = sum(memory.reviewed >= monday for memory in known.values())
        room = min(most, self.learning.most_a_week - asked)
        if room <= 0:
            return ()
        due, later = self._known(known, groups)
        chosen = due[:room]
        fresh = self.learning.new_a_week - sum(memory.met >= monday for memory in known.values())
        chosen += islice(self._new(known, groups), max(0, min(room - len(chosen), fresh)))
        chosen += later[: room - len(chosen)]
        return tuple(self.entries[name].item for name in chosen)

    def one(self, known: Mapping[str, Memory], groups: Collection[Group]) -> Item | None:
        """An item for somebody who asks for one: the same order without a limit, and then what they know least."""
        due, later = self._known(known, groups)
        rest = sorted(self._meant(known, groups), key=lambda name: known[name].recall(self.today))
        chosen = next(iter([*due, *islice(self._new(known, groups), 1), *later, *rest]), None)
        return self.entries[chosen].item if chosen else None

    def _known(self, known: Mapping[str, Memory], groups: Collection[Group]) -> tuple[list[str], list[str]]:
        """What is due, and what is not yet but will be forgotten on the day that counts; the lowest recall first."""
        due: list[tuple[float, str]] = []
        later: list[tuple[float, str]] = []
        ahead = interval(self.learning.retention)
        for name in self._meant(known, groups):
            memory, aim = known[name], self.entries[name].aim
            waited, gap = self.today - memory.reviewed, max(1.0, ahead * memory.stability)
            at_aim = recall(memory.stability, aim - memory.reviewed)
            if waited + EARLY >= gap:
                due.append((at_aim, name))
            elif aim > self.today and at_aim < self.learning.retention and waited >= gap / 2:
                later.append((at_aim, name))
        return [name for _, name in sorted(due)], [name for _, name in sorted(later)]

    def _new(self, known: Mapping[str, Memory], groups: Collection[Group]) -> Iterator[str]:
        """What they have not met, one after the other, as if each were asked before the next."""
        met = Counter(
            clause for name in known if name in self.entries for clause in self.entries[name].clauses
        )
        chosen: set[str] = set()
        while (entry := self._least_met(known, chosen, met, frozenset(groups))) is not None:
            chosen.add(entry.item.id)
            met.update(entry.clauses)
            yield entry.item.id

    def _least_met(
        self,
        known: Mapping[str, Memory],
        chosen: Collection[str],
        met: Counter[str],
        groups: frozenset[Group],
    ) -> Entry | None:
        """The first, in the order in which they are asked, of those whose clause has been met least."""
        if groups not in self._ordered:
            meant = (entry for entry in self.entries.values() if not entry.groups.isdisjoint(groups))
            self._ordered[groups] = sorted(meant, key=lambda entry: entry.order)
        best, least = None, sys.maxsize
        for entry in self._ordered[groups]:
            name = entry.item.id
            if name not in known and name not in chosen:
                times = min(met[clause] for clause in entry.clauses)
                if times < least:
                    best, least = entry, times
                    if times == 0:
                        break
        return best

    def _meant(self, known: Iterable[str], groups: Collection[Group]) -> list[str]:
        """Those of the items that are in the bank and for somebody of these groups."""
        return [
            name
            for name in known
            if (entry := self.entries.get(name)) is not None and not entry.groups.isdisjoint(groups)
        ]


def next_audits(programme: Programme, today: Day) -> Mapping[str, Day]:
    """Standard -> the day of its next audit, where that is near enough to count (`Learning.before_audit`)."""
    near = today + programme.learning.before_audit
    return {standard: day for standard, day in audits_ahead(programme, today).items() if day <= near}


def audits_ahead(programme: Programme, today: Day) -> Mapping[str, Day]:
    """Standard -> the day of its next audit, where one is set."""
    zone, found = ZoneInfo(programme.zone), {}
    for standard in programme.standards:
        days = [day_of(instant(datetime.combine(audit.date, time(0)), zone)) for audit in standard.audits]
        ahead = [day for day in days if day > today]
        if ahead:
            found[str(standard)] = min(ahead)
    return found


def _entry(item: Item, number: int, audits: Mapping[str, Day], today: Day) -> Entry:
    standards = {f"{clause.standard}:{clause.edition}" for clause in item.clauses}
    return Entry(
        item=item,
        clauses=frozenset(str(clause.whole) for clause in item.clauses),
        groups=frozenset(item.audience),
        aim=min((audits[standard] for standard in standards if standard in audits), default=today),
        order=("everybody" in item.audience, _DIFFICULTIES.index(item.difficulty), number),
    )
