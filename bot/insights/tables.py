"""A section as a file: CSV in UTF-8 that no spreadsheet takes for a formula."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from handlers.pages.views import Section, Value

BOM = "\ufeff"  # so that a spreadsheet knows the letters
# https://owasp.org/www-community/attacks/CSV_Injection: what a cell may not begin with
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


def file(section: Section) -> str:
    """The rows for programs, or else those of the table."""
    if section.data:
        names = list(dict.fromkeys(name for row in section.data for name in row))
        return _written(names, ([row.get(name) for name in names] for row in section.data))
    return _written(section.header, ([_text(cell) for cell in row] for row in section.rows))


def harmless(value: Value) -> str | int | float:
    """Text that could be taken for a formula gets an apostrophe in front; numbers stay numbers."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value


def _text(cell: object) -> str:
    return cell[0] if isinstance(cell, tuple) else str(cell)


def _written(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n")
    writer.writerow([harmless(name) for name in header])
    writer.writerows([harmless(value) for value in row] for row in rows)
    return BOM + out.getvalue()
