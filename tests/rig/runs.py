"""Runs by their seeds, on this core or on several, and what came of each."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from tests.rig import story
from tests.rig.evidence import Evidence, gathered
from tests.rig.life import lived
from tests.rig.memory import database
from tests.rig.plot import Plot, drawn

IN_MEMORY = Path("/dev/shm")  # where commits cost nothing; any folder does


@dataclass(frozen=True)
class Verdict:
    """broken: the promises that were not kept, by their names. story: of the first they let down; empty: all held.

    seen: how often what happened, for a run in which nothing happens proves nothing. head: the last hash of the
    ledger; two runs that differ in anything that was noted differ there.
    """

    seed: int
    seconds: float
    broken: tuple[str, ...] = ()
    story: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    head: str = ""


class Runs:
    """Enter it for a database; each run then begins with an empty one."""

    def __init__(self, within: Path | None = None) -> None:
        """within: a folder that somebody else removes."""
        self._within = within

    def __enter__(self) -> Runs:
        self._opened = ExitStack()
        path = Path(
            tempfile.mkdtemp(dir=self._within) if self._within else self._opened.enter_context(_folder())
        )
        self._engine: Engine = self._opened.enter_context(database(path))
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def lived(self, plot: Plot) -> Evidence:
        return gathered(lived(plot, self._engine))

    def of(self, plot: Plot) -> Verdict:
        began = time.perf_counter()
        known = self.lived(plot)
        offences = story.broken(known)
        told = story.told(known, offences) if offences else ""
        names = tuple(name for name, _ in offences)
        head = max(known.entries, key=lambda entry: entry.sequence).hash
        return Verdict(plot.seed, time.perf_counter() - began, names, told, _seen(known), head)


def on_several(seeds: Iterable[int], jobs: int) -> Iterator[Verdict]:
    """In the order of the seeds."""
    if jobs == 1:
        with Runs() as runs:
            yield from (runs.of(drawn(seed)) for seed in seeds)
        return
    with _folder() as folder, multiprocessing.get_context("spawn").Pool(jobs, _open, [folder]) as pool:
        yield from pool.imap(_one, seeds, chunksize=4)


def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="rig-", dir=IN_MEMORY if IN_MEMORY.is_dir() else None)


_here: list[Runs] = []  # of a process of a pool, which keeps its database from one run to the next


def _open(folder: str) -> None:
    _here.append(Runs(Path(folder)).__enter__())


def _one(seed: int) -> Verdict:
    return _here[0].of(drawn(seed))


def _seen(known: Evidence) -> Counter[str]:
    town = known.town
    seen = Counter(f"{row.status} {row.reason}".strip() for row in known.rows)
    seen.update(f"call: {call.fault}" for side in town.sides for call in side.calls)
    seen.update(strike.what.split(" for ")[0] for strike in town.notes.strikes)
    seen.update(f"resolved: {row.resolved_by}" for row in known.rows if row.resolved_by)
    seen["ends that came too late"] = sum(not ended.ours for ended in town.notes.ended)
    seen["answers"] = sum(entry.participation and bool(entry.delivery) for entry in known.entries)
    seen["second copies"] = sum(len(copies) - 1 for copies in known.copies.values() if copies)
    seen["taken away"] = sum(copy.removed is not None for copies in known.copies.values() for copy in copies)
    seen["drawn anew"] = sum(len(copy.redrawn) for copies in known.copies.values() for copy in copies)
    began = {(o.campaign, o.slot, o.zone): o.planned_at for o in known.occurrences}
    late = {
        (e.campaign, e.slot, e.zone)
        for e in known.entries
        if e.kind == "assigned" and e.zone and e.at != began.get((e.campaign, e.slot, e.zone))
    }
    seen["plans that another process ended"] = len(late)
    return seen
