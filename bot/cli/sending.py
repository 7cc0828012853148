"""broadcast: a message to an audience from the command line, for administrators and other systems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from bot.app import new_id, opened
from bot.config import Settings
from handlers import broadcasts
from handlers.events import Broadcast, Change
from handlers.model import Person, Role


async def broadcast(settings: Settings, arguments: argparse.Namespace) -> int:
    """Put a broadcast into the plan; whatever runs `serve` or `work` sends it. Prints its id."""
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
            "audience": arguments.audience,
            "at": arguments.at or "",
            "acknowledge": "no" if arguments.no_acknowledge else "yes",
        }
        drafted = await broadcasts.draft(house.desk, sender, values)
        if isinstance(drafted, Mapping):
            for field, problem in drafted.items():
                sys.stderr.write(f"--{field}: {problem}\n")
            return 1
        now = house.clock.now()
        at = datetime.fromisoformat(drafted.at) if drafted.at else now
        launch = Broadcast(drafted.id, drafted.message, drafted.audience, "", at)
        await house.store.commit(Change(inbox=f"terminal:{new_id()}", at=now, actor=sender, launch=launch))
        without = f", {drafted.unreachable} of them not installed yet" if drafted.unreachable else ""
        sys.stdout.write(f"{drafted.id}: planned for {drafted.people} people{without}\n")
    return 0


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"--text: {path} cannot be read as UTF-8 text: {error}\n")
        return None
