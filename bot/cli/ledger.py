"""ledger export, verify, key: the participation log as a file, and whether anybody changed it."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot import sealing, stamps
from bot.app import VERSION, House, opened
from bot.cli.days import day
from bot.clock import SystemClock
from bot.config import BadSetting, Settings
from bot.notary import key_of
from bot.sealing import BadKey, Key, holds
from handlers.ledger.chains import Unfit
from handlers.ledger.checkpoints import Checkpoint, NotACheckpoint, following, from_line
from handlers.ledger.exports import Export
from handlers.ledger.judging import Brought, Looked, judged, listed, told
from storage import verifying

A_DAY = timedelta(days=1)


async def export(settings: Settings, arguments: argparse.Namespace) -> int:
    """Everything, or the days from --since to --until (the programme's), into a new file."""
    async with opened(settings) as house:
        zone = ZoneInfo(house.library.programme.zone)
        since = _midnight(arguments.since, "--since", zone)
        until = _midnight(arguments.until, "--until", zone)
        key = await key_here(settings, house)
        try:
            with arguments.out.open("xb") as file:
                header = await house.store.export(
                    file.write,
                    lambda text: (key.public, key.sign(text)) if key else ("", ""),
                    house.clock.now(),
                    VERSION,
                    since,
                    until + A_DAY if until else None,
                    _progress("exported"),
                )
        except FileExistsError:
            raise BadSetting(f"--out {arguments.out} is there already: name a new file") from None
        except OSError as error:
            raise BadSetting(f"--out {arguments.out}: {error.strerror}") from error
    signed = f"signed with the key {key.public}" if key else "not signed: the key is not on this machine"
    sys.stdout.write(
        f"{header.entries:,} entries and {header.checkpoints:,} checkpoints are in {arguments.out}, {signed}.\n"
        f"Anybody can check it: python -m bot ledger verify {arguments.out}\n"
    )
    return 0


async def verify(settings: Settings, arguments: argparse.Namespace) -> int:
    """Exit code 1 with the first thing that does not fit."""
    brought = Brought(
        keys=tuple(_public(text) for text in arguments.key or ()),
        checkpoints=tuple(_from_file(arguments.checkpoints)) if arguments.checkpoints else (),
        fingerprint=arguments.fingerprint or "",
    )
    try:
        if arguments.export is not None:
            text = await asyncio.to_thread(_of_file, arguments.export, brought, arguments.authority)
        else:
            text = await asyncio.to_thread(_of_database, settings.database_url, brought, arguments.authority)
    except Unfit as why:
        sys.stdout.write(f"It does not hold. The first that does not fit is {why}.\n")
        return 1
    sys.stdout.write(text)
    return 0


async def key(settings: Settings, arguments: argparse.Namespace) -> int:
    """The public key, for the auditor to note; with --new another one from now on."""
    async with opened(settings) as house:
        last = await house.store.checkpoints.newest()
        try:
            if arguments.new:
                found = await _another(settings, house, last)
            else:
                found = key_of(settings, last)
        except BadKey as why:
            sys.stderr.write(f"{why}\n")
            return 1
    sys.stdout.write(f"{found.public}\n")
    return 0


async def _another(settings: Settings, house: House, last: Checkpoint | None) -> Key:
    """A new key, in force with a checkpoint of its own; the file of the old one is kept beside it."""
    path = sealing.key_file(settings.database_url)
    if settings.ledger_key:
        found = sealing.key_from(settings.ledger_key, "LEDGER_KEY")
    else:
        if path.exists():
            path.rename(path.with_name(f"{path.name}.until-{house.clock.now():%Y%m%dT%H%M%S}"))
        found = sealing.make(path)
    heads = await house.store.checkpoints.heads()
    if heads and (last is None or last.key != found.public):
        made = following(last, heads, house.clock.now(), VERSION, found.public)
        if not await house.store.checkpoints.keep(made.signed_with(found.sign(made.signed))):
            raise BadKey(
                "a checkpoint was made at this very moment; run it again with LEDGER_KEY or the file as it is"
            )
    return found


async def key_here(settings: Settings, house: House) -> Key | None:
    try:
        return key_of(settings, await house.store.checkpoints.newest())
    except BadKey as why:
        sys.stderr.write(f"The export is not signed: {why}\n")
        return None


def _of_file(path: Path, brought: Brought, authority: Path | None = None) -> str:
    """Raises Unfit."""
    try:
        with path.open("rb", buffering=1 << 20) as file:
            export = Export.open(file.readline, holds)
            header = export.header
            looked = Looked(str(path), header.made, header.whole, header.ranges)
            checkpoints = listed(looked, export.checkpoints, brought, holds)
            heads = [head for checkpoint in checkpoints for head in checkpoint.heads]
            hashes = export.verify(heads, _progress("verified"))
    except OSError as error:
        raise BadSetting(f"{path} cannot be read: {error.strerror}") from error
    if brought.keys and export.key not in brought.keys:
        by = f"with another key, {export.key}" if export.key else "with no key at all"
        raise Unfit(f"line {export.number}: the file was signed {by}")
    text = told(judged(looked, checkpoints, hashes, brought)) + _stamped(checkpoints, authority)
    return (
        text
        if export.key
        else f"{text}The file as a whole is not signed: its first line may have been changed.\n"
    )


def _of_database(url: str, brought: Brought, authority: Path | None) -> str:
    """Raises Unfit."""
    database = make_url(url).database
    if url.startswith("sqlite") and not (database and Path(database).is_file()):
        raise BadSetting(f"DATABASE_URL: there is no file {database}")
    try:
        looked, inside = verifying.looked_at(url, SystemClock().now())
        checkpoints = listed(looked, inside, brought, holds)
        verdict = verifying.verify_at(url, len(os.sched_getaffinity(0)), _progress("verified"))
        if verdict.broken is not None:
            raise Unfit(f"{verdict.broken}: {verdict.why}")
        hashes = verifying.hashes_at(url, [head for checkpoint in checkpoints for head in checkpoint.heads])
    except verifying.OldSchema:
        raise BadSetting(
            "DATABASE_URL: run `python -m bot migrate` on it first; it was made by an earlier version"
        ) from None
    except DBAPIError as error:
        raise BadSetting(f"DATABASE_URL: the database cannot be read: {error.orig}") from error
    return told(judged(looked, checkpoints, hashes, brought)) + _stamped(checkpoints, authority)


def _stamped(checkpoints: Sequence[Checkpoint], authority: Path | None) -> str:
    """What time stamps add, as a line. Raises Unfit for one that does not fit, and BadSetting."""
    stamped = [checkpoint for checkpoint in checkpoints if checkpoint.stamp]
    last = None
    for checkpoint in stamped:
        try:
            last = stamps.moment(checkpoint.stamp, checkpoint.signed, authority)
        except stamps.BadStamp as why:
            raise Unfit(f"the time stamp of checkpoint {checkpoint.number}: {why}") from why
        except OSError as error:
            raise BadSetting(f"--authority {authority}: {error.strerror}") from error
    if last is None:
        return ""
    by = (
        f"by the authority in {authority}"
        if authority
        else "by whom was not checked: give --authority ROOT.pem"
    )
    return (
        f"Checkpoints with a time stamp: {len(stamped):,}, the last of {last:%Y-%m-%d %H:%M:%S} UTC, {by}.\n"
    )


def _from_file(path: Path) -> Sequence[Checkpoint]:
    """Raises BadSetting, or Unfit for a line that is no checkpoint."""
    try:
        lines = path.read_bytes().decode(errors="replace").split("\n")
    except OSError as error:
        raise BadSetting(f"--checkpoints {path}: {error.strerror}") from error
    found = []
    for number, line in enumerate(lines, 1):
        if number == len(lines) and not line:
            break
        try:
            found.append(from_line(line))
        except NotACheckpoint as error:
            raise BadSetting(f"--checkpoints {path}, line {number} is no checkpoint: {error}") from error
    return found


def _public(text: str) -> str:
    """64 hex digits, or a file that holds them. Raises BadSetting."""
    path = Path(text)
    if not sealing.HEX_KEY.fullmatch(text) and path.is_file():
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    if not sealing.HEX_KEY.fullmatch(text):
        raise BadSetting(
            "--key must be 64 hex digits, as `ledger key` prints them, or a file that holds them"
        )
    return text


def _midnight(text: str | None, option: str, zone: ZoneInfo) -> datetime | None:
    return datetime.combine(day(text, option), time(0), zone) if text else None


def _progress(what: str) -> Callable[[int, int], None]:
    """On a terminal only, and in its place."""
    return partial(_tell, what) if sys.stderr.isatty() else lambda total, done: None


def _tell(what: str, total: int, done: int) -> None:
    sys.stderr.write(f"\r{what} {done:,} of {total:,} entries" + ("\n" if done >= total else ""))
    sys.stderr.flush()
