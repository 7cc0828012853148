"""Rates by group, the same on every page: a table with how sure each is, bars of one of them, and the rows as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from content.charts import Mark, Plot, bars, line
from handlers.model import Tally
from handlers.numbers.groups import FEWER, NOT_SHOWN, few, hidden
from handlers.numbers.intervals import wilson
from handlers.numbers.metrics import METRICS, Metric
from handlers.pages.views import Cell, Data, Figure, Meaning

BARS = 20  # of one chart; the table has all
Names = Callable[[str], str]


def meaning(metric: Metric) -> Meaning:
    return Meaning(metric.name, f"{metric.means}; in brackets Wilson's interval of 95 %, n beside it")


def figure(metric: Metric, now: Tally, before: Tally, days: int) -> Figure:
    """With what changed against the period before, where that is more than chance would do."""
    part, of = metric.part(now), metric.of(now)
    if few(metric.people(now)) or not of:
        return Figure(meaning(metric), FEWER if of else "no data")
    estimate = wilson(part, of)
    return Figure(
        meaning(metric),
        f"{estimate.value:.0%}",
        f"{100 * estimate.low:.0f}-{estimate.high:.0%}, n = {of:,}",
        _change(metric, now, before, days),
    )


def _change(metric: Metric, now: Tally, before: Tally, days: int) -> str:
    if not metric.of(before) or few(metric.people(before)):
        return ""
    rise = metric.change(now, before)
    if rise is None or round(100 * abs(rise.value)) == 0:
        return f"as in the {days} days before"
    points = round(100 * abs(rise.value))
    where = "up" if rise.value > 0 else "down"
    return f"{where} {points} {'point' if points == 1 else 'points'} on the {days} days before"


def shown(metric: Metric, tallies: Sequence[Tally]) -> list[str]:
    """A cell for each: "84% (81-87%) of 120"; what tells of few people, or gives them away, is left out."""
    out = hidden([metric.people(tally) for tally in tallies])
    return [NOT_SHOWN if place in out else cell(metric, tally) for place, tally in enumerate(tallies)]


def cell(metric: Metric, tally: Tally) -> str:
    if not metric.of(tally):
        return "-"
    if few(metric.people(tally)):
        return FEWER
    return f"{wilson(metric.part(tally), metric.of(tally))} of {metric.of(tally):,}"


def table(
    tallies: Sequence[Tally], name: Names, leads: Callable[[str], str] | None = None
) -> list[tuple[str | Cell, ...]]:
    columns = [shown(metric, tallies) for metric in METRICS]
    return [
        (Cell(name(tally.group), leads(tally.group) if leads else ""), *(column[place] for column in columns))
        for place, tally in enumerate(tallies)
    ]


def data(tallies: Sequence[Tally], name: Names) -> list[Data]:
    """n, part, rate and interval of each metric; nothing of what the table leaves out."""
    outs = [hidden([metric.people(tally) for tally in tallies]) for metric in METRICS]
    return [
        {"group": name(tally.group)}
        | {
            key: value
            for metric, out in zip(METRICS, outs, strict=True)
            for key, value in _numbers(metric, tally, place in out).items()
        }
        for place, tally in enumerate(tallies)
    ]


def _numbers(metric: Metric, tally: Tally, left_out: bool) -> Mapping[str, float | int | None]:
    said = not left_out and metric.of(tally) and not few(metric.people(tally))
    estimate = wilson(metric.part(tally), metric.of(tally)) if said else None
    return {
        f"{metric.name}": round(estimate.value, 4) if estimate else None,
        f"{metric.name} low": round(estimate.low, 4) if estimate else None,
        f"{metric.name} high": round(estimate.high, 4) if estimate else None,
        f"{metric.name} n": metric.of(tally) if estimate else None,
    }


def marks(metric: Metric, tallies: Sequence[Tally], name: Names) -> list[Mark]:
    out = hidden([metric.people(tally) for tally in tallies])
    found = []
    for place, tally in enumerate(tallies):
        if place in out or not metric.of(tally) or few(metric.people(tally)):
            continue
        estimate = wilson(metric.part(tally), metric.of(tally))
        said = f"{estimate.value:.0%} of {metric.of(tally):,}"
        found.append(Mark(name(tally.group), estimate.value, estimate.low, estimate.high, said))
    return found


def as_bars(title: str, found: Sequence[Mark]) -> Plot | None:
    """The lowest first: that is where to look."""
    if len(found) < 2:
        return None
    lowest = sorted(found, key=lambda mark: (mark.value, mark.label))[:BARS]
    return bars(title, lowest, _in_words(title, lowest))


def as_line(title: str, found: Sequence[Mark]) -> Plot | None:
    return line(title, found, _in_words(title, found)) if len(found) > 1 else None


def _in_words(title: str, found: Sequence[Mark]) -> str:
    low, high = min(found, key=lambda m: m.value), max(found, key=lambda m: m.value)
    return (
        f"{title}: {len(found)} values, from {low.value:.0%} ({low.label}) to {high.value:.0%} ({high.label}). "
        "The table below has all of them."
    )
