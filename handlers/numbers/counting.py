"""Counting that takes longer than a platform waits goes on, and is there when somebody asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

SECONDS = 1.5  # Slack gives up after 3, Teams somewhat later
T = TypeVar("T")
MOST = 50  # results that are kept for whoever asked for them


class Counting:
    """By what was asked, so that two who ask the same at once share one count."""

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}

    async def result(
        self, asked: Hashable, count: Callable[[], Coroutine[Any, Any, T]], seconds: float = SECONDS
    ) -> T | None:
        """What was counted, once; None while it takes longer than this."""
        task = self._under_way.get(asked)
        if task is None:
            task = self._under_way[asked] = asyncio.create_task(count())
        await asyncio.wait([task], timeout=seconds)
        if task.done():
            self._under_way.pop(asked, None)
            counted: T = task.result()
            return counted
        if len(self._under_way) > MOST:
            self._under_way.pop(next(iter(self._under_way)))
        return None
