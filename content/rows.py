"""A sheet of items: one row for each, under columns with our names, and every mistake told by row and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content.mistakes import BadPack, Mistake, suggestion
from content.pieces import Item, Quiz
from content.shelf import Pack, Shelf
from content.tables import Row, Unreadable, read
from content.written import Place, Written, shown

LETTERS = ("A", "B", "C", "D", "E")
_TEXTS = ("id", "title", "key", "stem", "explanation", "today", "difficulty")
_SEPARATED = {"clauses": (r"[;\n]", "; "), "audience": (r"[,;\n]", ", ")}
_ORDER = (
    "id",
    "title",
    "clauses",
    "audience",
    "difficulty",
    "stem",
    "options",
    "key",
    "explanation",
    "today",
)
_WIDE = {"id": 24, "title": 28, "clauses": 24, "stem": 50, "key": 6, "explanation": 50, "today": 36}
COLUMNS = (
    "id", "title", "clauses", "stem", *LETTERS, "key", "explanation", "today", "audience", "difficulty",
)  # fmt: skip
WIDTHS = tuple(_WIDE.get(column, 28 if column in LETTERS else 14) for column in COLUMNS)
EXAMPLE = {
    "id": "write-over-this-example",
    "title": "The caliper that is overdue",
    "clauses": "ISO 9001:2015 7.1.5; ISO 9001:2026 7.1.5",
    "stem": "The part has to leave today. The calibration of your caliper ran out last week. What do you do?",
    "A": "Measure, and write it on the order",
    "B": "Take one that is in date, and hand this one in",
    "C": "Measure twice, and compare the readings",
    "key": "B",
    "explanation": "It may well be right, but nobody could show it. Two equal readings may both be wrong.",
    "today": "Look at the date on one measuring tool that you use.",
    "audience": "operations, manager",
    "difficulty": "easy",
}


@dataclass(frozen=True)
class InSheet(Mistake):
    """A mistake of a sheet: `line` is the row, 0 for all of it; `field` is the column."""

    def __str__(self) -> str:
        named = (("row", self.line), ("column", self.field))
        where = ", ".join(f"{what} {which}" for what, which in named if which)
        return ": ".join(part for part in (self.file, where, self.entry, self.problem) if part)


class Sheet:
    """The items of a sheet, as if they stood in a file of the pack. What it has no column for stays as it was.

    before: by their ids, the entries that the pack has already, as `entry_of` writes them.
    """

    def __init__(self, path: Path, before: Mapping[str, Mapping[str, Any]]) -> None:
        self.file = Written(path, {"items": []})
        self.before = before
        try:
            table = read(path, COLUMNS)
        except Unreadable as error:
            raise BadPack([InSheet(shown(path), error.row, "", "", str(error))]) from error
        header, *rows = table.rows or [(1, [])]
        names = self._columns(header)
        for line, cells in rows:
            self._row(
                line, {name: cell for name, cell in zip(names, _padded(cells, names), strict=True) if name}
            )
        for (line, at), what in table.wrong.items():
            if name := names[at] if at < len(names) else "":
                self.file.mistakes.append(InSheet(shown(path), line, "", name, what))
        self.judge()

    @property
    def entries(self) -> list[dict[str, Any]]:
        return self.file.entries("items")

    def items(self, head: Pack) -> list[Item]:
        """Checked like any file of the pack, in the order of the rows. Raises BadPack."""
        shelf = Shelf()
        shelf.files[self.file.path] = self.file
        shelf.pieces_of(self.file, head)
        self.judge()
        return [piece.items[0] for piece in shelf.pieces.values() if isinstance(piece, Quiz)]

    def wrong(self, number: int, column: str, problem: str) -> None:
        """A mistake in the row of the item of this number."""
        self.file.wrong(("items", number, column), problem)

    def judge(self) -> None:
        """Raises BadPack when anything is wrong, in the words of a sheet."""
        names = {"options": f"{LETTERS[0]} to {LETTERS[-1]}"}
        found = self.file.mistakes
        if found:
            raise BadPack(
                [InSheet(m.file, m.line, m.entry, names.get(m.field, m.field), m.problem) for m in found]
            )

    def _columns(self, header: Row) -> list[str]:
        """The names of the columns as we write them; empty for one without a name."""
        self.file.lines[()], cells = header
        known = {name.casefold(): name for name in COLUMNS}
        found = [known.get(cell.casefold(), "") for cell in cells]
        for cell, name in zip(cells, found, strict=True):
            if cell and not name:
                near = suggestion(cell, COLUMNS)
                self.file.wrong((cell,), f"is no column here; there are {', '.join(COLUMNS)}{near}")
            elif cell and found.count(name) > 1:
                self.file.wrong((name,), "is there twice")
        if "id" not in found:
            self.file.wrong((), f"has no column named id; there are {', '.join(COLUMNS)}")
        return found

    def _row(self, line: int, given: Mapping[str, str]) -> None:
        before = self.before.get(given.get("id", ""), {})
        made: dict[str, Any] = {name: before.get(name) for name in (*_ORDER, "accepted")}
        made |= {name: given[name] for name in _TEXTS if name in given}
        for name, (separator, _) in _SEPARATED.items():
            if name in given:
                made[name] = [part.strip() for part in re.split(separator, given[name]) if part.strip()]
        options = {**(made["options"] or {}), **{name: given[name] for name in LETTERS if name in given}}
        made["options"] = {letter: options[letter] for letter in LETTERS if options.get(letter)}
        place: Place = ("items", len(self.entries))
        self.file.lines[place] = line
        self.entries.append({name: value for name, value in made.items() if value})
        if made["id"] == EXAMPLE["id"]:
            self.file.wrong((*place, "id"), "is the example; write an item of your own over it")


def _padded(cells: Sequence[str], names: Sequence[str]) -> list[str]:
    """As many cells as there are names: rows may be shorter than the header, and longer by what nobody named."""
    return [*cells[: len(names)], *[""] * (len(names) - len(cells))]


def entry_of(item: Item) -> dict[str, Any]:
    """The item as it is written in a file, without what it has by default."""
    written: dict[str, Any] = item.model_dump(mode="json") | {
        "clauses": [str(clause) for clause in item.clauses]
    }
    if written["audience"] == ["everybody"]:
        del written["audience"]
    return {name: value for name, value in written.items() if value}


def cells_of(entry: Mapping[str, Any]) -> list[str]:
    """The entry as a row under COLUMNS."""
    cells: dict[str, Any] = {**entry, **entry["options"]}
    cells |= {name: join.join(entry.get(name, ())) for name, (_, join) in _SEPARATED.items()}
    return [cells.get(column, "") for column in COLUMNS]
