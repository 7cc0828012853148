"""broadcast: a message to an audience from the command line, for administrators and other systems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bot.app import House, new_id, opened
from bot.config import Settings
from handlers.broadcasts import approvals, authored, drafts
from handlers.broadcasts.stages import Broadcast
from handlers.events import Change
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
        drafted = await drafts.changed(house.desk, sender, None, values)
        if isinstance(drafted, Mapping):
            for field, problem in drafted.items():
                sys.stderr.write(f"--{'audience' if field == 'rule' else field}: {problem}\n")
            return 1
        for fact in authored.expected(drafted):
            sys.stdout.write(f"{fact.label}: {fact.value}\n")
        if arguments.dry_run:
            sys.stdout.write("Nothing was sent: this was a dry run.\n")
        else:
            sys.stdout.write(f"{drafted.id}: {await _let_go(house, sender, drafted)}\n")
    return 0


async def _let_go(house: House, sender: Person, drafted: Broadcast) -> str:
    """Planned; or, where a second person has to agree, waiting for them. What has become of it in a few words."""
    if no := await approvals.why_not(house.desk, sender, drafted):
        return no
    outcome = await approvals.let_go(house.desk, sender, drafted)
    assert outcome.step is not None
    launch = replace(outcome.step, known=None)
    change = Change(
        f"terminal:{new_id()}", house.clock.now(), actor=sender, step=launch, deliver=outcome.deliver
    )
    await house.store.commit(change)
    return "planned" if launch.broadcast.out else "waiting for a second person to agree"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"--text: {path} cannot be read as UTF-8 text: {error}\n")
        return None
