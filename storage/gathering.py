"""One thread for the database that serves all that waits for it in one go: how the writer and the reader work.

What comes one by one from a hundred people costs a statement, a transaction and a change of threads each; what
is gathered shares them. So whatever an event loop asks for in one of its turns is handed over at the end of that
turn: a thread that is woken by the first of them would come back for each of the others.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from storage.trouble import Trouble

T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[Connection, Sequence[Item]], Sequence[T]]
"""Done for several items at once; the results in their order."""

_AT_ONCE = 200  # operations from which on no more are taken along


class Kept:
    """Keeps an error that is raised inside: it belongs to whoever asked, and not to the thread that serves them."""

    error: BaseException | None = None

    def __enter__(self) -> Kept:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self.error = error
        return isinstance(error, Exception)


class Operation(Generic[T]):
    """What to do, who waits for it, and what came of it.

    Those with the same `work` and an item each are done together; a lone one has no item. apart: it shares no
    transaction with others where several processes write.
    """

    def __init__(
        self, work: Callable[..., Any], item: Any = None, *, shared: bool = False, apart: bool = False
    ) -> None:
        self.work = work
        self.item = item
        self.shared = shared
        self.apart = apart
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def answer(self) -> None:
        if self.future.done():
            return  # nobody waits any more
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class Gathering(ABC):
    """Serves operations in the order in which they come, those of one kind together."""

    def __init__(self, name: str, trouble: Trouble) -> None:
        self._trouble = trouble
        self._coming: dict[asyncio.AbstractEventLoop, list[Operation[Any]]] = {}
        self._waiting: queue.SimpleQueue[list[Operation[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def gather(self, work: Work[Item, T], item: Item) -> T:
        """The result for this item, of a `work` that is called with all the items that wait for it.

        `work` must be the same object in every call. What it raises for several items is found out by doing
        each by itself, so that an error meets only whom it concerns.
        """
        return await self._submitted(Operation[T](work, item, shared=True))

    async def _submitted(self, operation: Operation[T]) -> T:
        """Raises Unavailable for an error of the database's own, and whatever else the work raises."""
        self._take_in(operation)
        try:
            return await operation.future
        except SQLAlchemyError as error:
            self._trouble.tell(error)
            raise

    def _take_in(self, operation: Operation[Any]) -> None:
        loop = operation.loop
        if loop not in self._coming:
            self._coming[loop] = []
            loop.call_soon(self._hand_over, loop)
        self._coming[loop].append(operation)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        for loop in list(self._coming):
            self._hand_over(loop)
        self._waiting.put(None)
        self._thread.join()

    @abstractmethod
    def _serve(self, steps: Sequence[Sequence[Operation[Any]]]) -> None:
        """Do each step, and leave result or error on its operations. Raises nothing."""

    @abstractmethod
    def _end(self) -> None:
        """Let go of the connection."""

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        if coming := self._coming.pop(loop, None):
            self._waiting.put(coming)

    def _run(self) -> None:
        for batch in self._batches():
            wanted = [operation for operation in batch if not operation.future.cancelled()]
            self._serve(steps(wanted))
            answer(wanted)
        self._end()

    def _batches(self) -> Iterator[list[Operation[Any]]]:
        while (batch := self._waiting.get()) is not None:
            last = False
            while len(batch) < _AT_ONCE and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:
                    last = True
                    break
                batch += following
            yield batch
            if last:
                return


def steps(operations: Sequence[Operation[Any]]) -> list[list[Operation[Any]]]:
    """The lone ones one by one; those that share their work together, where the first of them stands."""
    steps: list[list[Operation[Any]]] = []
    shared: dict[Any, list[Operation[Any]]] = {}
    for operation in operations:
        if operation.shared and operation.work in shared:
            shared[operation.work].append(operation)
            continue
        steps.append([operation])
        if operation.shared:
            shared[operation.work] = steps[-1]
    return steps


def answer(operations: Sequence[Operation[Any]]) -> None:
    """Wake each event loop once for all its operations."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Operation[Any]]] = defaultdict(list)
    for operation in operations:
        by_loop[operation.loop].append(operation)
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # a loop that was closed meanwhile
            loop.call_soon_threadsafe(_each, theirs)


def _each(operations: Sequence[Operation[Any]]) -> None:
    for operation in operations:
        operation.answer()
