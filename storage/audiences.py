"""Audiences asked in the database: the same people that `Audience.matches` names one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    text,
    true,
)

from content.audience import Acknowledged, AllOf, AnyOf, Audience, Everyone, Has, JoinedSince, Not
from handlers.model import Headcount, Person
from storage.ledger import LEDGER
from storage.people import PERSON, find
from storage.tables import ACKNOWLEDGED

_P, _L = PERSON.c, LEDGER.c
_GROUPS = {"team": _P.team, "site": _P.site, "language": _P.language, "role": _P.roles}
_here = _P.left_at.is_(None)


def named(connection: Connection, rule: Audience) -> ColumnElement[bool]:
    """The condition on a person that a rule stands for, and that they have not left."""
    return and_(_here, _Asked(connection).condition(rule))


def condition(connection: Connection, rule: Audience) -> ColumnElement[bool]:
    """The same of whoever has left, too."""
    return _Asked(connection).condition(rule)


def people(connection: Connection, rule: Audience) -> Sequence[Person]:
    """By key."""
    return find(connection, named(connection, rule))


def counted(connection: Connection, rules: Sequence[Audience]) -> Sequence[int]:
    """How many people each of these names, in one look at them all."""
    if not rules:
        return []
    asked = _Asked(connection)
    counts = (func.count(case((asked.condition(rule), 1))) for rule in rules)
    return list(connection.execute(select(*counts).select_from(PERSON).where(_here)).one())


def headcount(connection: Connection, rule: Audience) -> Headcount:
    """How many of these there are, and of each role, site and team."""
    wanted = named(connection, rule)
    roles = Counter[str]()
    for row in connection.execute(select(_P.roles, func.count()).where(wanted).group_by(_P.roles)):
        roles.update({role: row[1] for role in row[0].split(",") if role})
    count = connection.scalar(select(func.count()).select_from(PERSON).where(wanted)) or 0
    sites, teams = (_by(connection, column, wanted) for column in (_P.site, _P.team))
    return Headcount(count, {"role": dict(roles), "site": sites, "team": teams})


def _by(connection: Connection, column: ColumnElement[str], wanted: ColumnElement[bool]) -> dict[str, int]:
    counts = select(column, func.count()).where(wanted, column != "").group_by(column)
    return {row[0]: row[1] for row in connection.execute(counts)}


class _Asked:
    """Rules as conditions; the names of each field are looked up once, however often they are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._there: dict[str, Sequence[str]] = {}

    def condition(self, rule: Audience) -> ColumnElement[bool]:
        match rule:
            case Everyone():
                return true()
            case Not(inner):
                return not_(self.condition(inner))
            case AllOf(rules):
                return and_(*(self.condition(each) for each in rules))
            case AnyOf(rules):
                return or_(*(self.condition(each) for each in rules))
            case JoinedSince(day):
                return _joined_since(day)
            case Acknowledged(campaign):
                return _acknowledged(campaign)
            case Has("email", value):
                return _P.email_folded == value.casefold()
            case Has(field, value) if field in _GROUPS:
                return self._in_group(field, value.casefold())
        raise TypeError(f"an audience that the database does not know: {rule!r}")

    def _in_group(self, field: str, wanted: str) -> ColumnElement[bool]:
        """By the names that are there: no database folds the case of every alphabet as Python does."""
        column = _GROUPS[field]
        if field not in self._there:
            self._there[field] = list(self._connection.scalars(select(column).where(_here).distinct()))
        fitting = [name for name in self._there[field] if wanted in _folded(field, name)]
        return column.in_(fitting) if fitting else false()


def _joined_since(day: date) -> ColumnElement[bool]:
    return and_(_P.joined.is_not(None), _P.joined >= day)


def _acknowledged(campaign: str) -> ColumnElement[bool]:
    """Looked up for each person: PostgreSQL makes no quick work of a long list that somebody is not in."""
    theirs = (text(ACKNOWLEDGED), _L.campaign == campaign, _L.person == _P.key)
    return exists().where(*theirs).correlate(PERSON)


def _folded(field: str, name: str) -> list[str]:
    return [each.casefold() for each in (name.split(",") if field == "role" else [name])]
