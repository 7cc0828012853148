"""What people wrote, in a table of its own: the ledger keeps that they did, and how long it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from storage.prepared import Many
from storage.tables import WordsRow, table

WORDS = table(WordsRow)
LONGEST = 2000  # characters

_INSERT = Many(insert(WORDS))


class Words(NamedTuple):
    key: str
    person: str
    at: datetime
    text: str


def keep(connection: Connection, words: Sequence[Words]) -> None:
    _INSERT(connection, [each._replace(text=storable(each.text))._asdict() for each in words])


def of(connection: Connection, person: str) -> list[Words]:
    """Everything that somebody wrote, oldest first."""
    c = WORDS.c
    query = select(c.key, c.person, c.at, c.text).where(c.person == person).order_by(c.at, c.key)
    return [Words(*row) for row in connection.execute(query)]


def length(text: str) -> str:
    """What the ledger says of it."""
    return f"{len(text)} characters" if text else ""


def storable(text: str) -> str:
    """Without what no database takes: NUL, and halves of surrogate pairs."""
    return text[:LONGEST].replace("\0", "").encode(errors="replace").decode()
