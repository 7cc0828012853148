"""Slack on loopback: its Web API with tokens, scopes, limits and faults, and its socket."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web

from handlers.ports import Clock
from tests.simulators.ledger import Call
from tests.simulators.loopback import Loopback
from tests.simulators.slack_ledger import Refused, Workspace, delivery_of
from tests.simulators.slack_methods import METHODS
from tests.simulators.slack_screens import Json
from tests.simulators.wire import Wire

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-simulated", "xapp-simulated", "simulated-signing-secret"


@dataclass(frozen=True)
class Fault:
    """What happens to one call instead of, or (accepted) after, its doing."""

    status: int = 200
    body: Json | str = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    accepted: bool = False
    reset: bool = False
    hang: bool = False


def refused(error: str, status: int = 200) -> Fault:
    return Fault(status, {"ok": False, "error": error})


def throttled(seconds: str = "30") -> Fault:
    return Fault(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": seconds})


class SlackSimulator(Workspace):
    """Enter it, add members, give `url` to the app, then let people act with `slack_people.SlackPerson`.

    limited: enforce the rate limits by the simulator's own clock. `fail` scripts faults one by one;
    `wire.faults` seeds them. `refuses` is an error that every call of the app's gets (token_expired).
    """

    def __init__(self, clock: Clock | None = None, *, limited: bool = False) -> None:
        super().__init__(clock)
        self.limited = limited
        self.calls: list[tuple[str, Json]] = []
        self.refuses = ""
        self.signing_secret = SIGNING_SECRET
        self.connected = asyncio.Event()
        self.wire = Wire(self.clock, _no)
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._spent: dict[str, deque[datetime]] = defaultdict(deque)
        self._sockets: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}
        self._server = Loopback(
            [
                web.route("*", "/api/{method}", self._called),
                web.post("/response/{token}", self._responded),
                web.get("/link", self._linked),
            ]
        )

    async def __aenter__(self) -> SlackSimulator:
        await self._server.start()
        self.url = f"{self._server.url}/api/"
        return self

    async def __aexit__(self, *_: object) -> None:
        self.wire.let_go.set()
        for socket in self._sockets:
            await socket.close()
        await self._server.stop()

    def fail(self, method: str, *faults: Fault) -> None:
        """The next calls of a method meet these, one each."""
        self._faults[method].extend(faults)

    async def _called(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        arguments = await _arguments(request)
        self.calls.append((method, arguments))
        call = self.ledger.call(self.now(), method, self.meant(arguments), delivery_of(arguments))
        return await self.wire.carry(request, call, lambda: self._done(request, method, arguments, call))

    async def _done(
        self, request: web.Request, method: str, arguments: Json, call: Call
    ) -> web.StreamResponse:
        fault = self._faults[method].popleft() if self._faults[method] else None
        if fault and not fault.accepted:
            return await self._faulty(request, fault)
        try:
            answer = self._answered(method, arguments, request.headers.get("Authorization", ""))
        except Refused as no:
            call.answer = str(no)
            return _refusal(no)
        call.accepted = self.now()
        return await self._faulty(request, fault) if fault else web.json_response({"ok": True, **answer})

    def _answered(self, method: str, arguments: Json, authorization: str) -> Json:
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if authorization != f"Bearer {expected}":
            raise Refused("invalid_auth" if authorization else "not_authed")
        if self.refuses:
            raise Refused(self.refuses)
        if method not in METHODS:
            raise Refused("unknown_method")
        known = METHODS[method]
        if known.scope and known.scope not in self.scopes:
            raise Refused("missing_scope", needed=known.scope, provided=",".join(sorted(self.scopes)))
        if self.limited:
            self._spend(method, known.a_minute, timedelta(minutes=1))
            if method == "chat.postMessage":
                self._spend(f"{method} {arguments.get('channel')}", 1, timedelta(seconds=1))
        return known.do(self, arguments)

    def _spend(self, name: str, most: int, window: timedelta) -> None:
        spent = self._spent[name]
        while spent and self.now() - spent[0] >= window:
            spent.popleft()
        if len(spent) >= most:
            raise Refused("ratelimited", retry_after=max(1, int(window.total_seconds())))
        spent.append(self.now())

    async def _faulty(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault.hang:
            await self.wire.let_go.wait()
        if fault.reset or fault.hang:
            if request.transport:
                request.transport.abort()
            return web.Response()
        text = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
        return web.Response(
            status=fault.status, text=text, content_type="application/json", headers=fault.headers
        )

    async def _responded(self, request: web.Request) -> web.StreamResponse:
        said: Json = await request.json()
        token = request.match_info["token"]
        self.calls.append(("response_url", said))
        call = self.ledger.call(self.now(), "response_url", self.behind(token), "")

        async def do() -> web.StreamResponse:
            try:
                self.responded(token, said)
            except Refused as no:
                call.answer = str(no)
                return web.json_response(no.answer, status=404)
            call.accepted = self.now()
            return web.Response(text="ok")

        return await self.wire.carry(request, call, do)

    async def _linked(self, request: web.Request) -> web.WebSocketResponse:
        """Socket Mode: https://docs.slack.dev/apis/events-api/using-socket-mode"""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.append(socket)
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets)})
        self.connected.set()
        async for received in socket:
            answer = json.loads(received.data)
            waiting = self._waiting.pop(answer.get("envelope_id", ""), None)
            if waiting and not waiting.done():
                waiting.set_result(answer.get("payload") or {})
        return socket

    async def through_socket(self, kind: str, payload: Json) -> Json | None:
        """One envelope to one connection; the answer's payload, or None when nothing came within 3 s."""
        envelope = self.next_id("envelope-")
        self._waiting[envelope] = asyncio.get_running_loop().create_future()
        sent = {"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True}
        await self._sockets[-1].send_json(sent)
        try:
            return await asyncio.wait_for(self._waiting[envelope], 3)
        except TimeoutError:
            return None


async def _arguments(request: web.Request) -> Json:
    if request.content_type == "application/json":
        body: Json = await request.json()
        return body
    return {**request.query, **await request.post()}


def _refusal(no: Refused) -> web.Response:
    wait = no.answer.get("retry_after")
    headers = {"Retry-After": str(wait)} if wait else None
    return web.json_response(no.answer, status=429 if wait else 200, headers=headers)


def _no(what: str, retry_after: int) -> web.Response:
    """Slack's answer to a call that a seeded fault met."""
    return (
        _refusal(Refused("ratelimited", retry_after=retry_after))
        if what == "429"
        else web.Response(status=503)
    )
