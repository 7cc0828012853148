"""Audiences asked in the database: the same people that `Audience.matches` names one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select, true

from content.audience import AllOf, AnyOf, Audience, Everyone, Has, JoinedSince, Not
from handlers.model import Headcount
from storage.people import PERSON

_P = PERSON.c
_GROUPS = {"team": _P.team, "site": _P.site, "language": _P.language, "role": _P.roles}
_here = _P.left_at.is_(None)


def named(connection: Connection, rule: Audience) -> ColumnElement[bool]:
    """The condition on a person that a rule stands for, and that they have not left."""
    return and_(_here, _condition(connection, rule))


def headcount(connection: Connection) -> Headcount:
    """How many there are of everybody, and of each role, site and team."""
    roles = Counter[str]()
    for row in connection.execute(select(_P.roles, func.count()).where(_here).group_by(_P.roles)):
        roles.update({role: row[1] for role in row[0].split(",") if role})
    people = connection.scalar(select(func.count()).select_from(PERSON).where(_here)) or 0
    sites, teams = (_by(connection, column) for column in (_P.site, _P.team))
    return Headcount(people, {"role": dict(roles), "site": sites, "team": teams})


def _by(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    counts = select(column, func.count()).where(_here, column != "").group_by(column)
    return {row[0]: row[1] for row in connection.execute(counts)}


def _condition(connection: Connection, rule: Audience) -> ColumnElement[bool]:
    match rule:
        case Everyone():
            return true()
        case Not(inner):
            return not_(_condition(connection, inner))
        case AllOf(rules):
            return and_(*(_condition(connection, each) for each in rules))
        case AnyOf(rules):
            return or_(*(_condition(connection, each) for each in rules))
        case JoinedSince(day):
            return _joined_since(day)
        case Has("email", value):
            return _P.email_folded == value.casefold()
        case Has(field, value) if field in _GROUPS:
            return _in_group(connection, field, value.casefold())
    raise TypeError(f"an audience that the database does not know: {rule!r}")


def _joined_since(day: date) -> ColumnElement[bool]:
    return and_(_P.joined.is_not(None), _P.joined >= day)


def _in_group(connection: Connection, field: str, wanted: str) -> ColumnElement[bool]:
    """By the names that are there: no database folds the case of every alphabet as Python does."""
    column = _GROUPS[field]
    there = connection.scalars(select(column).where(_here).distinct())
    fitting = [name for name in there if wanted in _folded(field, name)]
    return column.in_(fitting) if fitting else false()


def _folded(field: str, name: str) -> list[str]:
    return [each.casefold() for each in (name.split(",") if field == "role" else [name])]
