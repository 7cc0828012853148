"""What every sender needs: bodies drawn once a card, sent in their turn and in time, or not at all."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from aiohttp.abc import AbstractStreamWriter

from content.cards import Card
from handlers.ports import Clock, TryLater

MARK = (
    "\ue000delivery\ue000"  # stands for the delivery's id in a body that many share; no text has these signs
)
IN_A_MOMENT = timedelta(seconds=1)  # until the next try of what could not leave in time
KEPT = 256  # bodies
NAMES = 10_000  # names whose turns are remembered before those long past are let go


class Turns:
    """When calls may start: so many in any span of so many seconds, so far apart, and none while the platform says no.

    For each name by itself. A call takes its turn at the last moment before its first byte: what it waited for
    before that (a token, a connection) must not bring it into the others' time.
    """

    def __init__(self, *limits: tuple[int, float], apart: float = 0.0) -> None:
        """limits: (calls, seconds), which all hold; apart: seconds between two calls."""
        self._limits = limits
        self._apart = apart
        self._starts: dict[str, tuple[deque[float], ...]] = {}
        self._last: dict[str, float] = {}
        self._blocked: dict[str, float] = {}

    async def take(self, name: str) -> None:
        """Come back when the call may start. Raises TryLater while the name is blocked."""
        now = asyncio.get_running_loop().time()
        self._refuse(name, now)
        windows = self._starts.get(name)
        if windows is None:
            self._let_go(now)
            windows = self._starts[name] = tuple(deque(maxlen=most) for most, _ in self._limits)
        start = max(now, self._last.get(name, 0.0) + self._apart)
        for window, (most, span) in zip(windows, self._limits, strict=True):
            if len(window) == most:
                start = max(start, window[0] + span)
        for window in windows:
            window.append(start)
        self._last[name] = start
        if start > now:
            await asyncio.sleep(start - now)
            self._refuse(name, asyncio.get_running_loop().time())

    def block(self, name: str, span: timedelta) -> None:
        """The platform asked us to wait: nobody's turn comes before that is over, not even of who waits already."""
        until = asyncio.get_running_loop().time() + span.total_seconds()
        self._blocked[name] = max(self._blocked.get(name, 0.0), until)

    def _refuse(self, name: str, now: float) -> None:
        left = self._blocked.get(name, 0.0) - now
        if left > 0:
            raise TryLater(timedelta(seconds=left), "the platform has asked us to wait", whole_workspace=True)

    def _let_go(self, now: float) -> None:
        if len(self._starts) < NAMES:
            return
        longest = max(span for _, span in self._limits)
        self._starts = {name: w for name, w in self._starts.items() if self._last[name] + longest > now}
        self._last = {name: last for name, last in self._last.items() if name in self._starts}


class Outgoing(aiohttp.BytesPayload):
    """A body that leaves when it is its turn, and before a moment or not at all, whatever held it up until then.

    aiohttp writes the head of a request together with the first of its body, so that nothing has left when
    this refuses. Between the look at the clock and the system's write there are microseconds; a machine
    that is stopped just there is the one thing that no guard of ours can see.
    """

    def __init__(
        self, body: bytes, clock: Clock, before: datetime, turn: Callable[[], Awaitable[None]]
    ) -> None:
        super().__init__(body, content_type="application/json")
        self._clock = clock
        self._before = before
        self._turn = turn
        self._refused: TryLater | None = None
        self._left = False

    @property
    def unsent(self) -> TryLater | None:
        """Why it has certainly not been sent, after the call has failed; None: it may have been."""
        return self._refused or (
            None if self._left else TryLater(IN_A_MOMENT, "the call did not come to its turn")
        )

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        try:
            await self._turn()
            if self._clock.now() >= self._before:
                raise TryLater(IN_A_MOMENT, "there was no time left for the call")
        except TryLater as later:
            self._refused = later
            raise
        self._left = True
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
