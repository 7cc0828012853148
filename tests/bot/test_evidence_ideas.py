"""Ideas in an evidence pack: a section of the report and a table, of the standard, and without names and words."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from bot.evidence.making import Order, make
from handlers.evidence import improvements
from handlers.evidence.pack import Scope
from handlers.evidence.report import Facts, Table
from tests.conftest import Company
from tests.handlers.ideas.having import WORDS, accepted, proposes, shop

SCOPE = Scope("ISO 9001:2015", date(2026, 11, 1), date(2026, 12, 31), ZoneInfo("Europe/Berlin"))


async def house(company: Company) -> None:
    """Six had an idea about the standard, the first about none in particular; a seventh's is about another."""
    await shop(company)
    for number in range(6):
        await company.admit(f"p{number}")
        await proposes(company, f"p{number}", about="ISO 9001:2015" if number else "")
        company.clock.pass_by(timedelta(hours=1))
    await proposes(company, about="ISO 14001:2015")
    await company.said("marie", f"idea {(await company.store.ideas.page('open', 0, 1)).ideas[0].id}")
    await company.drain.everything()
    company.clock.pass_by(timedelta(days=3))
    await accepted(company)
    company.clock.pass_by(timedelta(minutes=1))


async def test_the_section_has_the_numbers_and_where_each_stands(company: Company) -> None:
    await house(company)
    said, facts, table = (await improvements.section(company.desk, SCOPE)).blocks
    assert "6 ideas about this standard" in str(said)
    assert "as a record of ISO 9001:2015 10.3" in str(said)
    assert isinstance(facts, Facts)
    assert dict(facts.rows)["Ideas decided"] == "17% (3-56%), 1 of 6"
    assert isinstance(table, Table)
    assert [row[2:] for row in table.rows][:2] == [
        ("none in particular", "accepted", "2026-11-26", "2026-12-14"),
        ("ISO 9001:2015", "proposed", "-", "-"),
    ]
    shown = str((said, facts, table))
    assert WORDS not in shown
    assert "P0" not in shown
    none = await improvements.section(
        company.desk, Scope("ISO 9001:2015", date(2025, 1, 1), date(2025, 1, 2), SCOPE.zone)
    )
    assert "No idea about this standard" in str(none.blocks)


async def test_the_table_has_a_row_for_each_and_nobodys_name(company: Company, tmp_path: Path) -> None:
    await house(company)
    more = (await improvements.section(company.desk, SCOPE),)
    order = Order(SCOPE, "Lenz & Söhne", "1.2.3", company.clock.now(), more=more)
    await company.store.evidence(
        SCOPE, lambda source: make(order, source, tmp_path / "pack", lambda *_: None)
    )
    assert (tmp_path / "pack" / "report.pdf").stat().st_size > 10_000
    book = load_workbook(tmp_path / "pack" / "evidence.xlsx", read_only=True)
    header, *rows = book["ideas"].iter_rows(values_only=True)
    assert header[:3] == ("idea", "proposed at", "about")
    assert len(rows) == 6
    first = dict(zip(header, rows[0], strict=True))
    assert (first["stage"], first["days until decided"], first["without a name"]) == ("accepted", 3, "no")
    assert WORDS not in str(rows)
    assert not [row for row in rows if "P" in str(row[0])]
