"""What wakes the planner and the drainers; the rows are the truth, an engine is only a bell."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Engine(Protocol):
    """The bell as the rest of the house sees it."""

    @property
    def last_tick(self) -> datetime | None:
        """When this process planned last."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """No new work; what is under way is finished first."""
        ...

    def wake(self) -> None:
        """Something is in the outbox: look soon. Returns at once, and many calls are as one."""
        ...

    async def tick(self) -> int:
        """Plan what came due, in this process and now. Returns how many rows were written."""
        ...

    async def drain(self) -> int:
        """Everything that is due now, in this process, to its end. Returns how many rows were taken."""
        ...
