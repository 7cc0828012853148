"""Where people belonged before: what a person's row said up to the moment at which it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from handlers.model import Person
from handlers.privacy.keeping import Belonged
from storage.tables import BelongingRow, table

BELONGING = table(BelongingRow)
FIELDS = ("team", "site", "manager", "roles")

_B = BELONGING.c
_FIELDS = tuple(_B[name] for name in FIELDS)


def keep(connection: Connection, before: Person, now: Person | None, at: datetime) -> None:
    """What no longer holds; now: None for somebody who is erased. Of two changes at one moment the first says it."""
    if now is not None and all(getattr(before, name) == getattr(now, name) for name in FIELDS):
        return
    here = select(_B.person).where(_B.person == before.key, _B.until == at)
    if connection.scalar(here) is None:
        row = {name: getattr(before, name) for name in FIELDS} | {"roles": ",".join(sorted(before.roles))}
        connection.execute(insert(BELONGING), row | {"person": before.key, "until": at})


def since(connection: Connection, moment: datetime) -> Mapping[str, Sequence[Any]]:
    """Person -> what held up to a moment from then on, the earliest first."""
    found: dict[str, list[Any]] = defaultdict(list)
    query = select(_B.person, _B.until, *_FIELDS).where(_B.until >= moment).order_by(_B.person, _B.until)
    for row in connection.execute(query):
        found[row.person].append(row)
    return found


def of(connection: Connection, person: str) -> Sequence[Belonged]:
    query = select(_B.until, *_FIELDS).where(_B.person == person).order_by(_B.until)
    return [Belonged(*row) for row in connection.execute(query)]
