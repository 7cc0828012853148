"""Replies as rows: each written once, ended once, and counted for the leader who received it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, func, insert, or_, select, update

from content.markup import clean
from handlers.replies.reply import Inbox, Reply, ReplyRate
from storage import broadcasts
from storage.ledger import Record
from storage.people import PERSON
from storage.tables import ReplyRow, table

REPLY = table(ReplyRow)
LONGEST = 1000  # characters of a reply and of an answer
KNOWN = 200  # of one person's replies, the latest
LATELY = 3  # answered ones that an inbox shows

_R, _P = REPLY.c, PERSON.c
_OLDEST = (_R.at, _R.id)
T = TypeVar("T")


class Outrun(Exception):
    """Somebody has answered it, or set it aside, already: nothing was changed."""


class Read(Protocol):
    def __call__(self, query: Callable[[Connection], T]) -> Awaitable[T]: ...


class Replies:
    """`handlers.replies.reply.Replies`; read: runs a query in a transaction of its own."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def one(self, reply: str) -> Reply | None:
        return next(iter(await self._read(lambda c: _found(c, _R.id == reply, 1))), None)

    async def inbox(self, receiver: str, start: int, limit: int, *, left: bool = False) -> Inbox:
        return await self._read(partial(_inbox, receiver=receiver, start=start, limit=limit, left=left))

    async def waiting_about(self, broadcast: str, receiver: str, limit: int) -> Sequence[Reply]:
        here = and_(_R.broadcast == broadcast, _R.receiver == receiver, _R.answered_at.is_(None))
        return await self._read(lambda c: _found(c, here, limit))

    async def by(self, person: str) -> Sequence[Reply]:
        query = select(REPLY).where(_R.person == person).order_by(_R.at.desc(), _R.id).limit(KNOWN)
        return await self._read(lambda c: [_reply(row) for row in c.execute(query)])

    async def rates(self, since: datetime, until: datetime, *, manager: str = "") -> Sequence[ReplyRate]:
        return await self._read(partial(_rates, since=since, until=until, manager=manager))


def keep(connection: Connection, reply: Reply) -> list[Record]:
    """Write it, or end it; what the house notes of it. Raises Outrun if it has ended already."""
    row = asdict(reply) | {"text": _words(reply.text), "answer": _words(reply.answer)}
    if not reply.open:
        waits = and_(_R.id == reply.id, _R.answered_at.is_(None))
        if connection.execute(update(REPLY).where(waits).values(row)).rowcount == 0:
            raise Outrun(reply.id)
        return []
    connection.execute(insert(REPLY), row)
    if not reply.anonymous:
        return []
    about = broadcasts.about(connection, reply.broadcast) or {"campaign": reply.broadcast}
    kind = "replied anonymously" if reply.broadcast else "asked anonymously"
    return [about | {"at": reply.at, "kind": kind, "title": reply.title}]


def _words(text: str) -> str:
    return clean(text, LONGEST)


def _found(connection: Connection, here: ColumnElement[bool], limit: int, start: int = 0) -> list[Reply]:
    query = select(REPLY).where(here).order_by(*_OLDEST).offset(start).limit(limit)
    return [_reply(row) for row in connection.execute(query)]


def _inbox(connection: Connection, receiver: str, start: int, limit: int, left: bool) -> Inbox:
    theirs = _R.receiver == receiver
    waits = _R.answered_at.is_(None)
    gone = _R.receiver.in_(select(_P.key).where(_P.left_at.is_not(None)))
    here = and_(waits, or_(theirs, gone) if left else theirs)
    last = select(REPLY).where(theirs, _R.answer != "").order_by(_R.answered_at.desc(), _R.id).limit(LATELY)
    count = select(func.count()).select_from(REPLY)
    return Inbox(
        received=connection.scalar(count.where(or_(theirs, here))) or 0,
        waiting=connection.scalar(count.where(here)) or 0,
        open=tuple(_found(connection, here, limit, start)),
        answered=tuple(_reply(row) for row in connection.execute(last)),
    )


def _rates(connection: Connection, since: datetime, until: datetime, manager: str) -> list[ReplyRate]:
    here = and_(_R.at >= since, _R.at < until)
    if manager:
        here = and_(here, _R.receiver.in_(select(_P.key).where(_P.manager == manager)))
    query = select(_R.receiver, _R.at, _R.answered_at, _R.answer).where(here).order_by(_R.receiver)
    found: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.receiver].append(row)
    return [_rate(leader, rows) for leader, rows in found.items()]


def _rate(leader: str, rows: Sequence[Any]) -> ReplyRate:
    wanted = [row for row in rows if row.answer or row.answered_at is None]
    times = tuple(row.answered_at - row.at for row in wanted if row.answered_at)
    return ReplyRate(leader, len(rows), len(wanted), len(times), times)


def _reply(row: Any) -> Reply:
    return Reply(**row._mapping)
