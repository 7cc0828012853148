"""A chart as inline SVG: bars lie, so that long labels have room; a line stands, with a dot at each point."""

from __future__ import annotations

from html import escape

from content.cards import Chart

WIDTH = 480
ROW = 28  # height of one bar with its gap
LABEL = 156  # room for a bar's label, 18 characters; the table beside the chart has it whole
NUMBER = 56  # room for the number behind a bar
LINE_HEIGHT, MARGIN = 200, 28
SIDE = 40  # room for half of the first and the last label
LINE_LABELS = 8  # more would touch each other


def svg(chart: Chart) -> str:
    """The shape, named by `alt`. Its colours come from the style sheet; a table beside it has the numbers."""
    height, marks = _bars(chart) if chart.shape == "bar" else _line(chart)
    return (
        f'<svg class="chart" role="img" aria-label="{escape(chart.alt)}" '
        f'viewBox="0 0 {WIDTH} {height}" preserveAspectRatio="xMinYMin meet">{marks}</svg>'
    )


def number(value: float, unit: str) -> str:
    """At most one decimal; `%` stands close, other units apart."""
    digits = f"{value:.1f}".removesuffix(".0")
    return digits + (unit if unit in ("", "%") else f" {unit}")


def _bars(chart: Chart) -> tuple[int, str]:
    room = WIDTH - LABEL - NUMBER
    top = _top(chart)
    marks = []
    for index, point in enumerate(chart.points):
        y = index * ROW
        length = max(room * max(point.value, 0) / top, 2)
        marks += [
            _words("label", LABEL - 10, y + 18, "end", _short(point.label, 18)),
            f'<rect class="track" x="{LABEL}" y="{y + 5}" width="{room}" height="18" rx="4"/>',
            f'<rect class="bar" x="{LABEL}" y="{y + 5}" width="{length:.1f}" height="18" rx="4"/>',
            _words("number", LABEL + room + 8, y + 18, "start", number(point.value, chart.unit)),
        ]
    return max(len(chart.points), 1) * ROW, "".join(marks)


def _line(chart: Chart) -> tuple[int, str]:
    base = LINE_HEIGHT - MARGIN
    places = _places(chart, base)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = [
        f'<line class="axis" x1="{SIDE}" y1="{base}" x2="{WIDTH - SIDE}" y2="{base}"/>',
        f'<polyline class="line" points="{path}"/>',
    ]
    every = max(1, -(-len(places) // LINE_LABELS))
    for index, ((x, y), point) in enumerate(zip(places, chart.points, strict=True)):
        marks.append(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
        if index % every == 0:
            marks.append(_words("number", x, y - 10, "middle", number(point.value, chart.unit)))
            marks.append(_words("label", x, base + 18, "middle", _short(point.label, 10)))
    return LINE_HEIGHT, "".join(marks)


def _places(chart: Chart, base: int) -> list[tuple[float, float]]:
    step = (WIDTH - 2 * SIDE) / max(len(chart.points) - 1, 1)
    scale = (base - MARGIN) / _top(chart)
    return [(SIDE + i * step, base - scale * max(point.value, 0)) for i, point in enumerate(chart.points)]


def _top(chart: Chart) -> float:
    """The value at full length: 100 for percentages, so that charts compare; else the largest."""
    largest = max((point.value for point in chart.points), default=0.0)
    return max(largest, 100.0) if chart.unit == "%" else (largest or 1.0)


def _words(kind: str, x: float, y: float, anchor: str, words: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(label: str, limit: int) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
