"""The report as a PDF: tagged, with a text for every picture, and archivable (PDF/A-2a and PDF/UA-1).

It is the only place that knows Typst, which carries its own fonts; for scripts that those lack, such as Chinese, it
takes the machine's, and shows a box where there is none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

from bot.plots import svg
from content.charts import Plot
from handlers.evidence.report import Facts, Found, Section, Table, sections, summary

TEMPLATE = Path(__file__).with_name("report.typ")
WIDEST = 8  # times as much room as the narrowest of the columns that share it


def write(path: Path, found: Found) -> None:
    scope = found.scope
    told = {
        "title": f"{scope.standard}, {scope.since} to {scope.until}",
        "organisation": found.organisation,
        "period": found.organisation,
        "summary": summary(found).rows,
        "sections": [_section(each) for each in sections(found)],
    }
    typst.compile(
        str(TEMPLATE),
        output=str(path),
        sys_inputs={"report": json.dumps(told)},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=found.made_at.replace(microsecond=0),
    )


def _section(section: Section) -> Mapping[str, Any]:
    return {"title": section.title, "blocks": [_block(each) for each in section.blocks]}


def _block(block: str | Facts | Table | Plot) -> Mapping[str, Any]:
    if isinstance(block, Facts):
        return {"kind": "facts", "rows": block.rows}
    if isinstance(block, Table):
        rows = [[_plain(cell) for cell in row] for row in block.rows]
        return {"kind": "table", "widths": _widths(block), **block._asdict(), "rows": rows}
    if isinstance(block, Plot):
        return {"kind": "plot", "title": block.title, "alt": block.alt, "svg": svg(block)}
    return {"kind": "text", "text": _plain(block)}


def _widths(table: Table) -> Sequence[int]:
    """As wide as their longest cell needs, up to a point from which on it is broken into lines."""
    longest = [max(map(len, column)) for column in zip(table.header, *table.rows, strict=True)]
    return [min(WIDEST, 1 + length // 8) for length in longest]


def _plain(text: str) -> str:
    """Without the marks around what is typed."""
    return text.replace("`", "")
