"""Charts as Vega-Lite: one specification for the page, for a picture in chat and for the evidence pack.

A specification is plain JSON without colours of its own: it names those of `content.palette`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from content.cards import Chart

Spec = Mapping[str, Any]
Part = dict[str, Any]
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"  # its name; nobody fetches it
WIDTH = 640  # of everything, axes and all; a page draws it as wide as it has room
HEIGHT, ROW, CELL = 250, 32, 30  # of a line chart; of one bar or line of time; of one row of a heat map
LABEL, SAID = 200, 190  # the most that a label, and what is said behind a bar, may take of the width
COLUMN = 46  # the least that a column of a heat map takes where there is room to scroll
LETTER = 7.2  # so wide is a letter of what is said
LETTERS = 17  # of a name on one line of time; what has more takes two
FEW = 12  # points of a line of which each has its number written
EDGE, SLANTED = 4, 44  # pixels around a chart; what the last of slanted labels needs
STEPS = (0.5, 0.6, 0.7, 0.8, 0.9)  # where the colour of a heat map changes
MARK, INK, QUIET = "var(--plot-mark)", "var(--plot-ink)", "var(--plot-quiet)"


class Mark(NamedTuple):
    """One value under a label, a share between 0 and 1 or a count, with its interval; said: in words."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    said: str = ""


class Cell(NamedTuple):
    """One field of a heat map; None where there is nothing to show, and `said` says why."""

    row: str
    column: str
    value: float | None
    said: str = ""
    more: str = ""


class Event(NamedTuple):
    """Something that happened or will, on one of the rows of a line of time.

    until: the last day of what lasts. marked: whether its day is marked from top to bottom.
    """

    row: str
    day: date
    name: str
    until: date | None = None
    marked: bool = False


@dataclass(frozen=True)
class Plot:
    """A chart with its name, and in words what its shape says."""

    title: str
    alt: str
    spec: Spec


def of(chart: Chart) -> Plot:
    """A card's chart. Per cent go to 100, so that two charts compare; another unit stands in the title."""
    share = chart.unit == "%"
    marks = [
        Mark(point.label, point.value / 100 if share else point.value, said=_number(point.value, chart.unit))
        for point in chart.points
    ]
    title = chart.title if chart.unit in ("", "%") else f"{chart.title} ({chart.unit})"
    return (line if chart.shape == "line" else bars)(title, marks, chart.alt, share=share)


def bars(title: str, marks: Sequence[Mark], alt: str, *, share: bool = True) -> Plot:
    """Lying, so that labels have room, with the interval as a whisker and the number behind each."""
    low, high = _range(marks, share)
    scale = {"scale": {"domain": [low, high], "nice": False}, "axis": None, "type": "quantitative"}
    bar = {"type": "bar", "height": 18, "cornerRadius": 3}
    labels = {"labelLimit": LABEL, "labelPadding": 8, "domain": False, "ticks": False}
    encoding = {"y": {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": labels}}
    x = {"field": "value", **scale}
    layers: list[Part] = [
        {
            "mark": bar | {"color": "var(--plot-track)"},
            "encoding": {"x": {"datum": low, **scale}, "x2": {"datum": high}},
        },
        {"mark": bar | {"color": MARK}, "encoding": {"x": x, "x2": {"datum": 0}}},
        *_whiskers(marks, scale),
        {
            "mark": {"type": "text", "align": "left", "dx": 8, "color": INK, "limit": SAID},
            "encoding": {"x": {"datum": high, **scale}, "text": {"field": "said"}},
        },
    ]
    words = max((len(mark.said) for mark in marks), default=0)
    right = min(SAID, round(words * LETTER) + 14)
    return Plot(title, alt, _spec(title, _values(marks), encoding, layers, {"step": ROW}, right))


def line(title: str, marks: Sequence[Mark], alt: str, *, share: bool = True) -> Plot:
    """Standing, in the order given, with the interval as a band."""
    low, high = _range(marks, share)
    axis = {"labelAngle": 0, "labelOverlap": "greedy", "labelLimit": 90}
    x = {"field": "label", "type": "nominal", "sort": None, "title": None, "axis": axis}
    scale = {"scale": {"domain": [low, high], "nice": False}, "type": "quantitative", "title": None}
    upright = {"axis": {"format": ".0%" if share else ",", "tickCount": 5}, **scale}
    y = {"field": "value", **upright}
    layers: list[Part] = []
    if any(mark.low is not None for mark in marks):
        band = {"type": "area", "color": "var(--plot-band)", "opacity": 0.6}
        layers.append({"mark": band, "encoding": {"y": {"field": "low", **upright}, "y2": {"field": "high"}}})
    layers += [
        {"mark": {"type": "line", "color": MARK, "strokeWidth": 2.5}, "encoding": {"y": y}},
        {"mark": {"type": "circle", "color": MARK, "size": 60, "opacity": 1}, "encoding": {"y": y}},
    ]
    if len(marks) <= FEW:
        said = {
            "mark": {"type": "text", "dy": -13, "color": INK},
            "encoding": {"y": y, "text": {"field": "short"}},
        }
        layers.append(said)
    return Plot(title, alt, _spec(title, _values(marks), {"x": x}, layers, HEIGHT))


def heat(title: str, cells: Sequence[Cell], alt: str) -> Plot:
    """Rows by columns in six steps of lightness, with the number in each field; what is hidden is crossed out."""
    values = [
        {
            "row": c.row,
            "column": c.column,
            "value": c.value and round(c.value, 3),
            "said": c.said,
            "more": c.more,
        }
        for c in cells
    ]
    about = {
        "calculate": "datum.row + ', ' + datum.column + ': ' + (datum.more || datum.said)",
        "as": "about",
    }
    column = {
        "labelAngle": -40,
        "labelLimit": 110,
        "orient": "top",
        "labelAlign": "left",
        "labelBaseline": "middle",
    }
    encoding = {
        "x": {"field": "column", "type": "nominal", "sort": None, "title": None, "axis": column},
        "y": {"field": "row", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": LABEL}},
    }
    fill = _stepped("plot-heat")
    layers: list[Part] = [
        {
            "mark": {
                "type": "rect",
                "invalid": "show",
                "cornerRadius": 2,
                "stroke": "var(--plot-ground)",
                "strokeWidth": 2,
            },
            "encoding": {"color": fill},
        },
        {
            "mark": {"type": "text", "invalid": "show", "fontSize": 11},
            "encoding": {"text": {"field": "said"}, "color": _stepped("plot-on-heat")},
        },
    ]
    columns = len({cell.column for cell in cells})
    apart = {
        "usermeta": {"narrowest": LABEL + COLUMN * columns},
        "resolve": {"scale": {"color": "independent"}},
        "transform": [about],
    }
    return Plot(title, alt, _spec(title, values, encoding, layers, {"step": CELL}, SLANTED) | apart)


def times(title: str, events: Sequence[Event], alt: str, today: date) -> Plot:
    """Rows of what happened when, with a line at today."""
    names = list(dict.fromkeys(event.row for event in events))
    rows = dict(zip(names, _unlike([_in_two(name) for name in names]), strict=True))
    values = [
        {
            "row": rows[event.row],
            "day": event.day.isoformat(),
            "until": event.until.isoformat() if event.until else None,
            "marked": event.marked,
            "about": _about(event.name, event.day.isoformat()),
        }
        for event in events
    ]
    temporal = {
        "type": "temporal",
        "title": None,
        "axis": {"format": "%b %Y", "labelOverlap": "greedy", "tickCount": 8},
    }
    x = {"field": "day", **temporal}
    up = {"condition": {"test": "indexof(datum.label, '\\n') > 0", "value": -7}, "value": 0}
    lines = {"labelExpr": "split(datum.label, '\\n')", "labelLineHeight": 14, "labelOffset": up}
    y = {
        "field": "row",
        "type": "nominal",
        "sort": list(rows.values()),
        "title": None,
        "axis": {"labelLimit": LABEL, "grid": True, **lines},
    }
    layers: list[Part] = [
        {
            "transform": [{"filter": "datum.marked"}],
            "mark": {"type": "rule", "color": QUIET, "strokeWidth": 1, "strokeDash": [2, 3]},
            "encoding": {"x": x},
        },
        {
            "transform": [{"filter": "datum.until !== null"}],
            "mark": {"type": "rule", "color": MARK, "strokeWidth": 6, "opacity": 0.45},
            "encoding": {"x": x, "y": y, "x2": {"field": "until"}},
        },
        {
            "transform": [{"filter": "datum.until === null"}],
            "mark": {
                "type": "point",
                "color": MARK,
                "filled": True,
                "size": 80,
                "shape": "diamond",
                "opacity": 0.9,
            },
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": [{"day": today.isoformat(), "about": f"today, {today}"}]},
            "mark": {"type": "rule", "color": "var(--plot-alarm)", "strokeWidth": 1.5, "strokeDash": [4, 3]},
            "encoding": {"x": x},
        },
    ]
    return Plot(title, alt, _spec(title, values, {}, layers, {"step": ROW}))


def _in_two(name: str) -> str:
    """On two lines, as even as its words allow, where it is long."""
    if len(name) <= LETTERS or " " not in name:
        return name
    spaces = [place for place, letter in enumerate(name) if letter == " "]
    place = min(spaces, key=lambda each: abs(2 * each - len(name)))
    return f"{name[:place]}\n{name[place + 1 :]}"


def _spec(
    title: str,
    values: Sequence[Part],
    encoding: Part,
    layers: Sequence[Part],
    height: int | Part,
    right: int = EDGE,
) -> Part:
    tips = {"tooltip": {"field": "about", "type": "nominal"}}
    return {
        "$schema": SCHEMA,
        "description": title,
        "width": WIDTH,
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "padding": {"left": EDGE, "right": right, "top": EDGE, "bottom": EDGE},
        "background": "var(--plot-ground)",
        "data": {"values": values},
        "encoding": encoding | tips,
        "layer": list(layers),
        "config": {
            "font": "sans-serif",
            "aria": False,  # it is one picture with one text; what stands in it is in the table
            "text": {"fontSize": 13},
            "view": {"stroke": None},
            "axis": {
                "labelColor": INK,
                "labelFontSize": 13,
                "domainColor": QUIET,
                "tickColor": QUIET,
                "gridColor": "var(--plot-track)",
            },
        },
    }


def _values(marks: Sequence[Mark]) -> list[Part]:
    return [
        {
            "label": label,
            "value": mark.value,
            "low": mark.low,
            "high": mark.high,
            "said": mark.said,
            "short": mark.said.split(" ")[0].rstrip(","),
            "about": _about(mark.label, mark.said),
        }
        for label, mark in zip(_unlike([mark.label for mark in marks]), marks, strict=True)
    ]


def _unlike(labels: Sequence[str]) -> list[str]:
    """Two of one name stay two places on an axis."""
    found: dict[str, int] = {}
    for label in labels:
        name, number = label, 2
        while name in found:
            name, number = f"{label} ({number})", number + 1
        found[name] = 1
    return list(found)


def _about(name: str, said: str) -> str:
    return f"{name}: {said}" if said else name


def _whiskers(marks: Sequence[Mark], scale: Part) -> list[Part]:
    if all(mark.low is None for mark in marks):
        return []
    ends = {"x": {"field": "low", **scale}, "x2": {"field": "high"}}
    halo = {"type": "rule", "color": "var(--plot-ground)", "strokeWidth": 5}
    return [
        {"mark": halo, "encoding": ends},
        {"mark": {"type": "rule", "color": INK, "strokeWidth": 2}, "encoding": ends},
    ]


def _stepped(name: str) -> Part:
    """A colour by the step that a value lies in; the quiet one where there is none."""
    steps = [f"var(--{name}-{step})" for step in range(len(STEPS) + 1)]
    scale = {"type": "threshold", "domain": list(STEPS), "range": steps}
    hidden = "var(--plot-track)" if name == "plot-heat" else QUIET
    field = {"field": "value", "type": "quantitative", "legend": None, "scale": scale}
    return {"condition": {"test": "datum.value === null", "value": hidden}, **field}


def _range(marks: Sequence[Mark], share: bool) -> tuple[float, float]:
    """Zero belongs to it, and one where these are shares."""
    values = [0.0, *(mark.value for mark in marks), *([1.0] if share else [])]
    return min(values), max(values) if max(values) > min(values) else min(values) + 1


def _number(value: float, unit: str) -> str:
    """At most one decimal; a unit other than `%` stands in the title."""
    return f"{value:,.1f}".removesuffix(".0") + (unit if unit == "%" else "")
