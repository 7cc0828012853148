"""Counting that takes longer than a platform waits goes on, and is there when somebody asks again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from math import inf
from typing import Any, TypeVar

SECONDS = 1.5  # Slack gives up after 3, Teams somewhat later
MOMENT, STAYS = 0.3, 60.0  # seconds: what took longer than the one stays for the other
MOST = 50  # results that are kept for whoever asked for them
KEPT = 10  # of these, the ones that stay for whoever asks the same again
T = TypeVar("T")


class Counting:
    """By what was asked, so that two who ask the same at once share one count."""

    def __init__(self, seconds: float = SECONDS, stays: float = STAYS) -> None:
        self._seconds = seconds
        self._stays = stays
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._stay: dict[Hashable, float] = {}  # until when, by the clock of the loop

    async def result(
        self, asked: Hashable, count: Callable[[], Coroutine[Any, Any, T]], *, keep: bool = False
    ) -> T | None:
        """What was counted, once; None while it takes longer than a platform waits.

        keep: what took longer than that stays for whoever asks the same again, so `asked` holds until when it is good;
        what took a moment stays for a minute, for whoever looks at it from several sides.
        """
        began = asyncio.get_running_loop().time()
        if self._stay.get(asked, inf) <= began:
            self._forget(asked)
        task = self._under_way.get(asked)
        if task is None:
            task = self._under_way[asked] = asyncio.create_task(count())
        await asyncio.wait([task], timeout=self._seconds)
        now = asyncio.get_running_loop().time()
        if not task.done():
            if keep:
                self._keep(asked, inf)
            if len(self._under_way) > MOST:
                self._forget(next(iter(self._under_way)))
            return None
        if task.cancelled() or task.exception():
            self._forget(asked)
        elif asked not in self._stay:
            if keep and now - began > MOMENT:
                self._keep(asked, now + self._stays)
            else:
                self._forget(asked)
        counted: T = task.result()
        return counted

    def _keep(self, asked: Hashable, until: float) -> None:
        """In the place of what goes first anyway: what took a moment never costs what took long."""
        self._stay[asked] = until
        if len(self._stay) > KEPT:
            self._forget(min(self._stay, key=self._stay.__getitem__))

    def _forget(self, asked: Hashable) -> None:
        self._under_way.pop(asked, None)
        self._stay.pop(asked, None)
