"""The whole story of one delivery, or of a run: what was done to it and by whom, in the order of the clock."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.rig.evidence import Evidence
from tests.rig.offence import Offence
from tests.rig.promises import PROMISES

TOLD = (
    *("campaign", "slot", "zone", "person", "platform", "lane", "policy", "status", "reason", "code", "attempt"),
    *("lease_owner", "lease_until", "due_at", "expires_at", "sent_at", "receipt", "resolved_by", "withdrawn"),
)  # fmt: skip
_MOMENT = re.compile(r"^(\d\d \d\d:\d\d:\d\d\.\d{6})")


def broken(known: Evidence) -> list[tuple[str, list[Offence]]]:
    """The promises that were not kept, by their names."""
    asked = ((promise.__name__, list(promise(known))) for promise in PROMISES)
    return [(name, offences) for name, offences in asked if offences]


def told(known: Evidence, offences: list[tuple[str, list[Offence]]]) -> str:
    """Which promises were broken, and the story of the first of those they let down."""
    plot = known.town.plot
    lines = [f"seed {plot.seed} breaks:"]
    for name, of_it in offences:
        lines.append(f"  {name.replace('_', ' ')} ({len(of_it)} times)")
        lines += [f"    {offence.what}" for offence in of_it[:3]]
    lines.append(f"the run: {plot.starts:%Y-%m-%d %H:%M} to {plot.ends:%Y-%m-%d %H:%M} UTC, {plot}")
    for first in dict.fromkeys(next((o.delivery for o in of_it if o.delivery), "") for _, of_it in offences):
        lines += [f"the story of {first}:", *of_delivery(known, first)] if first else []
    return "\n".join(lines)


def of_delivery(known: Evidence, delivery: str) -> Iterator[str]:
    row = known.row.get(delivery)
    if row is not None:
        yield "  " + ", ".join(
            f"{name}={getattr(row, name)}" for name in TOLD if getattr(row, name) not in ("", None)
        )
    yield from (f"  {moment}" for moment in sorted(_moments(known, delivery), key=_when))


def _moments(known: Evidence, delivery: str) -> Iterator[str]:
    town, row = known.town, known.row.get(delivery)
    yield from map(str, town.notes.of(delivery))
    yield from map(str, known.calls[delivery])
    yield from map(str, known.copies[delivery])
    yield from (str(press) for press in town.crowd.presses if press.copy.delivery == delivery)
    yield from (str(told) for told in town.crowd.told if row is not None and told.person == row.person)
    yield from (
        str(told) for told in town.crowd.told if row is not None and row.campaign and row.campaign in told.key
    )
    hands = {noted.process for noted in town.notes.of(delivery)}
    yield from (str(strike) for strike in town.notes.strikes if strike.process in hands)
    for entry in known.entries:
        if entry.delivery == delivery:
            words = (entry.kind, entry.value, entry.reason, entry.code, entry.resolved_by)
            yield f"{entry.at:%d %T.%f} the ledger: {' '.join(filter(None, words))}"
    for row in known.withdrawals:
        if row.delivery == delivery:
            yield f"{row.due_at:%d %T.%f} withdrawal of {row.message}, done {row.done_at}, {row.code}"


def _when(line: str) -> str:
    found = _MOMENT.match(line)
    return found[1] if found else ""
