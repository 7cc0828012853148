"""One run from its seed to its verdict: a campaign, another one, a broadcast, and everything that goes wrong."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.config import Settings
from storage.engine import connect
from tests.bot.processes import free_port
from tests.chaos import leader, spans, weather
from tests.chaos.crowd import Crowd
from tests.chaos.databases import Database
from tests.chaos.evidence import Evidence, Rows, under_way
from tests.chaos.killer import Killer
from tests.chaos.processes import Worker
from tests.chaos.promises import PROMISES
from tests.chaos.town import FIRST, SECOND, Size, Town, move_in, programme, town

ONE_MINUTE = timedelta(minutes=1)
SETTLES_WITHIN = 40.0  # seconds from the last fault until nothing is under way
UP_WITHIN = 30.0


@dataclass(frozen=True)
class Scale:
    """How large a run is. lasts: seconds of faults and blows; second: until the second campaign falls due."""

    size: Size
    lasts: float
    second: float


FULL = Scale(Size(60, 40), 9.0, 4.0)
SHORT = Scale(Size(24, 16), 3.0, 1.5)


@dataclass
class Verdict:
    """What came of a run. void: the machine held the simulators up, so nothing is proven either way."""

    seed: int
    database: str
    seconds: float = 0
    void: bool = False
    broken: dict[str, list[str]] = field(
        default_factory=dict
    )  # promise -> its offences, the first with its story
    counts: dict[str, int] = field(default_factory=dict)
    deaths: list[str] = field(default_factory=list)
    logs: str = ""

    @property
    def holds(self) -> bool:
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"holds": self.holds}


async def run(seed: int, name: str, database: Database, folder: Path, scale: Scale) -> Verdict:
    """name: the database's, for the verdict. The folder keeps the processes' logs."""
    began = time.monotonic()
    verdict = Verdict(seed, name)
    chance = Random(f"{seed} story")
    ports = [free_port() for _ in range(chance.randint(1, 2))]
    due = datetime.now(UTC).replace(second=0, microsecond=0) + ONE_MINUTE
    ahead = due - datetime.now(UTC) - timedelta(seconds=scale.second)
    async with town(folder, seed, scale.size, ahead, ports) as place:
        settings_file = programme(folder, due - ONE_MINUTE, due)
        url = database.fresh(folder)
        await move_in(place, Settings.read(place.environ(url, settings_file, 0)))
        workers = [
            Worker(f"work-{n}", "work", place.environ(url, settings_file, 0), place.ahead, folder)
            for n in (1, 2)
        ] + [
            Worker(f"serve-{n}", "serve", place.environ(url, settings_file, port), place.ahead, folder)
            for n, port in enumerate(ports, 1)
        ]
        try:
            await _lives(place, workers, database, url, seed, scale, verdict)
        finally:
            for worker in workers:
                worker.go_on()
                worker.kill()
    verdict.seconds = round(time.monotonic() - began, 1)
    return verdict


async def _lives(
    place: Town,
    workers: list[Worker],
    database: Database,
    url: str,
    seed: int,
    scale: Scale,
    verdict: Verdict,
) -> None:
    crowd = Crowd((place.on_slack, place.on_teams), place.clock, seed)
    killer = Killer(workers, database, place.clock, seed, place.under_way)
    lag = Lag()
    watching = [asyncio.create_task(act) for act in (crowd.watch(), lag.watch(), _watched_over(workers))]
    for worker in workers:
        worker.start()
    await _up(workers)
    chance = Random(f"{seed} crowd")
    for side in (place.on_slack, place.on_teams):
        for user in place.users(side):
            if chance.random() < 0.2:
                crowd.begin(crowd.says(side, user, scale.lasts))
    crowd.begin(leader.writes_to_everyone(place.on_slack, crowd, seed))
    await asyncio.gather(
        killer.strikes(scale.lasts, (0.0, scale.second - 0.2)),
        weather.befalls(place.slack, place.authority, seed, scale.lasts),
    )
    place.calm()
    engine = connect(url)
    try:
        left_over = await _settled(engine, crowd)
    finally:
        engine.dispose()
    for task in watching:
        task.cancel()
    await crowd.leave()
    for broken in crowd.broken:
        raise broken
    rows = await asyncio.to_thread(Rows.read, url)
    known = Evidence(
        rows, place.slack.ledger, place.teams.ledger, crowd.presses, crowd.words, killer.struck,
        [FIRST, SECOND, *(b.id for b in rows.broadcasts)], left_over,
    )  # fmt: skip
    verdict.deaths = [words for worker in workers for words in worker.deaths]
    verdict.counts = _counts(place, known) | {
        "died by themselves": len(verdict.deaths),
        "deadlocks": database.deadlocks(),
        "lag ms": int(lag.longest * 1000),
    }
    _judge(known, verdict, lag.longest)


async def _up(workers: list[Worker]) -> None:
    """Until every web process listens."""
    until = time.monotonic() + UP_WITHIN
    for port in [int(worker.environ["PORT"]) for worker in workers if worker.command == "serve"]:
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            if time.monotonic() > until:
                logs = "\n".join(worker.log.read_text()[-2000:] for worker in workers if worker.log.exists())
                raise TimeoutError(f"the product does not start:\n{logs}")
            await asyncio.sleep(0.05)


async def _watched_over(workers: list[Worker]) -> None:
    """A process that ended by itself is started again, as whatever watches over a server does."""
    while True:
        for worker in workers:
            worker.start_again()
        await asyncio.sleep(0.3)


async def _settled(engine: Engine, crowd: Crowd) -> list[str]:
    """Wait until nothing is under way and nobody is at anything; what still is after so long."""
    until = time.monotonic() + SETTLES_WITHIN
    quiet = 0
    while True:
        left = await asyncio.to_thread(_left, engine)
        left += [f"{crowd.busy} people are still at something"] if crowd.busy else []
        quiet = quiet + 1 if not left else 0
        if quiet == 3 or time.monotonic() > until:
            return left
        await asyncio.sleep(0.2)


def _left(engine: Engine) -> list[str]:
    try:
        with engine.connect() as connection:
            return under_way(connection)
    except SQLAlchemyError as error:
        return [f"the database: {error}"]


def _judge(evidence: Evidence, verdict: Verdict, lag: float) -> None:
    by_machine = []
    for promise in PROMISES:
        offences = list(promise(evidence))
        if offences:
            told = [offence.what for offence in offences]
            first = next((offence for offence in offences if offence.delivery in evidence.by_id), None)
            story = evidence.story(first.delivery) if first else []
            verdict.broken[promise.__name__] = [*told[:5], *(f"  {line}" for line in story)]
            by_machine += [offence.by_machine for offence in offences]
    verdict.void = lag > spans.ROOM or (lag > spans.STARVED and bool(by_machine) and all(by_machine))


def _counts(place: Town, evidence: Evidence) -> dict[str, int]:
    assert place.slack.wire.faults is not None
    assert place.teams.wire.faults is not None
    faults = Counter(place.slack.wire.faults.met) + Counter(place.teams.wire.faults.met)
    blows = Counter(str(struck.blow) for struck in evidence.struck)
    sent = [row for row in evidence.rows.deliveries if row.status == "sent"]
    copies = [len(sights) - 1 for sights in evidence.sights("teams").values()]
    return {
        "deliveries": len(evidence.rows.deliveries),
        "sent": len(sent),
        "faults": sum(faults.values()),
        "lost on the way in": place.front.losses,
        **blows,
        "presses": len(evidence.presses),
        "counted": sum(1 for _ in evidence.participations()),
        "doubts resolved": sum(bool(row.resolved_by) for row in evidence.rows.deliveries),
        "second copies on Teams": sum(copies),
    }


@dataclass
class Lag:
    """How long this process was ever held up: a simulator that sleeps proves nothing about the product."""

    longest: float = 0

    async def watch(self) -> None:
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.02)
            self.longest = max(self.longest, time.monotonic() - before - 0.02)
