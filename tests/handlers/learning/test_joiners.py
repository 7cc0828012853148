"""Induction: what falls due so many days after somebody's first day comes to each of them, once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from content.campaigns import Campaign
from handlers.model import Reason, Status
from handlers.schedule import upcoming
from tests.conftest import Company

MONDAY = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)  # 09:30 in Berlin
A_DAY = timedelta(days=1)


def induction(company: Company, days: int = 0, **fields: object) -> Campaign:
    message = next(id for id, piece in company.library.pieces.items() if piece.kind == "message")
    given = {"id": f"day-{days}", "title": f"Day {days}", "pieces": [message], "grace": 48}
    return Campaign.model_validate(given | {"cadence": {"joined": days, "at": "09:30"}} | fields)


async def sent(company: Company) -> Counter[str]:
    rows = await company.store.outbox()
    return Counter(row.campaign for row in rows if row.status is Status.SENT)


async def test_who_joins_hears_from_us_on_their_days_and_once(company: Company) -> None:
    company.run_campaigns(induction(company), induction(company, 5))
    await company.plan.tick()
    company.clock.move(MONDAY)
    await company.admit("ada", joined=date(2026, 11, 23))
    for _ in range(3):
        await company.go_on()
    assert await sent(company) == Counter({"day-0": 1})
    for _ in range(8):
        company.clock.pass_by(A_DAY)
        await company.go_on()
    assert await sent(company) == Counter({"day-0": 1, "day-5": 1})


async def test_two_who_join_on_one_day_are_both_greeted_however_late_the_second_is_known(
    company: Company,
) -> None:
    company.run_campaigns(induction(company))
    await company.plan.tick()
    company.clock.move(MONDAY)
    await company.admit("ada", joined=date(2026, 11, 23))
    await company.go_on()
    company.clock.pass_by(timedelta(hours=3))
    await company.admit("tim", joined=date(2026, 11, 23))
    await company.go_on()
    assert (len(company.chat.titles("ada")), len(company.chat.titles("tim"))) == (1, 1)


async def test_who_is_known_too_late_is_on_the_roster_with_the_reason(company: Company) -> None:
    company.run_campaigns(induction(company))
    await company.plan.tick()
    company.clock.move(MONDAY + 3 * A_DAY)
    await company.admit("ada", joined=date(2026, 11, 23))
    await company.go_on()
    rows = [row for row in await company.store.outbox() if row.campaign]
    assert [(row.status, row.reason) for row in rows] == [(Status.SKIPPED, Reason.LATE)]


async def test_who_had_joined_before_the_campaign_was_there_is_left_in_peace(company: Company) -> None:
    company.run_campaigns(induction(company))
    await company.admit("ada", joined=date(2026, 11, 2))
    company.clock.move(MONDAY)
    await company.go_on()
    assert await company.store.outbox() == []


async def test_a_restart_greets_nobody_again(company: Company) -> None:
    company.run_campaigns(induction(company))
    await company.plan.tick()
    company.clock.move(MONDAY)
    await company.admit("ada", joined=date(2026, 11, 23))
    await company.go_on()
    company.furnish(company.desk)
    await company.go_on()
    assert await sent(company) == Counter({"day-0": 1})


async def test_only_who_the_audience_names(company: Company) -> None:
    company.run_campaigns(induction(company, audience="team:Production"))
    await company.plan.tick()
    company.clock.move(MONDAY)
    await company.admit("ada", joined=date(2026, 11, 23), team="Production")
    await company.admit("tim", joined=date(2026, 11, 23), team="Sales")
    await company.go_on()
    assert (len(company.chat.titles("ada")), len(company.chat.titles("tim"))) == (1, 0)


async def test_what_comes_to_a_joiner_is_foreseen(company: Company) -> None:
    company.run_campaigns(induction(company, 5))
    ada = await company.admit("ada", joined=date(2026, 11, 20))
    company.clock.move(MONDAY)
    assert upcoming(company.desk, [ada], timedelta(days=7)) == [(MONDAY + 2 * A_DAY, "Day 5")]
