"""Which items a person is asked next: what they know least first, and what is new in its place among that."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from itertools import chain, islice
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.pieces import Group, Item
from content.programme import Learning, Programme
from handlers.learning.memory import Day, Memory, day_of, interval

EARLY = 0.5  # days before it is due in which an item may be asked: the slot may come before the hour of the last answer
TOLD_APART: tuple[Group, ...] = ("operations", "office")  # by a programme's rules, where it has them
UNMET = (
    0.4  # recall that an item which has not been met counts for; from the simulated year (docs/learning.md)
)
_DIFFICULTIES = ("easy", "medium", "hard")


@dataclass(frozen=True)
class Entry:
    """An item of the bank. aim: the day on which it should be known: today, or an audit's that is near."""

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
    _ordered: dict[frozenset[Group], dict[str, Entry]] = field(default_factory=dict)

    @classmethod
    def of(cls, items: Iterable[Item], programme: Programme, today: Day) -> Bank:
        audits = next_audits(programme, today)
        return cls(
            {
                item.id: _entry(item, number, audits, today, programme.learning)
                for number, item in enumerate(items)
            },
            today,
            programme.learning,
        )

    def choose(
        self,
        known: Mapping[str, Memory],
        groups: Collection[Group],
        monday: Day,
        most: int,
        waiting: Collection[str] = (),
    ) -> tuple[Item, ...]:
        """At most so many items, each once, and within what the programme allows a week; the most pressing first.

        waiting: items that they have in their chat and have not answered; these are not asked a second time.

        What is due comes by its recall today, the lowest first. What is new comes where a recall of `UNMET` stands,
        from the clauses of which they have met least. Near an audit what would be forgotten by then is due as well.
        """
        asked = sum(memory.reviewed >= monday for memory in known.values())
        room = min(most, self.learning.most_a_week - asked)
        if room <= 0:
            return ()
        fresh = self.learning.new_a_week - sum(memory.met >= monday for memory in known.values())
        meant = self._meant(frozenset(groups))
        if waiting:
            meant = {name: entry for name, entry in meant.items() if name not in waiting}
        pressing = self._pressing(known, meant, max(0, fresh))
        return tuple(self.entries[name].item for name in islice(pressing, room))

    def one(self, known: Mapping[str, Memory], groups: Collection[Group]) -> Item | None:
        """An item for somebody who asks for one: the same order without a limit, and then what they know least."""
        meant = self._meant(frozenset(groups))
        rest = sorted(
            (name for name in known if name in meant), key=lambda name: known[name].recall(self.today)
        )
        name = next(chain(self._pressing(known, meant, 1), rest), None)
        return self.entries[name].item if name else None

    def _pressing(self, known: Mapping[str, Memory], meant: Mapping[str, Entry], fresh: int) -> Iterator[str]:
        """What may be asked, one after the other; of what is new at most so much."""
        due, forgotten = self._due(known, meant), interval(UNMET)
        lower = sum(faded >= forgotten for faded, _ in due)
        yield from (name for _, name in due[:lower])
        yield from islice(self._new(known, meant), fresh)
        yield from (name for _, name in due[lower:])

    def _due(self, known: Mapping[str, Memory], meant: Mapping[str, Entry]) -> list[tuple[float, str]]:
        """What has faded below the retention, or will have on the day that counts, the most faded first.

        How far something has faded is told in stabilities: the more of them have passed, the lower is the recall.
        """
        found: list[tuple[float, str]] = []
        today, ahead = self.today, interval(self.learning.retention)
        for name, memory in known.items():
            if name in meant:
                waited, stability = today - memory.reviewed, memory.stability
                gap, aim = max(1.0, ahead * stability), meant[name].aim
                will_have = aim > today and waited >= gap / 2 and aim - memory.reviewed > gap
                if waited + EARLY >= gap or will_have:
                    found.append((waited / stability, name))
        return sorted(found, reverse=True)

    def _new(self, known: Mapping[str, Memory], meant: Mapping[str, Entry]) -> Iterator[str]:
        """What they have not met, one after the other, as if each were asked before the next."""
        met = Counter(
            clause for name in known if name in self.entries for clause in self.entries[name].clauses
        )
        left = [entry for name, entry in meant.items() if name not in known]
        while left:
            entry = _least_met(left, met)
            left.remove(entry)
            met.update(entry.clauses)
            yield entry.item.id

    def _meant(self, groups: frozenset[Group]) -> Mapping[str, Entry]:
        """The items for somebody of these groups, in the order in which they are asked when they are new."""
        if groups not in self._ordered:
            meant = (entry for entry in self.entries.values() if not entry.groups.isdisjoint(groups))
            self._ordered[groups] = {e.item.id: e for e in sorted(meant, key=lambda entry: entry.order)}
        return self._ordered[groups]


def _least_met(entries: Iterable[Entry], met: Mapping[str, int]) -> Entry:
    """The first of those whose clause has been met least."""
    best, least = None, sys.maxsize
    for entry in entries:
        times = min(met[clause] for clause in entry.clauses)
        if times < least:
            best, least = entry, times
            if times == 0:
                break
    assert best is not None
    return best


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


def _entry(item: Item, number: int, audits: Mapping[str, Day], today: Day, learning: Learning) -> Entry:
    """What is written for a group that the programme does not tell apart is for everybody."""
    groups: frozenset[Group] = frozenset(
        "everybody" if group in TOLD_APART and group not in learning.groups else group
        for group in item.audience
    )
    standards = {f"{clause.standard}:{clause.edition}" for clause in item.clauses}
    return Entry(
        item=item,
        clauses=frozenset(str(clause.whole) for clause in item.clauses),
        groups=groups,
        aim=min((audits[standard] for standard in standards if standard in audits), default=today),
        order=("everybody" in groups, _DIFFICULTIES.index(item.difficulty), number),
    )
