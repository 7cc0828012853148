"""The numbers by group over a period: every rate of the house is arithmetic on these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from handlers.lookups import Grouping
from handlers.model import Reason, Status, Tally
from handlers.numbers.counts import TakenPart
from handlers.numbers.groups import SMALLEST
from storage import grouped
from storage.cells import NOTHING, Counts
from storage.grouped import Asked, Days

_TOLD = [f for f in Counts._fields if f not in ("deliveries", "training_ms", "response_ms", "people")]


def tallies(connection: Connection, asked: Asked) -> Sequence[Tally]:
    found: dict[str, _Group] = defaultdict(_Group)
    if asked.by == "all":
        found["all"] = _Group()
    for value, _, status, reason, counts in grouped.found(connection, asked):
        for name in asked.called(asked.by, value):
            if status:
                found[name].states[Status(status), Reason(reason)] += counts.deliveries
            else:
                found[name].add(counts)
    return [group.tally(name) for name, group in sorted(found.items()) if name == "all" or group.counts]


def taken_part(
    connection: Connection, days: Days, manager: str, where: Mapping[Grouping, str]
) -> Sequence[TakenPart]:
    """Of the thousands of fields of a map these three numbers alone: all of them would take far longer.

    Its people are those of one cell where these are enough to be shown, and else all that are known of.
    """
    numbers = ("reached", "active", "people")
    asked = Asked(
        "clause", days, manager, tuple(where.items()), across="team", of=numbers, sampled=not manager
    )
    fields = _fields(connection, asked)
    teams = {each.team for each in fields.values() if each.people < min(SMALLEST, each.reached)}
    if teams and asked.sampled:
        fields |= _fields(connection, replace(asked, teams=tuple(sorted(teams)), sampled=False))
    return sorted(fields.values())


def _fields(connection: Connection, asked: Asked) -> dict[tuple[str, str], TakenPart]:
    return {
        (clause, team): TakenPart(
            *(clause, team, counts.reached, counts.active),
            people=min(counts.people.bit_count(), counts.reached),
        )
        for clause, team, _, _, counts in grouped.found(connection, asked)
        if counts.reached
    }


class _Group:
    def __init__(self) -> None:
        self.counts: Counts | None = None
        self.states: dict[tuple[Status, Reason], int] = defaultdict(int)

    def add(self, counts: Counts) -> None:
        """A group that a role, or a standard by its clauses, puts together of several."""
        if self.counts is None:
            self.counts = counts if any(counts) else None
        else:
            before = self.counts
            sums = (a + b for a, b in zip(before[:-1], counts[:-1], strict=True))
            self.counts = Counts._make((*sums, before.people | counts.people))

    def tally(self, group: str) -> Tally:
        counts = self.counts or NOTHING
        states = {state: number for state, number in self.states.items() if number}
        if open_ := counts.deliveries - counts.reached - sum(states.values()):
            states[Status.PENDING, Reason.NONE] = open_
        if counts.reached:
            states[Status.SENT, Reason.NONE] = counts.reached
        return Tally(
            group,
            counts.deliveries,
            states,
            people_reached=min(counts.people.bit_count(), counts.reached),
            training_seconds=counts.training_ms // 1000,
            response_seconds=counts.response_ms // 1000,
            **{name: getattr(counts, name) for name in _TOLD},
        )
