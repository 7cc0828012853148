"""Counting that takes longer than a platform waits goes on, and is there when somebody asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

SECONDS = 1.5  # Slack gives up after 3, Teams somewhat later
T = TypeVar("T")
MOST = 50  # results that are kept for whoever asked for them


KEPT = 10  # of these, the ones that stay for whoever asks the same again


class Counting:
    """By what was asked, so that two who ask the same at once share one count."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._stay: dict[Hashable, None] = {}

    async def result(
        self, asked: Hashable, count: Callable[[], Coroutine[Any, Any, T]], *, keep: bool = False
    ) -> T | None:
        """What was counted, once; None while it takes longer than a platform waits.

        keep: what took longer stays for whoever asks the same again, so `asked` holds until when it is good.
        """
        task = self._under_way.get(asked)
        if task is None:
            task = self._under_way[asked] = asyncio.create_task(count())
        await asyncio.wait([task], timeout=self._seconds)
        if task.done():
            if asked not in self._stay or task.cancelled() or task.exception():
                self._forget(asked)
            counted: T = task.result()
            return counted
        if keep:
            self._stay[asked] = None
            if len(self._stay) > KEPT:
                self._forget(next(iter(self._stay)))
        if len(self._under_way) > MOST:
            self._forget(next(iter(self._under_way)))
        return None

    def _forget(self, asked: Hashable) -> None:
        self._under_way.pop(asked, None)
        self._stay.pop(asked, None)
