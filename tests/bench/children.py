"""What is measured inside a process of its own, on the core of what is tested: planning, choosing and claiming.

`python -m tests.bench.children NAME URL ...` prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import insert, select

from content.campaigns import Cadence, Campaign
from content.packs import Library
from handlers.desk import Desk
from handlers.model import Job, Person, Places, Platform, Queue
from handlers.plan import Plan
from storage.contents import CONTENT
from storage.deliveries import DELIVERY
from storage.engine import connect, writing
from storage.store import Storage
from tests.bench.chains import exported, hashed, read, selected, together, verified
from tests.bench.company import QUIZ, TEAM, ZONE, library
from tests.bench.evidence import dumping, packing, sampling
from tests.bench.funnel import opening, rereading
from tests.bench.launch import watching
from tests.bench.lessons import counting, learning
from tests.bench.metrics import answering, recounting
from tests.bench.nights import recalling, reckoning
from tests.bench.processes import memory
from tests.bench.selection import choosing, fetching
from tests.fakes import FrozenClock

Json = dict[str, Any]
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday, 10:00 in Berlin


class Timed(Storage):
    """Says how long the people took to load, and forgets the memory that was needed up to then."""

    loading = 0.0
    resident = 0

    async def people(self) -> Sequence[Person]:
        began = time.perf_counter()
        found = await super().people()
        self.loading = time.perf_counter() - began
        Path("/proc/self/clear_refs").write_text("5")  # VmHWM begins anew
        self.resident = memory("VmRSS")
        return found


async def planning(url: str) -> Json:
    """Plan.tick as it finds a campaign to everyone due: seconds without loading the people, MiB, longest stall."""
    store = Timed.open(url, version="bench")
    assert isinstance(store, Timed)
    clock = FrozenClock(MONDAY - timedelta(days=1))
    numbers = itertools.count()
    plan = Plan(Desk(store, _one_campaign(), clock, lambda: f"{next(numbers):032x}"))
    await plan.tick()  # the campaign is seen for the first time: nothing before this is planned
    clock.move(MONDAY)
    async with watching() as watch:
        began = time.perf_counter()
        written = await plan.tick()
        seconds = time.perf_counter() - began - store.loading
    grown = (memory("VmHWM") - store.resident) / 1024
    store.close()
    loaded = {"loading": store.loading, "grown": grown}
    return {"count": written, "seconds": seconds, "stall": watch.longest, **loaded}


async def inserting(url: str, planned: str) -> Json:
    """The rows of another outbox written into this one: one executemany, one transaction."""
    source, target = connect(planned), connect(url)
    with source.connect() as connection:
        contents = [dict(row) for row in connection.execute(select(CONTENT)).mappings()]
        rows = [dict(row) for row in connection.execute(select(DELIVERY)).mappings()]
    for row in rows:
        del row["number"]
    with writing(target.connect()) as connection:
        with connection.begin():
            connection.execute(insert(CONTENT), contents)
        began = time.perf_counter()
        with connection.begin():
            connection.execute(insert(DELIVERY), rows)
        seconds = time.perf_counter() - began
    return {"count": len(rows), "seconds": seconds}


async def claiming(url: str, count: str) -> Json:
    """Due rows claimed, committed and in hand."""
    store = Storage.open(url, version="bench")
    await _claim(store, "nowhere", 1)  # statements are compiled
    async with watching() as watch:
        began = time.perf_counter()
        claimed = await _claim(store, TEAM, int(count))
        seconds = time.perf_counter() - began
    store.close()
    return {"count": claimed, "seconds": seconds, "stall": watch.longest}


async def _claim(store: Storage, workspace: str, count: int) -> int:
    queue = Queue(Platform.SLACK, workspace, Job.SEND)
    now, lease = datetime.now(UTC), timedelta(seconds=60)
    claim = await store.claim(queue, now, "bench", lease, Places(count, count), None)
    return len(claim.taken)


async def filling(url: str, count: str) -> Json:
    """APScheduler's store with jobs that are all due."""
    scheduler = _scheduler(url)
    scheduler.start(paused=True)
    for number in range(int(count)):
        scheduler.add_job(fired, "date", run_date=MONDAY, args=[number], id=f"job{number}")
    scheduler.shutdown()
    return {"count": int(count)}


async def firing(url: str, count: str) -> Json:
    """All of them run, from the start of the scheduler to the last."""
    wanted = int(count)
    scheduler = _scheduler(url)
    async with watching() as watch:
        began = time.perf_counter()
        scheduler.start()
        while len(_fired) < wanted:
            await asyncio.sleep(0.001)
        seconds = time.perf_counter() - began
    scheduler.shutdown()
    return {"count": len(set(_fired)), "seconds": seconds, "stall": watch.longest}


_fired: list[int] = []


async def fired(number: int) -> None:
    _fired.append(number)


def _scheduler(url: str) -> AsyncIOScheduler:
    """On the same SQLite with the same promises: WAL, synchronous FULL."""
    return AsyncIOScheduler(
        jobstores={"default": SQLAlchemyJobStore(engine=connect(url))},
        executors={"default": AsyncIOExecutor()},
        job_defaults={"misfire_grace_time": None},
        timezone=UTC,
    )


def _one_campaign() -> Library:
    whole = library()
    weekly = Cadence(repeat="weekly", days=("mon",), at=clock_time(9, 30))
    campaign = Campaign(id="everyone", title="Everyone", pieces=(QUIZ,), cadence=weekly, starts=MONDAY.date())
    programme = whole.programme.model_copy(update={"campaigns": (campaign,), "zone": ZONE})
    return Library(whole.pieces, programme)


CHILDREN: dict[str, Callable[..., Coroutine[Any, Any, Json]]] = {
    child.__name__: child
    for child in (
        *(planning, inserting, claiming, filling, firing, choosing, fetching, opening, rereading),
        *(verified, together, selected, exported, read, hashed, packing, dumping, sampling),
        *(recounting, answering, reckoning, recalling, counting, learning),
    )
}

if __name__ == "__main__":
    print(json.dumps(asyncio.run(CHILDREN[sys.argv[1]](*sys.argv[2:]))))
