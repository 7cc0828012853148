"""Which numbers a finding can be about, how each is counted, and of whom or what it may be chosen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import NamedTuple, get_args
from zoneinfo import ZoneInfo

from content.calendars import instant
from handlers.desk import Desk
from handlers.findings.effect import number
from handlers.findings.finding import About, Finding, Grouped, Metric, Number
from handlers.learning import gathered, induction
from handlers.learning.learnt import WINDOWS
from handlers.learning.lessons import WRONG, WRONG_BY_CLAUSE
from handlers.learning.nightly import WHOLE
from handlers.learning.remembered import known
from handlers.lookups import Grouping
from handlers.model import Tally
from handlers.numbers import definitions, metrics
from handlers.numbers.counts import Sums
from handlers.numbers.groups import SMALLEST, hidden
from handlers.numbers.intervals import mean, wilson
from handlers.numbers.sheets import shortened

LONGEST = 3660  # days
EVERYBODY = "-"  # the choice of no group


@dataclass(frozen=True)
class Measure:
    """again: whether its people can be asked again; of others their next numbers are awaited. of: what is counted."""

    name: str
    of: str
    again: bool = False
    low_is_good: bool = False
    by: tuple[Grouped, ...] = ("team", "clause", "campaign")
    days: int = metrics.PERIOD.days


MEASURES: Mapping[Metric, Measure] = {
    "participation": Measure(metrics.PARTICIPATION.name, "deliveries"),
    "acknowledgement": Measure(metrics.ACKNOWLEDGEMENT.name, "messages"),
    "reach": Measure(metrics.REACH.name, "deliveries"),
    "accuracy": Measure(metrics.ACCURACY.name, "answers", again=True),
    "wrong": Measure(
        definitions.CONFIDENTLY_WRONG.name,
        "certain answers",
        again=True,
        low_is_good=True,
        by=("clause", "item"),
    ),
    "recall": Measure(definitions.RECALL.name, "", again=True, by=("clause",)),
    "delayed": Measure(definitions.DELAYED.name, "answers", again=True, by=(), days=365),
    "induction": Measure(definitions.INDUCTION.name, "people", by=()),
}
RATES: Mapping[Metric, metrics.Metric] = {
    "participation": metrics.PARTICIPATION,
    "acknowledgement": metrics.ACKNOWLEDGEMENT,
    "reach": metrics.REACH,
    "accuracy": metrics.ACCURACY,
}


class Asked(NamedTuple):
    """What a finding is to be about, over so many days; the group is still to be chosen where `about.by` says one."""

    about: About
    days: int

    def __str__(self) -> str:
        """As it is typed after `finding about`, and read again by `read`."""
        by = f" by {self.about.by}" if self.about.by != "all" and not self.about.group else ""
        of = f" of {self.about.group}" if self.about.group else ""
        return f"{self.about.metric}{by}{of} {self.days}"


def read(words: str) -> Asked | None:
    """`participation by team 90`, `acknowledgement of broadcast-1a2b`; None where that is no number of ours.

    It may come from a button, so it says only what to count, and never what was found.
    """
    name, *rest = words.split() or [""]
    metric = next((metric for metric in MEASURES if metric == name.lower()), None)
    if metric is None:
        return None
    measure, by, group, days = MEASURES[metric], "all", "", MEASURES[metric].days
    while rest:
        word = rest.pop(0)
        if word == "by" and rest and rest[0] in measure.by:
            by = rest.pop(0)
        elif word == "of" and rest and "campaign" in measure.by:
            by, group = "campaign", rest.pop(0)
        elif word.isdecimal() and len(word) < 6 and 0 < int(word) <= LONGEST:
            days = int(word)
        else:
            return None
    return Asked(About(metric, next(g for g in get_args(Grouped) if g == by), group), days)


def beginning(desk: Desk, days: int) -> datetime:
    """So many days ago at midnight: the numbers are kept by whole days."""
    zone = ZoneInfo(desk.library.programme.zone)
    day = (desk.clock.now() - timedelta(days=days)).astimezone(zone).date()
    return instant(datetime.combine(day, time(0)), zone)


def chosen(asked: Asked, group: str) -> About | None:
    """With the group that was chosen; None where it is none that can be."""
    about = asked.about
    if about.metric == "delayed":
        windows = {str(window.about): window.about for window in WINDOWS}
        return replace(about, days=windows[group]) if group in windows else None
    if about.group or group == EVERYBODY:
        return about if about.group else replace(about, by="all")
    return replace(about, group=group) if group and about.by != "all" else None


def label(desk: Desk, about: About) -> str:
    """ "participation rate of the team Production"."""
    name = MEASURES[about.metric].name
    if about.metric == "delayed":
        window = next(window for window in WINDOWS if window.about == about.days)
        return f"{name}, {window.begins:.0f} to {window.ends - 1:.0f} days after the first answer"
    if not about.group:
        return f"{name} of everybody"
    if about.by == "item":
        item = desk.library.items.get(about.group)
        return f"{name} of “{shortened(item.stem, 100) if item else about.group}”"
    kind = {"team": "the team ", "campaign": ""}.get(about.by, "")
    return f"{name} of {kind}{about.group}"


def in_words(found: Number, measure: Measure) -> str:
    """ "61% (50-71%), 52 of 86 answers, 40 people"."""
    estimate = f"{found.share:.0%} ({100 * found.low:.0f}-{found.high:.0%})"
    people = f"{found.people:,} people"
    if not measure.of:
        return f"{estimate}, {people}"
    counted = f"{found.part:,.0f} of {found.of:,.0f} {measure.of}"
    return f"{estimate}, {counted}" if measure.of == "people" else f"{estimate}, {counted}, {people}"


async def count(desk: Desk, about: About, since: datetime, until: datetime) -> Number | None:
    """The number as it is; None where it would be of fewer than five people."""
    if about.metric == "recall":
        return await _recall(desk, about, until)
    if about.metric == "induction":
        return await _induction(desk, since, until)
    part, of, people = await desk.store.findings.counted(about, since, until)
    return number(part, of, people) if people >= SMALLEST else None


async def count_again(desk: Desk, finding: Finding) -> Number | None:
    """After the action: what the same people answered when they were asked again, or their next numbers so far."""
    if finding.done_at is None or finding.retest_at is None:
        return None
    until = desk.clock.now()
    if finding.retest == "next":
        until = min(until, finding.retest_at)
    if finding.about.metric == "induction":
        return await _induction(desk, finding.done_at, until)
    part, of, people = await desk.store.findings.counted_again(finding, finding.done_at, until)
    return number(part, of, people) if people >= SMALLEST else None


async def groups(desk: Desk, asked: Asked) -> list[tuple[str, str]]:
    """What may be chosen, as value and label; nothing where it is said already or there is nothing to choose."""
    about, until = asked.about, desk.clock.now()
    since = beginning(desk, asked.days)
    if about.metric == "delayed":
        return [
            (str(w.about), f"{w.begins:.0f} to {w.ends - 1:.0f} days after the first answer") for w in WINDOWS
        ]
    if about.by == "all" or about.group:
        return []
    found = await _named(desk, about, since, until)
    named = [(name, f"{name[:55]}: {rate}" if rate else name[:75]) for name, rate in found if name]
    return [(EVERYBODY, "Everybody"), *named]


async def _named(desk: Desk, about: About, since: datetime, until: datetime) -> Sequence[tuple[str, str]]:
    """Each group with its rate, as the numbers say it."""
    if about.metric == "wrong":
        certain = await gathered.known(
            desk, WRONG if about.by == "item" else WRONG_BY_CLAUSE, since, until, until
        )
        found = sorted(
            (sure for sure in certain.rows if sure.people >= SMALLEST), key=lambda s: -s.wrong / s.certain
        )
        return list({sure.group: f"{sure.wrong / sure.certain:.0%}" for sure in found}.items())
    if about.metric == "recall":
        recalls = await _sums(desk, about, until)
        sums = sorted((s.r / s.m, name) for name, s in recalls.items() if s.people >= SMALLEST)
        return [(name, f"{share:.0%}") for share, name in sums]
    by: Grouping = next(g for g in get_args(Grouping) if g == about.by)
    return _told(RATES[about.metric], await desk.store.tallies(by, since, until))


def _told(rate: metrics.Metric, tallies: Sequence[Tally]) -> Sequence[tuple[str, str]]:
    """What `stats` leaves out is not there; what people only asked for themselves is there without a rate."""
    planned = [tally for tally in tallies if tally.people_reached]
    out = hidden([rate.people(tally) for tally in planned])
    rates = [(rate.rate(tally), tally.group) for place, tally in enumerate(planned) if place not in out]
    found = [
        (group, f"{share:.0%}") for share, group in sorted(each for each in rates if each[0] is not None)
    ]
    return [*found, *((tally.group, "") for tally in tallies if not tally.people_reached and rate.of(tally))]


async def _recall(desk: Desk, about: About, at: datetime) -> Number | None:
    """What the model foretells of it on that day; asked again they show it."""
    sums = (await _sums(desk, about, at)).get(about.group if about.by == "clause" else "", Sums())
    if sums.people < SMALLEST:
        return None
    estimate = mean(sums)
    return Number(sums.r, sums.m, sums.people, estimate.low, estimate.high)


async def _sums(desk: Desk, about: About, at: datetime) -> Mapping[str, Sums]:
    found = await known(desk, "clause" if about.by == "clause" else WHOLE, at)
    return {row.name: row.now for row in found.rows}


async def _induction(desk: Desk, since: datetime, until: datetime) -> Number | None:
    programme = desk.library.programme
    zone = ZoneInfo(programme.zone)
    campaigns = [campaign.id for campaign in programme.campaigns if campaign.cadence.joined is not None]
    first, last = (moment.astimezone(zone).date() for moment in (since, until))
    joiners = await desk.store.inducted(campaigns, first, last) if campaigns else ()
    over = [joiner for joiner in joiners if induction.is_over(joiner, desk.clock.now(), programme.zone)]
    if len(over) < SMALLEST:
        return None
    within = sum(induction.state(j, desk.clock.now(), programme.zone) == induction.WITHIN for j in over)
    estimate = wilson(within, len(over))
    return Number(within, len(over), len(over), estimate.low, estimate.high)
