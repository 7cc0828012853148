"""How far a broadcast has come: counts whose sum is its roster, and where those are who still wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, or_, select

from handlers.broadcasts.headway import Headway
from handlers.broadcasts.outlook import Group
from handlers.model import Job, Platform, Reason, Status, Watch
from storage import funnels
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.outlooks import lines
from storage.people import PERSON
from storage.prepared import Query
from storage.refreshes import REFRESH
from storage.withdrawals import WITHDRAWAL

SOON = timedelta(
    minutes=15
)  # who is due so soon waits for their turn; who is due later, for their quiet hours' end

_D, _L, _O, _W = DELIVERY.c, LEDGER.c, OCCURRENCE.c, WITHDRAWAL.c
_LEAVING, _STAYED, _GONE = (
    2,
    1,
    0,
)  # of a message that is taken back; of several to one person the most that is left

_card = and_(_D.person == BROADCAST.c.author, _D.campaign == "", _D.piece_id == BROADCAST.c.id)
_begun = exists().where(
    _O.campaign == BROADCAST.c.id, _O.due_at.between(bindparam("since"), bindparam("until"))
)
_STIRRED = Query(
    select(_L.sequence)
    .where(_L.at > bindparam("since"), _L.campaign.concat("") == bindparam("campaign"))
    .limit(1)
)
_WATCHED = Query(
    select(BROADCAST.c.id, BROADCAST.c.withdrawn_at, _D.id.label("delivery"))
    .select_from(BROADCAST.join(DELIVERY, _card))
    .where(_begun, _D.status == Status.SENT)
    .order_by(BROADCAST.c.due_at.desc(), BROADCAST.c.id)
)


def headway(connection: Connection, broadcast: str, now: datetime) -> Headway:
    withdrawn = (
        connection.scalar(select(BROADCAST.c.withdrawn_at).where(BROADCAST.c.id == broadcast)) is not None
    )
    counted = funnels.counted(connection, broadcast)
    did = funnels.did(connection, [broadcast])[broadcast]
    states = counted.states
    unwritten = _unwritten(connection, broadcast, states.total())
    if unwritten:
        soon = (Status.CANCELLED, Reason.RECALLED) if withdrawn else (Status.PENDING, Reason.NONE)
        states[soon] += unwritten
    waits = [] if withdrawn else [_group(row) for row in connection.execute(_waits(broadcast, now))]
    told_next = connection.scalar(select(BROADCAST.c.told_next).where(BROADCAST.c.id == broadcast))
    anew = [_group(row) for row in connection.execute(_anew(broadcast, told_next))]
    back = connection.execute(_taken_back(broadcast)).all() if withdrawn else []
    leaves = [_group(row) for row in back if row.state == _LEAVING]
    return Headway(
        states=dict(states),
        acknowledged=did.acknowledged,
        cheered=did.cheered,
        last_sent_at=counted.last_sent_at,
        withdrawn=withdrawn,
        leaving=sum(row.people for row in back if row.state == _LEAVING),
        gone=sum(row.people for row in back if row.state == _GONE),
        stayed=sum(row.people for row in back if row.state == _STAYED),
        waits=tuple(waits),
        leaves=tuple(leaves),
        anew=tuple(anew),
        lines={
            **lines(connection, waits, Job.SEND, now, broadcast),
            **lines(connection, leaves, Job.WITHDRAW, now, broadcast),
            **lines(connection, anew, Job.EDIT, now, broadcast),
        },
        places=counted.places,
        answered=did.answered,
        understood=did.understood,
    )


def watched(connection: Connection, since: datetime, until: datetime) -> Sequence[Watch]:
    """Their authors' cards, the latest broadcast first: the piece of such a delivery has the broadcast's name."""
    rows = _WATCHED(connection, since=since, until=until)
    return [Watch(row.id, row.delivery, row.withdrawn_at is not None) for row in rows]


def stirred(connection: Connection, campaign: str, since: datetime) -> bool:
    """By the time of its entries, which is an index; hidden in an expression, the campaign tempts nobody from it."""
    return bool(_STIRRED(connection, campaign=campaign, since=since))


def _group(row: Any) -> Group:
    return Group(
        people=row.people,
        platform=Platform(row.platform),
        workspace=row.workspace,
        zone=getattr(row, "zone", None) or "",
        site=getattr(row, "site", None) or "",
        met=bool(getattr(row, "met", True)),
        due_at=getattr(row, "due_at", None),
    )


def _unwritten(connection: Connection, broadcast: str, written: int) -> int:
    """How many of an open roster have no row yet."""
    sizes = select(_O.roster_size).where(_O.campaign == broadcast, _O.closed_at.is_(None))
    size = connection.scalar(sizes)
    return max(0, size - written) if size is not None else 0


def _waits(broadcast: str, now: datetime) -> Select[Any]:
    due = case((_D.due_at > now + SOON, _D.due_at)).label("due_at")
    met = (_D.conversation != "").label("met")
    columns = (_D.platform, _D.workspace, PERSON.c.zone, PERSON.c.site, met, due)
    return (
        select(*columns, func.count().label("people"))
        .select_from(DELIVERY.outerjoin(PERSON, PERSON.c.key == _D.person))
        .where(_D.campaign == broadcast, _D.zone.is_not(None), _D.status == Status.PENDING, ~_D.held)
        .group_by(*columns)
    )


def _anew(broadcast: str, told_next: int | None) -> Select[Any]:
    """By the queue they are in; those whose message is not sent yet are drawn when it is.

    told_next: from this number on nobody was told of a correction yet; all who have the message will be.
    """
    columns = (_D.platform, _D.workspace)
    asked = and_(REFRESH.c.delivery == _D.id, REFRESH.c.done_at.is_(None), REFRESH.c.due_at.is_not(None))
    source = DELIVERY.join(REFRESH, asked, isouter=told_next is not None)
    wanted = [_D.campaign == broadcast, _D.status == Status.SENT, ~_D.withdrawn]
    if told_next is not None:
        wanted.append(or_(_D.number >= told_next, REFRESH.c.delivery.is_not(None)))
    return (
        select(*columns, func.count().label("people")).select_from(source).where(*wanted).group_by(*columns)
    )


def _taken_back(broadcast: str) -> Select[Any]:
    """Those sent by what has become of their messages; one that is not known to be taken away is still to be."""
    state = case((_W.done_at.is_(None), _LEAVING), (_W.code != "", _STAYED), else_=_GONE)
    most = select(func.max(state)).where(_W.delivery == _D.id).scalar_subquery()
    otherwise = case(
        (_D.receipt == "", _STAYED), else_=_LEAVING
    )  # a message without a name cannot be taken away
    columns = (_D.platform, _D.workspace, func.coalesce(most, otherwise).label("state"))
    sent = (_D.campaign == broadcast, _D.zone.is_not(None), _D.status == Status.SENT, _D.withdrawn)
    rows = select(*columns).where(*sent).subquery()
    return select(*rows.c, func.count().label("people")).group_by(*rows.c)
