"""Messages to be taken away from people's chats. Taking one away twice does no harm, so a lease is enough."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    update,
)

from handlers.model import Address, Delivery, Platform, Queue, Withdrawal
from storage.deliveries import DELIVERY
from storage.people import ADDRESS
from storage.prepared import Query
from storage.tables import NOT_DONE, WithdrawalRow, table

WITHDRAWAL = table(WithdrawalRow)

_A, _D, _W = ADDRESS.c, DELIVERY.c, WITHDRAWAL.c
_NOWHERE = {"user": "", "conversation": "", "service_url": ""}
_not_done = text(NOT_DONE)
_DUE = select(WITHDRAWAL).where(
    _not_done,
    _W.platform == bindparam("platform"),
    _W.workspace == bindparam("workspace"),
    _W.due_at <= bindparam("now"),
)
_CLAIM = _DUE.order_by(_W.due_at).limit(bindparam("room")).with_for_update(skip_locked=True)
_ANY_DUE = Query(select(_W.platform, _W.workspace).where(_not_done, _W.due_at <= bindparam("now")).distinct())


def add(connection: Connection, unwanted: Iterable[tuple[Delivery, str]], at: datetime) -> None:
    """(delivery, the platform's id of the message to take away); what is known already is passed over."""
    rows = {_id(delivery, message): _row(delivery, message, at) for delivery, message in unwanted if message}
    if rows:
        there = connection.scalars(select(_W.id).where(_W.id.in_(rows)))
        for known in there:
            del rows[known]
    if rows:
        connection.execute(insert(WITHDRAWAL), list(rows.values()))


def add_all(connection: Connection, unwanted: ColumnElement[bool], at: datetime) -> None:
    """The messages of the deliveries under a condition, without reading them; what is known is passed over."""
    here = and_(_A.platform == _D.platform, _A.workspace == _D.workspace, _A.user == _D.user)
    id_ = _D.id.concat(":").concat(_D.receipt)
    row: dict[str, ColumnElement[Any]] = {
        "id": id_,
        "delivery": _D.id,
        "platform": _D.platform,
        "workspace": _D.workspace,
        "user": _D.user,
        "conversation": case(
            (_D.conversation != "", _D.conversation), else_=func.coalesce(_A.conversation, "")
        ),
        "service_url": func.coalesce(_A.service_url, ""),
        "message": _D.receipt,
        "attempt": literal(0),
        "due_at": literal(at, _W.due_at.type),
        "code": literal(""),
    }
    known = exists().where(_W.id == id_)
    wanted = select(*row.values()).select_from(DELIVERY.outerjoin(ADDRESS, here))
    wanted = wanted.where(unwanted, _D.receipt != "", ~known)
    connection.execute(insert(WITHDRAWAL).from_select(list(row), wanted))


def scrub(connection: Connection, person: str) -> int:
    """Where the ones went that are done with; `settle` has left nothing of it since, the others need it still."""
    theirs = select(_D.id).where(_D.person == person)
    here = and_(_W.delivery.in_(theirs), _W.done_at.is_not(None), _W.user != "")
    return connection.execute(update(WITHDRAWAL).where(here).values(_NOWHERE)).rowcount


def waiting(connection: Connection, now: datetime) -> Sequence[tuple[str, str]]:
    """(platform, workspace) with something to take away."""
    return [(row.platform, row.workspace) for row in _ANY_DUE(connection, now=now)]


def claim(
    connection: Connection, queue: Queue, now: datetime, lease: timedelta, room: int
) -> list[Withdrawal]:
    """Due again when the lease is over, unless they are settled before."""
    here = {"platform": queue.platform, "workspace": queue.workspace, "now": now, "room": room}
    rows = connection.execute(_CLAIM, here).all()
    if rows:
        taken = {"due_at": now + lease, "attempt": _W.attempt + 1}
        connection.execute(update(WITHDRAWAL).where(_W.id.in_([row.id for row in rows])).values(taken))
    return [_withdrawal(row) for row in rows]


def settle(
    connection: Connection, withdrawal: Withdrawal, at: datetime, code: str, due_at: datetime | None
) -> None:
    ended: dict[str, Any] = {"due_at": due_at} if due_at else {"done_at": at, **_NOWHERE}
    connection.execute(update(WITHDRAWAL).where(_W.id == withdrawal.id).values(ended | {"code": code}))


def _id(delivery: Delivery, message: str) -> str:
    """The same for the same message, so that two who see the same second copy name one withdrawal."""
    return f"{delivery.id}:{message}"


def _row(delivery: Delivery, message: str, at: datetime) -> dict[str, Any]:
    address = delivery.address
    assert address is not None, "a message that was sent went to an address"
    return vars(address) | {
        "id": _id(delivery, message),
        "delivery": delivery.id,
        "message": message,
        "attempt": 0,
        "due_at": at,
        "done_at": None,
        "code": "",
    }


def _withdrawal(row: Any) -> Withdrawal:
    address = Address(Platform(row.platform), row.workspace, row.user, row.conversation, row.service_url)
    return Withdrawal(row.id, row.delivery, address, row.message, row.attempt + 1)
