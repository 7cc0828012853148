"""The numbers reckoned from the rows themselves: deliveries as they stand, with what the ledger says was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from storage import rollups, served
from storage.cells import Did, Stand, Sums, bit_of, did, place_of, serving
from storage.contents import clauses_from
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER

_D, _L = DELIVERY.c, LEDGER.c
AT_ONCE = 2000  # rows in memory
ALIKE = 50_000  # different kinds of facts in memory


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
    for some in batches(connection, here, sums):
        for cell, counts in some.cells.items():
            sums.put(cell, counts)
    return sums


def batches(connection: Connection, here: ColumnElement[bool], wanted: Sums) -> Iterator[Sums]:
    """The same in parts of which each fits into memory, however many deliveries there are."""
    rows = connection.execute(_FACTS.where(here).execution_options(yield_per=AT_ONCE))
    facts = _Facts(connection, wanted)
    id_, delivery, done, bits = None, None, set[tuple[str, str, bool]](), 0
    for number, person, *fields, kind, item, correct, duration_ms, clauses in rows:
        if number != id_:
            if delivery is not None:
                facts.stood(delivery, done, bits)
            if facts.many:
                yield facts.sums()
            id_, delivery, done, bits = number, tuple(fields), set(), bit_of(person)
        if kind is not None and delivery is not None:
            done.add((kind, item, bool(correct)))
            facts.did(delivery, clauses, Did(kind, item, correct, duration_ms))
    if delivery is not None:
        facts.stood(delivery, done, bits)
    yield facts.sums()


class _Row(NamedTuple):
    zone: str | None
    slot_at: Any
    campaign: str
    author: str
    team: str
    site: str
    roles: str
    piece: str | None
    status: str
    reason: str
    to_acknowledge: bool
    withdrawn: bool
    seen_at: Any


# A row for each thing that was done with a delivery, one with blanks where nothing was.
_FACTS = (
    select(
        *(_D.number, _D.person, *(_D[name] for name in _Row._fields)),
        *(_L.kind, _L.item, _L.correct, _L.duration_ms, _L.clauses),
    )
    .select_from(DELIVERY.outerjoin(LEDGER, and_(_L.delivery == _D.id, _L.participation)))
    .where(or_(_D.zone.is_not(None), _D.campaign != ""))
    .order_by(_D.number)
)
PLACE = 7  # fields of a row that say where it counts


class _Facts:
    """Deliveries that are alike, and what was done alike, with how many there are of each."""

    def __init__(self, connection: Connection, wanted: Sums) -> None:
        self._connection = connection
        self._wanted = wanted
        self._clear()

    def _clear(self) -> None:
        self._stood: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
        self._did: dict[Any, int] = defaultdict(int)

    @property
    def many(self) -> bool:
        return len(self._stood) + len(self._did) > ALIKE

    def stood(self, delivery: tuple[Any, ...], done: set[tuple[str, str, bool]], bits: int) -> None:
        *fields, seen_at = delivery
        alike = self._stood[(*fields, seen_at is not None), frozenset(done)]
        alike[0] += 1
        alike[1] |= bits

    def did(self, delivery: tuple[Any, ...], clauses: str, what: Did) -> None:
        counts = did(delivery[0] is not None, delivery[2], what)
        if counts is not None:
            self._did[delivery[:PLACE], clauses, counts] += 1

    def sums(self) -> Sums:
        """Of what was found since the last time."""
        sums = self._wanted.like()
        for (fields, done), (times, bits) in self._stood.items():
            row = _Row._make(fields)
            serves = served.of(self._connection, row.piece)
            state = (row.status, row.reason, row.to_acknowledge, row.withdrawn, row.seen_at)
            stand = Stand(row.zone is not None, *state, serves.checked, done)
            sums.stand(place_of(row), serves.served, stand, bits, times)
        for (place, clauses, counts), times in self._did.items():
            where = place_of(_Row._make((*place, None, "", "", False, False, None)))
            sums.add(where, serving(clauses_from(clauses)), ("", ""), counts, times)
        self._clear()
        return sums
