"""Audiences that authors saved under a name: whoever was first has it until they forget it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, func, insert, select

from handlers.model import SavedAudience
from handlers.ports import Taken
from storage.tables import AudienceRow, table

AUDIENCE = table(AudienceRow)
_LOCK = 0x43415441  # PostgreSQL's advisory lock for those who save one
_C = AUDIENCE.c


def every(connection: Connection) -> Sequence[SavedAudience]:
    rows = connection.execute(select(AUDIENCE).order_by(_C.name_folded))
    return [SavedAudience(row.name, row.rule, row.owner, row.at) for row in rows]


def keep(connection: Connection, audience: SavedAudience) -> None:
    """Save it in the place of the owner's own of that name, or without a rule forget that. Raises Taken."""
    folded = audience.name.casefold()
    own = (_C.name_folded == folded, _C.owner == audience.owner)
    if not audience.rule:
        connection.execute(delete(AUDIENCE).where(*own))
        return
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    owner = connection.scalar(select(_C.owner).where(_C.name_folded == folded))
    if owner not in (None, audience.owner):
        raise Taken
    connection.execute(delete(AUDIENCE).where(*own))
    connection.execute(insert(AUDIENCE), vars(audience) | {"name_folded": folded})
