"""evidence and sample: what an auditor is given, made in a terminal."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.app import VERSION, House, opened
from bot.cli.days import day
from bot.cli.ledger import key_here
from bot.config import BadSetting, Settings
from bot.evidence.making import CannotMake, Order, make, place, write_sample
from bot.evidence.tables import Workbook
from bot.placing import placed
from handlers.evidence import actions, asking, improvements
from handlers.evidence.asking import Asked
from handlers.evidence.pack import ROSTER, Source
from handlers.evidence.sample import MOST, Among, Draw, Drawn, drawn
from handlers.evidence.sums import Disagree
from handlers.evidence.trails import told
from handlers.model import Person

SECONDS = 2.0  # between two words about how far it is


async def evidence(settings: Settings, arguments: argparse.Namespace) -> int:
    """The whole pack in a new folder; exit code 1 where it cannot be made, or its parts do not agree."""
    async with opened(settings) as house:
        person, asked = await _asked(house, arguments)
        organisation, now = house.library.programme.organisation, house.clock.now()
        key = await key_here(settings, house)
        order = Order(
            *(asked.scope, organisation, VERSION, now, asked.draw),
            more=tuple([await part.section(house.desk, asked.scope) for part in (actions, improvements)]),
            sign=lambda text: (key.public, key.sign(text)) if key else ("", ""),
        )
        try:
            with place(arguments.out) as folder:
                made = await house.store.evidence(
                    asked.scope, lambda source: make(order, source, folder, _Progress())
                )
                await _note(house, person, asked, "evidence", made.sample)
        except (CannotMake, Disagree, OSError) as why:
            sys.stderr.write(f"evidence: {why}\n")
            return 1
    all_ = made.counts.all
    sys.stdout.write(
        f"{arguments.out}: {all_.audience:,} assignments, {all_.reached:,} delivered, {all_.answers:,} answers; "
        f"{made.held} comparisons between its parts held. Read report.pdf first; README.txt says how to verify it.\n"
    )
    return 0


async def sample(settings: Settings, arguments: argparse.Namespace) -> int:
    """Who is drawn and what happened to each, as text, or as a workbook with `--out`."""
    if arguments.out is not None and arguments.out.exists():
        sys.stderr.write(f"{arguments.out}: is there already; choose another name\n")
        return 1
    async with opened(settings) as house:
        person, asked = await _asked(house, arguments)
        if arguments.out is None:
            text, found = await house.store.evidence(asked.scope, lambda source: told(source, asked.draw))
            await _note(house, person, asked, "sample", found)
        else:
            try:
                found = await _book(house, person, asked, arguments.out)
            except OSError as why:
                sys.stderr.write(f"sample: {why}\n")
                return 1
            text = f"{arguments.out}: {len(found)} people drawn ({asked.draw})\n"
    sys.stdout.write(text)
    return 0


async def _book(house: House, person: Person | None, asked: Asked, path: Path) -> Sequence[Drawn]:
    with placed(path) as unfinished:
        found = await house.store.evidence(
            asked.scope, lambda source: _booked(unfinished, source, asked.draw)
        )
        await _note(house, person, asked, "sample", found)
    return found


async def _asked(house: House, arguments: argparse.Namespace) -> tuple[Person | None, Asked]:
    """Raises BadSetting for a standard, days, a number or a person that cannot be."""
    until = day(arguments.until, "--until") if arguments.until else asking.today(house.desk)
    since = day(arguments.since, "--since") if arguments.since else asking.year_before(until)
    if since > until:
        raise BadSetting(f"--since {since} comes after --until {until}")
    there = await asking.standards(house.desk)
    if arguments.standard not in there:
        raise BadSetting(
            f"--standard: {arguments.standard!r} is not known here; there are {', '.join(there)}"
        )
    if not 0 < arguments.n <= MOST:
        raise BadSetting(f"--n: {arguments.n} is not a number from 1 to {MOST}")
    person = await house.store.person_by_email(arguments.acting) if arguments.acting else None
    if arguments.acting and person is None:
        raise BadSetting(
            f"--as {arguments.acting}: nobody with this e-mail is known; see `python -m bot people`"
        )
    among: Among = "joiners" if arguments.joiners else "everybody"
    draw = Draw(arguments.seed, arguments.n, arguments.by_team, among)
    return person, Asked(asking.scope_of(house.desk, person, arguments.standard, since, until), draw)


def _booked(path: Path, source: Source, draw: Draw) -> Sequence[Drawn]:
    found = drawn(source.rows(ROSTER), draw)
    with Workbook(path) as book:
        write_sample(book, source, found)
    return found


async def _note(house: House, who: Person | None, what: Asked, name: str, found: Sequence[Drawn]) -> None:
    """Who looked goes into the ledger before anything is shown."""
    looks = asking.looks(house.desk, who, what, name, (each.person for each in found if each.name))
    await house.store.looked(looks, house.clock.now())


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
