"""broadcast: a message to an audience from the command line, for administrators and other systems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.app import House, new_id, opened
from bot.config import Settings
from content.pieces import Draft
from handlers import broadcasts, drafts
from handlers.events import Broadcast, Change
from handlers.model import Person, Role


async def broadcast(settings: Settings, arguments: argparse.Namespace) -> int:
    """Say what to expect of a broadcast and, unless it is a dry run, put it into the plan.

    Whatever runs `serve` or `work` sends it. Prints its id last.
    """
    text = sys.stdin.read() if str(arguments.text) == "-" else _read(arguments.text)
    if text is None:
        return 1
    async with opened(settings) as house:
        sender = Person(
            key="terminal", zone=house.library.programme.zone, roles=frozenset({Role.ADMINISTRATOR})
        )
        values = {
            "title": arguments.title,
            "text": text,
            "rule": arguments.audience,
            "at": arguments.at or "",
            "acknowledge": "no" if arguments.no_acknowledge else "yes",
        }
        drafted = await drafts.draft(house.desk, sender, values)
        if isinstance(drafted, Mapping):
            for field, problem in drafted.items():
                sys.stderr.write(f"--{'audience' if field == 'rule' else field}: {problem}\n")
            return 1
        for fact in broadcasts.expected(drafted):
            sys.stdout.write(f"{fact.label}: {fact.value}\n")
        if arguments.dry_run:
            sys.stdout.write("Nothing was sent: this was a dry run.\n")
        else:
            await _launch(house, sender, drafted)
            sys.stdout.write(f"{drafted.id}: planned\n")
    return 0


async def _launch(house: House, sender: Person, drafted: Draft) -> None:
    now = house.clock.now()
    at = datetime.fromisoformat(drafted.at) if drafted.at else now
    launch = Broadcast(drafted.id, drafted.message, drafted.audience, "", at)
    await house.store.commit(Change(inbox=f"terminal:{new_id()}", at=now, actor=sender, launch=launch))


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"--text: {path} cannot be read as UTF-8 text: {error}\n")
        return None
