"""token: what lets another system act for a person, printed once."""

from __future__ import annotations

import argparse
import sys

from bot.app import opened
from bot.config import Settings
from handlers.api.access import new_token
from handlers.api.tokens import LASTS, hashed
from handlers.permissions import may, refusal


async def token(settings: Settings, arguments: argparse.Namespace) -> int:
    """A new one in the place of an earlier one, on standard output; what there is to know of it on standard error."""
    async with opened(settings) as house:
        person = await house.store.person_by_email(arguments.email)
        if person is None or person.left_at is not None:
            sys.stderr.write(f"--for: nobody with the e-mail {arguments.email} is known here\n")
            return 1
        if not may(person, "use the API"):
            sys.stderr.write(f"--for: {refusal('use the API')}\n")
            return 1
        secret = new_token(house.desk)
        await house.store.make_token(person.key, hashed(secret), house.clock.now())
    sys.stdout.write(f"{secret}\n")
    acts = f"It acts for {person.name or person.email} and ends after {LASTS.days} days"
    sys.stderr.write(f"{acts}; an earlier one has ended now. It is shown only this once.\n")
    return 0
