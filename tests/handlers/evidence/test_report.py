"""What the report of a pack calls things."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from handlers.evidence.pack import Scope
from handlers.evidence.report import _named
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
