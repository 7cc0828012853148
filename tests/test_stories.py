"""Whole days, as people live them: the same story on Slack, on Teams and in the playground, over real HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from content.campaigns import Campaign
from content.pieces import Message
from content.programme import Reminders
from handlers.broadcasts import corrections
from handlers.events import Change
from handlers.model import Person, Role
from tests.conftest import Company
from tests.places import OnPlayground, Place, card, place, writes

__all__ = ["place"]

TUESDAY_0930_BERLIN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("campaigns")


@pytest.fixture
def campaigns(company: Company) -> None:
    quiz = Campaign.model_validate(
        {
            "id": "quiz",
            "title": "Weekly question",
            "pieces": ["oil-near-the-drain"],
            "cadence": {"repeat": "weekly", "days": ["tue"], "at": "09:30"},
            "starts": "2026-11-02",
        }
    )
    party = Campaign.model_validate(
        {
            "id": "party",
            "title": "Gap analysis done",
            "pieces": ["gap-analysis-done"],
            "cadence": {"once": "2026-11-24T14:00"},
        }
    )
    company.run_campaigns(quiz, party)


async def test_a_day_with_a_quiz_a_leaders_message_a_milestone_and_the_numbers(
    company: Company, place: Place
) -> None:
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Quality" if who == "marie" else "Production")
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    await company.admit("marie", addresses=(), roles=frozenset({Role.QUALITY_LEAD}))

    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()
    title = company.library.pieces["oil-near-the-drain"].title
    assert [title in (await place.sees(who))[-1] for who in ("ada", "grace", "marie")] == [True] * 3

    await place.answers("ada", "A", "Certain")
    assert "Right" in (await place.sees("ada"))[-1] or "Not quite" in (await place.sees("ada"))[-1]
    assert "You said: certain." in (await place.sees("ada"))[-1]

    await writes(company, place, "Thank you", "You made this week safe.")
    assert "Preview: Thank you" in (await place.sees("grace"))[-1]
    assert all("Thank you" not in seen for seen in await place.sees("ada"))
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "You made this week safe." in (await place.sees("ada"))[-1]
    await place.presses("ada", "I have read this")
    assert "acknowledged" in (await place.sees("ada"))[-1]

    company.clock.pass_by(timedelta(hours=4, minutes=30))
    await company.go_on()
    await place.presses("ada", "👏 Cheer")
    assert "You cheered" in (await place.sees("ada"))[-1]

    company.clock.pass_by(timedelta(minutes=1))
    await place.types("marie", "stats")
    await company.go_on()
    tally = (await company.store.tallies("all", datetime(2026, 11, 1, tzinfo=UTC), company.clock.now()))[0]
    assert (tally.audience, tally.reached, tally.acknowledged, tally.answers) == (9, 9, 1, 1)
    assert (tally.people_reached, tally.active) == (3, 3)
    assert "9 deliveries planned" in (await place.sees("marie"))[-1]
    assert (await company.store.verify()).broken is None


async def test_a_leader_watches_a_message_arrive_and_takes_it_back(company: Company, place: Place) -> None:
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=())
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    await company.admit("linus", addresses=())
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()

    await writes(company, place, "Thank you", "You made this week safe.")

    for expected in ("4 people: 3 in ", "less than a minute", "1: not installed"):
        assert expected in await card(place, "grace", ": Thank you")
    await place.presses("grace", "Send it")
    await company.go_on()
    await place.presses("grace", "How far is it?")
    assert "Complete: 3 of 4 sent, the last one at 09:30" in await card(place, "grace", ": Thank you")
    assert "1 failed: not installed" in await card(place, "grace", ": Thank you")
    await place.presses("ada", "I have read this")
    await place.presses("grace", "How far is it?")
    assert "1 acknowledged" in await card(place, "grace", ": Thank you")
    await place.presses("grace", "Withdraw it")
    assert "0 of 3 taken away by 09:30" in await card(place, "grace", ": Thank you")
    assert "3 being taken away (less than a minute)" in await card(place, "grace", ": Thank you")
    if not isinstance(place, OnPlayground):  # which draws every card as it is by now
        await place.presses("marie", "I have read this")
    assert "Withdrawn" in (await place.sees("marie"))[-1]


async def test_who_is_silent_is_reminded_and_a_correction_reaches_both_cards(
    company: Company, place: Place
) -> None:
    company.run_campaigns(reminders=Reminders(most=1, after=24, escalate_after=24))
    await company.admit("marie", addresses=())
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), manager="" if who == "marie" else "marie@example.org")
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    company.clock.move(TUESDAY_0930_BERLIN)
    await writes(company, place, "Thank you", "You made this week safe.")
    await place.presses("grace", "Send it")
    await company.go_on()
    await place.presses("grace", "I have read this")

    for _ in range(17):  # until Thursday at noon, when who has not acknowledged it is reminded
        company.clock.pass_by(timedelta(hours=3))
        await company.go_on()
    assert (await place.sees("ada"))[-1].startswith("Reminder: Thank you")
    assert not any(seen.startswith("Reminder") for seen in await place.sees("grace"))

    (sent,) = [
        d
        for d in await company.store.outbox(200)
        if d.slot.endswith("reminder 1") and d.person == (await person(company, "ada")).key
    ]
    broadcast = await company.store.broadcast(sent.campaign)
    grace = await person(company, "grace")
    assert broadcast is not None
    assert isinstance(broadcast.message, Message)
    other = broadcast.message.model_copy(update={"text": "You made this month safe."})
    corrected = corrections.in_force(company.desk, grace, broadcast, broadcast, other)
    await company.store.commit(Change("correct", company.clock.now(), actor=grace, step=corrected))
    await company.go_on()
    seen = [text for text in (await place.sees("ada")) if "Thank you" in text]
    assert len(seen) == 2  # the message and its reminder, each in its place
    assert all("this month" in text and "Corrected on 26 November" in text for text in seen)

    await place.presses("ada", "I have read this")
    await company.go_on()
    assert all("acknowledged" in text for text in (await place.sees("ada")) if "Thank you" in text)
    for _ in range(16):
        company.clock.pass_by(timedelta(hours=3))
        await company.go_on()
    assert not any(text.startswith("Not acknowledged yet") for text in await place.sees("marie"))
    assert (await company.store.verify()).broken is None


async def person(company: Company, who: str) -> Person:
    found = await company.store.person_by_email(f"{who}@example.org")
    assert found is not None
    return found


async def test_a_week_of_peace_is_a_week_of_peace(company: Company, place: Place) -> None:
    await place.arrives("ada")
    await place.types("ada", "pause 1 week")
    await company.go_on()
    before = len(await place.sees("ada"))
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()
    assert len(await place.sees("ada")) == before
    company.clock.pass_by(timedelta(days=7))
    await company.go_on()
    assert len(await place.sees("ada")) == before + 1


async def test_a_week_with_a_holiday_is_foreseen_and_then_lived(company: Company, place: Place) -> None:
    """Ada belongs to Vienna, where the 8th of December is a holiday; Grace does not."""
    for who, site in (("ada", "Vienna"), ("grace", "Berlin")):
        await place.arrives(who)
        await company.admit(who, site=site, addresses=())
    monday = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)
    company.clock.move(monday)
    await company.go_on()
    foreseen = {}
    for who in ("ada", "grace"):
        await place.types(who, "week")
        await company.go_on()
        foreseen[who] = (await place.sees(who))[-1]
    assert "Tue 8 Dec, 09:30: Weekly question (left out: Immaculate Conception)" in foreseen["ada"]
    assert "Public holidays (Vienna)" in foreseen["ada"]
    assert "Tue 8 Dec, 09:30: Weekly question" in foreseen["grace"]
    assert "left out" not in foreseen["grace"]
    before = len(await place.sees("ada"))
    company.clock.move(monday + timedelta(hours=23, minutes=30))
    await company.go_on()
    assert "drain" in (await place.sees("grace"))[-1]
    assert len(await place.sees("ada")) == before
    await place.presses("ada", "Pause until tomorrow")
    await company.go_on()
    assert "Paused" in (await place.sees("ada"))[-1]
    assert "Wednesday 9 December, 00:00" in (await place.sees("ada"))[-1]


async def test_a_team_is_thanked_cheers_and_the_sender_hears_of_it(company: Company, place: Place) -> None:
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Logistics" if who == "ada" else "Production")
        await place.arrives(who)
        await company.go_on()
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()

    await place.types("ada", "kudos")
    words = "The *new* labels, <!channel>, save us ten minutes."
    await place.fills("ada", "Send it", {"Which team": "Production", "What got better": words})
    await company.go_on()
    for who in ("grace", "marie"):
        assert "👏 Kudos from Ada" in (await place.sees(who))[-1]
        assert words in (await place.sees(who))[-1]
    await place.presses("grace", "👏 Cheer")
    assert "You cheered" in (await place.sees("grace"))[-1]

    await place.presses("ada", "How far is it?")
    assert "Complete: 2 of 2 sent" in await card(place, "ada", "Kudos from Ada")
    assert "1 cheered" in await card(place, "ada", "Kudos from Ada")
    await place.presses("ada", "Withdraw it")
    await company.go_on()
    assert "Withdrawn" in await card(place, "ada", "Kudos from Ada")
    assert all("Kudos" not in seen or "Withdrawn" in seen for seen in await place.sees("marie"))
