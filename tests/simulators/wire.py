"""The way of a call through a simulator: entered in its ledger, met by a seeded fault, answered or not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from math import ceil

from aiohttp import web

from handlers.ports import Clock
from tests.simulators.faults import STRAIGHT, Course, Faults, Kind
from tests.simulators.ledger import Call

LISTENS = (
    1.5  # seconds: a caller that got its answer keeps the line for the next call, others hang up by then
)

WAITS = Course(accepted=False, ends="429", kind=Kind.THROTTLED)
Refuse = Callable[[str, int], web.StreamResponse]
"""The platform's own answer to a call that meets "429", "412" or "5xx"; the number is Retry-After's."""


class Wire:
    """faults: None lets every call through at once."""

    def __init__(self, clock: Clock, refuse: Refuse) -> None:
        self.clock = clock
        self.faults: Faults | None = None
        self.let_go = asyncio.Event()  # ends what hangs
        self.under_way = 0  # calls that are being answered; what hangs is not
        self._asked_to_wait: dict[
            str, float
        ] = {}  # until when, by what was called: as it is on both platforms
        self._refuse = refuse

    async def carry(
        self, request: web.Request, call: Call, do: Callable[[], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """do: what the platform does with a call that reaches it; it says in `call` whether it was accepted."""
        came = time.monotonic()
        faults = self.faults
        course = faults.course(call.person or call.what) if faults else STRAIGHT
        if faults and faults.on and came < self._asked_to_wait.get(call.what, 0):
            course = WAITS
        elif faults and course.kind is Kind.THROTTLED:
            self._asked_to_wait[call.what] = came + course.before + faults.retry_after
        call.fault = course.kind or ""
        answer: web.StreamResponse | None = None
        self.under_way += 1
        try:
            await asyncio.sleep(course.before)
            if course.accepted and not (faults and time.monotonic() - came > faults.latest):
                answer = await do()
            await asyncio.sleep(course.after)
        finally:
            self.under_way -= 1
        return await self._answered(request, call, course, answer)

    async def _answered(
        self, request: web.Request, call: Call, course: Course, answer: web.StreamResponse | None
    ) -> web.StreamResponse:
        ends = course.ends if answer is not None or course.ends != "own" else ""
        if ends in ("429", "412", "5xx"):
            left = self._asked_to_wait.get(call.what, 0) - time.monotonic()
            answer = self._refuse(ends, max(1, ceil(left)))
            call.answer = ""
        if not ends:
            await self.let_go.wait()
        if not ends or ends == "reset" or answer is None:
            call.answer = ends
            answer = web.Response()
            if request.transport:
                request.transport.abort()
        elif not call.answer:
            call.answer = str(answer.status)
        said = answer.headers.get("Retry-After", "")
        call.retry_after = float(said) if said.isdecimal() else 0
        call.answered = self.clock.now()
        asyncio.get_running_loop().call_later(LISTENS, _listened, request.transport, call)
        call.heard = _open(request.transport)
        return answer


def _listened(transport: asyncio.BaseTransport | None, call: Call) -> None:
    call.heard = call.heard and _open(transport)


def _open(transport: asyncio.BaseTransport | None) -> bool:
    return transport is not None and not transport.is_closing()
