"""Everything that happened to a few people under a standard, in the order of time, with the entries that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from handlers.evidence.pack import Row
from handlers.model import Status
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.sums import Within

OF_THEMSELVES = ("joined", "left", "changed", "paused", "resumed")

_D, _L = DELIVERY.c, LEDGER.c


def of(connection: Connection, within: Within, people: Sequence[str]) -> Mapping[str, Sequence[Row]]:
    """In the order of `handlers.evidence.pack.TRAIL`, from the fourth column on; one look at the ledger for all."""
    scope = within.scope
    theirs = and_(_D.person.in_(people), within.here)
    ids = select(_D.id).where(theirs)
    during = and_(_L.at >= scope.begin, _L.at < scope.end)
    about = or_(_L.delivery.in_(ids), and_(_L.delivery == "", _L.kind.in_(OF_THEMSELVES), during))
    query = select(LEDGER).where(_L.person.in_(people), about).order_by(_L.at, _L.chain, _L.sequence)
    found: dict[str, list[Row]] = {person: [] for person in people}
    for row in connection.execute(query):
        found[row.person].append(_entry(row))
    seen = select(DELIVERY).where(theirs, _D.seen_at.is_not(None), _D.status == Status.SENT)
    for row in connection.execute(seen):
        found[row.person].append(_seen(row))
    return {person: sorted(rows, key=_when) for person, rows in found.items()}


def _when(row: Row) -> datetime:
    assert isinstance(row[0], datetime)
    return row[0]


def _entry(row: Any) -> Row:
    return (
        *(row.at, f"{row.chain}:{row.sequence}", row.kind, row.campaign, row.slot, row.title),
        *(row.object_version, row.delivery, row.audience, row.item, row.value, _right(row.correct)),
        *(row.certainty, row.reason),
    )


def _seen(row: Any) -> Row:
    """As the platform tells, which is no entry of the ledger."""
    blanks = ("", "", "", "", None, "")
    return (row.seen_at, "", "seen", row.campaign, row.slot, "", row.piece or "", row.id, *blanks)


def _right(correct: bool | None) -> str:
    return "" if correct is None else "yes" if correct else "no"
