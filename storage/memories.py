"""What people remember of the items they answered: one row each, renewed in the transaction of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, CursorResult, and_, bindparam, func, insert, or_, select, update

from handlers.broadcasts import checks
from handlers.learning.memory import Memory, answered, day_of
from handlers.model import Participation, Status
from storage.contents import CONTENT_ITEM
from storage.deliveries import DELIVERY
from storage.prepared import MOST, LookUp, Many
from storage.tables import MemoryRow, table

MEMORY = table(MemoryRow)

_M, _D = MEMORY.c, DELIVERY.c
_FIELDS = (_M.item, _M.stability, _M.difficulty, _M.met, _M.reviewed, _M.answers, _M.streak)
_HAD = LookUp(
    lambda keys: select(_M.person, *_FIELDS).where(
        or_(*(and_(_M.person == person, _M.item == item) for person, item in keys))
    ),
    width=2,
)
_INSERT = Many(insert(MEMORY))
_UPDATE = Many(
    update(MEMORY)
    .where(and_(_M.person == bindparam("who"), _M.item == bindparam("what")))
    .values({name: bindparam(f"now_{name}") for name in Memory._fields if name not in ("item", "met")})
)


class Answer(NamedTuple):
    """What somebody answered to an item, and when."""

    person: str
    at: datetime
    did: Participation


def is_answer(did: Participation) -> bool:
    """Whether a memory comes of it: items that were shown before they had names are called by one digit.

    A message's own question is asked once, and is no item of a bank.
    """
    return did.correct is not None and len(did.item) > 1 and did.item != checks.ITEM


def renew(connection: Connection, answers: Iterable[Answer]) -> None:
    """Everybody's memories after these answers, in their order."""
    given = [answer for answer in answers if is_answer(answer.did)]
    keys = sorted({(answer.person, answer.did.item) for answer in given})
    had = {(row.person, row.item): Memory(*row[1:]) for row in _HAD(connection, keys)}
    now = dict(had)
    for person, at, did in given:
        key = (person, did.item)
        now[key] = answered(now.get(key), did.item, day_of(at), bool(did.correct), did.certainty)
    _INSERT(
        connection,
        [{"person": who, **now[who, what]._asdict()} for who, what in keys if (who, what) not in had],
    )
    _UPDATE(connection, [_renewed(who, now[who, what]) for who, what in keys if (who, what) in had])


def of(connection: Connection, people: Sequence[str]) -> Mapping[str, Mapping[str, Memory]]:
    """Person -> item -> memory; nobody is there who has answered nothing."""
    found: dict[str, dict[str, Memory]] = {}
    query = select(_M.person, *_FIELDS).order_by(_M.person)
    for start in range(0, len(people), MOST):
        some = connection.execute(query.where(_M.person.in_(people[start : start + MOST])))
        for person, rows in groupby(_plain(some), itemgetter(0)):
            found[person] = {row[1]: Memory(*row[1:]) for row in rows}
    return found


def asked(
    connection: Connection, people: Sequence[str], campaign: str, since: datetime
) -> Mapping[str, Mapping[str, datetime]]:
    """Person -> item -> when a card with it was due that has been sent."""
    found: dict[str, dict[str, datetime]] = {}
    query = (
        select(_D.person, CONTENT_ITEM.c.item, func.max(_D.slot_at))
        .select_from(DELIVERY.join(CONTENT_ITEM, CONTENT_ITEM.c.hash == _D.piece))
        .where(_D.slot_at > since, _D.campaign.concat("") == campaign, _D.status == Status.SENT)
        .group_by(_D.person, CONTENT_ITEM.c.item)
    )
    for start in range(0, len(people), MOST):
        some = query.where(_D.person.in_(people[start : start + MOST]))
        for person, item, at in connection.execute(some):
            found.setdefault(person, {})[item] = at
    return found


def _plain(result: CursorResult[Any]) -> Sequence[tuple[Any, ...]]:
    """The driver's own tuples: at 09:30 there are millions of them, and texts and numbers need no translation."""
    assert result.cursor is not None
    return result.cursor.fetchall()


def _renewed(person: str, memory: Memory) -> dict[str, object]:
    fields = {f"now_{name}": value for name, value in memory._asdict().items() if name not in ("item", "met")}
    return {"who": person, "what": memory.item, **fields}
