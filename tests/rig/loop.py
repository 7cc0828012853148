"""An event loop whose time jumps to the next thing that happens, with processes in it that can be stopped for good.

Nothing in it waits: days pass in as long as their work takes. What a process does is known by the context
it runs in, so that a step of it can be held up (a frozen process) or never taken (a killed one), at any await.
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from datetime import datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")
NOBODY = Context()  # in which the world runs: no process, so nothing stops it


class Strand:
    """Everything that runs in the name of one process. `fuse`: steps until `burnt` is called; 0: never."""

    def __init__(self, name: str, loop: VirtualLoop) -> None:
        self.name = name
        self.fuse = 0
        self.burnt: Callable[[], None] = lambda: None
        self.stopped = False
        self._loop = loop
        self._held: list[tuple[asyncio.Handle, Callable[[], object]]] = []
        self._context = copy_context()
        self._context.run(_WHOSE.set, self)

    def run(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task of this process."""
        return self._loop.create_task(work, context=self._context.copy())

    def stop(self) -> None:
        """Not one step more, until `go_on`."""
        self.stopped = True

    def go_on(self) -> None:
        """All that happened to it meanwhile happens now."""
        self.stopped = False
        held, self._held = self._held, []
        for handle, call in held:
            if not handle.cancelled():
                call()

    def takes(self, handle: asyncio.Handle, call: Callable[[], object]) -> bool:
        """Whether a step is taken now; otherwise it is kept for later."""
        if self.fuse:
            self.fuse -= 1
            if not self.fuse:
                self.burnt()
        if self.stopped:
            self._held.append((handle, call))
        return not self.stopped


_WHOSE: ContextVar[Strand] = ContextVar("whose")


MOST = 200_000  # rounds of the loop; a run of days takes some ten thousand


class Endless(Exception):
    """Somebody waits for what nobody will ever do, or goes round and round."""


class _Jumps(selectors.SelectSelector):
    """In place of waiting, time goes on to the next timer. There are no files to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.micros = 0
        self.rounds = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.rounds += 1
        if timeout is None or self.rounds == MOST:
            raise Endless("nothing more happens" if timeout is None else f"{MOST} rounds of the loop")
        if timeout > 0:
            self.micros += max(1, math.ceil(timeout * 1_000_000))
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Time in whole microseconds, so that moments compare exactly."""

    def __init__(self) -> None:
        self._jumps = _Jumps()
        super().__init__(self._jumps)

    def time(self) -> float:
        return self._jumps.micros / 1_000_000

    @property
    def passed(self) -> timedelta:
        return timedelta(microseconds=self._jumps.micros)

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        context = copy_context() if context is None else context
        strand = context.get(_WHOSE)
        if strand is None:
            return super().call_soon(callback, *args, context=context)
        handle = asyncio.Handle(callback, args, self, context)

        def step() -> None:
            if not handle.cancelled():
                callback(*args)

        def call() -> object:
            return super(VirtualLoop, self).call_soon(step, context=context)

        if strand.takes(handle, call):
            call()
        return handle

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """There are no other threads."""
        return self.call_soon(callback, *args, context=context)


class VirtualClock:
    """Implements `handlers.ports.Clock` on the loop's time."""

    def __init__(self, loop: VirtualLoop, starts: datetime) -> None:
        self._loop = loop
        self._starts = starts

    def now(self) -> datetime:
        return self._starts + self._loop.passed

    async def wait_until(self, moment: datetime) -> None:
        await asyncio.sleep(max(0.0, (moment - self.now()).total_seconds()))
