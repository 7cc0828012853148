"""Campaigns as funnels: planned, delivered, seen, acknowledged, understood; and why something did not get there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from content.charts import Mark, Plot, bars
from handlers.model import Tally
from handlers.numbers import names
from handlers.numbers.groups import few, hidden
from handlers.numbers.intervals import wilson
from handlers.numbers.metrics import (
    ACCURACY,
    ACKNOWLEDGEMENT,
    PARTICIPATION,
    REACH,
    SEEN,
    UNDERSTANDING,
    Metric,
)
from handlers.pages import findings, rates
from handlers.pages.asked import WITHIN
from handlers.pages.overview import states
from handlers.pages.views import Cell, Data, Meaning, Section, View, Visitor

LAYERS = (REACH, SEEN, ACKNOWLEDGEMENT, UNDERSTANDING)
COLUMNS = (*LAYERS, PARTICIPATION, ACCURACY)
MOST = 150  # rows of one table


async def campaigns(visitor: Visitor) -> View:
    asked, store = visitor.asked, visitor.desk.store
    total = (
        await store.tallies("all", asked.begins, asked.ends, manager=visitor.manager, where=asked.where)
    )[0]
    found = await store.tallies(
        "campaign", asked.begins, asked.ends, manager=visitor.manager, where=asked.where
    )
    chosen = asked.where.get("campaign", "")
    titles = await names.campaigns(visitor.desk, [chosen, *(tally.group for tally in found)])
    title = titles.get(chosen, chosen)
    return View(
        "campaigns",
        title or "Campaigns",
        sections=[_funnel(total, title), states(total, "reasons"), _table(visitor, found, titles)],
        filters=WITHIN,
        note=""
        if total.audience
        else "Nothing was planned in this period within these filters. Choose a longer period.",
    )


def _funnel(total: Tally, title: str) -> Section:
    """Each layer of those that could have it: not every message asks to be acknowledged, or has a question."""
    rows, marks, data = [], [], []
    for metric in LAYERS:
        part, of = metric.part(total), metric.of(total)
        hidden = few(metric.people(total))
        rows.append((metric.short, "-" if hidden else f"{part:,}", rates.cell(metric, total)))
        data.append(_data(metric, None if hidden else total))
        if of and not hidden:
            estimate = wilson(part, of)
            marks.append(
                Mark(
                    metric.short,
                    estimate.value,
                    estimate.low,
                    estimate.high,
                    f"{estimate.value:.0%}, {part:,} of {of:,}",
                )
            )
    name = f"The way of {title or 'everything planned'}"
    return Section(
        "funnel",
        "From planned to understood",
        says=f"{total.audience:,} deliveries planned. Each share is of the deliveries that could get that far.",
        plot=_bars(name, marks),
        header=("Layer", "Deliveries", "Share"),
        rows=rows,
        data=data,
        meanings=[Meaning(metric.name, metric.means) for metric in LAYERS],
        note="Seen is what Teams tells, and whoever pressed something; of the others it is not known.",
    )


def _bars(name: str, marks: Sequence[Mark]) -> Plot | None:
    if not marks:
        return None
    return bars(name, marks, f"{name}: " + "; ".join(f"{mark.label} {mark.said}" for mark in marks) + ".")


def _data(metric: Metric, total: Tally | None) -> Data:
    if total is None:
        return {"layer": metric.name, "deliveries": None, "of": None}
    return {"layer": metric.name, "deliveries": metric.part(total), "of": metric.of(total)}


def _table(visitor: Visitor, found: Sequence[Tally], titles: Mapping[str, str]) -> Section:
    ordered = sorted(found, key=lambda tally: -tally.audience)
    columns = [rates.shown(metric, ordered) for metric in COLUMNS]
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(titles.get(tally.group, tally.group), visitor.asked.query(campaign=tally.group)),
            f"{tally.audience:,}",
            *(column[place] for column in columns),
        )
        for place, tally in enumerate(ordered)
    ]
    return Section(
        "campaigns",
        "Each campaign",
        says="The largest first; press one for its own funnel.",
        header=("Campaign", "Planned", *(metric.short for metric in COLUMNS)),
        rows=rows[:MOST],
        data=_numbers(ordered, titles),
        meanings=[Meaning(metric.name, metric.means) for metric in COLUMNS],
        total=len(rows),
        opens=findings.of_rates(visitor, "campaign", ordered)[:MOST],
    )


def _numbers(ordered: Sequence[Tally], titles: Mapping[str, str]) -> Sequence[Data]:
    found: list[dict[str, str | int | float | None]] = [
        {"id": tally.group, "campaign": titles.get(tally.group, tally.group), "planned": tally.audience}
        for tally in ordered
    ]
    for metric in COLUMNS:
        out = hidden([metric.people(tally) for tally in ordered])
        for place, (row, tally) in enumerate(zip(found, ordered, strict=True)):
            row[metric.name] = None if place in out else metric.part(tally)
            row[f"{metric.name} n"] = None if place in out else metric.of(tally)
    return found
