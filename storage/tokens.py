"""Tokens of other systems and the codes that are exchanged for them: only their hashes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, delete, insert, not_, select, update

from handlers.api.tokens import CODE_LASTS, Access, Token
from storage.ledger import Ledger
from storage.tables import TokenRow, table

TOKEN = table(TokenRow)

_T = TOKEN.c


def of(connection: Connection, token: str) -> Token | None:
    """By its hash."""
    return _read(connection, and_(_T.hash == token, not_(_T.code)))


def of_person(connection: Connection, person: str) -> Token | None:
    return _read(connection, and_(_T.person == person, not_(_T.code)))


def take(connection: Connection, access: Access, at: datetime) -> None:
    """A new code in the place of the person's last one; without one everything of theirs ends."""
    theirs = _T.person == access.person
    connection.execute(delete(TOKEN).where(and_(theirs, _T.code) if access.code else theirs))
    if access.code:
        _insert(connection, access.code, access.person, at, code=True)


def exchange(connection: Connection, code: str, token: str, at: datetime, log: Ledger) -> bool:
    """A token for a code, both by their hashes. False: the code is spent, too old or unknown; of two one is first."""
    there = and_(_T.hash == code, _T.code)
    row = connection.execute(select(_T.person, _T.made_at).where(there)).one_or_none()
    if row is None or at - row.made_at >= CODE_LASTS:
        return False
    if connection.execute(delete(TOKEN).where(there)).rowcount == 0:
        return False
    make(connection, row.person, token, at, log)
    return True


def make(connection: Connection, person: str, token: str, at: datetime, log: Ledger) -> None:
    """A person's token, in the place of an earlier one. The ledger gets the fact alone."""
    connection.execute(delete(TOKEN).where(_T.person == person))
    _insert(connection, token, person, at, code=False)
    log.append(connection, [{"at": at, "kind": "token made", "actor": person, "person": person}])


def used(connection: Connection, token: str, at: datetime) -> None:
    connection.execute(update(TOKEN).where(_T.hash == token).values(used_at=at))


def _insert(connection: Connection, hash_: str, person: str, at: datetime, *, code: bool) -> None:
    row = {"hash": hash_, "person": person, "made_at": at, "used_at": None, "code": code}
    connection.execute(insert(TOKEN), row)


def _read(connection: Connection, which: object) -> Token | None:
    row = connection.execute(select(_T.person, _T.made_at, _T.used_at).where(which)).first()  # type: ignore[arg-type]
    return Token(row.person, row.made_at, row.used_at) if row else None
