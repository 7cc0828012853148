"""The outbox: what is due, and claims under a lease (states: `handlers.model`; their ends: `storage.ends`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, func, or_, select, text, update

from handlers.model import Claim, Delivery, Job, Person, Places, Platform, Queue, Reason, Status
from handlers.pace import Pace
from storage import deliveries, paces, refreshes, withdrawals
from storage.deliveries import DELIVERY, RANKS, Lease
from storage.ledger import Ledger
from storage.paces import PACE
from storage.people import PERSON
from storage.prepared import Many, Query, Row
from storage.records import came_to, logged
from storage.tables import OPEN, PENDING
from storage.withdrawals import WITHDRAWAL

LONG = timedelta(seconds=5)
Taken = list[tuple[Delivery, Person | None]]

_D = DELIVERY.c
_open, _pending, _not_done = text(OPEN), text(PENDING), WITHDRAWAL.c.done_at.is_(None)
LEASED = or_(_D.status == Status.SENDING, _D.status == Status.RECONCILING)
_here = (_D.platform == bindparam("platform"), _D.workspace == bindparam("workspace"))
_due = _D.due_at <= bindparam("now")

_first = select(func.min(_D.workspace).label("workspace")).where(
    _pending, _D.platform == bindparam("platform")
)
_FIRST = Query(_first)
_FOLLOWING = Query(_first.where(_D.workspace > bindparam("workspace")))
_IS_DUE = Query(
    select(_D.id).where(_pending, *_here, _D.lane == bindparam("rank", type_=Integer()), _due).limit(1)
)
_UNKNOWN_DUE = Query(
    select(_D.platform, _D.workspace).where(_open, _D.status == Status.UNKNOWN, _due).distinct()
)

_WITH_PERSON = (
    deliveries.query()
    .outerjoin(PERSON, PERSON.c.key == _D.person)
    .add_columns(
        PERSON.c.key.label("person_key"),
        PERSON.c.zone.label("person_zone"),
        PERSON.c.site.label("person_site"),
        *(PERSON.c.left_at, PERSON.c.paused_until, PERSON.c.celebrates, PERSON.c.digest),
    )
    .where(*_here, _due)
    .order_by(_D.due_at)
    .limit(bindparam("room", type_=Integer()))
    .with_for_update(of=DELIVERY, skip_locked=True)
)
_CLAIM = Query(_WITH_PERSON.where(_pending, _D.lane == bindparam("rank")))
_CLAIM_UNKNOWN = Query(_WITH_PERSON.where(_open, _D.status == Status.UNKNOWN))
_LATE = Query(
    select(_D.id).where(_open, LEASED, _D.lease_until <= bindparam("now")).with_for_update(skip_locked=True)
)
_after = bindparam("after", type_=_D.due_at.type)
_NEXT = Query(
    select(func.min(_D.due_at).label("due")).where(
        _open, or_(_D.status == Status.PENDING, _D.status == Status.UNKNOWN), _D.due_at > _after
    )
)
_NEXT_WITHDRAWAL = Query(
    select(func.min(WITHDRAWAL.c.due_at).label("due")).where(_not_done, WITHDRAWAL.c.due_at > _after)
)
_NEXT_FREE = Query(select(func.min(PACE.c.blocked_until).label("due")).where(PACE.c.blocked_until > _after))
_LEASE = Many(
    update(DELIVERY)
    .where(_D.number == bindparam("row"))
    .values(
        status=bindparam("to_status"),
        attempt=_D.attempt + bindparam("tries", type_=Integer()),
        lease_owner=bindparam("owner"),
        lease_until=bindparam("until", type_=_D.lease_until.type),
    )
)


def claim(
    connection: Connection,
    queue: Queue,
    now: datetime,
    owner: str,
    lease: timedelta,
    places: Places,
    pace: Pace | None,
) -> Claim:
    """What is due, as far as there are places and the pace has room; nothing while the platform has us wait.

    For a long wait nobody stays: `next_due` says when it is over.
    """
    gauge = paces.gauge(connection, queue, pace)
    if gauge.blocked_until > now:
        return Claim(again=gauge.blocked_until if gauge.blocked_until - now < LONG else None)
    room = gauge.room(now, places.free) if pace else places.free
    if not room:
        return Claim(again=gauge.again)
    claimed = _claimed(connection, queue, now, owner, lease, places._replace(free=room))
    again = now
    if pace and claimed.calls:
        gauge = gauge.used(pace, now, claimed.calls + _opening(pace, claimed.taken))
        paces.write(connection, queue, gauge)
        again = gauge.again
    return replace(claimed, again=again if claimed.calls == room else claimed.again)


def _claimed(
    connection: Connection, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places
) -> Claim:
    match queue.job:
        case Job.WITHDRAW:
            unwanted = withdrawals.claim(connection, queue, now, lease, places.free)
            return Claim(withdrawals=tuple(unwanted))
        case Job.EDIT:
            return refreshes.claim(connection, queue, now, lease, places.free)
    return Claim(tuple(_take(connection, queue, now, owner, lease, places)))


def waiting(connection: Connection, now: datetime) -> Sequence[Queue]:
    """From one workspace of the index to the next: a hundred thousand due rows cost no more than one."""
    found = [Queue(platform, workspace, Job.SEND) for platform, workspace in _sending(connection, now)]
    doubts = _UNKNOWN_DUE(connection, now=now)
    found += [Queue(Platform(row.platform), row.workspace, Job.FIND) for row in doubts]
    unwanted = withdrawals.waiting(connection, now)
    found += [Queue(Platform(platform), workspace, Job.WITHDRAW) for platform, workspace in unwanted]
    outdated = refreshes.waiting(connection, now)
    found += [Queue(Platform(platform), workspace, Job.EDIT) for platform, workspace in outdated]
    if not found:
        return found
    blocked = paces.blocked(connection, now)
    return [queue for queue in found if tuple(queue) not in blocked]


def reclaim(connection: Connection, now: datetime, quarantine: timedelta, ledger: Ledger) -> int:
    ids = [row.id for row in _LATE(connection, now=now)]
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
        if logged(delivery, Status.UNKNOWN)
    ]
    ledger.append(connection, records)
    return len(ids)


def next_due(connection: Connection, after: datetime) -> datetime | None:
    """The end of a wait counts: rows that wait behind it fall due then."""
    waits = (query(connection, after=after)[0].due for query in (_NEXT, _NEXT_WITHDRAWAL, _NEXT_FREE))
    times = (*waits, refreshes.next_due(connection, after))
    return min((time for time in times if time is not None), default=None)


def _sending(connection: Connection, now: datetime) -> list[tuple[Platform, str]]:
    found = []
    for platform in Platform:
        here: dict[str, Any] = {"platform": platform, "now": now}
        workspace = _FIRST(connection, platform=platform)[0].workspace
        while workspace is not None:
            here["workspace"] = workspace
            if any(_IS_DUE(connection, **here, rank=rank) for rank in RANKS):
                found.append((platform, workspace))
            workspace = _FOLLOWING(connection, platform=platform, workspace=workspace)[0].workspace
    return found


def _take(
    connection: Connection, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places
) -> Taken:
    """Rows that are locked for this (on PostgreSQL other claims pass over them) become this owner's."""
    here = {"platform": queue.platform, "workspace": queue.workspace, "now": now}
    rows: list[Row] = []
    if queue.job is Job.SEND:
        for rank in RANKS:  # lane by lane, so that the index names the next without a look at all that waits
            room = (places.free if rank != RANKS[-1] else min(places.free, places.many)) - len(rows)
            if room > 0:
                rows += _CLAIM(connection, **here, rank=rank, room=room)
        lease_ = Lease(Status.SENDING, 1, now + lease)
    else:
        rows += _CLAIM_UNKNOWN(connection, **here, room=places.free)
        lease_ = Lease(Status.RECONCILING, 0, now + lease)
    taken = {"to_status": lease_.status, "tries": lease_.tries, "owner": owner, "until": lease_.until}
    _LEASE(connection, [taken | {"row": row.number} for row in rows])
    found = deliveries.read(connection, rows, lease_)
    return [(delivery, _person(row)) for (delivery, _), row in zip(found, rows, strict=True)]


def _opening(pace: Pace, taken: Sequence[tuple[Delivery, Person | None]]) -> int:
    """How many calls these take beside their own: a first contact may take more than one."""
    strangers = sum(1 for delivery, _ in taken if delivery.address and not delivery.address.conversation)
    return (pace.first_contact - 1) * strangers


def _person(row: Row) -> Person | None:
    if row.person_key is None:
        return None
    return Person(
        key=row.person_key,
        zone=row.person_zone,
        site=row.person_site,
        left_at=row.left_at,
        paused_until=row.paused_until,
        celebrates=row.celebrates,
        digest=row.digest,
    )
