"""Links to the page of the numbers and the visits that they open: only their hashes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import Connection, and_, delete, insert, not_, or_, select, update

from handlers.numbers.visits import LASTS, LINK_LASTS, Invitation, Visit
from storage.ledger import Ledger
from storage.tables import VisitRow, table

VISIT = table(VisitRow)

_V = VISIT.c
T = TypeVar("T")


class Run(Protocol):
    def __call__(self, work: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Visits:
    """`handlers.numbers.visits.Visits`; read and write: run work in a transaction of its own."""

    def __init__(self, read: Run, write: Run, log: Ledger) -> None:
        self._read = read
        self._write = write
        self._log = log

    async def enter(self, link: str, visit: str, at: datetime) -> bool:
        return await self._write(lambda c: _enter(c, link, visit, at, self._log))

    async def one(self, visit: str) -> Visit | None:
        return await self._read(lambda c: _one(c, visit))

    async def of(self, person: str) -> Sequence[Visit]:
        return await self._read(lambda c: _of(c, person))

    async def used(self, visit: str, at: datetime) -> None:
        await self._write(lambda c: c.execute(update(VISIT).where(_V.hash == visit).values(used_at=at)))

    async def leave(self, visit: str) -> None:
        await self._write(lambda c: c.execute(delete(VISIT).where(_V.hash == visit)))


def take(connection: Connection, invitation: Invitation, at: datetime) -> None:
    """A new link in the place of the person's last one; without one everything of theirs ends."""
    theirs = _V.person == invitation.person
    connection.execute(delete(VISIT).where(and_(theirs, _V.link) if invitation.link else theirs))
    if invitation.link:
        _insert(connection, invitation.link, invitation.person, at, link=True)


def _enter(connection: Connection, link: str, visit: str, at: datetime, log: Ledger) -> bool:
    """What is over goes with it, so that the table has no more rows than people who look."""
    there = and_(_V.hash == link, _V.link)
    row = connection.execute(select(_V.person, _V.made_at).where(there)).one_or_none()
    if (
        row is None
        or at - row.made_at >= LINK_LASTS
        or connection.execute(delete(VISIT).where(there)).rowcount == 0
    ):
        return False
    connection.execute(
        delete(VISIT).where(or_(_V.made_at <= at - LASTS, and_(_V.link, _V.made_at <= at - LINK_LASTS)))
    )
    _insert(connection, visit, row.person, at, link=False)
    log.append(connection, [{"at": at, "kind": "page entered", "actor": row.person, "person": row.person}])
    return True


def _one(connection: Connection, visit: str) -> Visit | None:
    query = select(_V.person, _V.made_at, _V.used_at).where(_V.hash == visit, not_(_V.link))
    row = connection.execute(query).one_or_none()
    return Visit(row.person, row.made_at, row.used_at) if row else None


def _of(connection: Connection, person: str) -> list[Visit]:
    query = (
        select(_V.person, _V.made_at, _V.used_at)
        .where(_V.person == person, not_(_V.link))
        .order_by(_V.made_at)
    )
    return [Visit(row.person, row.made_at, row.used_at) for row in connection.execute(query)]


def _insert(connection: Connection, hash_: str, person: str, at: datetime, *, link: bool) -> None:
    row = {"hash": hash_, "person": person, "made_at": at, "used_at": at, "link": link}
    connection.execute(insert(VISIT), row)
