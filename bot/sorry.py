"""Where a route leaves the answer to give if it fails, for platforms that want sentences in their own shape."""

from __future__ import annotations

from aiohttp import web

SORRY: web.RequestKey[web.Response] = web.RequestKey("sorry", web.Response)
