"""How long a platform waits for our answer: what the database does not keep in that time gets a sentence instead."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from handlers.ports import Unavailable

T = TypeVar("T")

PATIENCE = 2.0  # seconds; Slack waits 3 for the whole answer, Teams some more


async def in_time(work: Awaitable[T], seconds: float = PATIENCE) -> T:
    """What comes of it. Raises Unavailable when that takes too long.

    It may be kept all the same, a moment later: then the same press again changes nothing and shows how things stand.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await work
    except TimeoutError as error:
        if limit.expired():
            raise Unavailable from error
        raise
