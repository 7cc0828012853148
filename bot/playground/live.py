"""Open pages hear that something changed: server-sent events, and a look at the store while they listen."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from contextlib import suppress

from aiohttp import web

from handlers.ports import Clock, Store, Unavailable

LOOK_EVERY = 0.4  # seconds between two looks at the store
KEEP_ALIVE = 20.0  # seconds after which a silent stream says that it is still there


class Live:
    """Pages are told only *that* something changed and fetch what they show, so nothing can be missed.

    The store is looked at as well, because a card counts as sent only after its claim was settled, and
    because the schedule changes the outbox without any page asking for it.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._pages: set[asyncio.Event] = set()
        self._someone = asyncio.Event()
        self._closing = False

    def tell(self) -> None:
        """Something changed: every open page looks again."""
        for page in self._pages:
            page.set()

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closing = True
        self.tell()

    async def watch(self) -> None:
        """Look at the store for as long as this task runs; asleep while no page is open."""
        seen: Hashable = None
        while True:
            await self._someone.wait()
            with suppress(Unavailable):
                fingerprint = await self._fingerprint()
                if fingerprint != seen:
                    seen = fingerprint
                    self.tell()
            await asyncio.sleep(LOOK_EVERY)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """One page's stream; ends when the page goes or the server stops."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        page = asyncio.Event()
        page.set()  # a page that comes back may have missed something
        self._pages.add(page)
        self._someone.set()
        try:
            while not self._closing:
                changed = await _within(page, KEEP_ALIVE)
                page.clear()
                await response.write(b"data: changed\n\n" if changed else b": still here\n\n")
        except ConnectionResetError:
            pass  # the page was closed
        finally:
            self._pages.discard(page)
            if not self._pages:
                self._someone.clear()
        return response

    async def _fingerprint(self) -> Hashable:
        rows = await self._store.outbox(limit=20)
        entries = await self._store.entries(limit=1)
        return (
            tuple((row.id, row.status, row.reason, row.withdrawn) for row in rows),
            tuple(entry.hash for entry in entries),
            self._clock.now().replace(second=0, microsecond=0),
        )


async def _within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
