"""The playground's stage: its cast, its moving clock, and each platform's way of drawing a card."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bot.clock import MovableClock
from bot.engine import Engine
from bot.web import Door
from content.cards import Card
from handlers import people, profiles
from handlers.broadcasts.writing import sketched
from handlers.desk import Desk
from handlers.events import Change
from handlers.features import looks
from handlers.model import Address, Person, Platform
from handlers.ports import Receive, Store
from handlers.schedule import upcoming

CAST = Path("content/packs/starter/people.csv")
CLOCK_AHEAD = "clock ahead, in seconds"
PLAYED = "was a playground"
LOOK_AHEAD = timedelta(days=40)
LOOK, LOOKS = timedelta(seconds=0.1), 50  # until the cast is there
STEPS = 5_000  # the most stops one journey of the clock makes

Drawing = Callable[[Card, str], Mapping[str, Any]]


async def follow(store: Store, clock: MovableClock) -> None:
    """Go on from wherever the clock had been moved to, before this start or by another process.

    A year that was made may end before today: its clock begins there.
    """
    ahead = timedelta(seconds=float(await store.recall_value(CLOCK_AHEAD) or 0))
    clock.ahead = max(clock.ahead, ahead) if clock.ahead else ahead


def door(desk: Desk, clock: MovableClock, engine: Engine, receive: Receive) -> Door:
    from bot.playground.inbound import PlaygroundDoor

    stage = Stage(desk, clock, engine)
    return PlaygroundDoor(
        store=desk.store,
        receive=receive,
        looks=partial(looks, desk),
        sketched=partial(sketched, desk),
        clock=clock,
        advance=stage.advance,
        slots=stage.slots,
        drawings={"slack": _as_slack, "teams": _as_teams},
        admit=stage.admit,
        cast=stage.cast,
        pieces=tuple(desk.library.pieces.values()),
        programme=desk.library.programme.organisation,
        zone=desk.library.programme.zone,
    )


class Stage:
    """What the playground may do beyond playing people: admit them, and let time pass."""

    def __init__(self, desk: Desk, clock: MovableClock, engine: Engine) -> None:
        self._desk = desk
        self._clock = clock
        self._engine = engine
        self._people: Sequence[Person] = ()

    async def cast(self) -> None:
        """The first three people, once, where nobody real is; afterwards whoever is there.

        Of processes that start at the same time one brings them in, and the others wait for it a little.
        """
        store, rows = self._desk.store, _cast()
        self._people = await store.people()
        if any(person.addresses for person in self._people):
            return
        await store.keep_value(PLAYED, "yes")
        if await store.commit(Change(inbox="playground:cast", at=self._clock.now())):
            for row in rows:
                await self.admit(row)
        for _ in range(LOOKS):
            if len(self._people) >= len(rows):
                return
            await asyncio.sleep(LOOK.total_seconds())
            self._people = await store.people()

    async def admit(self, row: Mapping[str, str]) -> Person:
        """A person by the columns of a list of people, with a place in the playground. Raises BadRow."""
        profile = profiles.profile(row, {})
        here = Address(Platform.PLAYGROUND, "playground", profile.email.lower())
        person = await people.admit(self._desk, replace(profile, addresses=(here,)), "playground")
        self._people = await self._desk.store.people()
        return person

    def slots(self) -> Sequence[tuple[datetime, str]]:
        """The next occasion of each campaign: (UTC time, campaign title), soonest first."""
        soonest: dict[str, datetime] = {}
        for due, title in upcoming(self._desk, self._people, LOOK_AHEAD):
            soonest.setdefault(title, due)
        return [(due, title) for title, due in soonest.items()]

    async def advance(self, to: datetime) -> None:
        """Let time pass up to `to`, stopping at everything due on the way so that it happens at its time."""
        self._people = await self._desk.store.people()
        for _ in range(STEPS):
            now = self._clock.now()
            stops = [due for due, _ in upcoming(self._desk, self._people, to - now)] if to > now else []
            due = await self._desk.store.next_due(now)
            stops += [due] if due is not None and due > now else []
            stop = min([*stops, to])
            self._clock.move(stop)
            await self._desk.store.keep_value(CLOCK_AHEAD, str(self._clock.ahead.total_seconds()))
            await self._engine.tick()
            await self._engine.drain()
            await self._engine.tick()  # what a team has just finished
            await self._engine.drain()
            if stop >= to:
                return


def _cast() -> list[dict[str, str]]:
    with CAST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _as_slack(card: Card, delivery_id: str) -> Mapping[str, Any]:
    from bot.slack.render import message

    return message(card, delivery_id)


def _as_teams(card: Card, delivery_id: str) -> Mapping[str, Any]:
    from bot.teams.render import card as adaptive_card

    return adaptive_card(card, delivery_id)
