"""The numbers reckoned from the rows themselves: deliveries as they stand, with what the ledger says was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from storage import rollups, served
from storage.cells import Did, Stand, Sums, bit_of, place_at, serving
from storage.contents import clauses_from
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER

_D, _L = DELIVERY.c, LEDGER.c
AT_ONCE = 2000  # rows in memory
MOST = 10_000  # sums in memory
DID = 15  # columns of a delivery, before those of what was done with it

# A row for each thing that was done with a delivery, one with blanks where nothing was.
_FACTS = (
    select(
        *(_D.number, _D.person),
        *(_D.zone, _D.slot_at, _D.campaign, _D.author, _D.team, _D.site, _D.roles),
        *(_D.piece, _D.status, _D.reason, _D.to_acknowledge, _D.withdrawn, _D.seen_at),
        *(_L.kind, _L.item, _L.correct, _L.duration_ms, _L.clauses),
    )
    .select_from(DELIVERY.outerjoin(LEDGER, and_(_L.delivery == _D.id, _L.participation)))
    .where(or_(_D.zone.is_not(None), _D.campaign != ""))
    .order_by(_D.number)
)


@contextmanager
def recounted(connection: Connection, here: ColumnElement[bool]) -> Iterator[None]:
    """Whatever is changed inside about deliveries that are `here` before and after."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(_D.number).where(here).order_by(_D.id).with_for_update())
    before = counted(connection, here)
    yield
    rollups.add(connection, counted(connection, here).less(before))


def counted(connection: Connection, here: ColumnElement[bool], sums: Sums | None = None) -> Sums:
    """What these deliveries add to the numbers; to these sums, where only some are wanted."""
    sums = Sums() if sums is None else sums
    for facts in _each_delivery(connection, here):
        _reckon(connection, facts, sums)
    return sums


def batches(connection: Connection) -> Iterator[Sums]:
    """What all deliveries add, in parts of which each fits into memory."""
    sums = Sums()
    for facts in _each_delivery(connection, true()):
        _reckon(connection, facts, sums)
        if len(sums) > MOST:
            yield sums
            sums = Sums()
    yield sums


def _each_delivery(connection: Connection, here: ColumnElement[bool]) -> Iterator[list[Any]]:
    rows = connection.execute(_FACTS.where(here).execution_options(yield_per=AT_ONCE))
    return (list(facts) for _, facts in groupby(rows, itemgetter(0)))


def _reckon(connection: Connection, facts: list[Any], sums: Sums) -> None:
    """facts: the rows of one delivery."""
    _, person, *at, piece, status, reason, to_acknowledge, withdrawn, seen_at = facts[0][:DID]
    place, serves, rostered = place_at(*at), served.of(connection, piece), at[0] is not None
    did = [Did(*fact[DID:-1]) for fact in facts] if facts[0][DID] is not None else []
    done = frozenset((each.kind, each.item, bool(each.correct)) for each in did)
    stand = Stand(
        rostered, status, reason, to_acknowledge, withdrawn, seen_at is not None, serves.checked, done
    )
    sums.stand(place, serves.served, stand, bit_of(person))
    for each, fact in zip(did, facts, strict=False):
        sums.done(place, serving(clauses_from(fact[-1])), rostered, each)
