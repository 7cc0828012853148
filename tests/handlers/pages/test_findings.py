"""The way from a number on the page to a finding about it: only where there is a number."""

from __future__ import annotations

from handlers.model import Role, Tally
from handlers.pages.book import visitor
from handlers.pages.findings import of_rates
from tests.conftest import Company


async def test_from_a_row_in_which_nothing_was_planned_there_is_no_way(company: Company) -> None:
    marie = await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    much = Tally("labels", audience=20, reached=18, active=9, people_reached=18)
    ways = of_rates(visitor(company.desk, marie, {}), "campaign", [much, Tally("on-demand")])
    assert [bool(way) for way in ways] == [True, False]
