"""The numbers reckoned from the rows themselves: deliveries as they stand, with what the ledger says was done.

What is alike but for whose it is and how long it took is counted as the driver gives it, and only then understood: most
of what a campaign sent on a day is like many others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from handlers.model import Status
from storage import rollups, served
from storage.adding import Sums
from storage.cells import Did, Place, Stand, lasted, place_at, united
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.prepared import coming_out
from storage.served import Serving
from storage.streaming import raw

_D, _L = DELIVERY.c, LEDGER.c
PART = 100_000  # deliveries in memory
MOST = 100_000  # sums in memory

_PLACE = (_D.zone, _D.slot_at, _D.campaign, _D.author, _D.team, _D.site, _D.roles)
_STAND = (_D.piece, _D.status, _D.reason, _D.to_acknowledge, _D.withdrawn, _D.seen_at.is_not(None))
_DONE = (_L.kind, _L.item, _L.correct, _L.clauses)
_KIND: tuple[ColumnElement[Any], ...] = (*_PLACE, *_STAND, *_DONE)
PLACE, DONE = len(_PLACE), len(_PLACE) + len(_STAND)  # where these end in a key

# A row for each thing that was done with a delivery, one with blanks where nothing was.
_FACTS = (
    select(_D.number, _D.person, _L.duration_ms, *_KIND)
    .select_from(DELIVERY.outerjoin(LEDGER, and_(_L.delivery == _D.id, _L.participation)))
    .where(or_(_D.zone.is_not(None), _D.campaign != ""))
    .order_by(_D.number)
)
TOOK, KEY = 2, 3  # the column of how long it took; the one that a key begins with

Key = tuple[Any, ...]


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
    for alike in _alike(connection, here):
        alike.add_to(sums, connection)
    return sums


def batches(connection: Connection) -> Iterator[Sums]:
    """What all deliveries add, in parts of which each fits into memory."""
    sums = Sums()
    for alike in _alike(connection, true()):
        alike.add_to(sums, connection)
        if len(sums) > MOST:
            yield sums
            sums = Sums()
    yield sums


def _alike(connection: Connection, here: ColumnElement[bool]) -> Iterator[_Alike]:
    """In parts that fit into memory."""
    alike, waiting = _Alike(), 0
    number, key, values = None, tuple[Any, ...](), tuple[Any, ...]()
    for row in chain.from_iterable(raw(connection, _FACTS.where(here))):
        if row[0] == number:
            key += row[KEY + DONE :]
            values += row[TOOK:KEY]
        else:
            if number is not None:
                alike.values[key].extend(values)
            number, key, values = row[0], row[KEY:], row[1:KEY]
            waiting += 1
            if waiting > PART:
                yield alike
                alike, waiting = _Alike(), 0
    if number is not None:
        alike.values[key].extend(values)
    yield alike


class _Alike:
    """Deliveries of a kind, by all that is the same of them: what each is, how it stands, and what was done with it.

    A key ends with four values for each thing that was done, of which there are blank ones where nothing was. values:
    of each delivery its person, and how long each of these things took, in milliseconds, one after the other.
    """

    def __init__(self) -> None:
        self.values: dict[Key, list[Any]] = defaultdict(list)

    def add_to(self, sums: Sums, connection: Connection) -> None:
        read = _Reading(connection)
        for key, values in self.values.items():
            done = _fours(key)
            width = 1 + len(done)
            people = values[::width]
            place, (what, stand) = read.place(key), read.stand(key, done)
            bits = united(people) if stand.status == Status.SENT else 0
            sums.stand(place, what.served, stand, bits, len(people))
            for at, (kind, _, correct, clauses) in enumerate(done, start=1):
                if kind:
                    did = Did(kind, correct, len(people), lasted(values[at::width]))
                    sums.done(place, served.by_entry(clauses), stand.rostered, did)


class _Reading:
    """What the parts of keys stand for, each understood once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._moment = coming_out(_D.slot_at.type, connection.dialect) or (lambda at: at)
        self._places: dict[Key, Place] = {}
        self._stands: dict[Key, tuple[Serving, Stand]] = {}

    def place(self, key: Key) -> Place:
        found = self._places.get(key[:PLACE])
        if found is None:
            zone, slot_at, *others = key[:PLACE]
            found = self._places[key[:PLACE]] = place_at(zone, self._moment(slot_at), *others)
        return found

    def stand(self, key: Key, done: Sequence[Key]) -> tuple[Serving, Stand]:
        known = (key[0] is not None, *key[PLACE:])
        found = self._stands.get(known)
        if found is None:
            piece, status, reason, to_acknowledge, withdrawn, seen = key[PLACE:DONE]
            what = served.of(self._connection, piece)
            did = frozenset((kind, item, bool(correct)) for kind, item, correct, _ in done if kind)
            state = (known[0], status, reason, to_acknowledge, withdrawn, seen)
            found = self._stands[known] = what, Stand(*state, what.checked, did)
        return found


def _fours(key: Key) -> Sequence[Key]:
    return [key[start : start + len(_DONE)] for start in range(DONE, len(key), len(_DONE))]
