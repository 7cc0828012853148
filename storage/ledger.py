"""The participation log: append-only, hashed entry by entry, each with the one before it in its chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from handlers.model import Entry, Participation
from storage.canonical import digest
from storage.contents import clauses_from
from storage.prepared import LookUp, Many, Query, one_of
from storage.tables import LedgerRow, table

LEDGER = table(LedgerRow)
Record = dict[str, Any]  # columns of the ledger by name; what is not given is blank

_L = LEDGER.c
_BLANK: Record = {
    c.name: None if c.nullable else False if c.name == "participation" else ""
    for c in LEDGER.columns
    if c.name != "hash"
}
_BLANK["clauses"] = "[]"
_LOCK = 0x43415443  # first key of PostgreSQL's advisory locks on chains; the second is the chain's number

# Built once: to build a statement costs three times as much as to run it.
_INSERT = Many(insert(LEDGER))
_HEAD = Query(
    select(_L.sequence, _L.hash).where(_L.chain == bindparam("chain")).order_by(_L.sequence.desc()).limit(1)
)
_FIRST_CHAIN = select(func.min(_L.chain))
_NEXT_CHAIN = select(func.min(_L.chain)).where(_L.chain > bindparam("chain"))
_COUNTED = LookUp(lambda keys: select(_L.once).where(one_of(_L.once, keys)))
_PARTICIPATIONS = select(LEDGER).where(_L.participation).order_by(_L.at, _L.chain, _L.sequence)
_DONE = LookUp(
    lambda keys: (
        select(_L.delivery, _L.kind, _L.item, _L.value, _L.correct, _L.certainty, _L.clauses)
        .where(_L.participation, one_of(_L.delivery, keys))
        .order_by(_L.at, _L.chain, _L.sequence)
    )
)
_DID = _PARTICIPATIONS.where(_L.actor == bindparam("actor"))


class Ledger:
    """Appends entries, each stamped with the software's version."""

    def __init__(self, version: str) -> None:
        self._version = version

    def append(self, connection: Connection, records: Sequence[Record]) -> None:
        """Write entries in the transaction of the facts they record; `at` and `kind` are required.

        Only a connection of `engine.writing` may append: on SQLite its lock keeps two processes from
        continuing one chain at once; on PostgreSQL each such connection continues a chain of its own.
        """
        if not records:
            return
        chain = chain_of(connection)
        sequence, previous = _head(connection, chain)
        rows = []
        for record in records:
            sequence += 1
            row = _BLANK | record
            row |= {"chain": chain, "sequence": sequence, "version": self._version, "previous": previous}
            row["hash"] = previous = digest(row)
            rows.append(row)
        _INSERT(connection, rows)


def chains(connection: Connection) -> list[str]:
    """The chains there are, one look into the index for each."""
    found: list[str] = []
    chain = connection.scalar(_FIRST_CHAIN)
    while chain is not None:
        found.append(chain)
        chain = connection.scalar(_NEXT_CHAIN, {"chain": chain})
    return found


def heads(connection: Connection) -> dict[str, tuple[int, str]]:
    """Of each chain, its last entry's number and hash: what a copy kept elsewhere is held against."""
    return {chain: _head(connection, chain) for chain in chains(connection)}


def hash_at(connection: Connection, chain: str, sequence: int) -> str | None:
    """None: there is no such entry."""
    return connection.scalar(select(_L.hash).where(_L.chain == chain, _L.sequence == sequence))


def newest(connection: Connection, limit: int) -> Sequence[Entry]:
    query = select(LEDGER).order_by(_L.at.desc(), _L.chain, _L.sequence.desc()).limit(limit)
    return [_entry(row) for row in connection.execute(query)]


def done(connection: Connection, deliveries: Sequence[str]) -> dict[str, tuple[Participation, ...]]:
    """What was done with each of these, oldest first."""
    found: dict[str, list[Participation]] = defaultdict(list)
    for row in _DONE(connection, [(delivery,) for delivery in deliveries]):
        found[row.delivery].append(_participation(row))
    return {delivery: tuple(did) for delivery, did in found.items()}


def participations_of(connection: Connection, person: str) -> Sequence[tuple[datetime, Participation]]:
    return [(row.at, _participation(row)) for row in connection.execute(_DID, {"actor": person})]


def counted(connection: Connection, once: Sequence[str]) -> set[str]:
    """Which of these have been counted before."""
    return {row.once for row in _COUNTED(connection, [(key,) for key in once])}


def chain_of(connection: Connection) -> str:
    """ "1" on SQLite; on PostgreSQL the lowest number free, held for as long as the connection lives.

    The lock belongs to the database session, so the URL must not lead through a pooler that shares sessions.
    """
    if connection.dialect.name == "sqlite":
        return "1"
    number = connection.info.get("chain")
    if number is None:
        number = 1
        while not connection.scalar(select(func.pg_try_advisory_lock(_LOCK, number))):
            number += 1
        connection.info["chain"] = number
    return str(number)


def _head(connection: Connection, chain: str) -> tuple[int, str]:
    return next(((row.sequence, row.hash) for row in _HEAD(connection, chain=chain)), (0, ""))


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        chain=row.chain,
        sequence=row.sequence,
        at=row.at,
        kind=row.kind,
        person=row.person,
        delivery=row.delivery,
        object_id=row.object_id,
        title=row.title,
        item=row.item,
        value=row.value,
        correct=row.correct,
        clauses=tuple(str(clause) for clause in clauses_from(row.clauses)),
        reason=row.reason,
        hash=row.hash,
    )


def _participation(row: Any) -> Participation:
    clauses = clauses_from(row.clauses)
    return Participation(row.kind, row.item, row.value, row.correct, row.certainty, clauses)
