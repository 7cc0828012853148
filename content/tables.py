"""Tables as files: rows of text from a CSV or XLSX file of somebody else's, and to one that can start nothing.

It is the only place that knows openpyxl, which reads a sheet row by row and so stops where it is told to.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font

KINDS = (".csv", ".xlsx")
LARGEST = 20_000_000  # bytes of a file, and of what is packed in it
ROWS, COLUMNS = 5000, 100  # that are looked at
_SEPARATORS = ",;\t"
_BROKEN = (  # what openpyxl raises for files that are none, or damaged; ParseError is a SyntaxError
    zipfile.BadZipFile, zlib.error, SyntaxError, LookupError, ValueError, TypeError, AttributeError, EOFError,
    NotImplementedError,
)  # fmt: skip
_JOINER = "\u2060"  # a word joiner: it has no width and is no space
_STARTS_A_FORMULA = re.compile(
    r"(^|[\n\t,;])( *)(?=[=+\-@＝＋－＠])"
)  # also where another separator would cut
_PLAIN = re.compile(r"\w(?:[\w .:/()-]*[\w.:/()-])?")  # most are: nothing in them is to be changed
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Row = tuple[int, list[str]]
"""Its number as a spreadsheet shows it, from 1, and its cells."""


class Unreadable(Exception):
    """A table that cannot be read; `row` is from 1, or 0 where it is about all of it."""

    def __init__(self, what: str, row: int = 0) -> None:
        super().__init__(what)
        self.row = row


@dataclass(frozen=True)
class Table:
    """The rows that are not empty, the header first; and what is wrong with a cell, by its row and its index there."""

    rows: Sequence[Row]
    wrong: Mapping[tuple[int, int], str]


def read(path: Path, known: Collection[str]) -> Table:
    """A table. known: names of columns, by which the separator is found.

    Raises Unreadable, also for a kind of file that is not taken.
    """
    if path.suffix.lower() not in KINDS:
        raise Unreadable(f"must be a file that ends in {' or '.join(KINDS)}")
    try:
        if path.stat().st_size > LARGEST:
            raise Unreadable(f"is larger than {LARGEST} bytes; split it")
        content = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from error
    wrong: dict[tuple[int, int], str] = {}
    rows = _csv(content, known) if path.suffix.lower() == ".csv" else _xlsx(content, wrong)
    found = [(number, _trimmed([_clean(cell) for cell in row])) for number, row in rows]
    return Table([(number, row) for number, row in found if row], wrong)


def write(path: Path, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> None:
    """The rows, the header first; no cell of it can be taken for a formula. widths: of the columns, in characters.

    Raises OSError, FileExistsError too: what is there may be somebody's work.
    """
    safe = [[harmless(cell) for cell in row] for row in rows]
    content = _as_csv(safe) if path.suffix.lower() == ".csv" else _as_xlsx(safe, widths)
    with path.open("xb") as file:
        file.write(content)


def _trimmed(row: list[str]) -> list[str]:
    """Without the empty cells at its end: a spreadsheet gives all rows the width of the widest."""
    return row[: max((at for at, cell in enumerate(row, start=1) if cell), default=0)]


def _clean(cell: str) -> str:
    return cell.replace(_JOINER, "").replace("\r\n", "\n").replace("\r", "\n").strip()


def harmless(cell: str) -> str:
    """The text as a cell that is text for every spreadsheet; `_clean` makes it what it was."""
    if _PLAIN.fullmatch(cell):
        return cell
    return _UNWRITABLE.sub("", _STARTS_A_FORMULA.sub(rf"\1\2{_JOINER}", _clean(cell)))


def _csv(content: bytes, known: Collection[str]) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("is not written in UTF-8; save it as CSV UTF-8, or as XLSX") from error
    header = next((line for line in text.splitlines() if line.strip(f"{_SEPARATORS} ")), "")
    names = {name.casefold() for name in known}

    def fitting(separator: str) -> int:
        return sum(name.strip(' "').casefold() in names for name in header.split(separator))

    separator = max(_SEPARATORS, key=fitting)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=separator)
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            yield number, row[:COLUMNS]
            if number > ROWS:
                raise Unreadable(f"has more than {ROWS} rows; split it", number)
    except csv.Error as error:
        raise Unreadable(f"{error}; look for a quotation mark too many", number + 1) from error


def _xlsx(content: bytes, wrong: dict[tuple[int, int], str]) -> Iterator[Row]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > LARGEST:
                raise Unreadable(f"holds more than {LARGEST} bytes; split it")
        with warnings.catch_warnings(action="ignore"):
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            rows = [list(row) for row in book.worksheets[0].iter_rows(max_row=ROWS + 1, max_col=COLUMNS)]
    except (*_BROKEN, OSError) as error:
        raise Unreadable(
            "is no XLSX file, or a damaged one; open it in a spreadsheet and save it anew"
        ) from error
    if len(rows) > ROWS:
        raise Unreadable(f"has more than {ROWS} rows; split it", len(rows))
    for number, row in enumerate(rows, start=1):
        wrong |= {(number, at): what for at, cell in enumerate(row) if (what := _problem(cell))}
        yield number, [_text(cell.value) for cell in row]


def _problem(cell: Any) -> str:
    if isinstance(cell.value, date | time | timedelta):
        return "was made a date or a time by the spreadsheet; format the column as text and write it again"
    return f"holds an error, {cell.value}" if cell.data_type == "e" else ""


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for the system's old encoding


def _as_xlsx(rows: Sequence[Sequence[str]], widths: Sequence[int]) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Items"
    sheet.freeze_panes = "A2"
    for row, cells in enumerate(rows, start=1):
        for column, text in enumerate(cells, start=1):
            cell = sheet.cell(row, column, text)
            cell.number_format = "@"
            cell.alignment = Alignment(wrap_text=row > 1, vertical="top")
            cell.font = Font(bold=row == 1)
    for width, cell in zip(widths, sheet[1], strict=True):
        column = sheet.column_dimensions[cell.column_letter]
        column.width, column.number_format = width, "@"  # so that 7.10 stays what was typed
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
