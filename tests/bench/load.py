"""The load generator: ready-made requests over raw connections, closed loop or open loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench.processes import Nonsense
from tests.bench.report import percentile

Good = Callable[[bytes], bool]
PATIENCE = 60.0  # seconds for a whole burst beyond its own time


@dataclass
class Burst:
    """What came of some requests. Latencies are in seconds, in the order of the answers."""

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    bad: list[bytes] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def at(self, part: float) -> float:
        return percentile(self.latencies, part)

    def checked(self, wanted: int) -> Burst:
        """Itself, if every request was answered well. Raises Nonsense."""
        if self.bad or len(self.latencies) != wanted:
            said = self.bad[0][:500] if self.bad else b""
            raise Nonsense(f"{len(self.latencies)} of {wanted} answered, {len(self.bad)} badly: {said!r}")
        return self


class Line(asyncio.Protocol):
    """One connection that is kept: a request out, a whole answer back, then `answered`."""

    def __init__(self, answered: Callable[[Line, bytes], None]) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self._heard = b""
        self._whole = 0  # bytes of the answer under way; 0: its head is not complete
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def ask(self, request: bytes, began: float) -> None:
        assert self._transport is not None
        self.began = began
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if not self._whole:
            head = self._heard.find(b"\r\n\r\n")
            if head < 0:
                return
            self._whole = head + 4 + length_of(self._heard[:head])
        if len(self._heard) >= self._whole:
            answer, self._heard, self._whole = self._heard, b"", 0
            self._answered(self, answer)

    def connection_lost(self, error: Exception | None) -> None:
        if self._heard or self._whole:
            self._answered(self, b"cut off: " + self._heard)

    def close(self) -> None:
        if self._transport:
            self._transport.close()


def length_of(head: bytes) -> int:
    """Content-Length; 0 where there is none."""
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def acknowledged(answer: bytes) -> bool:
    """200 and not a word: what a press in Slack is answered with; a complaint has a body."""
    return answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n")


async def closed(port: int, requests: Sequence[bytes], in_flight: int, good: Good = acknowledged) -> Burst:
    """So many requests under way at any time, the next one as soon as one is answered."""
    burst, waiting = Burst(), iter(requests)
    under_way = 0
    done = asyncio.Event()

    def answered(line: Line, answer: bytes) -> None:
        nonlocal under_way
        _note(burst, line, answer, good)
        under_way -= 1
        under_way += _next(line, waiting)
        if not under_way:
            done.set()

    lines = [await _line(port, answered) for _ in range(in_flight)]
    began = time.perf_counter()
    under_way = sum(_next(line, waiting) for line in lines)
    await asyncio.wait_for(done.wait(), PATIENCE)
    burst.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return burst.checked(len(requests))


async def opened(port: int, requests: Sequence[bytes], rate: float, good: Good = acknowledged) -> Burst:
    """One request every 1/rate seconds whatever comes back; the latency counts from when it was due."""
    burst = Burst()
    free: list[Line] = []
    done = asyncio.Event()

    def answered(line: Line, answer: bytes) -> None:
        _note(burst, line, answer, good)
        free.append(line)
        if len(burst.latencies) + len(burst.bad) == len(requests):
            done.set()

    free += [await _line(port, answered) for _ in range(64)]
    lines = list(free)
    began = time.perf_counter()
    for number, request in enumerate(requests):
        due = began + number / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if not free:
            lines.append(await _line(port, answered))
            free.append(lines[-1])
        free.pop().ask(request, due)
    await asyncio.wait_for(done.wait(), PATIENCE)
    burst.seconds = time.perf_counter() - began
    for line in lines:
        line.close()
    return burst.checked(len(requests))


def _note(burst: Burst, line: Line, answer: bytes, good: Good) -> None:
    if good(answer):
        burst.latencies.append(time.perf_counter() - line.began)
    else:
        burst.bad.append(answer)


def _next(line: Line, waiting: Iterator[bytes]) -> int:
    request = next(waiting, None)
    if request is None:
        return 0
    line.ask(request, time.perf_counter())
    return 1


async def _line(port: int, answered: Callable[[Line, bytes], None]) -> Line:
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(answered), "127.0.0.1", port)
    return line
