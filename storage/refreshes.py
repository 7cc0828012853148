"""Cards to be drawn anew where they stand: requests that come together become one drawing, and none is lost.

One call for a message at a time: of two under way the older card could arrive last. So what is asked for while a
claim holds the row only counts `wanted` up, and the end of the claim sees to it that it is claimed again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, insert, null, or_, select, text, update

from handlers.model import TRIES_TO_EDIT, Claim, Delivery, Person, Queue, Refresh, Status
from storage import people
from storage.deliveries import DELIVERY, by_id
from storage.prepared import LookUp, Many, Query, Row, one_of
from storage.tables import NOT_DONE, OPEN, RefreshRow, table

REFRESH = table(RefreshRow)
CHUNK = 250  # requests in one transaction
ONLOOKERS = 100  # rows looked at beyond those that can be taken: some will be unfit

_D, _R = DELIVERY.c, REFRESH.c
_arrives = or_(_D.status == Status.SENT, text(OPEN))  # or may
_not_done = text(NOT_DONE)
_is_due = and_(
    _not_done,
    _R.due_at <= bindparam("now"),
    or_(_R.held_until.is_(None), _R.held_until <= bindparam("now")),
)

# Locked, so that a request and the end of the delivery's own claim see each other (`sent`); in the order of the
# keys, so that two requests do not wait for each other.
_ASKED = LookUp(
    lambda keys: (
        select(_D.id, _D.platform, _D.workspace, _D.status)
        .where(one_of(_D.id, keys), ~_D.withdrawn, _arrives)
        .order_by(_D.id)
        .with_for_update()
    )
)
_KNOWN = LookUp(lambda keys: select(_R.delivery).where(one_of(_R.delivery, keys)))
_AWAITED = LookUp(
    lambda keys: select(_R.delivery).where(one_of(_R.delivery, keys), _not_done, _R.due_at.is_(None))
)
_INSERT = Many(insert(REFRESH))
_at = bindparam("at", type_=_R.due_at.type)
_AGAIN = Many(
    update(REFRESH)
    .where(_R.delivery == bindparam("asked"))
    .values(
        wanted=_R.wanted + 1,
        due_at=case(
            (or_(_R.done_at.is_not(None), _R.due_at.is_(None), _R.due_at > _at), _at), else_=_R.due_at
        ),
        attempt=case((_R.done_at.is_(None), _R.attempt), else_=0),
        done_at=None,
    )
)
_CLAIM = (
    select(REFRESH)
    .where(_is_due, _R.platform == bindparam("platform"), _R.workspace == bindparam("workspace"))
    .order_by(_R.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_WAITING = Query(select(_R.platform, _R.workspace).where(_is_due).distinct())
_held_longer = case((_R.held_until > _R.due_at, _R.held_until), else_=_R.due_at)
_NEXT = Query(
    select(func.min(_held_longer).label("due")).where(
        _not_done, _held_longer > bindparam("after", type_=_R.due_at.type)
    )
)


def request(connection: Connection, deliveries: Sequence[str], at: datetime) -> None:
    """Of deliveries that were not reached, or are withdrawn, nothing is drawn; of those on their way when sent."""
    ids = sorted(set(deliveries))
    asked = _ASKED(connection, [(id_,) for id_ in ids])
    known = {row.delivery for row in _KNOWN(connection, [(row.id,) for row in asked])}
    due = {row.id: at if row.status == Status.SENT else None for row in asked}
    _AGAIN(connection, [{"asked": id_, "at": due[id_]} for id_ in due if id_ in known])
    _INSERT(connection, [_row(row, due[row.id]) for row in asked if row.id not in known])


def sent(connection: Connection, deliveries: Sequence[str], at: datetime) -> None:
    """These have just been sent: what was asked for before is due now. Their rows are locked by the caller."""
    awaited = [row.delivery for row in _AWAITED(connection, [(id_,) for id_ in deliveries])]
    if awaited:
        connection.execute(update(REFRESH).where(_R.delivery.in_(awaited)).values(due_at=at))


def waiting(connection: Connection, now: datetime) -> Sequence[tuple[str, str]]:
    """(platform, workspace) with something to draw."""
    return [(row.platform, row.workspace) for row in _WAITING(connection, now=now)]


def next_due(connection: Connection, after: datetime) -> datetime | None:
    due: datetime | None = _NEXT(connection, after=after)[0].due
    return due


def claim(connection: Connection, queue: Queue, now: datetime, lease: timedelta, room: int) -> Claim:
    """Held until the lease is over, unless they are settled before. What nobody can be shown any more ends here.

    `again` where nothing else was found: after a recall of many it takes several looks.
    """
    here = {"platform": queue.platform, "workspace": queue.workspace, "now": now, "most": room + ONLOOKERS}
    rows = connection.execute(_CLAIM, here).all()
    found = by_id(connection, [row.delivery for row in rows])
    persons = people.by_keys(connection, sorted({delivery.person for delivery in found.values()}))
    taken: list[Refresh] = []
    unfit: dict[str, list[str]] = {}
    for row in rows:
        delivery = found.get(row.delivery)
        person = persons.get(delivery.person) if delivery else None
        why = _unfit(row, delivery, person)
        if why:
            unfit.setdefault(why, []).append(row.delivery)
        elif delivery and person and len(taken) < room:
            taken.append(Refresh(delivery, person, row.wanted, row.attempt + 1, now + lease))
    for why, ids in unfit.items():
        _write(connection, ids, {"done_at": now, "held_until": None, "code": why})
    _write(connection, [r.delivery.id for r in taken], {"held_until": now + lease, "attempt": _R.attempt + 1})
    return Claim(refreshes=tuple(taken), again=now if unfit and not taken else None)


def settle(
    connection: Connection, refresh: Refresh, at: datetime, code: str, due_at: datetime | None
) -> None:
    """Nothing where the row is held by a later claim, or by none."""
    this = and_(_R.delivery == refresh.delivery.id, _R.held_until == refresh.lease_until, _not_done)
    same = _R.wanted == refresh.wanted
    ended: dict[str, Any] = {
        "attempt": case((same, _R.attempt), else_=0),
        "code": code,
        "held_until": due_at,
    }
    if due_at is None:
        ended["done_at"] = case((same, at), else_=null())
    connection.execute(update(REFRESH).where(this).values(ended))


def _unfit(row: Any, delivery: Delivery | None, person: Person | None) -> str:
    """Why it is not drawn; empty: it is."""
    if delivery is None or delivery.status is not Status.SENT or not delivery.receipt:
        return "not to be found"
    if delivery.withdrawn:
        return "withdrawn"
    if person is None or person.left_at is not None:
        return "left"
    return f"given up after {row.attempt} tries" if row.attempt >= TRIES_TO_EDIT else ""


def _row(row: Row, due_at: datetime | None) -> Mapping[str, Any]:
    return {
        "delivery": row.id,
        "platform": row.platform,
        "workspace": row.workspace,
        "wanted": 1,
        "due_at": due_at,
        "held_until": None,
        "attempt": 0,
        "done_at": None,
        "code": "",
    }


def _write(connection: Connection, ids: Sequence[str], values: Mapping[str, Any]) -> None:
    if ids:
        connection.execute(update(REFRESH).where(_R.delivery.in_(ids)).values(values))
