"""Once a day what has been kept long enough goes, in small steps, and the ledger says that it ran."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from handlers.desk import Desk

STEP = 500  # rows in one transaction, so that nobody's answer waits
STEPS = 100  # of one kind in one tick: of a large backlog the rest goes on the following days
RAN = "retention ran on"  # a day of the programme's; whoever writes it does it


async def daily(desk: Desk, today: str) -> Mapping[str, int] | None:
    """The first tick of a day does it, of however many processes one; a house that is new begins a day later.

    None: it was done, or another does it.
    """
    known = await desk.store.recall_value(RAN)
    if known == today or not await desk.store.swap_value(RAN, known, today) or known is None:
        return None
    return await run(desk)


async def run(desk: Desk) -> Mapping[str, int]:
    """Kind -> rows that went. What is kept without end is not among them."""
    now = desk.clock.now()
    counts: dict[str, int] = {}
    for kind, before in desk.library.programme.retention.limits(now):
        if before is not None:
            counts[kind] = await _kind(desk, kind, before)
    await desk.store.cleared(counts, now)
    return counts


async def due(desk: Desk) -> Mapping[str, tuple[datetime | None, int]]:
    """Kind -> before which moment it goes, and how many rows that would be now."""
    found = {}
    for kind, before in desk.library.programme.retention.limits(desk.clock.now()):
        found[kind] = (before, await desk.store.clearable(kind, before) if before else 0)
    return found


async def _kind(desk: Desk, kind: str, before: datetime) -> int:
    gone = 0
    for _ in range(STEPS):
        step = await desk.store.clear(kind, before, STEP, desk.clock.now())
        gone += step
        if step < STEP:
            break
    return gone
