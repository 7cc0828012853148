"""The other side: Slack and Teams as raw protocols that answer with prepared bytes and note who asked when."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ClassVar

from tests.bench.load import length_of
from tests.bench.processes import Nonsense

WINDOW = 1.0  # seconds over which a platform counts
ON_ITS_WAY = 0.1  # seconds in which a call may still come that left before the refusal was read


def answer(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json; charset=utf-8\r\n"
        f"{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


Said = tuple[bytes, float]  # an answer, and the seconds before it is given
OK, MISSING = answer(b'{"ok":true}'), answer(b'{"ok":false,"error":"unknown_method"}', "404 Not Found")


@dataclass
class Limit:
    """What a platform allows: so many sends in any closed second; also a few refusals out of the blue.

    refuse: numbers of the sends that are refused although they are within the limit.
    """

    most: int
    retry_after: int = 1
    refuse: frozenset[int] = frozenset()


@dataclass
class Peer:
    """delay: seconds before a send is answered. One that is accepted is noted under its delivery."""

    SLOWER: ClassVar[bytes] = b"{}"

    delay: float = 0.0
    limit: Limit | None = None
    arrivals: list[float] = field(default_factory=list)  # of every send, also of those refused
    accepted: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)  # other calls, by path
    shown: int = 0  # answers to presses that came through their response_url
    refused: list[float] = field(default_factory=list)
    early: int = 0  # sends that came before a Retry-After was over
    connections: int = 0
    kept: list[tuple[str, bytes]] | None = None  # path and body of accepted sends, if they are to be kept
    on_send: Callable[[int], None] = lambda _count: None  # called with the number of sends so far
    port: int = 0
    _closed_until: float = 0.0
    _known_from: float = 0.0  # what comes after this had heard of the refusal
    _recent: deque[float] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def reply(self, path: bytes, body: bytes) -> Said:
        """What is said to one request. Overridden for each platform."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def throttled(self) -> bytes:
        """What is said to a send that is refused for now."""
        again = self.limit.retry_after if self.limit else 1
        return answer(self.SLOWER, "429 Too Many Requests", f"Retry-After: {again}\r\n")

    def sent(self, path: bytes, body: bytes, delivery: str, good: bytes) -> Said:
        """Judge one send, and answer it."""
        now = time.perf_counter()
        self.arrivals.append(now)
        self.on_send(len(self.arrivals))
        if self.limit and self._over(now, self.limit):
            self.refused.append(now)
            return self.throttled(), self.delay
        self.accepted[delivery] += 1
        if self.kept is not None:
            self.kept.append((path.decode(), body))
        return good, self.delay

    def _over(self, now: float, limit: Limit) -> bool:
        if now < self._closed_until:
            self.early += now > self._known_from
            return True
        while self._recent and now - self._recent[0] > WINDOW:
            self._recent.popleft()
        self._recent.append(now)
        if len(self._recent) <= limit.most and len(self.arrivals) not in limit.refuse:
            return False
        self._closed_until = now + limit.retry_after
        self._known_from = now + self.delay + ON_ITS_WAY
        return True

    def most(self, window: float = WINDOW) -> int:
        """The most sends in any closed window, by the times at which they came."""
        most, first = 0, 0
        for last, at in enumerate(self.arrivals):
            while at - self.arrivals[first] > window:
                first += 1
            most = max(most, last - first + 1)
        return most

    def rate(self) -> float:
        """Sends a second, from the first to the last."""
        return (len(self.arrivals) - 1) / (self.arrivals[-1] - self.arrivals[0])

    def each_once(self, wanted: set[str]) -> None:
        """Raises Nonsense unless exactly these deliveries were accepted, each once."""
        doubled = [delivery for delivery, count in self.accepted.items() if count > 1]
        if doubled or set(self.accepted) != wanted:
            raise Nonsense(f"{len(self.accepted)} of {len(wanted)} arrived, {len(doubled)} of them twice")


class SlackPeer(Peer):
    """chat.postMessage, auth.test, and the response_url of every press."""

    SLOWER = b'{"ok":false,"error":"ratelimited"}'
    _DELIVERY = re.compile(rb'"delivery_id":\s*"([^"]+)"')
    _CHANNEL = re.compile(rb'"channel":\s*"([^"]+)"')
    _US = answer(
        b'{"ok":true,"url":"https://bench.slack.com/","team":"Bench","user":"catchball","team_id":"T0BENCH",'
        b'"user_id":"U0BOT","bot_id":"B0BOT","is_enterprise_install":false}'
    )

    def reply(self, path: bytes, body: bytes) -> Said:
        if path == b"/api/chat.postMessage":
            delivery, channel = self._DELIVERY.search(body), self._CHANNEL.search(body)
            if not delivery or not channel:
                raise Nonsense(f"a message without a delivery or a channel: {body[:300]!r}")
            channel_id = b"D" + channel[1][1:]
            ts = b"1795000000.%06d" % next(self._numbers)
            said = b'{"ok":true,"channel":"%b","ts":"%b","message":%b}' % (channel_id, ts, body)
            return self.sent(path, body, delivery[1].decode(), answer(said))
        self.asked[path.decode()] += 1
        if path == b"/api/auth.test":
            return self._US, 0.0
        if not path.startswith(b"/respond/"):
            return MISSING, 0.0
        self.shown += 1
        return OK, 0.0


class TeamsPeer(Peer):
    """Posting into conversations that are known."""

    SLOWER = b'{"error":{"code":"TooManyRequests","message":"slow down"}}'
    _DELIVERY = re.compile(rb'"delivery":\s*"([^"]+)"')

    def reply(self, path: bytes, body: bytes) -> Said:
        if path.endswith(b"/activities"):
            delivery = self._DELIVERY.search(body)
            if not delivery:
                raise Nonsense(f"a card without a delivery: {body[:300]!r}")
            said = answer(b'{"id":"%d"}' % next(self._numbers))
            return self.sent(path, body, delivery[1].decode(), said)
        self.asked[path.decode()] += 1
        return MISSING, 0.0


@asynccontextmanager
async def open_peer(peer: Peer, port: int = 0) -> AsyncIterator[Peer]:
    """port: 0 takes any that is free."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Caller(peer), "127.0.0.1", port)
    peer.port = server.sockets[0].getsockname()[1]
    try:
        yield peer
    finally:
        server.close()


class _Caller(asyncio.Protocol):
    """One connection to a peer."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._heard = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._peer.connections += 1

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while True:
            head = self._heard.find(b"\r\n\r\n")
            if head < 0:
                return
            whole = head + 4 + length_of(self._heard[:head])
            if len(self._heard) < whole:
                return
            request, self._heard = self._heard[:whole], self._heard[whole:]
            path = request.split(b" ", 2)[1].partition(b"?")[0]
            said, after = self._peer.reply(path, request[head + 4 :])
            if after:
                asyncio.get_running_loop().call_later(after, self._say, said)
            else:
                self._say(said)

    def _say(self, said: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(said)
