"""Arithmetic on counts: each rate has one definition here, and the card that shows them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from content.cards import Block, Card, Chart, Fact, Facts, Note, Point, Table, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.lookups import Grouping
from handlers.model import Person, Tally
from handlers.numbers.definitions import KUDOS
from handlers.numbers.groups import FEWER, NOT_SHOWN, few, hidden, left_out
from handlers.permissions import looking, refusal, whose_numbers

PERIOD = timedelta(days=90)
MOST = 40  # groups in one table of a card
NOT_FOR_YOU = refusal("see everybody's numbers", "see the own team's numbers")
MORE = (
    "What is learnt from answers: `stats recall`, `stats wrong`, `stats items`, `stats delayed`, `stats induction`. "
    "What leaders said, and whether they answer: `stats messages`, `stats leaders`, `stats replies`."
)


@dataclass(frozen=True)
class Metric:
    """A rate: so many of so many. `of` is the n that must stand beside it; `short` heads a narrow column.

    of_any: told of however few people, for it is about what was sent and not about what they did.
    """

    name: str
    short: str
    means: str
    part: Callable[[Tally], int]
    of: Callable[[Tally], int]
    of_any: bool = False

    def rate(self, tally: Tally) -> float | None:
        """Between 0 and 1; None when there is nothing to divide by."""
        return self.part(tally) / self.of(tally) if self.of(tally) else None

    def people(self, tally: Tally) -> int:
        """Of how many people it tells what they did, at most: a smallest group goes by it."""
        if self.of_any or not self.of(tally):
            return 0
        return max(1, min(tally.people_reached, self.of(tally)))

    def told(self, tally: Tally) -> str:
        """As `shown`, of enough people."""
        return FEWER if few(self.people(tally)) else self.shown(tally)

    def shown(self, tally: Tally) -> str:
        """ "84% (42 of 50)", or "no data"."""
        rate = self.rate(tally)
        return "no data" if rate is None else f"{rate:.0%} ({self.part(tally)} of {self.of(tally)})"

    def in_short(self, tally: Tally) -> str:
        """ "84% of 50", or "-"."""
        rate = self.rate(tally)
        return "-" if rate is None else f"{rate:.0%} of {self.of(tally)}"


REACH = Metric(
    "reach", "Reached", "deliveries sent, of all planned", lambda t: t.reached, lambda t: t.audience, True
)
ACKNOWLEDGEMENT = Metric(
    "acknowledgement rate",
    "Acknowledged",
    "acknowledged, of the messages sent that ask for it",
    lambda t: t.acknowledged,
    lambda t: t.to_acknowledge,
)
PARTICIPATION = Metric(
    "participation rate",
    "Active",
    "something was done with it, of the deliveries sent",
    lambda t: t.active,
    lambda t: t.reached,
)
ACCURACY = Metric(
    "accuracy", "Right", "right answers, of all answers", lambda t: t.correct, lambda t: t.answers
)
METRICS = (REACH, ACKNOWLEDGEMENT, PARTICIPATION, ACCURACY)


async def stats(desk: Desk, person: Person, words: str) -> Outcome:
    """The numbers as a card: of everybody for who may, else of the manager's own people."""
    title = "Numbers"
    manager = whose_numbers(person)
    if manager is None:
        return Outcome(show=Card(title=title, blocks=(Note(markdown=NOT_FOR_YOU),)))
    if manager:
        title = "Numbers of your team"
    by, period = _asked(words)
    if by is None:
        sentence = f"Type `stats`, or {_words()}, and a number of days. {MORE}"
        return Outcome(show=Card(title=title, blocks=(Note(markdown=sentence),)))
    now = desk.clock.now()
    since = now - period
    total = (*await desk.store.tallies("all", since, now, manager=manager), Tally(group="all"))[0]
    groups = await desk.store.tallies(by, since, now, manager=manager)
    weeks = groups if by == "week" else await desk.store.tallies("week", since, now, manager=manager)
    zone = desk.zone(person)
    kudos = None if manager else await desk.store.kudos_given(since, now)
    shown = card(title, total, by, groups, weeks, since.astimezone(zone), now.astimezone(zone), kudos)
    return Outcome(show=shown, looked=(looking(person, "stats", f"{by} {period.days} days"),))


def card(
    title: str,
    total: Tally,
    by: Grouping,
    groups: Sequence[Tally],
    weeks: Sequence[Tally],
    since: datetime,
    until: datetime,
    kudos: int | None = None,
) -> Card:
    """Totals, states that add up to the audience, the weeks as a chart, and one table by group.

    kudos: how many were given; None: not to be shown.
    """
    if not total.audience and not total.answers:
        nothing = "Nothing was planned in this period yet: the numbers begin with the first delivery."
        return Card(title=title, blocks=(Note(markdown=nothing),))
    facts = [Fact(label=m.name.capitalize(), value=m.told(total)) for m in METRICS]
    facts += [Fact(label=KUDOS.name.capitalize(), value=f"{kudos:,}")] if kudos is not None else []
    blocks: list[Block] = [
        Facts(facts=tuple(facts)),
        Text(markdown=f"**{total.audience} deliveries planned**: {escape(states(total))}."),
    ]
    blocks += weekly(weeks)
    if groups:
        header = (by.capitalize(), *(m.short for m in METRICS))
        cells = told(groups, Metric.in_short)
        rows = tuple((g.group or "none", *line) for g, line in zip(groups, cells, strict=True))
        blocks.append(Table(header=header, rows=rows[:MOST]))
    notes = [f"{since:%Y-%m-%d} to {until:%Y-%m-%d}.", not_told(groups)]
    notes += [f"The first {MOST} of {len(groups)} are shown."] if len(groups) > MOST else []
    notes.append(f"Also: {_words()}. {MORE}")
    blocks.append(Note(markdown=" ".join(filter(None, notes))))
    return Card(title=title, blocks=tuple(blocks))


def told(groups: Sequence[Tally], words: Callable[[Metric, Tally], str]) -> list[tuple[str, ...]]:
    """A row of cells for each group; what tells of few people is not shown, nor what they could be subtracted from."""
    out = {metric.name: _hidden(groups, metric) for metric in METRICS}
    return [
        tuple(NOT_SHOWN if place in out[m.name] else words(m, group) for m in METRICS)
        for place, group in enumerate(groups)
    ]


def not_told(groups: Sequence[Tally]) -> str:
    """A sentence for the note, of the groups with something that is not shown."""
    out = {place for metric in METRICS for place in _hidden(groups, metric)}
    small = {place for place in out if any(few(metric.people(groups[place])) for metric in METRICS)}
    return left_out(len(small), len(out - small))


def _hidden(groups: Sequence[Tally], metric: Metric) -> frozenset[int]:
    return hidden([metric.people(group) for group in groups])


def states(tally: Tally) -> str:
    """ "40 sent, 2 failed (not installed)": every state with its reason; the numbers add up to the audience."""
    ordered = sorted(tally.by_status.items(), key=lambda entry: -entry[1])
    return ", ".join(f"{n} {status}" + (f" ({reason})" if reason else "") for (status, reason), n in ordered)


def weekly(weeks: Sequence[Tally]) -> list[Block]:
    """Participation by week as a line, once there are two weeks to draw a line between."""
    out = _hidden(weeks, PARTICIPATION)
    rated = [(week.group, PARTICIPATION.rate(week)) for place, week in enumerate(weeks) if place not in out]
    points = tuple(Point(label=name, value=round(100 * rate, 1)) for name, rate in rated if rate is not None)[
        -12:
    ]
    if len(points) < 2:
        return []
    first, last = points[0], points[-1]
    alt = f"Participation by week: {first.value:g}% in {first.label}, {last.value:g}% in {last.label}."
    return [Chart(title="Participation by week", shape="line", points=points, unit="%", alt=alt)]


def _asked(words: str) -> tuple[Grouping | None, timedelta]:
    """The grouping and the period in words like "clause 30"; None for a word that is neither."""
    by: Grouping = "team"
    period = PERIOD
    for word in words.lower().split():
        if word.isdigit() and 0 < int(word) <= 3660:
            period = timedelta(days=int(word))
        elif word in get_args(Grouping):
            by = next(grouping for grouping in get_args(Grouping) if grouping == word)
        elif word not in ("by", "days"):
            return None, period
    return by, period


def _words() -> str:
    return ", ".join(f"`stats {grouping}`" for grouping in get_args(Grouping) if grouping != "all")
