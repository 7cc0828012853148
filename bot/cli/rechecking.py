"""metrics verify: every number reckoned anew from deliveries and ledger, and held against what is kept."""

from __future__ import annotations

import argparse
import sys

from bot.app import opened
from bot.config import Settings


async def metrics(settings: Settings, arguments: argparse.Namespace) -> int:
    """Exit code 1 where a number is not what it should be, unless it was repaired."""
    async with opened(settings) as house:
        checked = await house.store.recheck()
        if checked.wrong and arguments.repair:
            await house.store.recount()
    if not checked.wrong:
        sys.stdout.write(f"{checked.cells:,} sums are what deliveries and ledger add up to.\n")
        return 0
    sys.stderr.write(f"{checked.wrong:,} of {checked.cells:,} sums are not what their rows add up to:\n")
    sys.stderr.writelines(f"- {each}\n" for each in checked.first)
    if arguments.repair:
        sys.stderr.write("They were reckoned anew.\n")
        return 0
    sys.stderr.write(
        "Deliveries and ledger are the truth; `python -m bot metrics verify --repair` makes the sums anew.\n"
    )
    return 1
