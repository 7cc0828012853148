"""A bot at its own address with all of Teams around it: authority, connector, people, a clock that is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.teams.inbound import TeamsDoor
from content.cards import Card
from handlers.events import Incoming, Outcome
from handlers.model import Address, Platform
from handlers.ports import Receive
from tests.fakes import NO_HURRY, FrozenClock
from tests.simulators.loopback import Loopback
from tests.simulators.teams import TENANT, Teams
from tests.simulators.teams_authority import Authority
from tests.simulators.teams_people import People
from tests.simulators.teams_screens import Member, Message

APP_ID = "00000000-aaaa-bbbb-cccc-000000000001"
SECRET = "the bot's own secret"


MONDAY_MORNING = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)


@dataclass
class House:
    door: TeamsDoor
    teams: Teams
    authority: Authority
    people: People
    clock: FrozenClock
    ada: Member
    grace: Member
    marie: Member

    async def shows(self, member: Member, card: Card, delivery_id: str = "d1") -> Message:
        """A card that the bot sends into somebody's chat."""
        await self.door.chat.send(self.address(member), card, delivery_id, before=NO_HURRY)
        return member.messages[-1]

    def address(self, member: Member, *, known: bool = True) -> Address:
        """Where somebody is reached; known: whether their conversation is."""
        conversation = member.conversation if known else ""
        return Address(Platform.TEAMS, TENANT, member.user, conversation, self.teams.service_url)


@dataclass
class Inbox:
    """A `receive` that keeps what came and answers with `outcome`."""

    outcome: Outcome = field(default_factory=Outcome)
    came: list[Incoming] = field(default_factory=list)

    async def __call__(self, event: Incoming) -> Outcome:
        self.came.append(event)
        return self.outcome


@asynccontextmanager
async def house(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    receive: Receive,
    *,
    secret: str = SECRET,
    auth_on: bool = True,
    clock: FrozenClock | None = None,
) -> AsyncIterator[House]:
    """receive: what the bot does with what comes; secret: what it believes its own secret to be."""
    clock = clock or FrozenClock(MONDAY_MORNING)
    ada, grace, marie = (Member(name, f"{name.lower()}@example.org") for name in ("Ada", "Grace", "Marie"))
    authority = Authority(folder, clock, APP_ID, SECRET)
    await authority.start()
    for name, value in authority.environ.items():
        monkeypatch.setenv(name, value)
    signer = authority if auth_on else None
    async with Teams(signer, [ada, grace, marie]) as teams:
        door = TeamsDoor(
            app_id=APP_ID,
            app_password=secret,
            tenant_id=TENANT,
            app_type="SingleTenant",
            auth_on=auth_on,
            openid_url=authority.openid_url,
            login_url=authority.login_url,
            service_hosts=["127.0.0.1"] if auth_on else [],
            receive=receive,
            clock=clock,
        )
        await door.start()
        server = Loopback(door.routes())
        await server.start()
        people = People(f"{server.url}/api/messages", teams, signer, clock, f"28:{APP_ID}")
        try:
            yield House(door, teams, authority, people, clock, ada, grace, marie)
        finally:
            await door.stop()
            await server.stop()
            await authority.stop()
