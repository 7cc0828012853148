"""Tables of any length as files: a workbook, or CSV beside it, in which no cell is ever taken for a formula.

The sheets are written as text, some rows at a time and each column of these in one go: what stands in many cells, as
a campaign or a state does, is made once. A cell is a number of ours or a text; the format's element for a formula is
never written.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import IO, TypeGuard, TypeVar

from content.tables import harmless
from handlers.evidence.pack import Cell, Row

LONGEST = 500_000  # rows of a sheet: Excel holds twice as many and takes minutes to open them
PART = 1_000_000  # rows of a CSV file: what a spreadsheet can hold with its header
BOM = "\ufeff"  # by which a spreadsheet knows UTF-8
CELL = 32_767  # characters that Excel takes in one

T = TypeVar("T")
Put = Callable[[Sequence[Row]], None]

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_QUOTED = re.compile('[",\r\n]')
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # which Excel would read as another character
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FONT = '<sz val="11"/><name val="Calibri"/>'
_XF = 'fillId="0" borderId="0"'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    f'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" {_XF}/></cellStyleXfs><cellXfs count="3">'
    f'<xf numFmtId="0" fontId="0" {_XF} xfId="0"/><xf numFmtId="49" fontId="0" {_XF} xfId="0" applyNumberFormat="1"/>'
    f'<xf numFmtId="49" fontId="1" {_XF} xfId="0" applyNumberFormat="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)  # 0 a number, 1 a text, 2 a text of the header

_BOOK = f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{{}}</sheets></workbook>'
_WAYS = f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
_KINDS = (
    f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)


class Workbook:
    """An XLSX file. One sheet at a time; it is whole when it is closed."""

    def __init__(self, path: Path) -> None:
        self._zip = zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._names: list[str] = []

    @contextmanager
    def sheet(self, name: str, columns: Sequence[str], widths: Sequence[int] = ()) -> Iterator[Put]:
        """A sheet under a frozen header. widths: of the columns, in characters; by default by their names."""
        self._names.append(name)
        wide = widths or [min(40, max(12, len(column) + 2)) for column in columns]
        with self._open(f"xl/worksheets/sheet{len(self._names)}.xml") as file:
            file.write(_opening(wide))
            file.write(f"<row>{''.join(_text(column, 2) for column in columns)}</row>")

            def put(rows: Sequence[Row]) -> None:
                if rows:
                    file.write(f"<row>{'</row><row>'.join(map(''.join, _made(rows, _cell)))}</row>")

            yield put
            file.write("</sheetData></worksheet>")

    def close(self) -> None:
        """What names the sheets comes last, for only now they are known."""
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>'
            for n, name in zip(numbers, self._names, strict=True)
        )
        ways = [_way(n, "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        kinds = [_kind(f"worksheets/sheet{n}", "worksheet") for n in numbers]
        kinds += [_kind("workbook", "sheet.main"), _kind("styles", "styles")]
        files = {
            "xl/styles.xml": _STYLES,
            "xl/workbook.xml": _BOOK.format(sheets),
            "xl/_rels/workbook.xml.rels": _WAYS.format("".join((_way(0, "styles", "styles.xml"), *ways))),
            "_rels/.rels": _WAYS.format(_way(1, "officeDocument", "xl/workbook.xml")),
            "[Content_Types].xml": _KINDS.format("".join(kinds)),
        }
        for name, content in files.items():
            with self._open(name) as file:
                file.write(content)
        self._zip.close()

    def __enter__(self) -> Workbook:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[str]]:
        """By its name it gets no time of day: the same rows make the same file."""
        with self._zip.open(name, "w", force_zip64=True) as raw, TextIOWrapper(raw, "utf-8") as file:
            yield file


@contextmanager
def parts(folder: Path, name: str, columns: Sequence[str], rows: int) -> Iterator[Put]:
    """CSV files of at most a million rows each: `NAME-01.csv`, `NAME-02.csv` ..."""
    paths = iter(part_names(name, rows))
    file, room = _part(folder / next(paths), columns), PART

    def put(rows: Sequence[Row]) -> None:
        nonlocal file, room
        while rows:
            if not room:
                file.close()
                file, room = _part(folder / next(paths), columns), PART
            here, rows = rows[:room], rows[room:]
            file.write("\r\n".join(map(",".join, _made(here, _field))) + "\r\n")
            room -= len(here)

    try:
        yield put
    finally:
        file.close()


def part_names(name: str, rows: int) -> list[str]:
    return [f"{name}-{number:02}.csv" for number in range(1, max(1, -(-rows // PART)) + 1)]


def _part(path: Path, columns: Sequence[str]) -> IO[str]:
    file = path.open("x", encoding="utf-8", newline="")
    file.write(f"{BOM}{','.join(map(_field, columns))}\r\n")
    return file


def _made(rows: Sequence[Row], make: Callable[[Cell], T]) -> Iterable[Sequence[T]]:
    """Each cell of these made into what is written."""
    columns = (_each(make, column) for column in zip(*rows, strict=True))
    return zip(*columns, strict=True)


def _each(make: Callable[[Cell], T], cells: Sequence[Cell]) -> Iterable[T]:
    different = set(cells)
    if len(different) == len(cells):
        return map(make, cells)
    made: Mapping[Cell, T] = {cell: make(cell) for cell in different}
    return map(made.__getitem__, cells)


def _plain(cell: Cell) -> str | int:
    if isinstance(cell, str):
        return harmless(cell[:CELL])
    if isinstance(cell, datetime):
        return moment(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def moment(at: datetime) -> str:
    """ "2026-11-23T09:30:00Z": sorts as it should, and no spreadsheet makes another time of it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _field(cell: Cell) -> str:
    """Of a CSV file: RFC 4180."""
    if _is_bare(cell):
        return cell
    text = str(_plain(cell))
    return '"{}"'.format(text.replace('"', '""')) if _QUOTED.search(text) else text


def _cell(cell: Cell) -> str:
    """Of a sheet."""
    if _is_bare(cell):
        return f'<c s="1" t="inlineStr"><is><t>{cell}</t></is></c>'
    plain = _plain(cell)
    return f"<c><v>{plain}</v></c>" if isinstance(plain, int) else _text(plain, 1)


def _is_bare(cell: Cell) -> TypeGuard[str]:
    """Most are keys and hashes: letters and digits, in which nothing has to be changed."""
    return isinstance(cell, str) and cell.isalnum()


def _text(text: str, style: int) -> str:
    if not text:
        return "<c/>"
    escaped = _LOOKS_ESCAPED.sub("_x005F_", text.translate(_ESCAPED))
    return f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{escaped}</t></is></c>'


def _opening(widths: Sequence[int]) -> str:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" style="1" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}<cols>{columns}</cols><sheetData>'


def _way(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _kind(name: str, kind: str) -> str:
    type_ = f"application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"
    return f'<Override PartName="/xl/{name}.xml" ContentType="{type_}"/>'
