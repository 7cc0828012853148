"""What a press proves: the copy that was pressed has arrived, whatever we knew; of two copies the other one goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, case, or_, update

from handlers.model import Delivery, Reason, Status
from storage import deliveries, refreshes, withdrawals
from storage.deliveries import DELIVERY
from storage.ledger import Ledger
from storage.prepared import Row
from storage.records import came_to
from storage.recounts import recounted

ANSWERED = "answered"  # how a doubt was resolved

_D = DELIVERY.c
_GIVEN_UP = (Status.PENDING, Status.FAILED, Status.EXPIRED, Status.SKIPPED)
_MAY_HAVE_ARRIVED = or_(
    _D.status.in_((Status.UNKNOWN, Status.RECONCILING)), and_(_D.status.in_(_GIVEN_UP), _D.attempt > 0)
)


def pressed(
    connection: Connection, delivery: Delivery, row: Row, message: str, at: datetime, ledger: Ledger
) -> None:
    """row: of the delivery as it was just now; message: the copy that was pressed, empty where that is not known."""
    if row.status != Status.SENT:
        if not _in_mid_call(connection, delivery, message):
            _proven(connection, delivery, message, at, ledger)
    elif message and row.receipt and row.receipt != message:
        _second_copy(connection, replace(delivery, receipt=row.receipt), message, at)
    if row.withdrawn:  # while the press was on its way here
        withdrawals.add(connection, [(delivery, message)], at)


def _in_mid_call(connection: Connection, delivery: Delivery, message: str) -> bool:
    """Whether it is; then the end of the call goes by the receipt that is there already: see `storage.ends`."""
    known = case((_D.receipt == "", message), else_=_D.receipt)
    sending = and_(_D.id == delivery.id, _D.status == Status.SENDING)
    return connection.execute(update(DELIVERY).where(sending).values(receipt=known)).rowcount > 0


def _proven(connection: Connection, delivery: Delivery, message: str, at: datetime, ledger: Ledger) -> None:
    row = {
        "status": Status.SENT,
        "reason": Reason.NONE,
        "sent_at": at,
        "resolved_by": ANSWERED,
        "receipt": message,
        "lease_owner": "",
        "lease_until": None,
    }
    this = and_(_D.id == delivery.id, _MAY_HAVE_ARRIVED)
    with recounted(connection, _D.id == delivery.id):
        proven = connection.execute(update(DELIVERY).where(this).values(row)).rowcount
    if proven:
        ((found, origin),) = deliveries.find(connection, deliveries.query().where(_D.id == delivery.id))
        record = came_to(found, origin, Status.SENT, Reason.NONE, at)
        ledger.append(connection, [record | {"resolved_by": ANSWERED, "receipt": message}])
        refreshes.sent(connection, [delivery.id], at)


def _second_copy(connection: Connection, delivery: Delivery, message: str, at: datetime) -> None:
    withdrawals.add(connection, [(delivery, delivery.receipt)], at)
    pressed_one = update(DELIVERY).where(_D.id == delivery.id, _D.receipt == delivery.receipt)
    connection.execute(pressed_one.values(receipt=message))
