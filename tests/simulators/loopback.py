"""An HTTP server on a free port of loopback."""

from __future__ import annotations

import ssl
from collections.abc import Sequence

from aiohttp import web

from bot.web import edge


class Loopback:
    def __init__(
        self, routes: Sequence[web.RouteDef], tls: ssl.SSLContext | None = None, *, ours: bool = False
    ) -> None:
        """ours: routes of the product, behind the product's edge."""
        application = web.Application(middlewares=[edge] if ours else [])
        application.add_routes(routes)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        self._tls = tls

    async def start(self) -> None:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._tls).start()

    async def stop(self) -> None:
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        host, port = self._runner.addresses[0][:2]
        return f"{'https' if self._tls else 'http'}://{host}:{port}"
