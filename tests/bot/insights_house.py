"""A small company with its page on a port of this machine: real HTTP, real SQLite, a clock that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from bot.insights import routes
from bot.rate import Rate
from bot.web import application
from content.campaigns import Cadence, Campaign
from content.cards import Link
from content.packs import Library
from content.programme import Audit, Standard
from handlers.model import Delivery, Role
from storage.store import Storage
from tests.conftest import Company, button

MONDAY = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=15, hours=2)  # after two weeks
TEAMS = {"Assembly": 7, "Paint": 6, "Office": 5, "Night shift": 3}
LOOKS = (("marie", Role.QUALITY_LEAD), ("olaf", Role.AUDITOR), ("alan", Role.ADMINISTRATOR))
CAMPAIGNS = (
    Campaign(
        id="questions",
        title="Question of the week",
        questions=1,
        cadence=Cadence(repeat="weekly", days=("tue",)),
        starts=date(2026, 11, 2),
    ),
    Campaign(
        id="words",
        title="Words of the week",
        pieces=("quality-policy-in-three-sentences",),
        cadence=Cadence(repeat="weekly", days=("wed",)),
        starts=date(2026, 11, 2),
    ),
)
_EVENTS = count(1_000, 100_000)
STANDARDS = (
    Standard(standard="ISO 9001", edition="2015", audits=(Audit(kind="Stage 2", date=date(2027, 1, 18)),)),
    Standard(standard="ISO/IEC 27001", edition="2022"),
)


@dataclass
class InsightsHouse:
    """Marie leads quality, Olaf audits, Alan administers, Ada manages Assembly; the others work."""

    company: Company
    address: str
    session: aiohttp.ClientSession

    async def link(self, name: str) -> str:
        """What somebody gets for `insights`, from `/insights` on."""
        outcome = await self.company.said(name, "insights")
        assert outcome.show is not None
        found = [block.url for block in outcome.show.blocks if isinstance(block, Link)]
        return found[0].removeprefix(self.company.desk.page) if found else ""

    async def enter(self, link: str, **headers: str) -> aiohttp.ClientResponse:
        secret = link.partition("link=")[2]
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.address}/insights/enter"
        return await self.session.post(url, data={"link": secret}, headers=given, allow_redirects=False)

    async def come_in(self, name: str) -> None:
        """This browser is theirs from now on."""
        assert (await self.enter(await self.link(name))).status == 303

    async def get(self, path: str) -> tuple[int, str, Mapping[str, str]]:
        async with self.session.get(f"{self.address}/insights{path}", allow_redirects=False) as got:
            return got.status, await got.text(), got.headers


async def weeks(company: Company, number: int) -> None:
    """Everybody gets a question and a message a week; who does what follows from who they are."""
    for week in range(number):
        for day in (1, 2):
            company.clock.move(MONDAY + timedelta(days=7 * week + day, hours=4))
            await company.go_on()
            for place, person in enumerate(sorted(await company.store.people(), key=lambda p: p.name)):
                latest = (await company.store.deliveries_of(person.key, limit=1))[0]
                if (place + week) % 4 and latest.piece is not None:
                    await _does(company, person.name.lower(), latest, place + week)


async def _does(company: Company, name: str, delivery: Delivery, number: int) -> None:
    if delivery.campaign == "words":
        await company.press(name, delivery, button(delivery.card, "I have read"))
    elif delivery.campaign == "questions":
        item = delivery.piece.items[0]  # type: ignore[union-attr]
        wrong = next(letter for letter in item.options if letter != item.key)
        await company.answer(name, delivery, wrong if number % 5 == 0 else item.key, "Certain")


def furnished(store: Storage, library: Library) -> Company:
    """With the campaigns and standards of the tests, and an address for the page."""
    company = Company(store, library)
    company.clock.move(MONDAY - timedelta(days=1))
    company._keys = count(next(_EVENTS))  # nothing that happened has happened before
    company.furnish(replace(company.desk, new_id=lambda: uuid4().hex, page="http://127.0.0.1:8080"))
    company.run_campaigns(*CAMPAIGNS, standards=STANDARDS)
    return company


async def staff(company: Company, number: int = 2) -> None:
    """Twenty-one people, and so many weeks with them. Their keys are such that no two are counted as one."""
    chance = Random(1)
    company.furnish(replace(company.desk, new_id=lambda: f"{chance.getrandbits(128):032x}"))
    for name, role in LOOKS:
        await company.admit(name, roles=frozenset({Role.EMPLOYEE, role}), team="Office", site="Bremen")
    await company.admit("ada", roles=frozenset({Role.EMPLOYEE, Role.MANAGER}), team="Assembly")
    for team, size in TEAMS.items():
        for place in range(size - (3 if team == "Office" else 1 if team == "Assembly" else 0)):
            await company.admit(
                f"{team.split()[0].lower()}{place}",
                team=team,
                site="Ulm" if place % 2 else "Bremen",
                manager="ada@example.org" if team == "Assembly" else "",
            )
    await company.go_on()  # a campaign begins when it is first seen
    await weeks(company, number)


@asynccontextmanager
async def open_page(company: Company, rate: Rate | None = None) -> AsyncIterator[InsightsHouse]:
    async def health() -> Mapping[str, Any]:
        return {"status": "ready"}

    page = routes.application(company.desk, company.receive, secure=False, rate=rate or Rate(10_000, 60.0))
    parts = {routes.PREFIX: page}
    runner = web.AppRunner(application([], health, parts=parts))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        yield InsightsHouse(company, "http://127.0.0.1:{1}".format(*runner.addresses[0]), session)
    await runner.cleanup()
