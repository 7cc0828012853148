"""Who is reminded of an idea: whoever decides on the day that was promised and weekly after it, then its owner."""

from __future__ import annotations

from datetime import timedelta

from content.programme import Ideas
from handlers.ideas import reminding
from handlers.plan import Plan
from tests.conftest import Company
from tests.handlers.ideas.having import accepted, fills, known, proposes, reminders, sees, shop
from tests.handlers.leading import pass_by

A_DAY = timedelta(days=1)


async def days(company: Company, who: str) -> list[str]:
    return [f"{row.sent_at:%m-%d %H}" for row in await reminders(company, who) if row.sent_at]


async def test_who_decides_is_reminded_on_the_promised_day_and_every_week_until_it_is_decided(
    company: Company,
) -> None:
    await shop(company)
    await proposes(company)
    await pass_by(company, 22 * A_DAY, step=7 * A_DAY)
    assert await days(company, "marie") == ["12-07 09", "12-14 09"]  # ten in Berlin
    assert await days(company, "wanda") == []
    assert (await sees(company, "marie")).title == "Still undecided: an idea from Ada"
    assert "You were to hear by Monday 7 December" in str(await sees(company, "ada"))
    assert (await fills(company, "marie", "Decline it", text="No.")).errors == {}
    await pass_by(company, 14 * A_DAY, step=7 * A_DAY)
    assert len(await days(company, "marie")) == 2
    kinds = [entry.kind for entry in await company.store.entries(500)]
    assert kinds.count("reminded") == 2


async def test_its_owner_is_reminded_on_the_day_it_is_due_and_after_it(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    await accepted(company)
    await pass_by(company, 29 * A_DAY, step=7 * A_DAY)
    assert await days(company, "kurt") == ["12-14 09", "12-21 09"]
    assert await days(company, "marie") == []
    assert (await sees(company, "kurt")).title == "To be done: an idea from Ada"
    await fills(company, "kurt", "It is done")
    assert (await known(company, idea.id)).look_at is None


async def test_whoever_decides_hears_it_in_the_place_of_an_owner_who_is_paused(company: Company) -> None:
    await shop(company)
    await proposes(company)
    await accepted(company)
    await company.said("kurt", "pause until 2026-12-18")
    await pass_by(company, 22 * A_DAY, step=7 * A_DAY)
    assert await days(company, "kurt") == []
    assert await days(company, "marie") == ["12-14 09"]


async def test_the_programme_says_how_long_it_may_take_and_a_day_off_is_none(company: Company) -> None:
    await shop(company, ideas=Ideas(decided_within=5))
    await proposes(company)  # on a Monday, so that the fifth day is a Saturday
    assert "by Monday 30 November" in str(await sees(company, "ada"))
    await pass_by(company, 8 * A_DAY, step=7 * A_DAY)
    assert await days(company, "marie") == ["11-30 09"]


async def test_two_processes_that_look_at_once_remind_once(company: Company) -> None:
    await shop(company)
    await proposes(company)
    other = Plan(company.desk)
    company.clock.pass_by(14 * A_DAY)
    (due,) = await company.store.ideas.to_remind(company.clock.now())
    await company.plan.tick()
    await other.tick()
    again = await reminding.next_look(company.desk, due)
    assert await company.store.ideas.remind(due, again, (), company.clock.now()) == 0
    await company.drain.everything()
    assert len(await days(company, "marie")) == 1
