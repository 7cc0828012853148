"""The routes under /api/v1, each one use case of `handlers.api.requests`."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel

from bot.api import bodies, openapi
from bot.api.identity import who
from bot.api.problems import Stopped, told
from bot.api.shown import NewToken, listed, shown
from bot.patience import in_time
from bot.rate import Rate
from content.markup import clean
from handlers.api.access import new_token
from handlers.api.asks import Ask, NotFound, Standing, Wrong
from handlers.api.requests import ACTIONS, NOT_FOUND, Requests
from handlers.api.tokens import LASTS, hashed
from handlers.model import Person

B = TypeVar("B", bound=bodies.Body)
T = TypeVar("T")

PREFIX = "/api/v1"
A_MINUTE = 60  # requests of one token
PATIENCE = 30.0  # seconds; a recall of many thousands takes some
_ID = re.compile(openapi.ID)
_KEY = re.compile(openapi.KEY)
_VERSION = re.compile(openapi.VERSION)
SPENT = "This code was used already, is too old, or was never one. Type `token` in the chat for a new one."
NO_SENSE = "This header is not understood; /api/v1/openapi.json says what may be in it."


class Api:
    def __init__(self, requests: Requests, rate: Rate) -> None:
        self._requests = requests
        self._rate = rate
        self._desk = requests.desk
        self._document = openapi.document()

    def routes(self) -> list[web.RouteDef]:
        one = "/broadcasts/{id}"
        return [
            web.get("/openapi.json", self._openapi, allow_head=False),
            web.post("/tokens", self._exchange),
            web.post("/broadcasts", self._create),
            web.get("/broadcasts", self._list, allow_head=False),
            web.get(one, self._status, allow_head=False),
            web.patch(one, self._change),
            web.post(f"{one}/forecast", self._forecast),
            *(web.post(f"{one}/{name}", self._act) for name in ACTIONS),
        ]

    async def _openapi(self, request: web.Request) -> web.Response:
        return web.json_response(self._document)

    async def _exchange(self, request: web.Request) -> web.Response:
        self._rate.take(f"codes from {request.remote}")
        body = await _body(request, bodies.Code)
        token, now = new_token(self._desk), self._desk.clock.now()
        if not await self._within(self._desk.store.exchange(hashed(body.code), hashed(token), now)):
            raise Stopped(401, SPENT)
        return _json(NewToken(token=token, ends_at=now + LASTS), 201, {"Cache-Control": "no-store"})

    async def _create(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        body = await _body(request, bodies.NewBroadcast)
        ask = await _ask(request, person, None)
        standing = await self._within(self._requests.create(ask, bodies.values(body)))
        place = {"Location": f"{PREFIX}/broadcasts/{standing.broadcast.id}"}
        return _standing(standing, 201, place)

    async def _list(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        return _json(listed(list(await self._within(self._requests.written(person)))))

    async def _status(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        return _standing(await self._within(self._requests.seen(person, _id(request))))

    async def _change(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        body = await _body(request, bodies.ChangedBroadcast)
        ask = await _ask(request, person, body.version)
        return _standing(await self._within(self._requests.change(ask, _id(request), bodies.values(body))))

    async def _forecast(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        await _optional(request, bodies.Nothing)
        return _standing(await self._within(self._requests.foreseen(person, _id(request))))

    async def _act(self, request: web.Request) -> web.Response:
        person = await self._who(request)
        name = request.path.rsplit("/", 1)[1]
        remark = ""
        if name == "send-back":
            said = await _body(request, bodies.Remark)
            version, remark = said.version, clean(said.remark, bodies.MAX_REMARK)
            if not remark:
                raise Wrong("Say in a sentence what should be different.", {"remark": "This needs words."})
        else:
            version = (await _optional(request, bodies.Seen)).version
        ask = await _ask(request, person, version)
        return _standing(await self._within(self._requests.act(ask, _id(request), name, remark)))

    async def _who(self, request: web.Request) -> Person:
        return await self._within(who(request, self._desk.store, self._desk.clock, self._rate))

    async def _within(self, work: Awaitable[T]) -> T:
        return await in_time(work, PATIENCE)


def application(requests: Requests, rate: Rate | None = None) -> web.Application:
    """What stands under PREFIX; the rate is of one process."""
    app = web.Application(middlewares=[told])
    app.add_routes(Api(requests, rate or Rate(A_MINUTE, 60.0)).routes())
    return app


async def _body(request: web.Request, shape: type[B]) -> B:
    """Raises Stopped for what is no JSON at all, and pydantic's ValidationError."""
    if request.content_type != "application/json":
        raise Stopped(415, "The body has to be JSON, with the header Content-Type: application/json.")
    return shape.model_validate_json(await request.read())


async def _optional(request: web.Request, shape: type[B]) -> B:
    return await _body(request, shape) if await request.read() else shape()


async def _ask(request: web.Request, person: Person, version: int | None) -> Ask:
    """The inbox key is the sender's, bound to the person and to this very request: twice the same is done once."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        key = uuid.uuid4().hex
    elif _KEY.fullmatch(given):
        said = "\n".join((given, request.method, request.path)).encode() + b"\n" + await request.read()
        key = hashlib.sha256(said).hexdigest()
    else:
        raise Wrong(NO_SENSE, {"Idempotency-Key": NO_SENSE})
    return Ask(person, f"api:{person.key}:{key}", _version(request, version))


def _version(request: web.Request, said: int | None) -> int | None:
    given = request.headers.get("If-Match", "*")
    if given == "*":
        return said
    found = _VERSION.fullmatch(given)
    if found is None:
        raise Wrong(NO_SENSE, {"If-Match": NO_SENSE})
    if said is not None and said != int(found[1]):
        both = "If-Match and `version` name two versions. Name the one that was looked at."
        raise Wrong(both, {"version": both})
    return int(found[1])


def _id(request: web.Request) -> str:
    id_: str = request.match_info["id"]
    if not _ID.fullmatch(id_):
        raise NotFound(NOT_FOUND)
    return id_


def _standing(
    standing: Standing, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    etag = {"ETag": f'"{standing.broadcast.version}"'}
    return _json(shown(standing), status, {**etag, **(headers or {})})


def _json(said: BaseModel, status: int = 200, headers: Mapping[str, Any] | None = None) -> web.Response:
    return web.json_response(text=said.model_dump_json(), status=status, headers=headers)
