"""What one person after the other was sent and did, for a page of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from content.audience import Audience
from handlers.model import Status
from handlers.pages.rolls import Line
from storage.audiences import named
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON

_D, _L, _P = DELIVERY.c, LEDGER.c, PERSON.c
_asks = and_(_D.to_acknowledge, ~_D.withdrawn)
T = TypeVar("T")


class Read(Protocol):
    def __call__(self, query: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Rolls:
    """`handlers.pages.people.Rolls`; read: runs a query in a transaction of its own."""

    def __init__(self, read: Read) -> None:
        self._read = read

    async def lines(
        self, people: Audience, words: str, since: datetime, until: datetime, *, start: int, most: int
    ) -> tuple[int, Sequence[Line]]:
        return await self._read(
            partial(_lines, rule=people, words=words, since=since, until=until, start=start, most=most)
        )


def _lines(
    connection: Connection,
    rule: Audience,
    words: str,
    since: datetime,
    until: datetime,
    start: int,
    most: int,
) -> tuple[int, Sequence[Line]]:
    """First who is on the page, then what they did: a page counts for fifty people, however many there are."""
    who = and_(named(connection, rule), *([_found(words)] if words else []))
    total = connection.scalar(select(func.count()).select_from(PERSON).where(who)) or 0
    columns = (_P.key, _P.name, _P.email, _P.team, _P.site, _P.joined)
    ordered = select(*columns).where(who).order_by(func.lower(_P.name), _P.key).offset(start).limit(most)
    here = connection.execute(ordered).all()
    keys = [row.key for row in here]
    sent = _by_person(connection, _sent(keys, since, until))
    did = _by_person(connection, _did(keys, since, until))
    nothing = {"sent": 0, "asked": 0, "acknowledged": 0, "answers": 0, "correct": 0, "last_at": None}
    return total, [
        Line(**{**row._mapping, **nothing, **sent.get(row.key, {}), **did.get(row.key, {})}) for row in here
    ]


def _found(words: str) -> ColumnElement[bool]:
    return or_(
        func.lower(_P.name).contains(words.lower(), autoescape=True),
        _P.email_folded.contains(words.lower(), autoescape=True),
    )


def _by_person(connection: Connection, query: Any) -> dict[str, dict[str, Any]]:
    return {
        row.person: {name: value for name, value in row._mapping.items() if name != "person"}
        for row in connection.execute(query)
    }


def _sent(keys: Sequence[str], since: datetime, until: datetime) -> Any:
    done = and_(_L.delivery == _D.id, _L.participation, _L.kind == "acknowledged")
    acknowledged = select(_L.sequence).where(done).exists()
    return (
        select(
            _D.person,
            func.count().label("sent"),
            func.sum(case((_asks, 1), else_=0)).label("asked"),
            func.sum(case((and_(_asks, acknowledged), 1), else_=0)).label("acknowledged"),
        )
        .where(_D.person.in_(keys), _D.zone.is_not(None), _D.status == Status.SENT)
        .where(_D.slot_at >= since, _D.slot_at < until)
        .group_by(_D.person)
    )


def _did(keys: Sequence[str], since: datetime, until: datetime) -> Any:
    answered = and_(_L.kind == "answered", _L.correct.is_not(None))
    return (
        select(
            _L.actor.label("person"),
            func.sum(case((answered, 1), else_=0)).label("answers"),
            func.sum(case((and_(answered, _L.correct), 1), else_=0)).label("correct"),
            func.max(_L.at).label("last_at"),
        )
        .where(_L.actor.in_(keys), _L.participation, _L.at >= since, _L.at < until)
        .group_by(_L.actor)
    )
