"""Nobody is told that something was taken before it is kept, on any platform and in whatever way it comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.slack.inbound import PATH, SlackDoor
from content.cards import Button, Buttons, Card
from handlers.events import Incoming, Outcome
from handlers.model import Address, Platform
from tests.fakes import NO_HURRY
from tests.simulators.loopback import Loopback
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, SlackSimulator
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_people import SlackPerson
from tests.simulators.slack_reports import SlackReports
from tests.simulators.teams_house import house

QUIZ = Card(title="Near miss", blocks=(Buttons(buttons=(Button(label="A", verb="answered", value="A"),)),))
A_WHILE = 0.2  # seconds in which an answer would have come

Act = Callable[[], Awaitable[object]]


@dataclass
class SlowHouse:
    """A `receive` whose commit takes until it `may`."""

    came: asyncio.Event = field(default_factory=asyncio.Event)
    may: asyncio.Event = field(default_factory=asyncio.Event)
    kept: bool = False

    async def __call__(self, incoming: Incoming) -> Outcome:
        self.came.set()
        await self.may.wait()
        self.kept = True
        return Outcome()


@asynccontextmanager
async def slack(slow: SlowHouse) -> AsyncIterator[SlackPerson]:
    async with SlackSimulator() as simulator:
        door = SlackDoor(BOT_TOKEN, SIGNING_SECRET, "", simulator.url, slow, simulator.clock)
        server = Loopback(door.routes(), ours=True)
        await server.start()
        await door.start()
        member = simulator.add("U0ADA", "Ada", "ada@example.org")
        await door.chat.send(Address(Platform.SLACK, TEAM, member.id), QUIZ, "d1", before=NO_HURRY)
        try:
            yield SlackPerson(SlackReports(simulator, server.url + PATH), member)
        finally:
            await door.stop()
            await server.stop()


async def acknowledged_only_when_kept(slow: SlowHouse, act: Act) -> None:
    acting = asyncio.ensure_future(act())
    await slow.came.wait()
    await asyncio.wait({acting}, timeout=A_WHILE)
    early = acting.done()
    slow.may.set()
    await acting
    assert slow.kept
    assert not early


@pytest.mark.parametrize("how", ["presses", "writes"])
async def test_slack_is_answered_when_what_came_is_kept(how: str) -> None:
    slow = SlowHouse()
    async with slack(slow) as ada:
        await acknowledged_only_when_kept(slow, lambda: getattr(ada, how)("A"))


@pytest.mark.parametrize("how", ["presses", "says"])
async def test_teams_is_answered_when_what_came_is_kept(
    how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = SlowHouse()
    async with house(tmp_path, monkeypatch, slow) as teams:
        message = await teams.shows(teams.ada, QUIZ)
        acts = {
            "presses": lambda: teams.people.presses(teams.ada, message, "A"),
            "says": lambda: teams.people.says(teams.ada, "help"),
        }
        await acknowledged_only_when_kept(slow, acts[how])
