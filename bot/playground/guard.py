"""Who may ask: this machine's own pages and nobody else, because here anybody can act as anybody."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Awaitable, Callable

from aiohttp import web

from handlers.ports import Unavailable

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

PROXIED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Refused(Exception):
    """A request that is answered with a 4xx and one sentence."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def guarded(handler: Handler) -> Handler:
    """Refuse strangers, answer refusals as JSON, and put the security headers on every answer.

    A foreign Host header is how DNS rebinding looks; a foreign Origin is another site's script.
    """

    @functools.wraps(handler)
    async def guard(request: web.Request) -> web.StreamResponse:
        try:
            _check_host(request)
            if request.method != "GET":
                _check_origin(request)
            response = await handler(request)
        except Refused as refused:
            response = web.json_response({"error": refused.sentence}, status=refused.status)
        except Unavailable as why:
            response = web.json_response({"error": str(why)}, status=503)
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    return guard


def _check_host(request: web.Request) -> None:
    if any(name in request.headers for name in PROXIED):
        raise Refused(
            403, "The playground answers nobody who comes through a proxy: open it on its own machine."
        )
    if not _loopback(_hostname(request.headers.get("Host", ""))):
        raise Refused(403, "The playground answers only on this machine: open it at http://127.0.0.1.")


def _check_origin(request: web.Request) -> None:
    origin = request.headers.get("Origin")
    foreign = origin is not None and origin != f"http://{request.headers.get('Host', '')}"
    if foreign or request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "This came from another site, so nothing was done: use the playground's own page.")


def _hostname(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if ":" in host else host


def _loopback(hostname: str) -> bool:
    if hostname.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False
