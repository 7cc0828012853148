"""A sheet is what was found, for a card and for a terminal: facts, a table, charts and what must be said with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from content.cards import Block, Card, Chart, Fact, Facts, Note, Point, Table, Text
from content.markup import plain
from handlers.privacy.looks import Looked

POINTS = 12  # bars of one chart, so that it fits a phone
ROOM, CELL = (
    16_000,
    110,
)  # bytes that a table may take of a card of 28 KB; what a cell takes beside its text, in Teams

Data = Mapping[str, str | float | None]


@dataclass(frozen=True)
class Sheet:
    """says: sentences (Markdown) above the table; notes: small print; data: the rows as numbers, for programs.

    narrow: how many of the columns a card shows; 0 for all. looked: of whom it tells by name.
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    says: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    charts: tuple[Chart, ...] = ()
    notes: tuple[str, ...] = ()
    data: tuple[Data, ...] = ()
    narrow: int = 0
    looked: tuple[Looked, ...] = ()


def card(sheet: Sheet) -> Card:
    """As many rows as every platform takes; how many there are is said."""
    blocks: list[Block] = []
    if sheet.facts:
        blocks.append(Facts(facts=tuple(Fact(label=label, value=value) for label, value in sheet.facts)))
    blocks += [Text(markdown=said) for said in sheet.says]
    blocks += sheet.charts
    columns = sheet.narrow or len(sheet.header)
    rows = _fitting([row[:columns] for row in sheet.rows])
    if rows:
        blocks.append(Table(header=sheet.header[:columns], rows=rows))
    notes = list(sheet.notes)
    if len(rows) < len(sheet.rows):
        notes.insert(
            0, f"The first {len(rows)} of {len(sheet.rows)} rows are shown; `python -m bot report` has all."
        )
    if notes:
        blocks.append(Note(markdown=" ".join(notes)))
    return Card(title=sheet.title, blocks=tuple(blocks))


def text(sheet: Sheet) -> str:
    """For a terminal: everything that the card says, and all rows; a chart is its words."""
    lines = [sheet.title, ""]
    lines += [f"{label}: {value}" for label, value in sheet.facts]
    lines += [plain(said) for said in sheet.says]
    lines += [chart.alt for chart in sheet.charts]
    if sheet.rows:
        rows = (sheet.header, *sheet.rows)
        widths = [max(len(row[column]) for row in rows) for column in range(len(sheet.header))]
        cells = (zip(row, widths, strict=True) for row in rows)
        lines += ["", *("  ".join(cell.ljust(width) for cell, width in row).rstrip() for row in cells)]
    lines += ["", *(plain(note) for note in sheet.notes)]
    return "\n".join(lines).rstrip() + "\n"


def bars(
    title: str,
    values: Iterable[tuple[str, float]],
    unit: Literal["%", ""] = "%",
    shape: Literal["bar", "line"] = "bar",
) -> tuple[Chart, ...]:
    """One chart of the first of these, or none of nothing; its alternative text names every value."""
    shown = list(values)[:POINTS]
    if not shown:
        return ()
    labels = _labels([name for name, _ in shown])
    points = tuple(
        Point(label=label, value=round(value, 1)) for label, (_, value) in zip(labels, shown, strict=True)
    )
    said = ", ".join(
        f"{name[:80]} {point.value:g}{unit}" for (name, _), point in zip(shown, points, strict=True)
    )
    return (Chart(title=title, shape=shape, points=points, unit=unit, alt=f"{title}: {said}."),)


def shortened(words: str, length: int) -> str:
    """The beginning, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _fitting(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    room, found = ROOM, []
    for row in rows[:99]:
        room -= sum(len(cell.encode()) + CELL for cell in row)
        if room < 0:
            break
        found.append(row)
    return tuple(found)


def _labels(names: Sequence[str]) -> list[str]:
    """Twenty characters at most, no two alike: a standard by its number, a long name by its beginning."""
    found: list[str] = []
    for name in names:
        whole = shortened(name.removeprefix("ISO/IEC ").removeprefix("ISO "), 20) or "none"
        label, number = whole, 2
        while label in found:
            label = f"{whole[:15]} ({number})"
            number += 1
        found.append(label)
    return found
