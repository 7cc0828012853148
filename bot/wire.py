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
ACCEPTED_LATE = timedelta(seconds=60)  # until an edit in doubt is made again: before that it may come last
KEPT = 256  # bodies
NAMES = 10_000  # names whose turns are remembered before those long past are let go


class Turns:
    """When calls may start: so many in any span of so many seconds, so far apart, and none while the platform says no.

    For each name by itself, one after the other, and by when they really started: a loop that was held up for a
    while must not let them all go at once. A call takes its turn at the last moment before its first byte, so that
    what it waited for before that (a token, a connection) does not bring it into the others' time.
    """

    def __init__(self, *limits: tuple[int, float], apart: float = 0.0) -> None:
        """limits: (calls, seconds), which all hold; apart: seconds between two calls."""
        self._limits = limits
        self._apart = apart
        self._lines: dict[str, _Line] = {}
        self._blocked: dict[str, float] = {}

    async def take(self, name: str) -> None:
        """Come back when the call may start. Raises TryLater while the name is blocked."""
        line = self._lines.get(name)
        if line is None:
            self._let_go()
            line = self._lines[name] = _Line(self._limits)
        async with line.lock:
            wait = line.starts_at(self._apart) - self._now(name)
            if wait > 0:
                await asyncio.sleep(wait)
            line.started(self._now(name))

    def block(self, name: str, span: timedelta) -> None:
        """The platform asked us to wait: nobody's turn comes before that is over, not even of who waits already."""
        until = asyncio.get_running_loop().time() + span.total_seconds()
        self._blocked[name] = max(self._blocked.get(name, 0.0), until)

    def _now(self, name: str) -> float:
        now = asyncio.get_running_loop().time()
        left = self._blocked.get(name, 0.0) - now
        if left > 0:
            raise TryLater(timedelta(seconds=left), "the platform has asked us to wait", whole_workspace=True)
        return now

    def _let_go(self) -> None:
        """Forget the lines that nobody has stood in for longer than any limit looks back."""
        if len(self._lines) >= NAMES:
            past = asyncio.get_running_loop().time() - max((span for _, span in self._limits), default=0.0)
            self._lines = {
                n: line for n, line in self._lines.items() if line.lock.locked() or line.last > past
            }


class _Line:
    """The calls under one name, by when they started."""

    def __init__(self, limits: tuple[tuple[int, float], ...]) -> None:
        self.lock = asyncio.Lock()
        self.last = 0.0
        self._windows = tuple((deque[float](maxlen=most), span) for most, span in limits)

    def starts_at(self, apart: float) -> float:
        """The earliest moment for the next one."""
        full = (window[0] + span for window, span in self._windows if len(window) == window.maxlen)
        return max((self.last + apart, *full))

    def started(self, at: float) -> None:
        self.last = at
        for window, _ in self._windows:
            window.append(at)


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
