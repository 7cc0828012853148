"""The outbox: claims under a lease, and the conditional update that ends one (states: `handlers.model`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, text, update

from handlers.model import Delivery, Reason, Receipt, Status
from storage import deliveries, people
from storage.deliveries import DELIVERY, RANKS
from storage.ledger import Ledger
from storage.records import Origin, came_to, logged
from storage.tables import OPEN, PENDING, ThrottleRow, table

THROTTLE = table(ThrottleRow)

_D = DELIVERY.c
_T = THROTTLE.c
_open, _pending = text(OPEN), text(PENDING)
_leased = _D.status.in_((Status.SENDING, Status.RECONCILING))
_HELD = (
    select(_D.withdrawn, _D.zone, _D.card, _D.piece, _D.slot_at, _D.resolved_by)
    .where(
        _D.id == bindparam("row"),
        _leased,
        _D.lease_owner == bindparam("owner"),
        _D.attempt == bindparam("at_attempt"),
    )
    .with_for_update()
)
_SETTLE = update(DELIVERY).where(_D.id == bindparam("row"))
_THROTTLED = select(_T.until).where(_T.workspace == bindparam("workspace"), _T.until > bindparam("now"))
_FIRST = select(func.min(_D.workspace)).where(_pending)
_FOLLOWING = _FIRST.where(_D.workspace > bindparam("workspace"))
_ROWS_DUE = select(_D.id).where(
    _pending,
    _D.workspace == bindparam("workspace"),
    _D.lane == bindparam("rank"),
    _D.due_at <= bindparam("now"),
)
_IS_DUE = _ROWS_DUE.limit(1)
_DUE = _ROWS_DUE.order_by(_D.due_at).limit(bindparam("room")).with_for_update(skip_locked=True)
_DUE_UNKNOWN = (
    select(_D.id)
    .where(_open, _D.status == Status.UNKNOWN, _D.due_at <= bindparam("now"))
    .order_by(_D.due_at)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
)


def claim(
    connection: Connection, workspace: str, now: datetime, owner: str, lease: timedelta, limit: int
) -> Sequence[Delivery]:
    """Lane by lane, so that the index names the next due without a look at everything that waits."""
    here = {"workspace": workspace, "now": now}
    if connection.scalar(_THROTTLED, here) is not None:
        return []
    ids: list[str] = []
    for rank in RANKS:
        if len(ids) < limit:
            ids += connection.scalars(_DUE, here | {"rank": rank, "room": limit - len(ids)})
    taken = {"status": Status.SENDING, "attempt": _D.attempt + 1}
    return _lease(connection, ids, taken, owner, now + lease)


def claim_unknown(
    connection: Connection, now: datetime, owner: str, lease: timedelta, limit: int
) -> Sequence[Delivery]:
    ids = list(connection.scalars(_DUE_UNKNOWN, {"now": now, "room": limit}))
    return _lease(connection, ids, {"status": Status.RECONCILING}, owner, now + lease)


def settle(
    connection: Connection,
    delivery: Delivery,
    owner: str,
    status: Status,
    at: datetime,
    ledger: Ledger,
    *,
    reason: Reason = Reason.NONE,
    code: str = "",
    due_at: datetime | None = None,
    receipt: Receipt | None = None,
    resolved_by: str = "",
) -> bool:
    """A claim's end, unless the row is no longer this owner's at this attempt.

    A row that was recalled meanwhile and would wait again is cancelled instead.
    """
    claim_ = {"row": delivery.id, "owner": owner, "at_attempt": delivery.attempt}
    held = connection.execute(_HELD, claim_).one_or_none()
    if held is None:
        return False
    if held.withdrawn and status is Status.PENDING:
        status, reason = Status.CANCELLED, Reason.RECALLED
    outcome = {
        "reason": reason,
        "code": code,
        "receipt": receipt.message if receipt else "",
        "resolved_by": resolved_by or held.resolved_by,
    }
    moved = _where_it_went(connection, delivery, receipt)
    timed = _when(status, at, due_at)
    row = {"status": status, "lease_owner": "", "lease_until": None} | outcome | moved | timed
    connection.execute(_SETTLE, row | {"row": delivery.id})
    if logged(delivery) and status not in (Status.PENDING, _still(delivery)):
        origin = Origin(held.zone, held.piece or held.card, held.slot_at)
        ledger.append(connection, [came_to(delivery, origin, status, reason, at) | outcome])
    return True


def reclaim(connection: Connection, now: datetime, quarantine: timedelta, ledger: Ledger) -> int:
    late = select(_D.id).where(_open, _leased, _D.lease_until <= now).with_for_update(skip_locked=True)
    ids = list(connection.scalars(late))
    if not ids:
        return 0
    row = {
        "status": Status.UNKNOWN,
        "code": "lease ran out",
        "lease_owner": "",
        "lease_until": None,
        "due_at": now + quarantine,
    }
    connection.execute(update(DELIVERY).where(_D.id.in_(ids)).values(row))
    found = deliveries.find(connection, deliveries.query().where(_D.id.in_(ids)).order_by(_D.number))
    records = [
        came_to(delivery, origin, Status.UNKNOWN, Reason.NONE, now) | {"code": "lease ran out"}
        for delivery, origin in found
        if logged(delivery)
    ]
    ledger.append(connection, records)
    return len(ids)


def proven(connection: Connection, delivery: Delivery, at: datetime, ledger: Ledger) -> None:
    """Somebody pressed what nobody was sure had arrived: it has."""
    uncertain = _D.status.in_((Status.UNKNOWN, Status.RECONCILING))
    row = {
        "status": Status.SENT,
        "sent_at": at,
        "resolved_by": "answered",
        "lease_owner": "",
        "lease_until": None,
    }
    moved = connection.execute(update(DELIVERY).where(_D.id == delivery.id, uncertain).values(row)).rowcount
    if moved:
        ((found, origin),) = deliveries.find(connection, deliveries.query().where(_D.id == delivery.id))
        record = came_to(found, origin, Status.SENT, Reason.NONE, at) | {"resolved_by": "answered"}
        ledger.append(connection, [record])


def throttle(connection: Connection, workspace: str, until: datetime) -> None:
    """Of two waits the longer one holds."""
    known = connection.scalar(select(_T.until).where(_T.workspace == workspace).with_for_update())
    if known is None:
        connection.execute(insert(THROTTLE), {"workspace": workspace, "until": until})
    elif known < until:
        connection.execute(update(THROTTLE).where(_T.workspace == workspace).values(until=until))


def waiting(connection: Connection, now: datetime) -> Sequence[str]:
    """From one workspace of the index to the next: a hundred thousand due rows cost no more than one."""
    found = []
    workspace = connection.scalar(_FIRST)
    while workspace is not None:
        here = {"workspace": workspace, "now": now}
        due = any(connection.scalar(_IS_DUE, here | {"rank": rank}) is not None for rank in RANKS)
        if due and connection.scalar(_THROTTLED, here) is None:
            found.append(workspace)
        workspace = connection.scalar(_FOLLOWING, here)
    return found


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """The end of a throttle counts: rows that wait behind it fall due then."""
    rows = select(func.min(_D.due_at)).where(
        _open, _D.status.in_((Status.PENDING, Status.UNKNOWN)), _D.due_at > after
    )
    times = (
        connection.scalar(rows),
        connection.scalar(select(func.min(_T.until)).where(_T.until > after)),
    )
    return min((time for time in times if time is not None), default=None)


def _lease(
    connection: Connection, ids: Sequence[str], taken: dict[str, Any], owner: str, until: datetime
) -> Sequence[Delivery]:
    """Rows that were locked for this (on PostgreSQL other claims pass over them) become this owner's."""
    if not ids:
        return []
    row = taken | {"lease_owner": owner, "lease_until": until}
    connection.execute(update(DELIVERY).where(_D.id.in_(ids)).values(row))
    found = deliveries.find(connection, deliveries.query().where(_D.id.in_(ids)))
    by_id = {delivery.id: delivery for delivery, _ in found}
    return [by_id[id_] for id_ in ids]


def _where_it_went(connection: Connection, delivery: Delivery, receipt: Receipt | None) -> dict[str, Any]:
    """The conversation is kept on the row and, for the next time, on the person's address."""
    if receipt is None or not receipt.conversation:
        return {}
    if delivery.address:
        people.learn_conversation(connection, delivery.address, receipt.conversation)
    return {"conversation": receipt.conversation}


def _still(delivery: Delivery) -> Status | None:
    """After a look that could not be taken nobody knows more than before: no news for the ledger."""
    return Status.UNKNOWN if delivery.status is Status.RECONCILING else None


def _when(status: Status, at: datetime, due_at: datetime | None) -> dict[str, Any]:
    return ({"sent_at": at} if status is Status.SENT else {}) | ({"due_at": due_at} if due_at else {})
