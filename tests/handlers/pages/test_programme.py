"""The programme in time: what has a name of its own has a line of its own, and what lasts has its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from content.campaigns import Cadence, Campaign
from content.programme import Audit, Standard
from handlers.model import Role
from handlers.pages.book import opened, visitor
from handlers.pages.views import Section
from tests.conftest import Company
from tests.handlers.broadcasts.test_celebrating import drafted
from tests.handlers.leading import MONDAY_TEN, press, works

TODAY = MONDAY_TEN.date()
CAMPAIGNS = (
    Campaign(
        id="weekly",
        title="Two minutes, one question",
        questions=1,
        cadence=Cadence(repeat="weekly", days=("tue",)),
        starts=TODAY,
    ),
    Campaign(
        id="kick-off",
        title="We begin",
        pieces=("gap-analysis-done",),
        cadence=Cadence(once=datetime(2026, 11, 20, 14)),  # noqa: DTZ001
    ),
    Campaign(
        id="last-year",
        title="Over since summer",
        pieces=("quality-policy-in-three-sentences",),
        cadence=Cadence(once=datetime(2026, 6, 1, 9)),  # noqa: DTZ001
    ),
)


@pytest.fixture
async def ida(company: Company) -> Company:
    await works(company)
    await company.admit("ida", roles=frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD}))
    await company.admit("ada", team="Production")
    audits = (Audit(kind="Stage 2", date=date(2027, 1, 18)),)
    company.run_campaigns(
        *CAMPAIGNS, standards=(Standard(standard="ISO 9001", edition="2015", audits=audits),)
    )
    return company


async def times(company: Company) -> Section:
    person = await company.store.person_by_email("ida@example.org")
    assert person is not None
    view = await opened(visitor(company.desk, person, {"days": "60"}), "programme")
    return view.sections[0]


async def test_each_milestone_of_the_programme_has_its_name_in_the_table_and_on_the_chart(
    ida: Company,
) -> None:
    for title in ("Gap analysis done", "The policy is signed by everybody"):
        await press(ida, await drafted(ida, title=title), "Send it", "ida")
    team = await drafted(ida, title="All of Production has answered", audience='team:"Production"')
    await press(ida, team, "Send it", "ida")
    ida.clock.pass_by(timedelta(minutes=5))
    await ida.go_on()
    section = await times(ida)
    assert [row[1:] for row in section.rows if "ilestone" in str(row[1])] == [
        ("Milestones of the programme", "The policy is signed by everybody"),
        ("Milestones of the programme", "Gap analysis done"),
        ("Milestones of teams", "All of Production has answered"),
        ("Milestones of the programme", "We begin"),
    ]
    assert section.plot is not None
    lines = list(dict.fromkeys(row["row"] for row in section.plot.spec["data"]["values"]))
    assert lines == [
        "ISO 9001:2015:\nStage 2",
        "We begin",
        "Gap analysis done",
        "The policy is\nsigned by everybody",
        "Milestones\nof teams",
        "Two minutes,\none question",
    ]


async def test_a_campaign_without_end_lasts_and_one_that_happens_once_has_its_day(ida: Company) -> None:
    days = {row["name"]: (row["day"], row["until"]) for row in (await times(ida)).data}
    assert days == {
        "ISO 9001:2015: Stage 2": ("2027-01-18", ""),
        "Two minutes, one question": (str(TODAY), str(TODAY)),
        "We begin": ("2026-11-20", ""),
    }


async def test_the_day_of_an_audit_is_marked_through_all_lines(ida: Company) -> None:
    plot = (await times(ida)).plot
    assert plot is not None
    marked = {row["about"] for row in plot.spec["data"]["values"] if row["marked"]}
    assert marked == {"ISO 9001:2015: Stage 2: 2027-01-18"}
