"""What is known ahead of a broadcast: its people in groups of whom the same holds, and what waits before them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    text,
    true,
)

from content.audience import Audience
from handlers.broadcasts.outlook import Ahead, Group, Line, Outlook
from handlers.model import Job, Platform, Queue, Reason, Status
from handlers.pace import Gauge
from storage.audiences import named
from storage.deliveries import DELIVERY, RANKS
from storage.ledger import LEDGER
from storage.paces import PACE
from storage.people import ADDRESS, PERSON
from storage.refreshes import REFRESH
from storage.tables import PENDING, REFUSED
from storage.withdrawals import WITHDRAWAL

REMEMBERED = timedelta(days=60)  # a refusal that is older says nothing any more
UNREACHABLE = (Reason.NOT_INSTALLED, Reason.BLOCKED, Reason.DISABLED, Reason.NOBODY)

_P, _A, _D, _W, _L, _G, _R = PERSON.c, ADDRESS.c, DELIVERY.c, WITHDRAWAL.c, LEDGER.c, PACE.c, REFRESH.c
_other = ADDRESS.alias("other")
_later = DELIVERY.alias("later")


def outlook(
    connection: Connection, audience: Audience, now: datetime, excluded: Audience | None = None
) -> Outlook:
    left_out = named(connection, excluded) if excluded else false()
    groups = [
        Group(
            people=row.people,
            platform=Platform(row.platform) if row.platform else None,
            workspace=row.workspace or "",
            zone=row.zone,
            site=row.site,
            met=row.met is None or bool(row.met),
            refused=Reason(row.refused or ""),
            paused_until=row.paused_until,
            excluded=bool(row.excluded),
        )
        for row in connection.execute(_groups(named(connection, audience), left_out, now))
    ]
    return Outlook(tuple(groups), lines(connection, groups, Job.SEND, now))


def lines(
    connection: Connection, groups: Iterable[Group], job: Job, now: datetime, apart: str = ""
) -> Mapping[Queue, Line]:
    """The queues that these people are served in, with what others have in them: all but one broadcast."""
    queues = {Queue(group.platform, group.workspace, job) for group in groups if group.platform}
    if not queues:
        return {}
    ahead: dict[Queue, list[Ahead]] = defaultdict(list)
    for row in connection.execute(_ahead(job, now, apart)):
        ahead[Queue(Platform(row.platform), row.workspace, job)].append(
            Ahead(row.due_at or now, row.deliveries, row.first_contacts)
        )
    gauges = {
        Queue(Platform(row.platform), row.workspace, Job(row.job)): Gauge(
            row.rate, row.free_at, row.changed_at, row.blocked_until
        )
        for row in connection.execute(select(PACE).where(_G.job == job))
    }
    return {queue: Line(gauges.get(queue), tuple(ahead[queue])) for queue in queues}


def _groups(wanted: ColumnElement[bool], left_out: ColumnElement[bool], now: datetime) -> Select[Any]:
    """A row for each group; of several addresses it is the one that `Person.address` names."""
    refused = (
        _refusals(now - REMEMBERED).cte("refused").prefix_with("MATERIALIZED")
    )  # once, not for each person
    chosen = and_(_A.person == _P.key, ~_better())
    same = and_(
        refused.c.person == _P.key,
        refused.c.platform == _A.platform,
        refused.c.workspace == _A.workspace,
        refused.c.user == _A.user,
    )
    columns: tuple[ColumnElement[Any], ...] = (
        _A.platform,
        _A.workspace,
        _P.zone,
        _P.site,
        (_A.conversation != "").label("met"),
        refused.c.reason.label("refused"),
        case((_P.paused_until > now, _P.paused_until)).label("paused_until"),
        case((left_out, 1), else_=0).label("excluded"),
    )
    source = PERSON.outerjoin(ADDRESS, chosen).outerjoin(refused, same)
    return select(*columns, func.count().label("people")).select_from(source).where(wanted).group_by(*columns)


def _better() -> ColumnElement[bool]:
    """Whether the person has an address that comes before this one: preferred, else where they came last."""

    def preferred(platform: ColumnElement[str]) -> ColumnElement[int]:
        return case((platform == _P.preferred, 1), else_=0)

    ours, theirs = preferred(_A.platform), preferred(_other.c.platform)
    newer = and_(theirs == ours, _other.c.position > _A.position)
    return exists().where(_other.c.person == _P.key, or_(theirs > ours, newer)).correlate(PERSON, ADDRESS)


def _refusals(since: datetime) -> Select[Any]:
    """(person, address, reason) where the last delivery failed for good and nothing was heard of the person since."""
    followed = exists().where(
        _later.c.person == _D.person,
        _later.c.slot_at >= _D.slot_at,
        or_(_later.c.slot_at > _D.slot_at, _later.c.number > _D.number),
        _later.c.status.in_((Status.SENT, Status.FAILED)),
        _later.c.platform == _D.platform,
        _later.c.workspace == _D.workspace,
        _later.c.user == _D.user,
    )
    heard = exists().where(_L.actor == _D.person, _L.participation, _L.at > _D.slot_at)
    return select(_D.person, _D.platform, _D.workspace, _D.user, _D.reason).where(
        text(REFUSED), _D.slot_at >= since, _D.reason.in_(UNREACHABLE), ~followed, ~heard
    )


def _ahead(job: Job, now: datetime, apart: str) -> Select[Any]:
    """What is due already in one row for each queue, what is not in one for each moment."""
    if job is Job.WITHDRAW:
        mine = exists().where(_D.id == _W.delivery, _D.campaign == apart) if apart else ~true()
        due = case((_W.due_at > now, _W.due_at))
        columns = (_W.platform, _W.workspace, due.label("due_at"))
        counted = (func.count().label("deliveries"), literal(0).label("first_contacts"))
        return select(*columns, *counted).where(_W.done_at.is_(None), ~mine).group_by(*columns)
    if job is Job.EDIT:
        others = REFRESH.join(DELIVERY, and_(_D.id == _R.delivery, _D.campaign != apart))
        due = case((_R.due_at > now, _R.due_at))
        columns = (_R.platform, _R.workspace, due.label("due_at"))
        counted = (func.count().label("deliveries"), literal(0).label("first_contacts"))
        wanted = (_R.done_at.is_(None), _R.due_at.is_not(None))
        return select(*columns, *counted).select_from(others).where(*wanted).group_by(*columns)
    due = case((_D.due_at > now, _D.due_at))
    columns = (_D.platform, _D.workspace, due.label("due_at"))
    strangers = func.sum(case((_D.conversation == "", 1), else_=0)).label("first_contacts")
    waits = (text(PENDING), _D.lane > RANKS[0], _D.campaign != apart)
    return select(*columns, func.count().label("deliveries"), strangers).where(*waits).group_by(*columns)
