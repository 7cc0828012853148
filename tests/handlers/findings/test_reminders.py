"""Who is reminded of a finding and when: each time once, and the lead in the place of an owner who is not here."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from handlers.events import Left
from handlers.findings import reminding
from handlers.plan import Plan
from tests.conftest import Company, at
from tests.handlers.findings.correcting import (
    asked_again,
    cards_of,
    done,
    fills,
    opened,
    planned,
    reminders,
    sees,
    shop,
    the_one,
)
from tests.handlers.leading import labels, pass_by

A_DAY = timedelta(days=1)


async def test_its_owner_is_reminded_a_week_before_on_the_day_and_every_week_after(company: Company) -> None:
    await shop(company)
    await opened(company, due="2026-12-14")  # a Monday; opened on Monday three weeks before
    await pass_by(company, 37 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "kurt") == ["soon", "today", "overdue", "overdue"]
    assert await reminders(company, "marie") == []
    kurts = [d for d in reversed(await cards_of(company, "kurt")) if d.piece and d.piece.kind == "due"]  # type: ignore[attr-defined]
    days = [d.sent_at.date().isoformat() for d in kurts if d.sent_at]
    assert days == ["2026-12-07", "2026-12-14", "2026-12-21", "2026-12-28"]
    assert all(d.sent_at and d.sent_at.hour == 9 for d in kurts)  # ten in Berlin
    assert "Overdue by 16 days" in str((await sees(company, "kurt")).title)
    kinds = [entry.kind for entry in await company.store.entries(500)]
    assert kinds.count("reminded") == 4


async def test_a_reminder_on_a_day_off_waits_for_the_next_working_day(company: Company) -> None:
    await shop(company)
    await opened(company, due="2026-12-12")  # a Saturday
    await pass_by(company, 22 * A_DAY, step=7 * A_DAY)
    kurts = [d for d in reversed(await cards_of(company, "kurt")) if d.piece and d.piece.kind == "due"]  # type: ignore[attr-defined]
    assert [d.sent_at.date().isoformat() for d in kurts if d.sent_at] == ["2026-12-07", "2026-12-14"]


async def test_two_processes_that_look_at_once_remind_once(company: Company) -> None:
    await shop(company)
    found = await opened(company, due="2026-12-14")
    other = Plan(company.desk)
    company.clock.move(datetime(2026, 12, 7, 9, 0, tzinfo=UTC))
    (known,) = await company.store.findings.to_remind(company.clock.now())
    assert known.id == found.id
    await company.plan.tick()
    await other.tick()
    rows = [await reminding._reminder(company.desk, known, (await reminding._whom(company.desk, known))[0])]
    again = await reminding.next_look(company.desk, known)
    assert await company.store.findings.remind(known, again, rows, company.clock.now()) == 0
    await company.drain.everything()
    assert await reminders(company, "kurt") == ["soon"]


async def test_the_lead_hears_it_while_its_owner_is_paused_and_when_they_left(company: Company) -> None:
    await shop(company)
    await opened(company, due="2026-12-14")
    await company.said("kurt", "pause until 2026-12-10")
    await pass_by(company, 14 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "kurt") == []
    assert await reminders(company, "marie") == ["soon"]
    assert "has left or is paused" in str(await sees(company, "marie"))
    await pass_by(company, 7 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "kurt") == ["today"]
    await company.dispatch(Left("kurt-left", at("kurt"), gone=True))
    await pass_by(company, 7 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "marie") == ["soon", "overdue"]


async def test_without_who_opened_it_another_lead_hears_it(company: Company) -> None:
    await shop(company)
    found = await opened(company)
    marie, kurt = [await company.store.person_at(at(who)) for who in ("marie", "kurt")]
    assert marie is not None
    assert kurt is not None
    assert [p.key for p in await reminding.leads(company.desk, found)] == [marie.key]
    await company.said("marie", "pause 2 weeks")
    (wanda,) = await reminding.leads(company.desk, found)
    assert wanda.name == "Wanda"
    assert await reminding.leads(company.desk, replace(found, owner=wanda.key)) == []


async def test_when_it_is_done_the_lead_is_asked_for_the_next_step_until_it_is_taken(
    company: Company,
) -> None:
    await shop(company)
    await done(company)
    assert "See whether it helped" in labels(await sees(company, "marie"))
    await pass_by(company, 15 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "marie") == ["retest", "retest"]
    assert await reminders(company, "kurt") == []


async def test_a_week_after_the_retest_somebody_is_asked_to_judge(company: Company) -> None:
    await shop(company)
    await asked_again(company, on="2026-12-07")
    await pass_by(company, 22 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "marie") == ["judge"]
    assert (await the_one(company)).asked


async def test_nobody_is_reminded_of_what_was_given_to_another_date(company: Company) -> None:
    await shop(company)
    await opened(company, due="2026-12-14")
    await planned(company)
    assert (
        await fills(company, "marie", "Owner and due date", owner="wanda@example.org", due="2027-01-18")
    ).errors == {}
    await pass_by(company, 30 * A_DAY, step=7 * A_DAY)
    assert await reminders(company, "kurt") == []
    assert await reminders(company, "wanda") == []
    assert "Calipers that are overdue" in str((await sees(company, "wanda")).title)
