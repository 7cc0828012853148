"""How well people remember what they have met: sums over people, reckoned where the memories lie.

A hundred thousand people have four million memories, so the curve of `handlers.learning.memory` is evaluated by the
database (SQLite's own `power`, or the one that `storage.engine` gives it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Float,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    case,
    func,
    insert,
    literal,
    select,
)

from content.audience import Audience
from content.pieces import Group
from handlers.learning.memory import DECAY, FACTOR, Day
from handlers.lookups import EVERYBODY
from handlers.numbers.counts import Cell, GroupedBy, Meant, Recalled, Recalls, Sums, kinds_of
from storage.audiences import named
from storage.memories import MEMORY
from storage.people import PERSON

# The bank as the database gets it, for the length of one query: a list in the statement would have no index.
BANK = Table(
    "asked_bank",
    MetaData(),
    Column("item", String, primary_key=True),
    Column("grp", Integer, primary_key=True),  # its place among the groups: shorter to sort by than its name
    Column("kinds", Integer, nullable=False),
    Column("audit", Float),
    prefixes=["TEMPORARY"],
)
BY_SITE_TOO: GroupedBy = "item, team and site"
BY_TEAM: tuple[GroupedBy, ...] = ("item and team", BY_SITE_TOO)
BY_ITEM: tuple[GroupedBy, ...] = ("item", *BY_TEAM)
_B, _M, _P = BANK.c, MEMORY.c, PERSON.c
_OWN: Mapping[GroupedBy, ColumnElement[str]] = {
    "item": literal(""),
    "team": _P.team,
    "site": _P.site,
    "item and team": _P.team,
    BY_SITE_TOO: _P.team,
}


def recalls(
    connection: Connection,
    bank: Sequence[Meant],
    by: GroupedBy,
    day: Day,
    groups: Mapping[Group, Audience],
    manager: str = "",
    people: Audience = EVERYBODY,
    keys: Sequence[str] | None = None,
) -> Recalls:
    """Of everybody who is here, of a manager's people, or of these keys.

    groups: who belongs to which, "everybody" apart.
    """
    who = _who(connection, by, groups, manager, people, keys)
    site = [who.c.site] if by == BY_SITE_TOO else []
    cells = select(who.c.own, who.c.kinds, func.count(), *site).group_by(who.c.own, who.c.kinds, *site)
    counted = [Cell(*row) for row in connection.execute(cells)]
    if not bank:
        return Recalls(counted, ())
    BANK.create(connection)
    try:
        names = sorted({meant.group for meant in bank})
        places = {name: place for place, name in enumerate(names)}
        connection.execute(insert(BANK), [_row(meant, places[meant.group]) for meant in bank])
        rows = connection.execute(_groups(who, by, day, keys)).all()
        found = [_recalled(row, names, by) for row in rows]
    finally:
        BANK.drop(connection)
    return Recalls(counted, found)


def remembered(stability: ColumnElement[float], days: ColumnElement[float]) -> ColumnElement[float]:
    """`handlers.learning.memory.recall` in SQL."""
    waited = case((days > 0, days), else_=0.0)
    return func.power(1.0 + FACTOR * waited / stability, DECAY)


def _who(
    connection: Connection,
    by: GroupedBy,
    groups: Mapping[Group, Audience],
    manager: str,
    people: Audience,
    keys: Sequence[str] | None,
) -> Any:
    """People with the groups that they belong to, as bits."""
    kinds: ColumnElement[int] = literal(kinds_of(["everybody"]))
    for group, rule in groups.items():
        kinds = kinds + case((named(connection, rule), kinds_of([group])), else_=0)
    here = [_P.left_at.is_(None), *([_P.manager == manager] if manager else [])]
    here += [] if people == EVERYBODY else [named(connection, people)]
    here += [] if keys is None else [_P.key.in_(keys)]
    own = _OWN[by].label("own")
    return select(_P.key, own, _P.site.label("site"), kinds.label("kinds")).where(*here).subquery("who")


def _groups(who: Any, by: GroupedBy, day: Day, keys: Sequence[str] | None) -> Select[Any]:
    """First each person under each group, then the groups: the unit of sampling is the person.

    The item is looked up in the bank, and not the other way round (hence the empty text, which no index fits): the
    memories of an item lie all over the table.
    """
    group = _B.grp if by in BY_ITEM else who.c.own
    team = [who.c.own.label("team")] if by in BY_TEAM else []
    team += [who.c.site.label("site")] if by == BY_SITE_TOO else []
    at_audit = case((_B.audit.is_not(None), remembered(_M.stability, _B.audit - _M.reviewed)), else_=0.0)
    each = (
        select(
            group.label("grp"),
            *team,
            func.count().label("m"),
            func.sum(remembered(_M.stability, literal(day) - _M.reviewed)).label("r"),
            func.count(_B.audit).label("k"),
            func.sum(at_audit).label("z"),
        )
        .select_from(MEMORY.join(BANK, _B.item == _M.item.concat("")).join(who, who.c.key == _M.person))
        .where(who.c.kinds.op("&")(_B.kinds) != 0, *([] if keys is None else [_M.person.in_(keys)]))
        .group_by(_M.person, group, *team)
        .subquery("each_person")
    )
    e = each.c
    now = (func.count(), func.sum(e.m), func.sum(e.r), *_products(e.m, e.r))
    audit = (func.sum(case((e.k > 0, 1), else_=0)), func.sum(e.k), func.sum(e.z), *_products(e.k, e.z))
    names = (e.grp, *(e[column.name] for column in team))
    return select(*names, *now, *audit).group_by(*names).order_by(*names)


def _products(m: ColumnElement[Any], r: ColumnElement[Any]) -> tuple[ColumnElement[Any], ...]:
    return func.sum(m * m), func.sum(m * r), func.sum(r * r)


def _row(meant: Meant, place: int) -> dict[str, Any]:
    return {"item": meant.item, "grp": place, "kinds": meant.kinds, "audit": meant.audit}


def _recalled(row: Any, names: Sequence[str], by: GroupedBy) -> Recalled:
    """PostgreSQL sums whole numbers to decimals."""
    group = names[row.grp] if by in BY_ITEM else row.grp
    team = row.team if by in BY_TEAM else ""
    site = row.site if by == BY_SITE_TOO else ""
    numbers = row[-12:]
    now, audit = ([float(number) for number in part] for part in (numbers[:6], numbers[6:]))
    return Recalled(group, Sums(int(now[0]), *now[1:]), Sums(int(audit[0]), *audit[1:]), team, site)
