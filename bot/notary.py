"""Signs this process' checkpoints, and keeps a copy of all of them in a file outside of the database."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bot import sealing, stamps
from bot.config import Settings
from bot.sealing import BadKey, Key
from handlers.ledger.chains import Head
from handlers.ledger.checkpoints import Checkpoint, NotACheckpoint, following, from_line
from handlers.model import Platform, Reason

log = logging.getLogger(__name__)

ADVICE = {
    (Platform.SLACK, Reason.NOT_INSTALLED): "Invite the app to that channel.",
    (
        Platform.SLACK,
        Reason.NOBODY,
    ): "Copy the channel's id again, and where it is a private one invite the app to it.",
    (Platform.SLACK, Reason.LEFT): "The channel is archived: name another one.",
    (Platform.TEAMS, Reason.NOT_INSTALLED): "Add the app to that channel's team.",
    (Platform.TEAMS, Reason.NOBODY): "Copy the channel's id again, and add the app to its team.",
}
OTHERWISE = "The next one vouches for it too."
_TAIL = 1 << 16  # bytes at the end of a file in which its last line is looked for


class HouseNotary:
    """`handlers.ledger.checkpoints.Notary`."""

    def __init__(self, settings: Settings, version: str) -> None:
        self._settings = settings
        self._version = version
        self._outside = Path(settings.ledger_checkpoints) if settings.ledger_checkpoints else None
        self._said: set[str] = set()

    @property
    def channels(self) -> Mapping[Platform, str]:
        named = {
            Platform.SLACK: self._settings.ledger_slack_channel,
            Platform.TEAMS: self._settings.ledger_teams_channel,
        }
        return {platform: channel for platform, channel in named.items() if channel}

    def untold(self, platform: Platform, reason: Reason, code: str) -> None:
        setting = f"LEDGER_{platform.upper()}_CHANNEL"
        said = f"{setting}: a checkpoint did not get there: {reason}" + (f" ({code})" if code else "")
        self._say(f"{said}. {ADVICE.get((platform, reason), OTHERWISE)}")

    async def sign(self, last: Checkpoint | None, heads: Sequence[Head], at: datetime) -> Checkpoint | None:
        try:
            key = await asyncio.to_thread(key_of, self._settings, last)
        except BadKey as why:
            self._say(f"no checkpoint of the log is made here: {why}")
            return None
        made = following(last, heads, at, self._version, key.public)
        url = self._settings.ledger_timestamp_url
        stamp = await stamps.stamp(url, made.signed) if url else ""
        return made.signed_with(key.sign(made.signed), stamp)

    async def published(self) -> int | None:
        if self._outside is None:
            return None
        try:
            return await asyncio.to_thread(_last, self._outside)
        except (OSError, NotACheckpoint) as error:
            self._say(f"LEDGER_CHECKPOINTS: {self._outside} cannot be continued: {error}")
            return None

    async def publish(self, checkpoints: Sequence[Checkpoint]) -> None:
        assert self._outside is not None
        try:
            await asyncio.to_thread(_append, self._outside, checkpoints)
        except (OSError, NotACheckpoint) as error:
            self._say(f"LEDGER_CHECKPOINTS: {self._outside} cannot be written: {error}")

    def _say(self, sentence: str) -> None:
        """Once: the next hour is told the same."""
        if sentence not in self._said:
            self._said.add(sentence)
            log.warning("%s", sentence)


def key_of(settings: Settings, last: Checkpoint | None) -> Key:
    """The key of this house: made where it never had one, and otherwise the one that it signed with before.

    Raises BadKey.
    """
    path = sealing.key_file(settings.database_url)
    if settings.ledger_key:
        key: Key | None = sealing.key_from(settings.ledger_key, "LEDGER_KEY")
    else:
        key = sealing.read(path)
    if key is None and last is None:
        return sealing.make(path)
    if key is None or (last is not None and key.public != last.key):
        where = "LEDGER_KEY" if settings.ledger_key else str(path)
        what = "is not there" if key is None else f"is another key ({key.public})"
        assert last is not None
        raise BadKey(
            f"{where} {what}; the last checkpoint was signed with the key {last.key}. Bring that file here from the "
            "machine that has it; if it is lost, run `python -m bot ledger key --new` and tell the auditor"
        )
    return key


def _last(path: Path) -> int:
    """The number of the last whole line; 0 where there is none."""
    try:
        with path.open("rb") as file:
            return _last_in(file)
    except FileNotFoundError:
        return 0


def _last_in(file: BinaryIO) -> int:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    lines = file.read().rpartition(b"\n")[0].splitlines()
    if not lines:
        return 0
    return from_line(lines[-1].decode(errors="replace")).number


def _append(path: Path, checkpoints: Sequence[Checkpoint]) -> None:
    """Each line once, also when several processes write to one file; a line that was cut off is taken away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # until the file is closed
        last = _last_in(file)
        fresh = "".join(f"{checkpoint.line}\n" for checkpoint in checkpoints if checkpoint.number > last)
        end = _end_of_lines(file)
        if end < file.seek(0, os.SEEK_END):
            with suppress(PermissionError):  # a file that may only grow keeps the piece
                file.truncate(end)
        file.write(fresh.encode())
        file.flush()
        os.fsync(file.fileno())


def _end_of_lines(file: BinaryIO) -> int:
    """Where the last whole line ends."""
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL)
    file.seek(start)
    tail = file.read()
    return start + tail.rfind(b"\n") + 1 if b"\n" in tail else start
