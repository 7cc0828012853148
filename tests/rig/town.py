"""One run: a company, its processes on one database, two platforms and their people, on a clock that jumps."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import Engine, text

from content.campaigns import Campaign
from handlers.deliver import GIVE_UP
from handlers.events import Change
from handlers.model import Address, Job, Person, Platform, Reason
from handlers.pace import Pace
from storage.tables import NOT_DONE, OPEN
from tests.rig.asker import Asker
from tests.rig.crowd import Crowd
from tests.rig.library import library
from tests.rig.loop import NOBODY, VirtualClock, VirtualLoop
from tests.rig.memory import Memory
from tests.rig.notes import Notes
from tests.rig.platforms import Side
from tests.rig.plot import Plot, Someone, due
from tests.rig.process import Process

SLACK = {
    Job.SEND: Pace(start=1, most=2, step=0.1),
    Job.FIND: Pace(start=0.8, most=0.8),
    Job.WITHDRAW: Pace(start=0.8, most=0.8),
    Job.EDIT: Pace(start=0.8, most=0.8),
}
TEAMS = {
    Job.SEND: Pace(start=3, most=3, first_contact=2),
    Job.WITHDRAW: Pace(start=2, most=2),
    Job.EDIT: Pace(start=2, most=2),
}
REASONS = (Reason.BLOCKED, Reason.NOT_INSTALLED, Reason.DISABLED, Reason.NOBODY, Reason.REFUSED)
# Seconds: less than a lease, more than one, and more than a lease and a quarantine.
FROZEN_FOR = (1.0, 20.0, 70.0, 140.0, 300.0)
CATCHES_UP = timedelta(hours=2)  # in which every process has looked at its calendar once more
EVERY = timedelta(minutes=10)  # a look whether all has come to an end
LATE_ENOUGH = timedelta(minutes=10)  # until nothing can arrive any more, and the last zombie has spoken
_open = text(f"SELECT count(*) FROM delivery WHERE {OPEN}")
_leased = text("SELECT count(*) FROM delivery WHERE status IN ('sending', 'reconciling')")
_outdated = text(f"SELECT count(*) FROM refresh WHERE {NOT_DONE} AND due_at IS NOT NULL")
_unwanted = text(f"SELECT count(*) FROM withdrawal WHERE {NOT_DONE}")


@dataclass
class Town:
    """engine: on a database that is empty. `run` lives through the plot to the end of all that was begun."""

    plot: Plot
    engine: Engine
    loop: VirtualLoop
    notes: Notes = field(default_factory=Notes)
    running: list[Process] = field(default_factory=list)
    dead: list[Process] = field(default_factory=list)
    rough: bool = True  # faults and strikes
    closing: bool = False  # nothing is planned any more

    def __post_init__(self) -> None:
        plot = self.plot
        self.clock = VirtualClock(self.loop, plot.starts)
        self._chance = Random(f"{plot.seed} town")
        self._numbers, self._names = count(1), count(1)
        self.people = {someone.key: someone for someone in plot.people}
        self.library = library(plot, "")
        self.crowd = Crowd(self, Random(f"{plot.seed} crowd"))
        self.sides = [
            Side(platform, tells, paces, self.clock, Random(f"{plot.seed} {platform}"), plot.faults, self.crowd.sees)
            for platform, tells, paces in ((Platform.SLACK, True, SLACK), (Platform.TEAMS, False, TEAMS))
        ]  # fmt: skip
        self._moments = sorted(
            {moment for c in plot.campaigns for _, moment in self._slots(c)}
            | {launch.at for launch in plot.launches}
        )

    async def run(self) -> None:
        """Raises nothing; what went wrong is in the notes and in the rows."""
        plot = self.plot
        await self._settles_in()
        for _ in range(plot.processes):
            self._starts()
        for launch in plot.launches:
            self.crowd.launches(launch)
        for act in plot.acts:
            self.crowd.does(act)
        Asker(self, Random(f"{plot.seed} asker")).begins()
        for moment in plot.edits:
            self._at(moment, self._edits)
        for begins, ends in plot.outages:
            self._at(begins, partial(self._goes_dark, ends))
        await self.clock.wait_until(max([plot.ends, *(ends for _, ends in plot.outages)]))
        self._calms()
        await asyncio.sleep(CATCHES_UP.total_seconds())
        self.closing = True
        await asyncio.sleep(LATE_ENOUGH.total_seconds())  # for who was just about to plan
        until = self.clock.now() + timedelta(days=2) + GIVE_UP
        while self.clock.now() < until and self._anything_open():
            await asyncio.sleep(EVERY.total_seconds())
        await asyncio.sleep(LATE_ENOUGH.total_seconds())

    def new_id(self) -> str:
        return f"id{next(self._numbers):05d}"

    def address(self, someone: Someone) -> Address:
        return Address(someone.platform, f"{someone.platform}-1", someone.key)

    def reason(self) -> Reason:
        return self._chance.choice(REASONS)

    def anything_leased(self) -> bool:
        return self._count(_leased) > 0

    def next_look(self, now: datetime, chance: Random) -> datetime:
        """When a process plans again: just when something is due, or a little later."""
        coming = next((moment for moment in self._moments if moment > now), now + timedelta(hours=3))
        late = timedelta(seconds=chance.choice((0.0, 0.0, 5.0, 900.0)) * chance.random())
        return min(coming, now + timedelta(hours=3)) + late

    def burns(self, process: Process) -> None:
        """Light the fuse: after so many steps something happens to this process."""
        if self.rough and self.plot.strikes:
            process.strand.burnt = lambda: self._strikes(process)
            process.strand.fuse = 1 + int(self._chance.expovariate(1 / self.plot.strikes))

    def watch(self, task: asyncio.Task[Any]) -> None:
        task.add_done_callback(self._watched)

    def _watched(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and task.exception() is not None:
            self.notes.errors.append(f"the rig: {task.exception()!r}")

    async def _settles_in(self) -> None:
        """Everybody is known before the first process starts."""
        memory = Memory(self.engine, Random(0))
        for someone in self.plot.people:
            person = Person(
                someone.key, someone.key, f"{someone.key}@example.org", zone=someone.zone,
                addresses=(self.address(someone),),
            )  # fmt: skip
            await memory.commit(Change(inbox=someone.key, at=self.plot.starts, person=person))
        memory.close()

    def _starts(self) -> None:
        process = Process(self, f"process {next(self._names)}")
        self.running.append(process)
        self.burns(process)

    def _strikes(self, process: Process) -> None:
        if self._chance.random() < 0.5:
            process.freeze(self._chance.choice(FROZEN_FOR) * (0.5 + self._chance.random()))
        else:
            self._ends(process)
            self._in(self._chance.uniform(0.1, 100.0), self._fills_up)

    def _ends(self, process: Process) -> None:
        process.kill()
        self.running.remove(process)
        self.dead.append(process)

    def _fills_up(self) -> None:
        dark = any(begins <= self.clock.now() < ends for begins, ends in self.plot.outages)
        while not dark and len(self.running) < self.plot.processes:
            self._starts()

    def _goes_dark(self, until: datetime) -> None:
        for process in list(self.running):
            self._ends(process)
        self._at(until, self._fills_up)

    def _edits(self) -> None:
        """A new version of every piece goes live: the processes are started anew with it."""
        self.library = library(self.plot, " (edited)")
        for process in list(self.running):
            self._ends(process)
        self._fills_up()

    def _calms(self) -> None:
        self.rough = False
        for side in self.sides:
            side.rate = 0.0
        for process in self.running:
            process.strand.fuse = 0
        self._fills_up()

    def _at(self, moment: datetime, step: Any) -> None:
        self._in((moment - self.clock.now()).total_seconds(), step)

    def _in(self, seconds: float, step: Any) -> None:
        self.loop.call_later(seconds, step, context=NOBODY)

    def _slots(self, campaign: Campaign) -> list[tuple[str, datetime]]:
        zones = {someone.zone for someone in self.plot.people}
        span = (self.plot.starts, self.plot.ends + timedelta(days=5))
        return [slot for zone in zones for slot in due(campaign, zone, *span)]

    def _anything_open(self) -> bool:
        return any(map(self._count, (_open, _unwanted, _outdated)))

    def _count(self, counting: Any) -> int:
        with self.engine.connect() as connection:
            return int(connection.scalar(counting))
