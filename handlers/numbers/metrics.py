"""Arithmetic on counts: each rate has one definition here, and the card that shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

from content.cards import Block, Card, Chart, Fact, Facts, Note, Point, Table, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.lookups import Grouping
from handlers.model import Person, Tally
from handlers.numbers import definitions, names
from handlers.numbers.definitions import KUDOS, RESPONSE_TIME, TRAINING, Definition
from handlers.numbers.groups import FEWER, NOT_SHOWN, few, hidden, left_out
from handlers.numbers.intervals import Estimate, difference, wilson
from handlers.numbers.periods import EXAMPLES, BadPeriod, Period, days, read
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
    """A rate: so many of so many. `of` is the n that must stand beside it.

    of_any: told of however few people, for it is about what was sent and not about what they did.
    """

    definition: Definition
    part: Callable[[Tally], int]
    of: Callable[[Tally], int]
    of_any: bool = False

    @property
    def name(self) -> str:
        return self.definition.name

    @property
    def short(self) -> str:
        return self.definition.short

    @property
    def means(self) -> str:
        return self.definition.formula

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

    def estimate(self, tally: Tally) -> Estimate | None:
        """With Wilson's interval of 95 %."""
        return wilson(self.part(tally), self.of(tally)) if self.of(tally) else None

    def change(self, now: Tally, before: Tally) -> Estimate | None:
        """By how much it differs from an earlier time, where that is more than noise."""
        if not self.of(now) or not self.of(before):
            return None
        found = difference(self.part(now), self.of(now), self.part(before), self.of(before))
        return found if found.low > 0 or found.high < 0 else None

    def shown(self, tally: Tally) -> str:
        """ "84% (42 of 50)", or "no data"."""
        rate = self.rate(tally)
        return "no data" if rate is None else f"{rate:.0%} ({self.part(tally):,} of {self.of(tally):,})"

    def in_short(self, tally: Tally) -> str:
        """ "84% of 50", or "-"."""
        rate = self.rate(tally)
        return "-" if rate is None else f"{rate:.0%} of {self.of(tally):,}"


REACH = Metric(definitions.REACH, lambda t: t.reached, lambda t: t.audience, of_any=True)
ACKNOWLEDGEMENT = Metric(definitions.ACKNOWLEDGEMENT, lambda t: t.acknowledged, lambda t: t.to_acknowledge)
PARTICIPATION = Metric(definitions.PARTICIPATION, lambda t: t.active, lambda t: t.reached)
ACCURACY = Metric(definitions.ACCURACY, lambda t: t.correct, lambda t: t.answers)
SEEN = Metric(definitions.SEEN_RATE, lambda t: t.seen, lambda t: t.reached)
UNDERSTANDING = Metric(definitions.UNDERSTANDING, lambda t: t.understood, lambda t: t.checked)
WITHIN_A_DAY = Metric(definitions.WITHIN_A_DAY, lambda t: t.within_a_day, lambda t: t.responses)
METRICS = (REACH, ACKNOWLEDGEMENT, PARTICIPATION, ACCURACY)  # what a card has a column for
RATES = (REACH, SEEN, ACKNOWLEDGEMENT, UNDERSTANDING, PARTICIPATION, ACCURACY, WITHIN_A_DAY)


async def stats(desk: Desk, person: Person, words: str) -> Outcome:
    """The numbers as a card: of everybody for who may, else of the manager's own people."""
    title = "Numbers"
    manager = whose_numbers(person)
    if manager is None:
        return Outcome(show=Card(title=title, blocks=(Note(markdown=NOT_FOR_YOU),)))
    if manager:
        title = "Numbers of your team"
    now, zone = desk.clock.now(), desk.zone(person)
    asked = _asked(words, now, zone)
    if isinstance(asked, str):
        sentence = f"{asked} Type `stats`, or {_words()}, and a period: {EXAMPLES}. {MORE}"
        return Outcome(show=Card(title=title, blocks=(Note(markdown=sentence),)))
    by, since, until = asked
    as_long = timedelta(days=max(1, (until.astimezone(zone).date() - since.date()).days))
    earlier = await desk.store.tallies("all", since - as_long, since, manager=manager)
    total = (*await desk.store.tallies("all", since, until, manager=manager), Tally(group="all"))[0]
    groups = await named(desk, by, await desk.store.tallies(by, since, until, manager=manager))
    weeks = groups if by == "week" else await desk.store.tallies("week", since, until, manager=manager)
    kudos = None if manager else await desk.store.kudos_given(since, until)
    period = days(since, until, zone)
    shown = card(title, total, by, groups, weeks, period, kudos, *earlier)
    return Outcome(show=shown, looked=(looking(person, "stats", f"{by}, {period}"),))


async def named(desk: Desk, by: Grouping, groups: Sequence[Tally]) -> Sequence[Tally]:
    """As people know them."""
    called = await names.called(desk, by, [tally.group for tally in groups])
    return [replace(tally, group=called.get(tally.group, tally.group)) for tally in groups]


def card(
    title: str,
    total: Tally,
    by: Grouping,
    groups: Sequence[Tally],
    weeks: Sequence[Tally],
    period: str,
    kudos: int | None = None,
    before: Tally | None = None,
) -> Card:
    """Totals, states that add up to the audience, the weeks as a chart, and one table by group.

    kudos: how many were given; None: not to be shown. before: of the period before it, as long.
    """
    if not total.audience and not total.answers:
        nothing = "Nothing was planned in this period yet: the numbers begin with the first delivery."
        return Card(title=title, blocks=(Note(markdown=nothing),))
    facts = [Fact(label=m.name.capitalize(), value=m.told(total) + moved(m, total, before)) for m in METRICS]
    facts += [Fact(label=label, value=value) for label, value in more_of(total, before)]
    facts += [Fact(label=KUDOS.name.capitalize(), value=f"{kudos:,}")] if kudos is not None else []
    blocks: list[Block] = [
        Facts(facts=tuple(facts)),
        Text(markdown=f"**{total.audience:,} deliveries planned**: {escape(states(total))}."),
    ]
    blocks += weekly(weeks)
    if groups:
        header = (by.capitalize(), *(m.short for m in METRICS))
        cells = told(groups, Metric.in_short)
        rows = tuple((g.group or "none", *line) for g, line in zip(groups, cells, strict=True))
        blocks.append(Table(header=header, rows=rows[:MOST]))
    notes = [f"{period}.", not_told(groups)]
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


def moved(metric: Metric, now: Tally, before: Tally | None) -> str:
    """ ", 71% before", where the difference is more than noise, and of enough people then and now."""
    if before is None or any(few(metric.people(tally)) for tally in (now, before)):
        return ""
    return f", {metric.rate(before):.0%} before" if metric.change(now, before) else ""


def more_of(tally: Tally, before: Tally | None = None) -> Iterator[tuple[str, str]]:
    """What has no column of its own, where there is something to tell of it."""
    for metric in RATES:
        if metric not in METRICS and metric.of(tally):
            yield metric.name.capitalize(), metric.told(tally) + moved(metric, tally, before)
    if not few(WITHIN_A_DAY.people(tally)):
        yield from times(tally)


def times(tally: Tally) -> Iterator[tuple[str, str]]:
    """How long answers took, and the time that went into them, where that is known."""
    if tally.responses:
        hours = tally.response_seconds / tally.responses / 3600
        shown = f"{hours:.1f} h" if hours >= 1 else f"{60 * hours:.0f} min"
        yield RESPONSE_TIME.name.capitalize(), f"{shown} (mean of {tally.responses:,})"
    if tally.timed:
        yield TRAINING.name.capitalize(), f"{tally.training_seconds / 60:,.0f} min ({tally.timed:,} answers)"


def states(tally: Tally) -> str:
    """ "40 sent, 2 failed (not installed)": every state with its reason; the numbers add up to the audience."""
    ordered = sorted(tally.by_status.items(), key=lambda entry: -entry[1])
    return ", ".join(
        f"{n:,} {status}" + (f" ({reason})" if reason else "") for (status, reason), n in ordered
    )


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


def _asked(words: str, now: datetime, zone: ZoneInfo) -> tuple[Grouping, datetime, datetime] | str:
    """The grouping and the period, from a local midnight on; or what was not understood, in a sentence."""
    try:
        named, left = read(words.split(), now, zone)
    except BadPeriod as mistake:
        return str(mistake)
    by: Grouping = "team"
    for word in (word.lower() for word in left):
        if word in get_args(Grouping):
            by = next(grouping for grouping in get_args(Grouping) if grouping == word)
        elif word not in ("by", "days"):
            return f"“{escape(word[:40])}” is neither a number nor a period."
    period = named or Period(now - PERIOD, now)
    return by, datetime.combine(period.since.astimezone(zone).date(), time(0), zone), period.until


def _words() -> str:
    return ", ".join(f"`stats {grouping}`" for grouping in get_args(Grouping) if grouping != "all")
