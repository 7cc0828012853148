"""A sender as fast as aiohttp goes: one session, so many posts under way, nothing remembered."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp


async def main(url: str, messages: Path, in_flight: int) -> None:
    waiting = iter([json.loads(line) for line in messages.read_text().splitlines()])
    async with aiohttp.ClientSession(headers={"Authorization": "Bearer bench"}) as session:
        await asyncio.gather(*(_send(session, url, waiting) for _ in range(in_flight)))


async def _send(session: aiohttp.ClientSession, url: str, waiting: Iterator[tuple[str, Any]]) -> None:
    for path, message in waiting:
        async with session.post(url + path, json=message) as answer:
            answer.raise_for_status()
            await answer.json()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
