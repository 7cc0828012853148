"""After a broadcast: when to look who has not acknowledged it, who that is, and the reminders of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, exists, func, select, text, update

from handlers.broadcasts.stages import Stage
from handlers.model import Answering, Delivery, Look, Silent, Status
from storage.broadcasts import OCCURRENCE
from storage.contents import Hashes
from storage.corrections import as_corrected
from storage.deliveries import DELIVERY, enqueue
from storage.ledger import LEDGER, Ledger
from storage.people import PERSON
from storage.prepared import Query
from storage.rosters import stage_of
from storage.tables import OPEN, REMINDS

AT_ONCE = 500  # people in one query

_D, _L, _O, _P = DELIVERY.c, LEDGER.c, OCCURRENCE.c, PERSON.c
_REMINDER = DELIVERY.alias("reminder")
_R = _REMINDER.c
_acknowledged = exists().where(_L.delivery == _D.id, _L.participation, _L.kind == "acknowledged")
_DUE = Query(
    select(_O.campaign, _O.slot, _O.zone, _O.look_at)
    .where(_O.look_at <= bindparam("now"))
    .order_by(_O.look_at)
)
_still_open = _R.status.in_((Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING))


def due(connection: Connection, now: datetime) -> Sequence[Look]:
    return [Look(*row) for row in _DUE(connection, now=now)]


def put_off(connection: Connection, look: Look, until: datetime | None) -> bool:
    """Look again then, or no more. False: somebody else has seen to it."""
    this = and_(_O.campaign == look.campaign, _O.slot == look.slot, _O.zone == look.zone)
    same = update(OCCURRENCE).where(this, _O.look_at == look.at).values(look_at=until)
    return connection.execute(same).rowcount > 0


def silent(connection: Connection, look: Look) -> Sequence[Silent]:
    """With how often each was reminded; who has left is not waited for."""
    last = func.max(case((_R.sent_at.is_not(None), _R.sent_at), else_=_R.slot_at))
    query = (
        select(
            *(_D.id, _D.person, _P.manager, _D.sent_at),
            func.count(_R.id).label("reminders"),
            last.label("last"),
            func.max(case((_still_open, 1), else_=0)).label("waits"),
        )
        .select_from(
            DELIVERY.join(PERSON, _P.key == _D.person).outerjoin(
                _REMINDER, and_(text(f"reminder.{REMINDS}"), _R.reminds == _D.id)
            )
        )
        .where(_has(look.campaign, look.slot), ~_acknowledged)
        .group_by(_D.id, _D.person, _P.manager, _D.sent_at, _D.number)
        .order_by(_D.number)
    )
    return [
        Silent(row.id, row.person, row.manager, row.reminders, row.last or row.sent_at, bool(row.waits))
        for row in connection.execute(query)
    ]


def on_the_way(connection: Connection, look: Look) -> bool:
    """Whether somebody of the roster is still to get it."""
    roster = and_(_D.campaign == look.campaign, _D.slot == look.slot, _D.zone.is_not(None))
    return connection.scalar(select(_D.id).where(roster, text(OPEN)).limit(1)) is not None


def write(
    connection: Connection, rows: Sequence[Delivery], at: datetime, ledger: Ledger, hashes: Hashes
) -> int:
    """Rows about one broadcast, unless it was paused or taken back meanwhile; those that are there are passed over."""
    if stage_of(connection, rows[0].campaign) is not Stage.SCHEDULED:
        return 0
    rows = as_corrected(connection, rows[0].campaign, rows, hashes)
    return enqueue(connection, rows, at, ledger, hashes)


def of(connection: Connection, delivery: str) -> Sequence[str]:
    """The reminders of a delivery that may have to be drawn anew."""
    known = select(_D.id).where(text(REMINDS), _D.reminds == delivery).order_by(_D.number)
    return list(connection.scalars(known))


def answering(connection: Connection, campaign: str, slot: str, manager: str) -> Answering:
    theirs = (_has(campaign, slot), _P.manager == manager)
    source = DELIVERY.join(PERSON, _P.key == _D.person)
    people = select(func.count()).select_from(source).where(*theirs)
    names = (
        select(_P.key, _P.name, _P.email).select_from(source).where(*theirs, ~_acknowledged).order_by(_P.name)
    )
    rows = connection.execute(names).all()
    found, keys = tuple(row.name or row.email for row in rows), tuple(row.key for row in rows)
    return Answering(connection.scalar(people) or 0, found, keys)


def habits(
    connection: Connection, people: Sequence[str], since: datetime
) -> Mapping[str, Sequence[datetime]]:
    """When each of these did something since then."""
    found: dict[str, list[datetime]] = {}
    for row in _did(connection, people, since):
        found.setdefault(row.actor, []).append(row.at)
    return found


def _did(connection: Connection, people: Sequence[str], since: datetime) -> Iterable[Any]:
    for start in range(0, len(people), AT_ONCE):
        theirs = _L.actor.in_(people[start : start + AT_ONCE])
        yield from connection.execute(select(_L.actor, _L.at).where(_L.participation, theirs, _L.at >= since))


def _has(campaign: str, slot: str) -> Any:
    """Who was sent it and was asked to acknowledge it, and is still here."""
    roster = and_(_D.campaign == campaign, _D.slot == slot, _D.zone.is_not(None))
    return and_(roster, _D.status == Status.SENT, ~_D.withdrawn, _D.to_acknowledge, _P.left_at.is_(None))
