"""The numbers reckoned from the rows themselves: deliveries as they stand, with what the ledger says was done."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select

from storage.cells import Did, Place, Stand, Sums, has_check, serves, serving, who_of
from storage.contents import CONTENT_CLAUSE, clauses_from, load
from storage.deliveries import DELIVERY, local_day
from storage.ledger import LEDGER

_D, _L = DELIVERY.c, LEDGER.c
AT_ONCE = 2000  # rows in memory


def counted(connection: Connection, here: ColumnElement[bool]) -> Sums:
    """What these deliveries add to the numbers."""
    sums = Sums()
    rows = connection.execute(_facts(here).execution_options(yield_per=AT_ONCE))
    pieces = Pieces(connection)
    for _, entries in groupby(rows, attrgetter("id")):
        _add(sums, pieces, list(entries))
    return sums


class Pieces:
    """What pieces serve, by hash, and which have a question under them; of the last few thousand."""

    MOST = 20_000

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str | None, tuple[Any, bool]] = {None: (serves(()), False)}

    def of(self, hash_: str | None) -> tuple[Any, bool]:
        found = self._known.get(hash_)
        if found is None:
            if len(self._known) > self.MOST:
                self._known = {None: (serves(()), False)}
            clause = CONTENT_CLAUSE.c
            query = select(clause.clause).where(clause.hash == hash_).order_by(clause.clause)
            clauses = tuple(self._connection.scalars(query))
            piece: Any = load(self._connection, [hash_])[hash_] if hash_ else None
            found = self._known[hash_] = (serves(clauses), has_check(piece))
        return found


def place_of(row: Any) -> Place:
    """Of a row with these columns of a delivery."""
    who = who_of(row.team, row.site, row.roles, row.manager)
    slot = "" if row.zone is None else row.slot
    return Place(who, local_day(row.slot_at, row.zone).toordinal(), row.campaign, slot, row.author)


def _add(sums: Sums, pieces: Pieces, entries: list[Any]) -> None:
    row = entries[0]
    place = place_of(row)
    served, checked = pieces.of(row.piece)
    done = [entry for entry in entries if entry.kind is not None]
    stand = Stand(
        *(row.zone is not None, row.status, row.reason, row.to_acknowledge, row.withdrawn),
        *(row.seen_at is not None, checked),
        frozenset((entry.kind, entry.item, bool(entry.correct)) for entry in done),
    )
    sums.stand(place, served, stand)
    for entry in done:
        what = Did(entry.kind, entry.item, entry.correct, entry.duration_ms)
        sums.done(place, serving(clauses_from(entry.clauses)), stand.rostered, what)


def _facts(here: ColumnElement[bool]) -> Select[Any]:
    """A row for each thing that was done with a delivery, one with blanks where nothing was."""
    columns = (_D.team, _D.site, _D.roles, _D.manager, _D.seen_at)
    state = (_D.status, _D.reason, _D.to_acknowledge, _D.withdrawn)
    return (
        select(
            *(_D.id, _D.zone, _D.slot_at, _D.campaign, _D.slot, _D.author, _D.piece, *columns, *state),
            *(_L.kind, _L.item, _L.correct, _L.duration_ms, _L.clauses),
        )
        .select_from(DELIVERY.outerjoin(LEDGER, and_(_L.delivery == _D.id, _L.participation)))
        .where(or_(_D.zone.is_not(None), _D.campaign != ""), here)
        .order_by(_D.number)
    )
