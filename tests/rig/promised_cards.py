"""What is promised of cards that are drawn anew where they stand."""

from __future__ import annotations

from collections.abc import Iterator

from handlers.model import Status
from tests.rig.evidence import Evidence
from tests.rig.offence import Offence


def a_card_that_was_asked_for_is_drawn_as_it_stood_then_or_later(known: Evidence) -> Iterator[Offence]:
    """And no older one arrives after it."""
    codes = {row.delivery: row.code for row in known.refreshes}
    for delivery, asked in known.town.notes.asked.items():
        row = known.row.get(delivery)
        if row is None or row.status != Status.SENT or row.withdrawn or codes.get(delivery):
            continue
        for copy in known.copies[delivery]:
            if copy.message != row.receipt or copy.removed is not None:
                continue
            if not copy.redrawn or copy.redrawn[-1] < asked.at:
                drawn = (
                    f"shows it as at {copy.redrawn[-1]:%d %T.%f}" if copy.redrawn else "was never drawn anew"
                )
                yield Offence(f"{copy.message} {drawn}, asked for at {asked.at:%d %T.%f}", delivery)
