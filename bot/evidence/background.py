"""Packs asked for in the chat or on the page: each made by a process of its own, so that nobody waits for it."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.evidence import keeping
from content.cards import Card, Note
from handlers.desk import Desk
from handlers.events import Change
from handlers.evidence import jobs
from handlers.evidence.jobs import Job, Kept

log = logging.getLogger(__name__)

_FAR = re.compile(r"\s*(\d+)% (.+)")


@dataclass
class Background:
    """`handlers.evidence.jobs.Makers`. environ: how a process finds this memory; desk: set when the house stands."""

    folder: str
    environ: Mapping[str, str]
    desk: Desk | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, job: Job) -> None:
        task = asyncio.create_task(self._make(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def kept(self) -> Sequence[Kept]:
        return await asyncio.to_thread(keeping.kept, Path(self.folder))

    async def zipped(self, pack: Kept) -> AsyncIterator[bytes]:
        pieces = keeping.zipped(Path(self.folder) / pack.name)
        while piece := await asyncio.to_thread(next, pieces, b""):
            yield piece

    async def stop(self) -> None:
        """What is under way is given up, and its process ended."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _make(self, job: Job) -> None:
        out = Path(self.folder) / _name(job)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "evidence", "--standard", job.standard, "--since", job.since),
            *("--until", job.until, "--seed", job.seed, "--n", str(job.n), "--out", str(out)),
            *(["--by-team"] if job.by_team else []),
            *(["--as", job.email] if job.email else []),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, **self.environ},
        )
        try:
            last = await self._listen(job, process)
            await self._ended(job, await process.wait(), out, last)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _listen(self, job: Job, process: asyncio.subprocess.Process) -> str:
        """Keeps how far it is; the last thing it said that was no progress."""
        assert self.desk is not None
        assert process.stderr is not None
        last, percent = "", -1
        async for line in process.stderr:
            said = line.decode(errors="replace").strip()
            if (far := _FAR.fullmatch(said)) is None:
                last = said
            elif int(far[1]) > percent:
                percent = int(far[1])
                await jobs.say(self.desk.store, job, self.desk.clock.now(), percent=percent, step=far[2])
        return last

    async def _ended(self, job: Job, code: int, out: Path, last: str) -> None:
        """Whoever asked for it is told, and it is kept."""
        assert self.desk is not None
        desk, now = self.desk, self.desk.clock.now()
        why = last or "it stopped without a word"
        if code == 0:
            page = " `insights` opens the page from which it can be downloaded." if desk.page else ""
            text = f"The pack is in `{out}`.{page} Read report.pdf first; README.txt says how to verify it."
        else:
            text = f"The pack could not be made: {why}"
            log.warning("the evidence pack of %s could not be made: %s", job.standard, why)
        person = await desk.store.person(job.person)
        if person is not None and person.address is not None:
            title = f"Evidence: {job.standard}, {job.since} to {job.until}"
            card = Card(title=title, blocks=(Note(markdown=text),))
            row = desk.answer(person, person.address, card, f"evidence:{job.id}")
            await desk.store.commit(Change(inbox=f"evidence:{job.id}", at=now, actor=person, deliver=(row,)))
        news = {"folder": str(out)} if code == 0 else {"error": why}
        await jobs.say(desk.store, job, now, **news)


def _name(job: Job) -> str:
    """ "iso-iec-27001-2022-2026-01-01-2026-12-31-1a2b3c4d"."""
    standard = re.sub(r"[^a-z0-9]+", "-", job.standard.lower())
    return f"{standard}-{job.since}-{job.until}-{job.id[:8]}"
