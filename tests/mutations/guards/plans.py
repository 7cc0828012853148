"""When something is said, and when it is too late for that."""

from __future__ import annotations

from tests.mutations.levels import DAYS
from tests.mutations.mutant import Edit, Mutant

DELIVER = "handlers/deliver.py"

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "a pause holds at the moment of sending",
        "it is not asked for",
        (
            Edit(
                DELIVER,
                "if delivery.lane is not Lane.INTERACTIVE and person.paused(now):",
                "if False:",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "what is too late is not said",
        "it is",
        (
            Edit(
                DELIVER,
                "        if now > delivery.expires_at:\n            return",
                "        if False:\n            return",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a slot is named by its local time",
        "by its time in UTC",
        (
            Edit(
                "content/campaigns.py",
                'return Slot(local.isoformat(timespec="minutes"), instant(local, zone), number)',
                "at = instant(local, zone)\n"
                '    return Slot(at.replace(tzinfo=None).isoformat(timespec="minutes"), at, number)',
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a local time that does not exist moves forward",
        "to where arithmetic takes it",
        (
            Edit(
                "content/calendars.py",
                "    if moment.astimezone(zone).replace(tzinfo=None) == local:\n        return moment\n",
                "    return moment\n",
            ),
        ),
        DAYS,
    ),
)
