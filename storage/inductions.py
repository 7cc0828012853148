"""Who joined in a period, and when each of them first did something of the induction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from handlers.model import Status
from handlers.numbers.counts import Joiner
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON

DID = ("acknowledged", "answered")

_P, _L, _D = PERSON.c, LEDGER.c, DELIVERY.c


def joined(
    connection: Connection, campaigns: Collection[str], since: date, until: date, manager: str
) -> Sequence[Joiner]:
    """Everybody whose first day was from `since` to `until`, also who has left since, the latest first."""
    wanted = sorted(campaigns)
    first = (
        select(func.min(_L.at))
        .where(_L.participation, _L.actor == _P.key, _L.campaign.in_(wanted), _L.kind.in_(DID))
        .scalar_subquery()
    )
    sent = (
        select(_D.number)
        .where(_D.person == _P.key, _D.campaign.in_(wanted), _D.status == Status.SENT)
        .exists()
    )
    query = (
        select(
            _P.key,
            _P.name,
            _P.team,
            _P.zone,
            _P.joined,
            _P.left_at,
            first.label("first_at"),
            sent.label("sent"),
        )
        .where(_P.joined >= since, _P.joined <= until, *([_P.manager == manager] if manager else []))
        .order_by(_P.joined.desc(), _P.name, _P.key)
    )
    return [
        Joiner(
            row.key,
            row.name,
            row.team,
            row.zone,
            row.joined,
            row.left_at is not None,
            row.first_at,
            bool(row.sent),
        )
        for row in connection.execute(query)
    ]
