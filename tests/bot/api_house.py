"""A small company with its API on a port of this machine: real HTTP, real SQLite, a clock that stands still."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web

from bot.api import routes
from bot.rate import Rate
from bot.web import application
from content.programme import SecondPerson
from handlers.api.access import new_token
from handlers.api.requests import Requests
from handlers.api.tokens import hashed
from handlers.model import Role
from tests.conftest import Company, at

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THANKS = {"title": "Thank you", "text": "A good week."}


class Answer(NamedTuple):
    status: int
    said: Any
    headers: Mapping[str, str]


@dataclass
class ApiHouse:
    """Grace leads, Marie and Linus approve, Alan administers, Ada none of that; four or more need a second person."""

    company: Company
    address: str
    session: aiohttp.ClientSession

    async def token(self, name: str) -> str:
        """A new token of somebody."""
        person = await self.company.store.person_at(at(name))
        assert person is not None
        secret = new_token(self.company.desk)
        await self.company.store.make_token(person.key, hashed(secret), self.company.clock.now())
        return secret

    async def call(self, token: str, method: str, path: str, body: object = None, **headers: str) -> Answer:
        given = {"Authorization": f"Bearer {token}"} if token else {}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        more: dict[str, Any] = {"data": io.BytesIO(body)} if isinstance(body, bytes) else {"json": body}
        url = f"{self.address}{routes.PREFIX}{path}"
        async with self.session.request(
            method, url, headers=given, **(more if body is not None else {})
        ) as got:
            return Answer(got.status, await got.json(), got.headers)

    async def drafted(self, token: str, **fields: object) -> str:
        answer = await self.call(token, "POST", "/broadcasts", {**THANKS, **fields})
        assert answer.status == 201, answer
        id_: str = answer.said["id"]
        return id_

    async def waiting(self, token: str) -> str:
        """A broadcast that a second person is asked about."""
        id_ = await self.drafted(token)
        sent = await self.call(token, "POST", f"/broadcasts/{id_}/send")
        assert (sent.status, sent.said["stage"]) == (200, "waiting"), sent
        return id_


@asynccontextmanager
async def open_api(company: Company, rate: Rate | None = None) -> AsyncIterator[ApiHouse]:
    company.clock.move(MONDAY)
    company.run_campaigns(approval=SecondPerson(above=3))
    for name, role in (
        *(("grace", Role.LEADER), ("marie", Role.APPROVER), ("linus", Role.APPROVER)),
        *(("alan", Role.ADMINISTRATOR), ("ada", Role.EMPLOYEE)),
    ):
        await company.admit(name, roles=frozenset({Role.EMPLOYEE, role}), team=name)

    async def health() -> Mapping[str, Any]:
        return {"status": "ready"}

    requests = Requests(company.desk, company._ring)
    parts = {routes.PREFIX: routes.application(requests, rate or Rate(100_000, 60.0))}
    runner = web.AppRunner(application([], health, parts=parts))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield ApiHouse(company, "http://127.0.0.1:{1}".format(*runner.addresses[0]), session)
    await runner.cleanup()
