"""evidence and sample: what an auditor is given, made in a terminal."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import VERSION, House, opened
from bot.cli.days import day
from bot.config import BadSetting, Settings
from bot.evidence.making import CannotMake, Order, make, write_sample
from bot.evidence.tables import Workbook
from content.audience import EVERYONE, parse
from handlers.evidence.pack import Scope, Source
from handlers.evidence.sample import MOST, Draw, Drawn
from handlers.evidence.sums import Disagree
from handlers.evidence.trails import told

SECONDS = 2.0  # between two words about how far it is


async def evidence(settings: Settings, arguments: argparse.Namespace) -> int:
    """The whole pack in a new folder; exit code 1 where it cannot be made, or its parts do not agree."""
    async with opened(settings) as house:
        scope = await asked(house, arguments)
        now, organisation = house.clock.now(), house.library.programme.organisation
        order = Order(scope, organisation, VERSION, now, drawing(arguments))
        try:
            made = await house.store.evidence(
                scope, lambda source: make(order, source, arguments.out, _Progress())
            )
        except (CannotMake, Disagree, OSError) as why:
            sys.stderr.write(f"evidence: {why}\n")
            return 1
    all_ = made.counts.all
    sys.stdout.write(
        f"{made.folder}: {all_.audience:,} assignments, {all_.reached:,} delivered, {all_.answers:,} answers; "
        f"{made.held} comparisons between its parts held. Read report.pdf first; README.txt says how to verify it.\n"
    )
    return 0


async def sample(settings: Settings, arguments: argparse.Namespace) -> int:
    """Who is drawn and what happened to each, as text, or as a workbook with `--out`."""
    if arguments.out is not None and arguments.out.exists():
        sys.stderr.write(f"{arguments.out}: is there already; choose another name\n")
        return 1
    async with opened(settings) as house:
        scope = await asked(house, arguments)
        draw = drawing(arguments)
        if arguments.out is None:
            sys.stdout.write(await house.store.evidence(scope, lambda source: told(source, draw)))
            return 0
        found = await house.store.evidence(scope, lambda source: _booked(arguments.out, source, draw))
    sys.stdout.write(f"{arguments.out}: {len(found)} people drawn ({draw})\n")
    return 0


def drawing(arguments: argparse.Namespace) -> Draw:
    """Raises BadSetting."""
    if not 0 < arguments.n <= MOST:
        raise BadSetting(f"--n: {arguments.n} is not a number from 1 to {MOST}")
    return Draw(
        arguments.seed, arguments.n, arguments.by_team, "joiners" if arguments.joiners else "everybody"
    )


def _booked(path: Path, source: Source, draw: Draw) -> Sequence[Drawn]:
    with Workbook(path) as book:
        return write_sample(book, source, draw)


async def asked(house: House, arguments: argparse.Namespace) -> Scope:
    """Raises BadSetting for a standard or days that cannot be."""
    zone = ZoneInfo(house.library.programme.zone)
    today = house.clock.now().astimezone(zone).date()
    until = day(arguments.until, "--until") if arguments.until else today
    since = day(arguments.since, "--since") if arguments.since else until - timedelta(days=365)
    if since > until:
        raise BadSetting(f"--since {since} comes after --until {until}")
    own = {str(each): each.audience for each in house.library.programme.standards}
    there = sorted({*own, *await house.store.standards()})
    if arguments.standard not in there:
        raise BadSetting(
            f"--standard: {arguments.standard!r} is not known here; there are {', '.join(there)}"
        )
    return Scope(arguments.standard, since, until, zone, parse(own.get(arguments.standard, EVERYONE)))


class _Progress:
    """A line for each table and, of a long one, every few seconds."""

    def __init__(self) -> None:
        self._what = ""
        self._told = 0.0

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if what != self._what or now - self._told > SECONDS:
            self._what, self._told = what, now
            share = f"{done / of:4.0%} " if of else "     "
            sys.stderr.write(f"{share} {what}\n")
