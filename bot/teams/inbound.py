"""The door for Teams: `/api/messages`, who may use it, and everything that has to run behind it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
from aiohttp import web

from bot.sorry import SORRY
from bot.teams import events, render, replies
from bot.teams.bot import Adapter, Bot, Malformed
from bot.teams.chat import TeamsChat
from bot.teams.connector import Connector
from bot.teams.events import Json
from bot.teams.gate import Gate, Refused
from bot.teams.keys import Keys
from bot.teams.people import People
from bot.teams.presses import Presses
from bot.teams.tokens import Tokens
from handlers.ports import Clock, Receive, TryLater, Unavailable, Undeliverable, Unknown

log = logging.getLogger(__name__)

NO_ACTIVITY = "This is no Bot Framework activity with a sender, a recipient and a conversation."


class TeamsDoor:
    """Requests of the Bot Connector in, and `chat` out.

    auth_on: False lets unsigned requests in and sends without a token, for clients on this machine.
    service_hosts: hosts that a token may be sent to; a leading dot admits subdomains.
    """

    def __init__(
        self,
        app_id: str,
        app_password: str,
        tenant_id: str,
        app_type: str,
        auth_on: bool,
        openid_url: str,
        login_url: str,
        service_hosts: Sequence[str],
        receive: Receive,
        clock: Clock,
    ) -> None:
        self._session: aiohttp.ClientSession | None = None
        self._keys = Keys(openid_url, self._pool, clock)
        self._tokens = Tokens(app_id, app_password, tenant_id, app_type, login_url, clock)
        only = tenant_id if app_type == "SingleTenant" else ""
        self._gate = Gate(app_id, only, self._keys, clock) if auth_on else None
        self.chat = TeamsChat(
            Connector(self._pool, self._tokens if auth_on else None, service_hosts, clock), app_id
        )
        self._people = People(receive, self.chat, clock)
        self._presses = Presses(self._people, self.chat)
        self._adapter = Adapter()
        self._bot = Bot(self._people, self.chat)

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/api/messages", self._messages)]

    async def start(self) -> None:
        self._pool()

    async def stop(self) -> None:
        """Waits for a token request that is under way (5 s at most); everything else ends at once."""
        await self._keys.stop()
        await self._tokens.stop()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _pool(self) -> aiohttp.ClientSession:
        """The one session of this door: a connection is made once, not once a message."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        return self._session

    async def _messages(self, request: web.Request) -> web.Response:
        if self._gate is None and not _from_here(request):
            return _problem(
                403, "TEAMS_AUTH is off: only programs on this machine are let in, and no web page."
            )
        activity = events.activity_of(await request.read())
        if activity is None:
            return _problem(400, NO_ACTIVITY)
        try:
            if self._gate is not None:
                await self._gate.check(request.headers.get("Authorization", ""), activity)
            if activity["type"] == "invoke":
                request[SORRY] = _json(replies.message(replies.TROUBLE))
                answer = await self._presses.executed(activity)
                return web.Response() if answer is None else _json(answer)
            await self._reported(activity)
        except Refused as refused:
            log.warning("A request to /api/messages was refused: %s", refused)
            return _problem(refused.status, f"Not let in: {refused}.")
        except Malformed:
            return _problem(400, NO_ACTIVITY)
        except (TryLater, Undeliverable, Unknown):
            log.exception(
                "An activity from Teams could not be dealt with, because Teams itself did not answer"
            )
            return _problem(503, "Teams did not answer a question of ours; send this again in a moment.")
        except Unavailable as why:
            return _problem(503, str(why))
        return web.Response()

    async def _reported(self, activity: Json) -> None:
        """Everything that is answered with a status alone; raises what it cannot be answered with."""
        press = events.click(activity) if activity["type"] == "message" else None
        seen = events.seen(activity)
        if seen is not None and events.personal(activity):
            await self._people.seen(seen)
        elif press is not None and events.personal(activity):
            await self._presses.submitted(activity, press)
        else:
            await self._adapter.process(activity, self._bot)


def _from_here(request: web.Request) -> bool:
    """Whether a program on this machine asks: a page in a browser names its origin, or sends no JSON."""
    host = request.host.rpartition(":")[0].strip("[]") or request.host
    foreign = "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none"
    return (
        host in ("127.0.0.1", "localhost", "::1")
        and request.content_type == "application/json"
        and not foreign
    )


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(
        body=render.encoded(body), status=status, content_type="application/json", charset="utf-8"
    )


def _problem(status: int, sentence: str) -> web.Response:
    return _json({"error": sentence}, status)
