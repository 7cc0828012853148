"""Whole days, as people live them: the same story on Slack and on Teams, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest

from bot.slack.chat import SlackChat
from bot.slack.inbound import PATH, SlackDoor
from bot.teams.chat import TeamsChat
from content.campaigns import Campaign
from content.pieces import Message
from content.programme import Reminders
from handlers.broadcasts import corrections
from handlers.events import Change
from handlers.model import Person, Platform, Role
from tests.conftest import Company
from tests.simulators.loopback import Loopback
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_people import SlackPerson, option, text
from tests.simulators.slack_reports import SlackReports
from tests.simulators.teams_house import house
from tests.simulators.teams_limits import actions
from tests.simulators.teams_people import QUESTION, texts

TUESDAY_0930_BERLIN = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)


class Place(Protocol):
    """A platform as the people in a story use it; `sees` is the text of their chat, newest last."""

    async def arrives(self, who: str) -> None: ...

    async def types(self, who: str, words: str) -> None: ...

    async def presses(self, who: str, label: str) -> None: ...

    async def answers(self, who: str, option: str, sure: str) -> None: ...

    async def fills_in(self, who: str, title: str, words: str) -> None: ...

    async def thanks(self, who: str, team: str, words: str) -> None: ...

    def sees(self, who: str) -> list[str]: ...


class OnSlack:
    def __init__(self, slack: SlackSimulator, reports: SlackReports) -> None:
        self.people = {
            who: SlackPerson(reports, slack.add(f"U{who.upper()}", who.capitalize(), f"{who}@example.org"))
            for who in ("ada", "grace", "marie")
        }

    async def arrives(self, who: str) -> None:
        assert (await self.people[who].opens_home())[0] == 200

    async def types(self, who: str, words: str) -> None:
        if words in ("broadcast", "kudos"):
            await self.people[who].types(f"/catchball {words}")
        else:
            assert (await self.people[who].writes(words))[0] == 200

    async def presses(self, who: str, label: str) -> None:
        assert (await self.people[who].presses(label))[0] == 200

    async def answers(self, who: str, option: str, sure: str) -> None:
        assert (await self.people[who].answers(option, sure))[0] == 200

    async def fills_in(self, who: str, title: str, words: str) -> None:
        status, _ = await self.people[who].submits(
            title=text(title), text=text(words), audience=option("everyone"), acknowledge=option("yes")
        )
        assert status == 200
        assert self.people[who].screen.errors == {}

    async def thanks(self, who: str, team: str, words: str) -> None:
        status, _ = await self.people[who].submits(team=option(team), text=text(words))
        assert status == 200
        assert self.people[who].screen.errors == {}

    def sees(self, who: str) -> list[str]:
        return [message.words for message in self.people[who].screen.messages]


@asynccontextmanager
async def slack(company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    company.furnish(replace(company.desk, paces={Platform.SLACK: SlackChat.paces}))
    async with SlackSimulator(company.clock) as simulator:
        door = SlackDoor(BOT_TOKEN, SIGNING_SECRET, "", simulator.url, company.dispatch, company.clock)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        company.drain = replace(company.drain, chats={Platform.SLACK: door.chat})
        yield OnSlack(simulator, SlackReports(simulator, server.url + PATH, door.shown))
        await door.stop()
        await server.stop()


@asynccontextmanager
async def teams(company: Company, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Place]:
    company.furnish(replace(company.desk, paces={Platform.TEAMS: TeamsChat.paces}))
    async with house(folder, monkeypatch, company.dispatch, clock=company.clock) as built:
        company.drain = replace(company.drain, chats={Platform.TEAMS: built.door.chat})
        members = {"ada": built.ada, "grace": built.grace, "marie": built.marie}

        class OnTeams:
            async def arrives(self, who: str) -> None:
                assert {seen.status for seen in await built.people.installs(members[who])} == {200}

            async def types(self, who: str, words: str) -> None:
                assert (await built.people.says(members[who], words)).status == 200

            async def presses(self, who: str, label: str, **filled: str) -> None:
                found = [m for m in members[who].messages if label in [a["title"] for a in actions(m.card)]]
                seen = await built.people.presses(members[who], found[-1], label, **filled)
                assert seen.status == 200

            async def answers(self, who: str, option: str, sure: str) -> None:
                await self.presses(who, sure, **{QUESTION: option})

            async def fills_in(self, who: str, title: str, words: str) -> None:
                await company.drain.everything()
                form = members[who].messages[-1]
                seen = await built.people.presses(members[who], form, "Preview", Title=title, Message=words)
                assert seen.status == 200

            async def thanks(self, who: str, team: str, words: str) -> None:
                await company.drain.everything()
                filled = {"Which team": team, "What got better": words}
                await self.presses(who, "Send it", **filled)

            def sees(self, who: str) -> list[str]:
                return ["\n".join([*texts(m.card), *facts(m.card)]) or m.text for m in members[who].messages]

        yield OnTeams()


def facts(card: dict[str, Any]) -> list[str]:
    """What the fact sets of an Adaptive Card say."""
    sets = [element["facts"] for element in card.get("body", ()) if element["type"] == "FactSet"]
    return [f"{fact['title']}: {fact['value']}" for facts in sets for fact in facts]


@pytest.fixture(params=[slack, teams], ids=["slack", "teams"])
async def place(
    request: pytest.FixtureRequest, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
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
    async with request.param(company, tmp_path, monkeypatch) as built:
        yield built


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
    assert [title in place.sees(who)[-1] for who in ("ada", "grace", "marie")] == [True] * 3

    await place.answers("ada", "A", "Certain")
    assert "Right" in place.sees("ada")[-1] or "Not quite" in place.sees("ada")[-1]
    assert "You said: certain." in place.sees("ada")[-1]

    await place.types("grace", "broadcast")
    await place.fills_in("grace", "Thank you", "You made this week safe.")
    await company.go_on()
    assert "Preview: Thank you" in place.sees("grace")[-1]
    assert all("Thank you" not in seen for seen in place.sees("ada"))
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "You made this week safe." in place.sees("ada")[-1]
    await place.presses("ada", "I have read this")
    assert "acknowledged" in place.sees("ada")[-1]

    company.clock.pass_by(timedelta(hours=4, minutes=30))
    await company.go_on()
    await place.presses("ada", "👏 Cheer")
    assert "You cheered" in place.sees("ada")[-1]

    company.clock.pass_by(timedelta(minutes=1))
    await place.types("marie", "stats")
    await company.go_on()
    tally = (await company.store.tallies("all", datetime(2026, 11, 1, tzinfo=UTC), company.clock.now()))[0]
    assert (tally.audience, tally.reached, tally.acknowledged, tally.answers) == (9, 9, 1, 1)
    assert (tally.people_reached, tally.active) == (3, 3)
    assert "9 deliveries planned" in place.sees("marie")[-1]
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

    await place.types("grace", "broadcast")
    await place.fills_in("grace", "Thank you", "You made this week safe.")
    await company.go_on()

    def card() -> str:
        """Grace's own, wherever in her chat it is."""
        return next(
            seen for seen in place.sees("grace") if seen.startswith(("Preview: ", "Sent: ", "Withdrawn: "))
        )

    for expected in ("4 people: 3 in ", "less than a minute", "1: not installed"):
        assert expected in card()
    await place.presses("grace", "Send it")
    await company.go_on()
    await place.presses("grace", "How far is it?")
    assert "Complete: 3 of 4 sent, the last one at 09:30" in card()
    assert "1 failed: not installed" in card()
    await place.presses("ada", "I have read this")
    await place.presses("grace", "How far is it?")
    assert "1 acknowledged" in card()
    await place.presses("grace", "Withdraw it")
    assert "0 of 3 taken away by 09:30" in card()
    assert "3 being taken away (less than a minute)" in card()
    await place.presses("marie", "I have read this")
    assert "Withdrawn" in place.sees("marie")[-1]


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
    await place.types("grace", "broadcast")
    await place.fills_in("grace", "Thank you", "You made this week safe.")
    await company.go_on()
    await place.presses("grace", "Send it")
    await company.go_on()
    await place.presses("grace", "I have read this")

    for _ in range(17):  # until Thursday at noon, when who has not acknowledged it is reminded
        company.clock.pass_by(timedelta(hours=3))
        await company.go_on()
    assert place.sees("ada")[-1].startswith("Reminder: Thank you")
    assert not any(seen.startswith("Reminder") for seen in place.sees("grace"))

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
    seen = [text for text in place.sees("ada") if "Thank you" in text]
    assert len(seen) == 2  # the message and its reminder, each in its place
    assert all("this month" in text and "Corrected on 26 November" in text for text in seen)

    await place.presses("ada", "I have read this")
    await company.go_on()
    assert all("acknowledged" in text for text in place.sees("ada") if "Thank you" in text)
    for _ in range(16):
        company.clock.pass_by(timedelta(hours=3))
        await company.go_on()
    assert not any(text.startswith("Not acknowledged yet") for text in place.sees("marie"))
    assert (await company.store.verify()).broken is None


async def person(company: Company, who: str) -> Person:
    found = await company.store.person_by_email(f"{who}@example.org")
    assert found is not None
    return found


async def test_a_week_of_peace_is_a_week_of_peace(company: Company, place: Place) -> None:
    await place.arrives("ada")
    await place.types("ada", "pause 1 week")
    await company.go_on()
    before = len(place.sees("ada"))
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()
    assert len(place.sees("ada")) == before
    company.clock.pass_by(timedelta(days=7))
    await company.go_on()
    assert len(place.sees("ada")) == before + 1


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
        foreseen[who] = place.sees(who)[-1]
    assert "Tue 8 Dec, 09:30: Weekly question (left out: Immaculate Conception)" in foreseen["ada"]
    assert "Public holidays (Vienna)" in foreseen["ada"]
    assert "Tue 8 Dec, 09:30: Weekly question" in foreseen["grace"]
    assert "left out" not in foreseen["grace"]
    before = len(place.sees("ada"))
    company.clock.move(monday + timedelta(hours=23, minutes=30))
    await company.go_on()
    assert "drain" in place.sees("grace")[-1]
    assert len(place.sees("ada")) == before
    await place.presses("ada", "Pause until tomorrow")
    await company.go_on()
    assert "Paused" in place.sees("ada")[-1]
    assert "Wednesday 9 December, 00:00" in place.sees("ada")[-1]


async def test_a_team_is_thanked_cheers_and_the_sender_hears_of_it(company: Company, place: Place) -> None:
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Logistics" if who == "ada" else "Production")
        await place.arrives(who)
        await company.go_on()
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()

    await place.types("ada", "kudos")
    await place.thanks("ada", "Production", "The *new* labels, <!channel>, save us ten minutes.")
    await company.go_on()
    for who in ("grace", "marie"):
        assert "👏 Kudos from Ada" in place.sees(who)[-1]
        assert "The *new* labels, <!channel>, save us ten minutes." in place.sees(who)[-1]
    await place.presses("grace", "👏 Cheer")
    assert "You cheered" in place.sees("grace")[-1]

    def card() -> str:
        return next(seen for seen in reversed(place.sees("ada")) if "Kudos from Ada" in seen)

    await place.presses("ada", "How far is it?")
    assert "Complete: 2 of 2 sent" in card()
    assert "1 cheered" in card()
    await place.presses("ada", "Withdraw it")
    await company.go_on()
    assert "Withdrawn" in card()
    assert all("Kudos" not in seen for seen in place.sees("marie"))
