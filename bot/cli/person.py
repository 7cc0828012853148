"""person export and erase: a copy of what is held about somebody, or the end of it; retention: what goes, and when."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from bot.app import House, opened
from bot.config import BadSetting, Settings
from bot.placing import placed
from content.retention import KINDS
from handlers.model import Person
from handlers.privacy import copies, retaining
from handlers.privacy.looks import Looked

WARNING = """This erases {who} for good:
their name, e-mail and addresses, what they wrote, their tokens and what is reckoned that they remember.
What they did stays as counts under an internal key, and the ledger as it is. They are not written to any more.
What stands in Slack or Teams already is theirs and the platform's; it cannot be taken back from here.
Backups made before still have it: let them run out.
"""


async def person(settings: Settings, arguments: argparse.Namespace) -> int:
    async with opened(settings) as house:
        who = await house.store.person_by_email(arguments.email)
        if who is None:
            raise BadSetting(
                f"person {arguments.action}: nobody with the e-mail {arguments.email} is known; it is the one of the "
                "list of people, or of the platform"
            )
        if arguments.action == "export":
            return await _export(house, who, arguments.out)
        return await _erase(house, who, sure=arguments.yes)


async def retention(settings: Settings, arguments: argparse.Namespace) -> int:
    """What would go today; nothing is taken away."""
    async with opened(settings) as house:
        due = await retaining.due(house.desk)
        last = await house.store.recall_value(retaining.RAN)
    for kind, (before, number) in due.items():
        when = f"before {before:%Y-%m-%d}: {number:,} now" if before else "kept without end"
        sys.stdout.write(f"{kind:<12}  {KINDS[kind]:<55}  {when}\n")
    sys.stdout.write(
        f"\nIt runs by itself once a day; last seen to on {last or 'no day yet'}. The ledger is kept.\n"
    )
    return 0


async def _export(house: House, who: Person, folder: Path) -> int:
    """Not a look at somebody else where they asked for it; but whoever does it could have other reasons."""
    content = await copies.everything(house.desk, who)
    name = "".join(c if c.isalnum() or c in ".-@" else "-" for c in who.email)
    files = {f"{name}.json": json.dumps(content, indent=2, ensure_ascii=False)}
    files[f"{name}.html"] = copies.page(content, who.name or who.email)
    try:
        with ExitStack() as stack:
            for each, words in files.items():
                stack.enter_context(placed(folder / each)).write_text(words, encoding="utf-8")
            await house.store.looked([Looked("", "person export", about=who.key)], house.clock.now())
    except OSError as error:
        sys.stderr.write(f"{folder}: cannot be written: {error}\n")
        return 1
    sys.stdout.write("".join(f"{folder / each}\n" for each in files))
    sys.stdout.write(
        "Hand them over in a way that nobody else can read. That it was made stands in their `my data`.\n"
    )
    return 0


async def _erase(house: House, who: Person, *, sure: bool) -> int:
    sys.stdout.write(WARNING.format(who=f"{who.name or 'somebody'} <{who.email}>"))
    if not sure and not _agreed(who):
        sys.stderr.write("Nothing was erased.\n")
        return 1
    erased = await house.store.erase(who.key, house.clock.now())
    if erased is None:
        sys.stderr.write("They were erased already.\n")
        return 1
    for kind, number in erased.counts.items():
        sys.stdout.write(f"{number:>8,}  {kind}\n")
    sys.stdout.write(f"Erased. The ledger has an entry for the key {who.key}.\n")
    return 0


def _agreed(who: Person) -> bool:
    sys.stdout.write("Type the e-mail once more to go on: ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().casefold() == who.email.casefold()
