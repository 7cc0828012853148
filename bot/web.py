"""The web server: every platform's routes, and /healthz for whoever watches us."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

from aiohttp import web

from bot.sorry import SORRY
from handlers.ports import Chat

log = logging.getLogger(__name__)

READY = "ready"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Health = Callable[[], Awaitable[Mapping[str, Any]]]


class Door(Protocol):
    """One platform as the house sees it: routes that let events in, and a chat that sends."""

    @property
    def chat(self) -> Chat: ...

    def routes(self) -> Sequence[web.RouteDef]: ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@web.middleware
async def edge(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The last net: an error nobody named is logged with its traceback and answered with a sentence.

    A route whose platform wants its sentences in a shape of its own leaves that answer in `request[SORRY]`.
    """
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        sorry = web.json_response({"error": "Something broke here; it is in the log. Try again."}, status=500)
        answer: web.Response = request.get(SORRY, sorry)
        return answer


def application(
    doors: Sequence[Door],
    health: Health,
    pages: Sequence[web.RouteDef] = (),
    parts: Mapping[str, web.Application] | None = None,
) -> web.Application:
    """The aiohttp application; the doors are started and stopped by the house, not by it.

    parts: whole applications, each under its prefix. /healthz is red, a 503, whenever the health's status is
    another word than READY.
    """

    async def healthz(_: web.Request) -> web.Response:
        said = dict(await health())
        return web.json_response(said, status=200 if said["status"] == READY else 503)

    app = web.Application(middlewares=[edge], client_max_size=1024 * 1024)
    app.router.add_get("/healthz", healthz)
    app.add_routes(pages)
    for door in doors:
        app.add_routes(door.routes())
    for prefix, part in (parts or {}).items():
        app.add_subapp(prefix, part)
    return app
