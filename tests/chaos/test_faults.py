"""The seeded faults and the ledgers that the rig stands on: the same for the same seed, and what people really saw."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import wire
from bot.clock import SystemClock
from bot.slack.chat import SlackChat
from content.cards import Button, Buttons, Card
from handlers import deliver
from handlers.events import Outcome
from handlers.model import Address, Platform
from handlers.ports import TryLater, Undeliverable, Unknown
from tests.chaos import spans, weather
from tests.fakes import NO_HURRY
from tests.simulators.faults import Course, Faults, Kind
from tests.simulators.slack import BOT_TOKEN, SlackSimulator
from tests.simulators.slack_house import slack_house
from tests.simulators.slack_ledger import TEAM
from tests.simulators.teams_house import Inbox, house

ADA = Address(Platform.SLACK, TEAM, "U0ADA", "D0ADA")
CARD = Card(title="Ready?", blocks=(Buttons(buttons=(Button(label="Yes", verb="acknowledged"),)),))
ALL_KINDS = dict.fromkeys(Kind, 0.1)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(SystemClock()) as simulator:
        simulator.add("U0ADA", "Ada", "ada@example.org")
        yield simulator


@pytest.fixture
async def chat(slack: SlackSimulator) -> AsyncIterator[SlackChat]:
    connected = SlackChat(BOT_TOKEN, slack.url, SystemClock())
    await connected.start()
    yield connected
    await connected.stop()


def courses(seed: str, *keys: str) -> list[Course]:
    faults = Faults(seed, ALL_KINDS, pace=(0, 1))
    return [faults.course(key) for key in keys]


def test_a_seed_meets_the_same_again_and_another_seed_something_else() -> None:
    keys = ("Ada",) * 20
    assert courses("1", *keys) == courses("1", *keys) != courses("2", *keys)


def test_what_meets_ada_does_not_depend_on_who_calls_in_between() -> None:
    alone = courses("1", "Ada", "Ada", "Ada")
    assert courses("1", "Ada", "Grace", "Ada", "Grace", "Grace", "Ada")[::2][:2] == alone[:2]


def test_in_a_calm_nothing_is_met_and_who_refuses_still_does() -> None:
    faults = Faults("1", ALL_KINDS, {"user_disabled": 1.0})
    faults.on = False
    assert {faults.course("Ada").kind for _ in range(50)} == {None}
    assert faults.refusal("Ada") == "user_disabled"


@pytest.mark.parametrize(
    ("kind", "raised", "copies"),
    [
        (Kind.RESET, Unknown, 0),
        (Kind.ACCEPTED_RESET, Unknown, 1),
        (Kind.BROKEN, Unknown, 0),
        (Kind.ACCEPTED_BROKEN, Unknown, 1),
        (Kind.THROTTLED, TryLater, 0),
    ],
)
async def test_the_ledger_says_what_ada_saw_and_the_caller_could_not_know(
    slack: SlackSimulator, chat: SlackChat, kind: Kind, raised: type[Exception], copies: int
) -> None:
    slack.wire.faults = Faults("1", {kind: 1.0})
    with pytest.raises(raised):
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    (call,) = slack.ledger.calls
    assert [sight.delivery for sight in slack.ledger.sights] == ["d1"] * copies
    assert (call.delivery, call.fault, bool(call.accepted)) == ("d1", kind, bool(copies))
    assert call.in_doubt is (raised is Unknown)


async def test_whoever_was_asked_to_wait_is_refused_until_it_is_over(slack: SlackSimulator) -> None:
    slack.wire.faults = Faults("1", {Kind.THROTTLED: 1.0}, retry_after=1)
    chats = [SlackChat(BOT_TOKEN, slack.url, SystemClock()) for _ in range(2)]
    for chat in chats:
        await chat.start()
        with pytest.raises(TryLater):
            await chat.send(ADA, CARD, "d1", before=NO_HURRY)
        slack.wire.faults.calls = {}
    await asyncio.sleep(1.05)
    await chats[1].send(ADA, CARD, "d1", before=NO_HURRY)
    assert [call.answer for call in slack.ledger.calls] == ["429", "429", "200"]
    for chat in chats:
        await chat.stop()


async def test_a_late_acceptance_comes_after_the_caller_has_given_up(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    slack.wire.faults = Faults("1", {Kind.LATE: 1.0}, late=0.3)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(chat.send(ADA, CARD, "d1", before=NO_HURRY), 0.1)
    assert slack.ledger.sights == []
    await asyncio.sleep(0.4)
    assert [sight.delivery for sight in slack.ledger.sights] == ["d1"]


async def test_who_cannot_be_written_to_refuses_everything(slack: SlackSimulator, chat: SlackChat) -> None:
    slack.members["U0ADA"].refuses = "restricted_action"
    with pytest.raises(Undeliverable):
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert [call.answer for call in slack.ledger.refused] == ["restricted_action"]


async def test_a_message_that_is_taken_away_is_gone_from_the_chat_and_stays_in_the_ledger(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    await chat.withdraw(ADA, receipt.message)
    assert slack.screens["U0ADA"].messages == []
    assert slack.ledger.sights[0].removed is not None


async def test_an_event_may_come_again_although_it_was_taken() -> None:
    async with slack_house() as built:
        built.person("U0ADA", "Ada")
        built.slack.wire.faults = Faults("1", repeats=1.0)
        said = {"type": "message", "channel": "D0ADA", "channel_type": "im", "user": "U0ADA", "text": "help"}
        statuses = await built.reports.event_until_taken(said)
        assert len(statuses) in (2, 3)
        assert len({incoming.key for incoming in built.script.received}) == 1


async def test_teams_repeats_a_press_under_its_own_id_by_a_clock_that_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(Outcome(show=CARD))
    async with house(tmp_path, monkeypatch, inbox) as built:
        message = await built.shows(built.ada, CARD)
        built.teams.wire.faults = Faults("1", repeats=1.0, skew=weather.SKEW)
        seen = await built.people.presses(built.ada, replace(message), "Yes")
        assert (seen.status, seen.tries > 1) == (200, True)
        assert len({event.key for event in inbox.came}) == 1
        (sight,) = built.teams.ledger.sights
        assert (sight.delivery, len(sight.replaced)) == ("d1", 1)


def test_a_span_that_is_gone_stops_the_run_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "SHORTENED", {"handlers.deliver:PATIENCE_OF_OLD": 1})
    monkeypatch.setattr(spans, "DEFAULTS", {})
    monkeypatch.setattr(spans, "_refusals", lambda: None)
    with pytest.raises(LookupError, match="PATIENCE_OF_OLD"):
        spans.shorten()


def test_a_span_is_shortened_wherever_it_was_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (deliver, wire):
        monkeypatch.setattr(module, "LEASE", deliver.LEASE, raising=False)
    monkeypatch.setattr(spans, "SHORTENED", {"handlers.deliver:LEASE": timedelta(seconds=3)})
    monkeypatch.setattr(spans, "DEFAULTS", {})
    monkeypatch.setattr(spans, "_refusals", lambda: None)
    spans.shorten()
    assert {deliver.LEASE, wire.LEASE} == {timedelta(seconds=3)}  # type: ignore[attr-defined]
