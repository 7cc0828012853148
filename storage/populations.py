"""Who an evidence pack is about: everybody who worked under a standard in a period, and what each was assigned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, func, or_, select

from handlers.evidence.pack import BELONGING_KEPT, NOW, THEN, Row, Scope
from handlers.model import Person, Role
from handlers.people import subject
from storage import belongings, values
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON, as_person
from storage.sums import Within, did, sent

AT_ONCE = 2000  # rows held

_D, _L, _P = DELIVERY.c, LEDGER.c, PERSON.c


def query(within: Within) -> Select[Any]:
    """Everybody who was here in the period, and whoever else was assigned something of it, by key."""
    scope = within.scope
    assigned = (
        select(
            _D.person,
            func.count().label("assigned"),
            func.sum(case((sent, 1), else_=0)).label("delivered"),
        )
        .where(within.assigned)
        .group_by(_D.person)
        .subquery("assigned")
    )
    took_part = case((and_(within.assigned, sent), _D.id))
    active = (
        select(
            _D.person,
            func.count(took_part.distinct()).label("took_part"),
            _sum(within.answered).label("answers"),
            _sum(and_(within.answered, _L.correct)).label("correct"),
        )
        .select_from(DELIVERY.join(LEDGER, did))
        .where(or_(within.assigned, within.answered))
        .group_by(_D.person)
        .subquery("active")
    )
    numbers = (assigned.c.assigned, assigned.c.delivered, *active.c[1:])
    source = PERSON.outerjoin(assigned, assigned.c.person == _P.key).outerjoin(
        active, active.c.person == _P.key
    )
    return (
        select(PERSON, *(func.coalesce(n, 0).label(n.name) for n in numbers))
        .select_from(source)
        .where(or_(_here(scope), assigned.c.person.is_not(None), active.c.person.is_not(None)))
        .order_by(_P.key)
    )


def size(connection: Connection, within: Within) -> int:
    """How many people that are, without the numbers of each."""
    theirs = _D.person == _P.key
    assigned = exists().where(theirs, within.assigned)
    answered = exists(select(_D.id).select_from(DELIVERY.join(LEDGER, did)).where(theirs, within.answered))
    anybody = or_(_here(within.scope), *(each.correlate(PERSON) for each in (assigned, answered)))
    return connection.scalar(select(func.count()).select_from(PERSON).where(anybody)) or 0


def _here(scope: Scope) -> ColumnElement[bool]:
    return and_(
        or_(_P.joined.is_(None), _P.joined <= scope.until),
        or_(_P.left_at.is_(None), _P.left_at >= scope.begin),
    )


def rows(connection: Connection, within: Within) -> Iterator[Sequence[Row]]:
    """In the order of `handlers.evidence.pack.ROSTER`, some at a time."""
    kept = values.recall(connection, BELONGING_KEPT)
    known = datetime.fromisoformat(kept) if kept else None
    before = belongings.since(connection, within.scope.begin)
    with connection.execute(query(within).execution_options(yield_per=AT_ONCE)) as found:
        for rows in found.partitions():
            yield [_row(row, within.scope, before.get(row.key, ()), known) for row in rows]


def _row(row: Any, scope: Scope, before: Sequence[Any], kept: datetime | None) -> Row:
    person = as_person(row, ())
    joined = person.joined is not None and person.joined >= scope.since
    came = person.joined is None or person.joined <= scope.until
    stayed = person.left_at is None or person.left_at >= scope.begin
    left = person.left_at is not None and scope.begin <= person.left_at < scope.end
    here = came and stayed
    name = person.name if scope.named and scope.named.matches(subject(person)) else ""
    last = max(scope.begin, min(scope.end, person.left_at or scope.end))
    known = kept is not None and kept <= last
    then = _as_of(person, before, last) if known else person
    return (
        *(person.key, name, then.team, then.site, then.manager),
        *(", ".join(sorted(then.roles)), person.joined, person.left_at),
        yes(scope.audience.matches(subject(then))),
        *(yes(here and not joined), yes(here and joined), yes(here and left), yes(here and not left)),
        *(row.assigned, row.delivered, row.took_part, row.answers, row.correct),
        THEN if known else NOW,
    )


def _as_of(person: Person, before: Sequence[Any], moment: datetime) -> Person:
    """As they were just before a moment: as the first change from then on found them, or as they are."""
    row = next((row for row in before if row.until >= moment), None)
    if row is None:
        return person
    roles = frozenset(Role(role) for role in row.roles.split(","))
    return replace(person, team=row.team, site=row.site, manager=row.manager, roles=roles)


def yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))
