"""What the report of a pack calls things."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from content.charts import Mark
from handlers.evidence.pack import Scope
from handlers.evidence.report import BARS, _named, _plot
from tests.conftest import Company
from tests.handlers.leading import drafted, kept, press, works


async def test_what_a_leader_sent_has_its_title_and_the_name_it_has_in_the_tables(company: Company) -> None:
    await works(company, 3)
    preview = await drafted(company, title="Thank you")
    await press(company, preview, "Send it")
    await company.go_on()
    sent = await kept(company, preview)
    (standard, *_) = await company.store.standards()
    scope = Scope(standard, date(2026, 1, 1), date(2026, 12, 31), ZoneInfo("Europe/Berlin"))
    (planned,) = await company.store.evidence(scope, lambda source: source.planned())
    assert (planned.campaign, planned.title) == (sent.id, "Thank you")
    assert _named(planned) == f"Thank you ({sent.id})"


def test_of_many_clauses_a_chart_has_the_lowest_and_says_so() -> None:
    marks = [Mark(f"A.{n}", n / 40) for n in reversed(range(40))]
    few, many = _plot("Right answers", marks[:BARS]), _plot("Right answers", marks)
    assert (few.title, many.title) == ("Right answers", f"Right answers: the {BARS} lowest of 40")
    assert many.alt.startswith("A.0: ; A.1: ;")
    assert "A.20" not in many.alt
