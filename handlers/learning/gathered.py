"""What answers tell: counted at once where that is quick, and else as it was last night."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from handlers.desk import Desk
from handlers.learning.learnt import Learnt
from handlers.learning.lessons import A_DAY, EVERY, Kind, Known, Lessons
from handlers.numbers.periods import days
from handlers.numbers.scope import Scope

T = TypeVar("T")
STEP = 250  # people of one look
AS_OF = "So much was answered that it is counted once a night: this is as of {at}."


async def gathered(scope: Scope, kind: Kind[T]) -> Known[T]:
    return await known(scope.desk, kind, scope.since, scope.until, scope.now, manager=scope.manager)


async def known(
    desk: Desk, kind: Kind[T], since: datetime, until: datetime, now: datetime, *, manager: str = ""
) -> Known[T]:
    """A manager's people are counted at once, and so is everybody where few things are remembered.

    Else it is the newest night's where the period is the usual one, and another period is counted in steps: it takes as
    long as it takes, and no reader is held up.
    """
    lessons = desk.store.lessons
    if manager or not await desk.store.nights.many():
        return Known(await lessons.counted(kind, since, until, manager=manager), since, until)
    if kind.usual(since, until, now) and (kept := await lessons.newest(kind)):
        return kept
    sums = kind.sums(since)
    await _in_steps(lessons, kind.read_from(since), until, [sums])
    return Known(await lessons.found(sums), since, until)


def of_when(desk: Desk, known: Known[Any], zone: ZoneInfo) -> str:
    """The days that it is about, and of which night it is; a night's days are the programme's."""
    if known.night is None:
        return f"{days(known.since, known.until, zone)}."
    theirs = ZoneInfo(desk.library.programme.zone)
    as_of = AS_OF.format(at=f"{known.night.astimezone(theirs):%Y-%m-%d %H:%M}")
    return f"{days(known.since, known.until, theirs)}. {as_of}"


async def reckon(desk: Desk, at: datetime, today: datetime) -> None:
    """today: when the programme's day began; the night has what was answered up to then."""
    lessons, midnight = desk.store.lessons, today.astimezone(ZoneInfo(desk.library.programme.zone))
    periods = {kind: midnight - kind.days * A_DAY for kind in EVERY}
    sums = {kind: kind.sums(since) for kind, since in periods.items()}
    await _in_steps(lessons, None, today, sums.values())
    await lessons.keep(
        {kind: Known(await lessons.found(each), periods[kind], today, at) for kind, each in sums.items()}
    )


async def _in_steps(
    lessons: Lessons, since: datetime | None, until: datetime, sums: Collection[Learnt[Any]]
) -> None:
    some = await lessons.following("", STEP)
    while some is not None:
        await lessons.add(some, since, until, sums)
        some = await lessons.following(some.upto, STEP)
