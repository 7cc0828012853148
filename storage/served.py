"""What pieces serve, and whether there is a question under them, by their hash."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection

from content.pieces import BasePiece
from storage.cells import Served, serves, serving
from storage.contents import clauses_from, clauses_of, load

MOST = 20_000


class Serving(NamedTuple):
    """served: what it counts under; checked: whether there is a question under it."""

    served: tuple[Served, ...]
    checked: bool


NOTHING = Serving(serves(()), False)
_KNOWN: dict[
    str, Serving
] = {}  # a hash says what it stands for, so this holds whatever becomes of a transaction


def of(connection: Connection, hash_: str | None) -> Serving:
    """By the hash of a piece; None: of a plain card."""
    if hash_ is None:
        return NOTHING
    found = _KNOWN.get(hash_)
    return found if found is not None else known(hash_, load(connection, [hash_])[hash_])


def known(hash_: str | None, piece: object) -> Serving:
    """The same where the piece is at hand."""
    if hash_ is None or not isinstance(piece, BasePiece):
        return NOTHING
    found = _KNOWN.get(hash_)
    if found is None:
        if len(_KNOWN) >= MOST:
            _KNOWN.clear()
        found = Serving(serving(clauses_of(piece)), getattr(piece, "check", None) is not None)
        _KNOWN[hash_] = found
    return found


@lru_cache(maxsize=MOST)
def by_entry(clauses: str) -> tuple[Served, ...]:
    """What was done counts under these: by the clauses of an entry of the ledger, as it has them."""
    return serving(clauses_from(clauses))
