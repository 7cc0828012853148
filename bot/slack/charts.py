"""Numbers as Slack draws them: its own chart and table where they fit, the same numbers as text elsewhere."""

from __future__ import annotations

from typing import Any

from bot.slack.richtext import bold, bullets, monospaced, plain_text
from content.cards import Chart, Table

Json = dict[str, Any]

# https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block
CHART_TITLE, CHART_POINTS, CHART_LABEL, AXIS_LABEL = 50, 20, 20, 50
# https://docs.slack.dev/reference/block-kit/blocks/table-block
TABLE_ROWS, TABLE_COLUMNS, TABLE_CHARACTERS = 100, 20, 10_000
EMPTY = "–"  # Slack refuses a cell without a character


class Charts:
    """The charts of one message or view: `native` of them as `data_visualization`, the rest as a list."""

    def __init__(self, native: int) -> None:
        self._native = native

    def draw(self, chart: Chart) -> list[Json]:
        """The chart, and under it in words what its shape says."""
        return [*self._numbers(chart), {"type": "context", "elements": [plain_text(chart.alt)]}]

    def _numbers(self, chart: Chart) -> list[Json]:
        if self._native > 0 and _fits_chart(chart):
            self._native -= 1
            return [_visualization(chart)]
        unit = f" {chart.unit}" if chart.unit else ""
        return [*bold(chart.title), *bullets(f"{p.label}: {_number(p.value)}{unit}" for p in chart.points)]


class Tables:
    """The tables of one message or view: `native` of them as Slack's table, the rest as fixed-width text."""

    def __init__(self, native: int) -> None:
        self._native = native

    def draw(self, table: Table) -> list[Json]:
        if self._native > 0 and _fits_table(table):
            self._native -= 1
            rows = [
                [_heading(cell) for cell in table.header],
                *([_cell(c) for c in row] for row in table.rows),
            ]
            return [{"type": "table", "rows": rows}]
        return monospaced(_lines(table))


def _fits_chart(chart: Chart) -> bool:
    labels = [point.label for point in chart.points]
    return (
        len(chart.title) <= CHART_TITLE
        and len(chart.unit) <= AXIS_LABEL
        and 1 <= len(labels) <= CHART_POINTS
        and len(set(labels)) == len(labels)
        and all(1 <= len(text) <= CHART_LABEL for text in labels)
    )


def _visualization(chart: Chart) -> Json:
    data = [{"label": point.label, "value": point.value} for point in chart.points]
    axes: Json = {"categories": [point.label for point in chart.points]}
    if chart.unit:
        axes["y_label"] = chart.unit
    series = [{"name": chart.unit[:CHART_LABEL] or "Value", "data": data}]
    drawn = {"type": chart.shape, "series": series, "axis_config": axes}
    return {"type": "data_visualization", "title": chart.title, "chart": drawn}


def _fits_table(table: Table) -> bool:
    rows = (table.header, *table.rows)
    return (
        len(rows) <= TABLE_ROWS
        and 1 <= len(table.header) <= TABLE_COLUMNS
        and all(len(row) == len(table.header) for row in rows)
        and sum(len(cell) for row in rows for cell in row) <= TABLE_CHARACTERS
    )


def _heading(text: str) -> Json:
    return bold(text or EMPTY)[0]


def _cell(text: str) -> Json:
    return {"type": "raw_text", "text": text or EMPTY}


def _lines(table: Table) -> list[str]:
    """Columns padded to their widest cell."""
    rows = (table.header, *table.rows)
    widths = [max(len(row[i]) for row in rows if i < len(row)) for i in range(max(len(row) for row in rows))]
    return ["  ".join(cell.ljust(widths[i]) for i, cell in enumerate(row)).rstrip() for row in rows]


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}".rstrip("0")
