"""How fast the load generator and the peers are by themselves: nothing measured may come near that.

Run as a program it is a peer that acknowledges everything, on the core of what is tested.
"""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from handlers.model import Platform
from tests.bench import slack
from tests.bench.company import found
from tests.bench.load import closed
from tests.bench.peers import Peer, Said, SlackPeer, open_peer
from tests.bench.processes import running

MANY = 20  # times the same 500 requests


class Nodding(Peer):
    """Acknowledges whatever comes."""

    def reply(self, path: bytes, body: bytes) -> Said:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0.0


async def ceiling(folder: Path) -> str:
    """Requests a second of the generator against a peer, presses of the usual size, 32 in flight."""
    company = await found(f"sqlite:///{folder}/ceiling.db", 500, Platform.SLACK)
    requests = [slack.press(delivery, SlackPeer()) for delivery in company.deliveries] * MANY
    async with running(["-m", "tests.bench.ceiling"], {}, folder / "ceiling.log") as process:
        await closed(process.port, requests[:500], 32)
        burst = await closed(process.port, requests, 32)
    return (
        f"load generator against a bare peer: {burst.rate:.0f} requests/s, p99 {burst.at(0.99) * 1000:.1f} ms"
    )


async def main() -> None:
    async with open_peer(Nodding(), int(os.environ["PORT"])):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
