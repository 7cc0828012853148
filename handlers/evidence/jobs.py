"""A pack that is being made in the background: what the memory keeps of it, and who carries it out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Protocol

from handlers.ports import Store

NAME = "evidence"  # of the value that the memory keeps
SILENT = timedelta(minutes=5)  # after which its process is taken for dead


@dataclass(frozen=True)
class Job:
    """percent and step: how far it is; folder: where it is when it has ended well; error: why it has not."""

    id: str
    standard: str
    since: str
    until: str
    person: str  # key of who asked for it
    told_at: str  # ISO 8601 with offset: when it was last heard of
    email: str  # of the same, for an exception from works-council mode; empty: not known
    seed: str = "42"
    n: int = 5
    by_team: bool = False
    percent: int = 0
    step: str = ""
    folder: str = ""
    error: str = ""

    def open(self, now: datetime) -> bool:
        """Whether it is under way, as far as anybody has heard."""
        return not (self.folder or self.error) and now - datetime.fromisoformat(self.told_at) < SILENT

    def outcome(self, now: datetime) -> tuple[str, str]:
        """What became of it: a label, and what stands behind it."""
        if self.folder:
            return "Ready in", self.folder
        if self.error:
            return "Not made", self.error
        if self.open(now):
            return "Being made", f"{self.percent} %, {self.step or 'counting'}"
        return "Not made", "whatever made it has stopped; ask for it again"

    @property
    def days(self) -> tuple[date, date]:
        return date.fromisoformat(self.since), date.fromisoformat(self.until)


@dataclass(frozen=True)
class Kept:
    """A finished pack in the folder.

    name: of its own folder. names: rule of whom it names; None: nobody. named: keys of those of its sample whom it
    names. size: bytes of all its files.
    """

    name: str
    standard: str
    since: str
    until: str
    made_at: datetime
    names: str | None
    named: tuple[str, ...]
    size: int


class Makers(Protocol):
    """Who makes packs in the background of this process."""

    def begin(self, job: Job) -> None:
        """Start it and come back at once; how far it is, and how it ended, is kept with `say`."""
        ...

    async def kept(self) -> Sequence[Kept]:
        """The finished packs in the folder, the latest first."""
        ...

    def zipped(self, pack: Kept) -> AsyncIterator[bytes]:
        """One of these as a ZIP archive, a piece after the other."""
        ...


async def latest(store: Store) -> Job | None:
    kept = await store.recall_value(NAME)
    return Job(**json.loads(kept)) if kept else None


async def take(store: Store, job: Job, now: datetime) -> bool:
    """Of all processes and askers one pack is made at a time. False: one is under way."""
    kept = await store.recall_value(NAME)
    if kept and Job(**json.loads(kept)).open(now):
        return False
    return await store.swap_value(NAME, kept, _text(job))


async def say(store: Store, job: Job, now: datetime, **news: str | int) -> Job:
    """Keep what is new of it: its percent and step, its folder or its error."""
    told = replace(job, told_at=now.isoformat(), **news)  # type: ignore[arg-type]
    await store.keep_value(NAME, _text(told))
    return told


def _text(job: Job) -> str:
    return json.dumps(asdict(job))
