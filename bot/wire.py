"""What every sender needs: bodies drawn once a card, sent in time or not at all, and not too many at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from content.cards import Card
from handlers.ports import Clock

MARK = (
    "\ue000delivery\ue000"  # stands for the delivery's id in a body that many share; no text has these signs
)
IN_A_MOMENT = timedelta(seconds=1)  # until the next try of what could not leave in time
KEPT = 256  # bodies
NAMES = 10_000  # windows kept before the empty ones are let go


class TooLate(Exception):
    """The message could not leave in time, and did not."""


class InTime(aiohttp.BytesPayload):
    """A body that leaves before a moment or not at all, whatever held the request up until then.

    aiohttp writes the head of a request together with the first of its body, so that nothing has left when
    this refuses. Between the look at the clock and the system's write there are microseconds; a machine
    that is stopped just there is the one thing that no guard of ours can see.
    """

    def __init__(self, body: bytes, clock: Clock, before: datetime) -> None:
        super().__init__(body, content_type="application/json")
        self._clock = clock
        self._before = before
        self.refused = False

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        if self._clock.now() >= self._before:
            self.refused = True
            raise TooLate
        await super().write_with_length(writer, content_length)


class Bodies:
    """The JSON of a card's message, drawn once for all who get this card."""

    def __init__(
        self, draw: Callable[[Card, str], Mapping[str, Any]], encode: Callable[[Any], bytes]
    ) -> None:
        """draw: the message of a card for a delivery's id. encode: to JSON."""
        self._draw = draw
        self._encode = encode
        self._mark = encode(MARK)[1:-1]
        self._drawn: OrderedDict[int, tuple[Card, bytes]] = (
            OrderedDict()
        )  # by identity; the card is held with it

    def body(self, card: Card, delivery_id: str) -> bytes:
        known = self._drawn.get(id(card))
        if known is None:
            known = self._drawn[id(card)] = (card, self._encode(self._draw(card, MARK)))
            if len(self._drawn) > KEPT:
                self._drawn.popitem(last=False)
        return known[1].replace(self._mark, delivery_id.encode())


class Windows:
    """At most so many calls in any span of so many seconds, for each name: those too many wait their turn."""

    def __init__(self, *limits: tuple[int, float]) -> None:
        """limits: (calls, seconds); all of them hold."""
        self._limits = limits
        self._starts: dict[str, tuple[deque[float], ...]] = {}

    async def enter(self, name: str) -> None:
        """Come back when the call may start."""
        now = asyncio.get_running_loop().time()
        windows = self._starts.get(name)
        if windows is None:
            self._let_go(now)
            windows = self._starts[name] = tuple(deque(maxlen=most) for most, _ in self._limits)
        start = now
        for window, (most, span) in zip(windows, self._limits, strict=True):
            if len(window) == most:
                start = max(start, window[0] + span)
        for window in windows:
            window.append(start)
        if start > now:
            await asyncio.sleep(start - now)

    def _let_go(self, now: float) -> None:
        if len(self._starts) < NAMES:
            return
        longest = max(span for _, span in self._limits)
        self._starts = {name: w for name, w in self._starts.items() if w[0] and w[0][-1] + longest > now}
