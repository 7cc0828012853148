"""Who looked at what, as entries of the ledger; the reason of an exception stands apart from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, text

from handlers.privacy.looks import Looked, of_others
from storage import words
from storage.ledger import LEDGER, Ledger
from storage.tables import LOOKED

KIND = "looked"

_L = LEDGER.c


def enter(connection: Connection, looks: Sequence[Looked], at: datetime, log: Ledger) -> None:
    others = of_others(looks)
    if not others:
        return
    named = words.pointed_to(connection, {look.why for look in others if look.why}, at)
    log.append(
        connection,
        [
            {
                "at": at,
                "kind": KIND,
                "actor": look.actor,
                "role": look.role,
                "person": look.about,
                "object_id": look.what,
                "object_kind": "view",
                "value": look.words,
                "reason": look.exception,
                "code": named.get(look.why, ""),
            }
            for look in others
        ],
    )


def at(connection: Connection, person: str, limit: int) -> Sequence[Looked]:
    query = (
        select(_L.at, _L.actor, _L.role, _L.object_id, _L.value, _L.person, _L.reason, _L.code)
        .where(text(LOOKED), _L.person == person)
        .order_by(_L.at.desc(), _L.chain, _L.sequence.desc())
        .limit(limit)
    )
    rows = connection.execute(query).all()
    why = words.texts(connection, (row.code for row in rows))
    return [
        Looked(
            actor=row.actor,
            what=row.object_id,
            words=row.value,
            about=row.person,
            role=row.role,
            exception=row.reason,
            why=why.get(row.code, ""),
            at=row.at,
        )
        for row in rows
    ]
