"""What stands between the platforms and the web processes: a balancer that may lose a request or an answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from random import Random

BROKEN = (ConnectionError, OSError, EOFError)


class Front:
    """One address for several ports. A request goes to any that listens; where none does, it is refused.

    lost: the chance that a request never arrives, and as much again that its answer never comes back.
    """

    def __init__(self, ports: list[int], seed: int, lost: float) -> None:
        self.lost = lost
        self.on = True
        self.losses = 0
        self._ports = ports
        self._chance = Random(f"{seed} front")
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._came, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _came(self, request: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        drawn = self._chance.random() if self.on else 1.0
        backend = None if drawn < self.lost else await self._backend()
        if drawn < 2 * self.lost:
            self.losses += 1
        if backend is None:
            answer.transport.abort()
            return
        returned, passed = backend
        there = asyncio.create_task(_pipe(request, passed))
        back = asyncio.create_task(_lose(returned) if drawn < 2 * self.lost else _pipe(returned, answer))
        await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
        for task in (there, back):
            task.cancel()
        answer.transport.abort() if drawn < 2 * self.lost else answer.close()
        passed.close()

    async def _backend(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        for port in self._chance.sample(self._ports, len(self._ports)):
            with suppress(*BROKEN):
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(*BROKEN):
        while data := await source.read(65536):
            target.write(data)
            await target.drain()


async def _lose(source: asyncio.StreamReader) -> None:
    """Wait for the answer, and let nobody have it."""
    with suppress(*BROKEN):
        await source.read(1)
