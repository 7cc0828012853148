"""A playground as in real life, for tests: rules, SQLite and web server are real, the clock stands still."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.playground.inbound import PlaygroundDoor
from bot.slack import render as slack
from bot.teams import render as teams
from bot.web import application
from content.campaigns import Cadence, Campaign
from content.packs import Library
from content.pieces import Clause, Item, Message, Milestone, Piece, Quiz
from content.programme import Programme
from handlers.broadcasts.writing import sketched
from handlers.desk import Desk
from handlers.dispatch import Dispatch
from handlers.drain import Drain
from handlers.features import looks
from handlers.model import Address, Person, Platform, Role
from handlers.numbers.counting import Counting
from handlers.people import Profile, admit
from handlers.plan import Plan
from handlers.schedule import upcoming
from storage.store import Storage
from tests.databases import prepared
from tests.fakes import FrozenClock

SUNDAY_EVENING = datetime(2026, 11, 22, 21, 20, tzinfo=UTC)
BERLIN = "Europe/Berlin"
AWARENESS = Clause(standard="ISO 9001", edition="2015", clause="7.3")

PIECES: tuple[Piece, ...] = (
    Quiz(
        id="two-labels",
        title="Two labels on one pallet",
        clauses=(AWARENESS,),
        items=(
            Item(
                id="two-labels",
                title="Two labels on one pallet",
                clauses=(AWARENESS,),
                stem="A pallet carries two labels with different batch numbers. What do you do first?",
                options={
                    "A": "Ship it, for the customer is waiting",
                    "B": "Set it aside and mark it",
                    "C": "Remove one of the labels",
                },
                key="B",
                explanation="What is set aside cannot be shipped by mistake. **Then** somebody can find out.",
            ),
        ),
    ),
    Message(
        id="why-we-do-this",
        title="Why we do this",
        text="Quality is what is left when nobody is looking.\n\n- Ask early\n- Say what you *see*",
        author="Grace Lindqvist",
        clauses=(AWARENESS,),
    ),
    Milestone(id="gap-analysis", title="Gap analysis done", scope="programme", text="Thank you, all of you."),
)

CAMPAIGNS = (
    Campaign(
        id="weekly-quiz",
        title="Weekly quiz",
        pieces=("two-labels",),
        cadence=Cadence(repeat="weekly", days=("tue",)),
        starts=date(2026, 11, 2),
    ),
    Campaign(
        id="weekly-message",
        title="Weekly message",
        pieces=("why-we-do-this",),
        cadence=Cadence(repeat="weekly", days=("mon",)),
        starts=date(2026, 11, 2),
    ),
)

CAST = (
    ("Ada Okafor", "Production", frozenset[Role]()),
    ("Grace Lindqvist", "Management", frozenset({Role.LEADER})),
    ("Marie Duval", "Quality", frozenset({Role.QUALITY_LEAD})),
)


@dataclass
class Playground:
    """Where it listens, and the memory behind it."""

    url: str
    store: Storage
    door: PlaygroundDoor
    clock: FrozenClock
    deliver: Callable[[], Awaitable[object]]

    async def key_of(self, name: str) -> str:
        """The key of the person with this first name."""
        person = await self.store.person_by_email(f"{name.lower()}@example.org")
        assert person is not None
        return person.key


@dataclass
class Stage:
    """What the door needs from around it: people, time that passes, what comes next."""

    desk: Desk
    clock: FrozenClock
    drain: Drain
    people: list[Person] = field(default_factory=list)

    async def cast(self) -> None:
        for name, team, roles in CAST:
            email = f"{name.split()[0].lower()}@example.org"
            await self._admit(Profile(email=email, name=name, team=team, roles=roles))

    async def admit(self, fields: Any) -> Person:
        roles = frozenset({Role(fields["roles"])}) if fields["roles"] else frozenset[Role]()
        return await self._admit(
            Profile(email=fields["email"], name=fields["name"], team=fields["team"], roles=roles)
        )

    async def _admit(self, profile: Profile) -> Person:
        here = Address(Platform.PLAYGROUND, "playground", profile.email)
        person = await admit(
            self.desk,
            Profile(**{**profile.__dict__, "addresses": (here,)}),
            "playground",
        )
        self.people.append(person)
        return person

    def slots(self) -> list[tuple[datetime, str]]:
        return sorted(upcoming(self.desk, self.people, timedelta(days=14)))

    async def advance(self, to: datetime) -> None:
        for at, _ in [*self.slots(), (to, "")]:
            if at <= to:
                self.clock.move(at)
                await Plan(self.desk).tick()
                await self.drain.everything()


@asynccontextmanager
async def playground(folder: Path, zone: str = BERLIN) -> AsyncIterator[Playground]:
    """The whole product with a small library of its own, listening on a free port of this machine."""
    programme = Programme(organisation="Example Works", zone=zone, packs=("starter",), campaigns=CAMPAIGNS)
    library = Library({piece.id: piece for piece in PIECES}, programme)
    store = Storage.open(prepared(folder / "catchball.db"), version="test")
    clock = FrozenClock(SUNDAY_EVENING)
    numbers = itertools.count(1)
    new_id, paces = (lambda: f"id{next(numbers):06d}"), {Platform.PLAYGROUND: {}}
    desk = Desk(store, library, clock, new_id, paces, counting=Counting(stays=0))
    bell = asyncio.Event()
    chats: dict[Platform, Any] = {}
    drain = Drain(desk, chats, owner="test")
    stage = Stage(desk, clock, drain)
    door = PlaygroundDoor(
        store=store,
        receive=Dispatch(desk, bell.set),
        looks=partial(looks, desk),
        sketched=partial(sketched, desk),
        clock=clock,
        advance=stage.advance,
        slots=stage.slots,
        drawings={"slack": slack.message, "teams": teams.card},
        admit=stage.admit,
        cast=stage.cast,
        programme=programme.organisation,
        zone=zone,
        pieces=PIECES,
    )
    chats[Platform.PLAYGROUND] = door.chat
    async with _served(door, lambda: _answering(bell, drain)) as url:
        await Plan(desk).tick()  # campaigns run from the first look at the clock
        yield Playground(url, store, door, clock, drain.everything)
    store.close()


async def _answering(bell: asyncio.Event, drain: Drain) -> None:
    while True:
        await bell.wait()
        bell.clear()
        await drain.everything()


@asynccontextmanager
async def _served(door: PlaygroundDoor, engine: Callable[[], Any]) -> AsyncIterator[str]:
    async def health() -> dict[str, Any]:
        return {}

    runner = web.AppRunner(application([door], health), access_log=None)
    await door.start()
    draining = asyncio.create_task(engine())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        await door.stop()
        await runner.cleanup()
        draining.cancel()
        await asyncio.gather(draining, return_exceptions=True)
