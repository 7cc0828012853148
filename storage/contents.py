"""Cards and pieces as they were shown: kept once under their hash, read back through a small cache."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, bindparam, false, insert, or_, select, update

from content.cards import Card, Value, content_hash
from content.pieces import BasePiece, Clause, Piece, Quiz
from storage.tables import ContentClauseRow, ContentItemRow, ContentRow, table

CONTENT = table(ContentRow)
CONTENT_CLAUSE = table(ContentClauseRow)
CONTENT_ITEM = table(ContentItemRow)
Contents = Mapping[str, Value]

_C = CONTENT.c
_LOAD = select(_C.hash, _C.kind, _C.body).where(_C.hash.in_(bindparam("wanted", expanding=True)))

_KNOWN: dict[str, Value] = {}
_MOST_KNOWN = 2000
_PIECE: TypeAdapter[BasePiece] = TypeAdapter(Piece)


class Hashes:
    """The hash of each value, worked out once for each object: a roster shares few among many.

    It knows objects by identity, so it lives no longer than the values it was asked about.
    """

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, value: Value | None) -> str | None:
        if value is None:
            return None
        known = self._known.get(id(value))
        if known is None:
            known = self._known[id(value)] = content_hash(value)
        return known


def keep(connection: Connection, values: Iterable[Value | None], hashes: Hashes) -> None:
    """Write the values that are not there yet."""
    wanted = {h: value for value in values if value is not None and (h := hashes.of(value))}
    if not wanted:
        return
    known = connection.execute(select(_C.hash, _C.body == "").where(_C.hash.in_(wanted))).all()
    for hash_ in (row[0] for row in known if row[1]):  # it was emptied, and is shown again
        connection.execute(update(CONTENT).where(_C.hash == hash_).values(_row(hash_, wanted[hash_])))
    there = {row[0] for row in known}
    rows, clauses, items = [], [], []
    for hash_, value in wanted.items():
        if hash_ not in there:
            rows.append(_row(hash_, value))
            clauses += [{"hash": hash_, "clause": clause} for clause in wholes(clauses_of(value))]
            items += [
                {"hash": hash_, "item": item.id, "version": content_hash(item)}
                for item in (value.items if isinstance(value, Quiz) else ())
                if item.id
            ]
    if rows:
        connection.execute(insert(CONTENT), rows)
    if clauses:
        connection.execute(insert(CONTENT_CLAUSE), clauses)
    if items:
        connection.execute(insert(CONTENT_ITEM), items)


def empty(connection: Connection, hashes: Sequence[str]) -> None:
    """Take the words out of what nothing refers to. The row stays: to delete it all deliveries would be looked at."""
    connection.execute(update(CONTENT).where(_C.hash.in_(hashes)).values(title="", body=""))
    for hash_ in hashes:
        _KNOWN.pop(hash_, None)


def load(connection: Connection, hashes: Iterable[str | None]) -> Contents:
    """The values under these hashes; a hash says what its value is, so each is read once and then remembered."""
    wanted = {hash_ for hash_ in hashes if hash_}
    found = {hash_: _KNOWN[hash_] for hash_ in wanted if hash_ in _KNOWN}
    missing = wanted.difference(found)
    if missing:
        for row in connection.execute(_LOAD, {"wanted": list(missing)}):
            found[row.hash] = parsed(row.kind, row.body)
        if len(_KNOWN) > _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN.update(found)
    return found


def clauses_of(value: Value) -> tuple[Clause, ...]:
    """Every clause a piece serves, wherever in it they are written, each once, in order."""
    return tuple(dict.fromkeys(_clauses(value)))


@lru_cache(maxsize=1024)
def wholes(clauses: tuple[Clause, ...]) -> tuple[str, ...]:
    """The clauses that are counted by, each once: a sub-item counts for its clause."""
    return tuple(dict.fromkeys(str(clause.whole) for clause in clauses))


@lru_cache(maxsize=1024)
def clauses_text(clauses: tuple[Clause, ...]) -> str:
    """Clauses as the ledger keeps them: [[standard, edition, clause], ...]."""
    return f"[{', '.join(_text([c.standard, c.edition, c.clause]) for c in clauses)}]"


def have_one_of(clauses: ColumnElement[str], standard: str) -> ColumnElement[bool]:
    """Whether clauses as the ledger keeps them have one of a standard in an edition: "ISO 9001:2015"."""
    names = (_text([*edition, ""])[: -len('""]')] for edition in _editions(standard))
    return or_(false(), *(clauses.contains(name, autoescape=True) for name in names))


def have(clauses: ColumnElement[str], clause: str) -> ColumnElement[bool]:
    """Whether clauses as the ledger keeps them have this one or a sub-item of it: "ISO 9001:2015 7.3"."""
    standard, _, number = clause.rpartition(" ")
    names = (_text([*edition, number])[: -len('"]')] for edition in _editions(standard))
    ended = (name + end for name in names for end in ('"', " "))
    return or_(false(), *(clauses.contains(name, autoescape=True) for name in ended))


def _editions(standard: str) -> list[tuple[str, str]]:
    """A standard and its edition, wherever they may have been put together."""
    return [(standard[:cut], standard[cut + 1 :]) for cut, letter in enumerate(standard) if letter == ":"]


def _text(clause: Sequence[str]) -> str:
    return json.dumps(clause, ensure_ascii=False)


@lru_cache(maxsize=1024)
def clauses_from(text: str) -> tuple[Clause, ...]:
    return tuple(Clause(standard=s, edition=e, clause=c) for s, e, c in json.loads(text))


def _row(hash_: str, value: Value) -> dict[str, Any]:
    piece = value if isinstance(value, BasePiece) else None
    return {
        "hash": hash_,
        "kind": getattr(value, "kind", "card"),
        "id": piece.id if piece else "",
        "title": getattr(value, "title", ""),
        "body": value.model_dump_json(),
    }


def parsed(kind: str, body: str) -> Value:
    return Card.model_validate_json(body) if kind == "card" else _PIECE.validate_json(body)


def _clauses(node: object) -> Iterable[Clause]:
    if isinstance(node, Clause):
        yield node
    elif isinstance(node, Value):
        for value in vars(node).values():
            yield from _clauses(value)
    elif isinstance(node, tuple):
        for value in node:
            yield from _clauses(value)
