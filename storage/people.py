"""People and their addresses: looking them up, and writing a person as they are from now on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from handlers.model import Address, Person, Platform, Receipt, Role
from storage.prepared import LookUp, Many, Query, one_of
from storage.tables import AddressRow, PersonRow, table

PERSON = table(PersonRow)
ADDRESS = table(AddressRow)

_LOCK = 0x43415447  # PostgreSQL's advisory lock for newcomers
Name = tuple[str, str, str]  # platform, workspace, user

_A = ADDRESS.c
_at = and_(  # the address that `_names` names
    _A.platform == bindparam("at_platform"),
    _A.workspace == bindparam("at_workspace"),
    _A.user == bindparam("at_user"),
)
_ASKED = ADDRESS.alias("asked")
_AT = LookUp(
    lambda keys: (
        select(
            *(_ASKED.c[name].label(f"at_{name}") for name in ("platform", "workspace", "user")),
            *PERSON.columns,
            *(column for column in ADDRESS.columns if column.key != "person"),
        )
        .select_from(
            _ASKED.join(PERSON, PERSON.c.key == _ASKED.c.person).join(ADDRESS, _A.person == PERSON.c.key)
        )
        .where(
            or_(
                *(
                    and_(_ASKED.c.platform == p, _ASKED.c.workspace == w, _ASKED.c.user == u)
                    for p, w, u in keys
                )
            )
        )
        .order_by(_A.position)
    ),
    width=3,
)
_WAY = select(ADDRESS).where(_at)
_LEARN = Many(
    update(ADDRESS)
    .where(_at, _A.conversation != bindparam("learnt"))
    .values(conversation=bindparam("learnt"))
)


_BY_KEYS = LookUp(lambda keys: select(PERSON).where(one_of(PERSON.c.key, keys)).order_by(PERSON.c.key))
_WAYS_BY_KEYS = LookUp(lambda keys: select(ADDRESS).where(one_of(_A.person, keys)).order_by(_A.position))


def _people_and_ways(condition: ColumnElement[bool]) -> tuple[Select[Any], Select[Any]]:
    """The two queries for the people under a condition."""
    keys = select(PERSON.c.key).where(condition)
    return (
        select(PERSON).where(condition).order_by(PERSON.c.key),
        select(ADDRESS).where(_A.person.in_(keys)).order_by(_A.position),
    )


class _Named:
    """The same, prepared for whoever asks often."""

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self._people, self._ways = map(Query, _people_and_ways(condition))

    def __call__(self, connection: Connection, **wanted: object) -> Sequence[Person]:
        return _persons(self._people(connection, **wanted), self._ways(connection, **wanted))


_ZONES = Query(select(PERSON.c.zone).where(PERSON.c.left_at.is_(None)).distinct())
_HERE = _Named(PERSON.c.left_at.is_(None))
_JOINED = _Named(and_(PERSON.c.left_at.is_(None), PERSON.c.joined >= bindparam("since")))
_BY_EMAIL = _Named(PERSON.c.email_folded == bindparam("folded"))


def here(connection: Connection) -> Sequence[Person]:
    """Everybody who has not left, by key."""
    return _HERE(connection)


def find(connection: Connection, condition: ColumnElement[bool]) -> Sequence[Person]:
    """By key."""
    people, ways = _people_and_ways(condition)
    return _persons(connection.execute(people), connection.execute(ways))


def _persons(rows: Iterable[Any], ways: Iterable[Any]) -> Sequence[Person]:
    addresses: dict[str, list[Address]] = defaultdict(list)
    for way in ways:
        addresses[way.person].append(_address(way))
    return [as_person(row, tuple(addresses.get(row.key, ()))) for row in rows]


def joiners(connection: Connection, since: date) -> Sequence[Person]:
    return _JOINED(connection, since=since)


def by_key(connection: Connection, key: str) -> Person | None:
    return by_keys(connection, [key]).get(key)


def by_keys(connection: Connection, keys: Sequence[str]) -> dict[str, Person]:
    wanted = [(key,) for key in sorted(set(keys))]
    found = _persons(_BY_KEYS(connection, wanted), _WAYS_BY_KEYS(connection, wanted))
    return {person.key: person for person in found}


def at(connection: Connection, addresses: Sequence[Address]) -> list[Person | None]:
    """Who these addresses belong to, in their order."""
    names = list({_name(address) for address in addresses})
    rows: dict[Name, Any] = {}
    theirs: dict[Name, list[Address]] = defaultdict(list)
    for row in _AT(connection, names):
        asked = (row.at_platform, row.at_workspace, row.at_user)
        rows[asked] = row
        theirs[asked].append(_address(row))
    persons = {asked: as_person(row, tuple(theirs[asked])) for asked, row in rows.items()}
    return [persons.get(_name(address)) for address in addresses]


def by_email(connection: Connection, email: str) -> Person | None:
    """Of two with the same address, the one who has not left."""
    if not email:
        return None
    found = _BY_EMAIL(connection, folded=email.casefold())
    return min(found, key=lambda person: person.left_at is not None, default=None)


def zones(connection: Connection) -> Sequence[str]:
    return [row.zone for row in _ZONES(connection)]


def save(connection: Connection, person: Person, known: Person | None) -> tuple[Person | None, Person]:
    """Write what differs between a person and how they were known; what was there before, and what is now.

    An address that belonged to somebody else moves. A conversation or service URL that is known and
    not given stays: it may have been learnt from a receipt since the person was read.
    """
    before = by_key(connection, person.key)
    now = _with_known_ways(connection, _merged(before, person, known))
    if before == now:
        return before, now
    row = _row(now)
    if before is None:
        connection.execute(insert(PERSON), row)
    else:
        connection.execute(update(PERSON).where(PERSON.c.key == now.key).values(row))
    if before is None or before.addresses != now.addresses:
        _save_addresses(connection, now)
    return before, now


def met(connection: Connection, person: Person) -> bool:
    """Whether somebody who is to be written as new is there by now, by their e-mail, or without one by an address.

    On PostgreSQL newcomers come in one by one.
    """
    if by_key(connection, person.key) is not None:
        return False
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    if person.email:
        return by_email(connection, person.email) is not None
    return any(at(connection, person.addresses))


def learn_conversations(
    connection: Connection, sent: Iterable[tuple[Address | None, Receipt | None]]
) -> None:
    """Remember where messages went, where that was not known."""
    learnt = [
        _names(address) | {"learnt": receipt.conversation}
        for address, receipt in sent
        if address and receipt and receipt.conversation and receipt.conversation != address.conversation
    ]
    _LEARN(connection, learnt)


def workspace(connection: Connection, platform: Platform) -> str | None:
    """The first of its workspaces by name: one token, or one app, is for one."""
    first = select(func.min(ADDRESS.c.workspace)).where(ADDRESS.c.platform == platform)
    found: str | None = connection.scalar(first)
    return found


def changed(before: Person, now: Person) -> str:
    """The names of the fields in which two states of a person differ: no values, no personal data."""
    return ", ".join(_differing(before, now))


def _merged(before: Person | None, person: Person, known: Person | None) -> Person:
    """What was decided on top of what is there: two decisions at once do not undo each other."""
    if before is None or known is None or known.key != person.key:
        return person
    decided = {name: getattr(person, name) for name in _differing(known, person)}
    if "addresses" in decided:
        listed = {_name(a) for a in (*known.addresses, *person.addresses)}
        meanwhile = (a for a in before.addresses if _name(a) not in listed)
        decided["addresses"] = (*meanwhile, *person.addresses)
    return replace(before, **decided)


def _differing(one: Person, other: Person) -> list[str]:
    return [f.name for f in fields(Person) if getattr(one, f.name) != getattr(other, f.name)]


def _with_known_ways(connection: Connection, person: Person) -> Person:
    addresses = []
    for given in {_name(a): a for a in person.addresses}.values():
        row = connection.execute(_WAY, _names(given)).one_or_none()
        if row is not None:
            given = replace(
                given,
                conversation=given.conversation or row.conversation,
                service_url=given.service_url or row.service_url,
            )
        addresses.append(given)
    return replace(person, addresses=tuple(addresses))


def _save_addresses(connection: Connection, person: Person) -> None:
    connection.execute(delete(ADDRESS).where(ADDRESS.c.person == person.key))
    for address in person.addresses:
        connection.execute(delete(ADDRESS).where(_at), _names(address))
    if person.addresses:
        rows = [vars(a) | {"person": person.key, "position": n} for n, a in enumerate(person.addresses)]
        connection.execute(insert(ADDRESS), rows)


def _name(address: Address) -> Name:
    return address.platform, address.workspace, address.user


def _names(address: Address) -> dict[str, str]:
    platform, workspace, user = _name(address)
    return {"at_platform": platform, "at_workspace": workspace, "at_user": user}


def _row(person: Person) -> dict[str, Any]:
    return {
        "key": person.key,
        "name": person.name,
        "email": person.email,
        "email_folded": person.email.casefold(),
        "team": person.team,
        "site": person.site,
        "manager": person.manager,
        "roles": ",".join(sorted(person.roles)),
        "zone": person.zone,
        "language": person.language,
        "joined": person.joined,
        "left_at": person.left_at,
        "paused_until": person.paused_until,
        "celebrates": person.celebrates,
        "digest": person.digest,
        "preferred": person.preferred or "",
    }


def as_person(row: Any, addresses: tuple[Address, ...]) -> Person:
    return Person(
        key=row.key,
        name=row.name,
        email=row.email,
        team=row.team,
        site=row.site,
        manager=row.manager,
        roles=frozenset(Role(role) for role in row.roles.split(",") if role),
        zone=row.zone,
        language=row.language,
        joined=row.joined,
        left_at=row.left_at,
        paused_until=row.paused_until,
        celebrates=row.celebrates,
        digest=row.digest,
        preferred=Platform(row.preferred) if row.preferred else None,
        addresses=addresses,
    )


def _address(row: Any) -> Address:
    return Address(Platform(row.platform), row.workspace, row.user, row.conversation, row.service_url)
