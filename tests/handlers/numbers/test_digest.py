"""The week in numbers: who gets it, when, once; what is in it, and which one thing it says to do."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from content.campaigns import Campaign
from content.cards import Card
from content.digests import Digest
from content.holidays import Holidays
from content.limits import problems
from handlers.events import Change
from handlers.findings.finding import Move, Words
from handlers.model import Delivery, Role, Status
from handlers.numbers.mornings import Mornings
from handlers.plan import Plan
from handlers.replies.reply import Reply
from tests.conftest import SUNDAY, Company, at, button
from tests.handlers.findings.correcting import written
from tests.handlers.leading import labels

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
TUESDAY = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
SECOND_MONDAY = datetime(2026, 12, 7, 8, 0, tzinfo=UTC)  # nine in Berlin
QUIZ = {
    "id": "weekly-quiz",
    "title": "Two minutes",
    "cadence": {"repeat": "weekly", "days": ["tue"], "at": "09:30"},
    "starts": "2026-11-24",
    "pieces": ["oil-near-the-drain"],
}
INDUCTION = {
    "id": "induction",
    "title": "Welcome",
    "cadence": {"joined": 0, "at": "10:00"},
    "starts": "2026-11-01",
    "pieces": ["oil-near-the-drain"],
}


async def runs(company: Company, *campaigns: dict[str, object], people: int = 8, **rules: object) -> Company:
    """From a Sunday on: Marie leads quality, Kurt has eight people in two teams of his own, Olga is an auditor."""
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("kurt", roles=frozenset({Role.MANAGER}), team="Office")
    await company.admit("olga", roles=frozenset({Role.AUDITOR}))
    for number in range(people):
        await company.admit(f"p{number}", team="Paint", manager="kurt@example.org")
    company.run_campaigns(*(Campaign.model_validate(each) for each in campaigns), **rules)
    await company.go_on()
    return company


async def passes(company: Company, weeks: int) -> None:
    """So many weeks from the next Monday on, with a look on Monday and Tuesday at nine in Berlin, and on Friday."""
    monday = company.clock.now().replace(hour=8, minute=0) - company.clock.now().weekday() * A_DAY
    for week in range(1, weeks + 1):
        for day in (0, 1, 4):
            company.clock.move(monday + week * A_WEEK + day * A_DAY)
            await company.go_on()


async def a_week(company: Company, at_: datetime, answers: int) -> None:
    """The quiz of a week, and so many who answer it."""
    company.clock.move(at_)
    await company.go_on()
    item = company.library.piece("oil-near-the-drain").items[0]  # type: ignore[union-attr]
    for number in range(answers):
        await company.answer(f"p{number}", await company.latest(f"p{number}"), item.key)


async def digests(company: Company, who: str) -> list[Delivery]:
    """Of somebody, the first first."""
    person = await company.store.person_at(at(who))
    assert person is not None
    found = await company.store.deliveries_of(person.key)
    return [row for row in reversed(found) if row.slot.startswith("digest:")]


async def days(company: Company, who: str) -> list[str]:
    """When they came, in UTC."""
    return [f"{d.sent_at:%Y-%m-%d %H:%M}" for d in await digests(company, who) if d.sent_at]


async def typed(company: Company, who: str, words: str = "digest") -> Card:
    outcome = await company.said(who, words)
    assert outcome.show is not None
    assert problems(outcome.show) == ()
    return outcome.show


async def test_it_comes_once_a_week_on_monday_at_nine_to_who_leads_and_to_managers_of_their_people(
    company: Company,
) -> None:
    await runs(company, QUIZ)
    await a_week(company, TUESDAY, 0)
    await passes(company, 3)
    assert await days(company, "marie") == ["2026-11-30 08:00", "2026-12-07 08:00", "2026-12-14 08:00"]
    assert await days(company, "kurt") == await days(company, "marie")
    assert await digests(company, "olga") == await digests(company, "p0") == []
    (first, *_) = await digests(company, "kurt")
    assert first.card.title == "Your week in numbers, your team"
    assert "2026-11-23 to 2026-11-29, of your own people." in str(first.card)
    assert "100% (8 of 8)" in str(first.card)
    (first, *_) = await digests(company, "marie")
    assert "100% (11 of 11)" in str(first.card)
    looked = [entry for entry in await company.store.entries(500) if entry.kind == "looked"]
    assert len(looked) == 6


async def test_a_week_of_which_there_is_nothing_to_tell_sends_nothing(company: Company) -> None:
    await runs(company)
    await passes(company, 1)
    assert await digests(company, "marie") == []
    assert "Nothing needs you this week" in str(await typed(company, "marie"))


async def test_several_processes_write_one(company: Company) -> None:
    await runs(company, QUIZ)
    await a_week(company, TUESDAY, 3)
    company.clock.move(SECOND_MONDAY)
    now = company.clock.now()
    others = [Mornings(company.desk), Mornings(company.desk)]
    assert [await each.look(now) for each in others] == [2, 0]
    await Plan(company.desk).tick()
    await company.go_on()
    assert len(await digests(company, "marie")) == 1


async def test_after_a_stop_it_comes_late_and_after_two_days_not_at_all(company: Company) -> None:
    await runs(company, QUIZ)
    await a_week(company, TUESDAY, 3)
    company.clock.move(datetime(2026, 12, 1, 13, 7, tzinfo=UTC))
    await company.go_on()
    assert await days(company, "marie") == ["2026-12-01 13:07"]
    company.clock.move(datetime(2026, 12, 9, 8, 1, tzinfo=UTC))
    await company.go_on()
    assert len(await digests(company, "marie")) == 1


async def test_it_waits_for_the_end_of_a_holiday_and_of_quiet_hours(company: Company) -> None:
    off = Holidays.model_validate({"also": {"2026-11-30": "A day off"}})
    await runs(company, QUIZ, holidays=off, digest=Digest.model_validate({"day": "mon", "at": "06:00"}))
    await a_week(company, TUESDAY, 0)
    for day, hour in ((30, 5), (30, 12), (31, 6), (31, 7)):
        company.clock.move(datetime(2026, 11, 1, hour, tzinfo=UTC) + (day - 1) * A_DAY)
        await company.go_on()
    assert await days(company, "marie") == ["2026-12-01 07:00"]  # quiet until eight in Berlin


async def test_a_pause_keeps_it_away_and_one_that_ends_in_time_lets_it_come(company: Company) -> None:
    await runs(company, QUIZ)
    await company.said("marie", "pause until 2026-12-01")
    await company.said("kurt", "pause until 2026-12-04")
    await a_week(company, TUESDAY, 3)
    await passes(company, 1)
    assert await days(company, "marie") == ["2026-12-01 08:00"]
    assert await digests(company, "kurt") == []


async def test_who_turns_it_off_gets_none_not_even_one_that_waits(company: Company) -> None:
    await runs(company, QUIZ)
    await a_week(company, TUESDAY, 3)
    company.clock.move(datetime(2026, 11, 30, 8, 0, tzinfo=UTC))
    await company.plan.tick()
    off = await typed(company, "marie", "digest off")
    assert off.title == "The digest is off"
    await company.go_on()
    (row,) = await digests(company, "marie")
    assert (row.status, str(row.reason)) == (Status.SKIPPED, "not opted in")
    await a_week(company, TUESDAY + A_WEEK, 3)
    await passes(company, 1)
    assert len(await digests(company, "marie")) == 1
    assert len(await days(company, "kurt")) == 2
    assert "comes on Monday at 09:00" in str(await typed(company, "marie", "digest on"))
    await passes(company, 1)
    assert await days(company, "marie") == ["2026-12-14 08:00"]


async def test_a_programme_that_sends_none_shows_one_to_who_asks(company: Company) -> None:
    await runs(company, QUIZ, digest=None)
    await a_week(company, TUESDAY, 3)
    await passes(company, 1)
    assert await digests(company, "marie") == []
    assert "One thing" not in str(await typed(company, "marie"))
    assert "sends none at the moment" in str(await typed(company, "marie", "digest on"))
    assert "quality leads and managers only" not in str(await typed(company, "marie", "digest off"))
    assert "Only a quality lead" in str(await typed(company, "p0"))


async def test_what_changed_by_more_than_noise_is_said_and_what_did_not_is_not(company: Company) -> None:
    await runs(company, QUIZ, people=12)
    await a_week(company, TUESDAY, 12)
    await a_week(company, TUESDAY + A_WEEK, 2)
    company.clock.move(SECOND_MONDAY)
    card = str(await typed(company, "kurt"))
    assert "participation rate fell from 100% to 17%" in card
    assert "accuracy" not in card.lower().split("changed since")[1]
    assert "In Paint something was done with 17% of what was sent, and with 100% the week before" in card
    await a_week(company, TUESDAY + 2 * A_WEEK, 3)
    company.clock.move(SECOND_MONDAY + A_WEEK)
    assert "Nothing changed since the week before by more than noise." in str(await typed(company, "kurt"))


async def test_of_fewer_than_five_people_nothing_is_told(company: Company) -> None:
    await runs(company, QUIZ, people=4)
    await a_week(company, TUESDAY, 4)
    await a_week(company, TUESDAY + A_WEEK, 0)
    company.clock.move(SECOND_MONDAY)
    card = str(await typed(company, "kurt"))
    assert "value='fewer than 5 people'" in card
    assert "In Paint" not in card
    assert "Nothing changed since" in card


async def test_an_overdue_finding_comes_first_and_its_owner_is_told_of_their_own(company: Company) -> None:
    await runs(company, QUIZ, people=12)
    await a_week(company, TUESDAY, 12)
    kurt = await company.store.person_at(at("kurt"))
    assert kurt is not None
    finding = written(kurt.key, TUESDAY, due=date(2026, 11, 27), words=Words("Calipers [overdue]"))
    await company.store.commit(
        Change(inbox="found", at=TUESDAY, finding=Move(None, finding, "finding opened"))
    )
    await a_week(company, TUESDAY + A_WEEK, 2)
    company.clock.move(SECOND_MONDAY)
    lead = await typed(company, "marie")
    assert "The finding “Calipers [overdue]” is 10 days overdue" in lead.summary
    assert button(lead, "Open the finding").value == "finding f-written"
    assert labels(lead) == ["Open the finding", "All numbers", "Stop these"]
    assert "Your finding “Calipers [overdue]”" in (await typed(company, "kurt")).summary


async def test_a_reply_that_waits_for_longer_than_a_week_is_told_without_a_name(company: Company) -> None:
    await runs(company)
    grace = await company.admit("grace", roles=frozenset({Role.LEADER}), manager="kurt@example.org")
    ada = await company.admit("ada")
    asked = Reply("r1", "", "", ada.key, False, "A question", "When?", SUNDAY, grace.key)
    await company.store.commit(Change(inbox="asked", at=SUNDAY, actor=ada, replies=(asked,)))
    company.clock.move(SUNDAY + 6 * A_DAY)
    assert "1 leader" not in str(await typed(company, "marie"))
    company.clock.move(SUNDAY + 8 * A_DAY)
    for who in ("marie", "kurt"):
        card = await typed(company, who)
        assert "1 reply to 1 leader has waited for an answer for more than a week" in str(card)
        assert "Grace" not in str(card)
        assert button(card, "Replies").value == "stats replies"


async def test_many_who_do_not_have_it_installed_are_for_an_administrator(company: Company) -> None:
    await runs(company, QUIZ)
    for number in range(5):
        await company.admit(f"new{number}", team="Stores", addresses=())
    await a_week(company, TUESDAY, 8)
    company.clock.move(SECOND_MONDAY - A_WEEK)
    card = await typed(company, "marie")
    assert "5 of 16 deliveries of the week reached nobody" in str(card)
    assert "most of them in Stores" in str(card)
    assert "reached nobody" not in str(await typed(company, "kurt"))  # his own people have it


async def test_a_joiner_without_induction_after_two_days_is_counted(company: Company) -> None:
    await runs(company, INDUCTION)
    await company.admit("nora", joined=SUNDAY.date() + A_DAY, manager="kurt@example.org")
    company.clock.move(SUNDAY + 2 * A_DAY)
    assert "induction" not in str(await typed(company, "marie"))
    company.clock.move(SUNDAY + 4 * A_DAY)
    card = await typed(company, "marie")
    assert "1 person of 1 who joined in the last 30 days did nothing of the induction" in str(card)
    assert "Nora" not in str(card)
    assert "induction" not in str(await typed(company, "kurt"))  # of one it would be one


async def test_the_clause_that_is_known_least_is_named_when_nothing_else_is(company: Company) -> None:
    await runs(company, QUIZ)
    company.clock.move(TUESDAY)
    await company.go_on()
    for number in range(8):
        await company.answer(f"p{number}", await company.latest(f"p{number}"), "A")
    company.clock.move(SECOND_MONDAY - A_WEEK)
    card = await typed(company, "marie")
    assert "is known least" in str(card)
    assert "n = 8" in str(card)
    assert labels(card)[:2] == ["Recall", "Open a finding"]


@pytest.mark.parametrize("words", ["digest OFF", "digest no"])
async def test_off_is_understood_in_any_case(company: Company, words: str) -> None:
    await runs(company)
    assert (await typed(company, "marie", words)).title == "The digest is off"
    person = await company.store.person_at(at("marie"))
    assert person is not None
    assert not person.digest
