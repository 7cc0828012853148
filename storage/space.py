"""The free space beside a SQLite file: enough, low, or none for anything new. A server's disk is not ours to watch."""

from __future__ import annotations

import logging
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine

from handlers.model import Room

log = logging.getLogger(__name__)

MB = 1_000_000
LOW = 1000 * MB
LEAST = 200 * MB  # kept for what is under way: its ends have to be written, or it would be sent again
REFUSED_FOR = 60.0  # seconds for which a refusal of the database itself counts: a quota may be tighter


@dataclass
class Space:
    """folder: None where there is none to look at. low and least are bytes."""

    folder: Path | None
    low: int = LOW
    least: int = LEAST
    _seen: Room = field(default=Room.ENOUGH, init=False)
    _refused: float | None = field(default=None, init=False)

    @classmethod
    def beside(cls, engine: Engine) -> Space:
        sqlite = engine.dialect.name == "sqlite"
        return cls(Path(engine.url.database or "").absolute().parent if sqlite else None)

    def look(self) -> Room:
        """By the disk alone; each change is said in the log."""
        free = self._free()
        room = self._named(free)
        if room is not self._seen:
            self._say(room, (free or 0) // MB)
            self._seen = room
        return room

    def room(self) -> Room:
        """By the disk, and by what the database has said of it within the last minute."""
        lately = self._refused is not None and time.monotonic() - self._refused < REFUSED_FOR
        return Room.NONE if lately else self.look()

    def refused(self) -> None:
        """The database could not grow."""
        self._refused = time.monotonic()

    def _named(self, free: int | None) -> Room:
        if free is None:
            return Room.ENOUGH
        if free < self.least:
            return Room.NONE
        return Room.LOW if free < self.low else Room.ENOUGH

    def _free(self) -> int | None:
        if self.folder is None:
            return None
        try:
            return shutil.disk_usage(self.folder).free
        except OSError:
            return None  # whatever is wrong with the folder, the database will say it

    def _say(self, room: Room, left: int) -> None:
        least = self.least // MB
        match room:
            case Room.ENOUGH:
                log.info("%s has room again: %d MB.", self.folder, left)
            case Room.LOW:
                log.warning(
                    "%s has %d MB left. Free space: below %d MB nothing new is planned or taken in.",
                    self.folder, left, least,
                )  # fmt: skip
            case Room.NONE:
                log.error(
                    "%s has %d MB left, less than %d: campaigns and broadcasts wait, and what people press is "
                    "refused with a sentence, until somebody frees space. What is under way goes on.",
                    self.folder, left, least,
                )  # fmt: skip
