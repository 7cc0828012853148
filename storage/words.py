"""Words that the ledger only points to: what people wrote, and why somebody may look at individuals."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from handlers.privacy.keeping import Written
from storage.tables import WordsRow, table

WORDS = table(WordsRow)
GONE = "(erased)"  # in the place of what somebody wrote

_W = WORDS.c
_KEEP = text(
    "INSERT INTO words (id, person, at, text) VALUES (:id, :person, :at, :text) ON CONFLICT (id) DO NOTHING"
).bindparams(bindparam("at", type_=_W.at.type))


def keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Those that are not there; of two processes that keep the same sentence at once neither fails."""
    if rows:
        connection.execute(_KEEP, list(rows))


def pointed_to(connection: Connection, texts: Iterable[str], at: datetime) -> dict[str, str]:
    """What the ledger calls each of these sentences; kept once however often it is said."""
    named = {said: f"why:{hashlib.sha256(said.encode()).hexdigest()[:16]}" for said in texts if said}
    if not named:
        return {}
    known = set(connection.scalars(select(_W.id).where(_W.id.in_(list(named.values())))))
    fresh = {name: said for said, name in named.items() if name not in known}
    keep(connection, [{"id": name, "person": "", "at": at, "text": said} for name, said in fresh.items()])
    return named


def written_by(connection: Connection, person: str) -> Sequence[Written]:
    query = select(_W.at, _W.text).where(_W.person == person).order_by(_W.at.desc(), _W.id)
    return [Written(row.at, row.text) for row in connection.execute(query)]


def texts(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    wanted = sorted(set(ids) - {""})
    rows = connection.execute(select(_W.id, _W.text).where(_W.id.in_(wanted)))
    return {row.id: row.text for row in rows}
