"""Whether the parts of a pack say the same: its tables are added up row by row, and held against what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

from handlers.evidence import pack
from handlers.evidence.pack import Counts, Row, Table
from handlers.model import Status, Tally

YES = "yes"


class Disagree(Exception):
    """Two parts of the pack do not say the same; it is not to be given to anybody."""


@dataclass
class Population:
    """People under the standard: begin + joined = left + end. assigned, reached and active: of anybody."""

    begin: int = 0
    joined: int = 0
    left: int = 0
    end: int = 0
    under: int = 0  # the standard, of all who were here at some time
    never: int = 0  # of those under it who were here when it ended, to whom nothing of it was assigned
    assigned: int = 0
    reached: int = 0  # something was delivered to them
    active: int = 0  # took part in something that was delivered to them


@dataclass
class Sums:
    """What the rows add up to, while they are written. standard: as in `pack.Scope`."""

    standard: str
    rows: Counter[str] = field(default_factory=Counter)
    population: Population = field(default_factory=Population)
    people: Counter[str] = field(default_factory=Counter)  # of the roster's numbers
    states: Counter[tuple[str, str]] = field(default_factory=Counter)  # of what did not arrive
    assigned: Counter[str] = field(default_factory=Counter)  # by version
    answers: Counter[str] = field(default_factory=Counter)  # by clause
    right: Counter[str] = field(default_factory=Counter)
    all_right: int = 0
    acknowledged: int = 0
    sent: int = 0
    reminders: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # kind, state, reason

    def add(self, table: Table, rows: Sequence[Row]) -> None:
        """Rows of a table: those that say the same in what is added up are taken together."""
        self.rows[table.name] += len(rows)
        if table.name in _ADD:
            names, add = _ADD[table.name]
            columns = (map(itemgetter(table.columns.index(name)), rows) for name in names)
            for values, many in Counter(zip(*columns, strict=True)).items():
                add(self, values, many)

    def whole(self, clause: str) -> str:
        """A sub-item counts for its clause: "7.3 a" for "7.3"."""
        number = clause.removeprefix(f"{self.standard} ").partition(" ")[0]
        return f"{self.standard} {number}"

    def check(self, counts: Counts, clauses: Sequence[Tally], serves: Mapping[str, Sequence[str]]) -> int:
        """How many comparisons held. clauses: as `stats` counts them; serves: version -> clauses of the standard.

        Raises Disagree with the first that does not hold.
        """
        held = 0
        for what, here, there in (*self._against(counts), *self._by_clause(clauses, serves)):
            if here != there:
                raise Disagree(f"{what}: {here} in one part of the pack, {there} in another")
            held += 1
        return held

    def _against(self, counts: Counts) -> list[tuple[str, int, int]]:
        all_, them = counts.all, self.population
        not_arrived = sum(n for (status, _), n in all_.by_status.items() if status in NOT_ARRIVED)
        return [
            *((f"rows of {name}", self.rows[name], rows) for name, rows in counts.rows.items()),
            ("people", them.begin + them.joined, them.left + them.end),
            ("assignments", self.rows[pack.ASSIGNMENTS.name], all_.audience),
            ("what did not arrive", self.rows[pack.EXCLUSIONS.name], not_arrived),
            ("deliveries sent", self.sent, all_.reached),
            ("acknowledged", self.acknowledged, all_.acknowledged),
            ("answers", self.rows[pack.ANSWERS.name], all_.answers),
            ("right answers", self.all_right, all_.correct),
            ("assignments of the roster", self.people["assigned"], all_.audience),
            ("deliveries of the roster", self.people["delivered"], all_.reached),
            ("answers of the roster", self.people["answers"], all_.answers),
            ("people reached", them.reached, all_.people_reached),
            ("deliveries with which something was done", self.people["took part in"], all_.active),
        ]

    def _by_clause(
        self, clauses: Sequence[Tally], serves: Mapping[str, Sequence[str]]
    ) -> list[tuple[str, int, int]]:
        assigned: Counter[str] = Counter()
        for version, number in self.assigned.items():
            assigned.update(dict.fromkeys(serves.get(version, ()), number))
        return [
            each
            for tally in clauses
            for each in (
                (f"assignments for {tally.group}", assigned[tally.group], tally.audience),
                (f"answers for {tally.group}", self.answers[tally.group], tally.answers),
                (f"right answers for {tally.group}", self.right[tally.group], tally.correct),
            )
        ]


NOT_ARRIVED = (Status.FAILED, Status.EXPIRED, Status.CANCELLED, Status.SKIPPED)


def _person(sums: Sums, values: Row, many: int) -> None:
    under, began, joined, left, ended, *numbers = values
    them = sums.population
    counts = {name: n if isinstance(n, int) else 0 for name, n in zip(_NUMBERS, numbers, strict=True)}
    for name, n in counts.items():
        sums.people[name] += n * many
    them.assigned += many * (counts["assigned"] > 0)
    them.reached += many * (counts["delivered"] > 0)
    them.active += many * (counts["took part in"] > 0)
    if under == YES:
        them.begin += many * (began == YES)
        them.joined += many * (joined == YES)
        them.left += many * (left == YES)
        them.end += many * (ended == YES)
        them.under += many * (YES in (began, joined))
        them.never += many * (ended == YES and not counts["assigned"])


def _assigned(sums: Sums, values: Row, many: int) -> None:
    (version,) = values
    sums.assigned[str(version)] += many


def _delivery(sums: Sums, values: Row, many: int) -> None:
    asked, state, away, acknowledged = values
    if asked != YES and state == Status.SENT:
        sums.sent += many
        sums.acknowledged += many * (acknowledged == YES and away != YES)


def _exclusion(sums: Sums, values: Row, many: int) -> None:
    state, reason = values
    sums.states[str(state), str(reason)] += many


def _reminder(sums: Sums, values: Row, many: int) -> None:
    kind, state, reason = map(str, values)
    sums.reminders[kind, state, reason] += many


def _answer(sums: Sums, values: Row, many: int) -> None:
    clauses, right = values
    rights = many * (right == YES)
    sums.all_right += rights
    for clause in dict.fromkeys(sums.whole(each) for each in str(clauses).split(", ")):
        sums.answers[clause] += many
        sums.right[clause] += rights


_HERE = ("under the standard", "here when it began", "joined in it", "left in it", "here when it ended")
_NUMBERS = ("assigned", "delivered", "took part in", "answers", "right answers")
_Add = tuple[Sequence[str], Callable[[Sums, Row, int], None]]
_ADD: Mapping[str, _Add] = {  # what is added up of which columns
    pack.ROSTER.name: ((*_HERE, *_NUMBERS), _person),
    pack.ASSIGNMENTS.name: (("version",), _assigned),
    pack.DELIVERIES.name: (
        ("asked for by the person", "state", "taken away again", "acknowledged"),
        _delivery,
    ),
    pack.EXCLUSIONS.name: (("state", "reason"), _exclusion),
    pack.REMINDERS.name: (("kind", "state", "reason"), _reminder),
    pack.ANSWERS.name: (("clauses", "right"), _answer),
}
