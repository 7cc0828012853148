"""Small things to remember across restarts: a value under a name."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select, update

from storage.prepared import Query
from storage.tables import ValueRow, table

VALUE = table(ValueRow)
_RECALL = Query(select(VALUE.c.value).where(VALUE.c.name == bindparam("name")))


def recall(connection: Connection, name: str) -> str | None:
    return next((row.value for row in _RECALL(connection, name=name)), None)


def keep(connection: Connection, name: str, value: str) -> None:
    written = connection.execute(update(VALUE).where(VALUE.c.name == name).values(value=value)).rowcount
    if not written:
        connection.execute(insert(VALUE), {"name": name, "value": value})


def swap(connection: Connection, name: str, known: str | None, value: str) -> bool:
    """Keep it if what was kept is still what is known. Of two who try at once one is told no."""
    if known is not None:
        here = update(VALUE).where(VALUE.c.name == name, VALUE.c.value == known)
        return connection.execute(here.values(value=value)).rowcount == 1
    if recall(connection, name) is not None:
        return False
    connection.execute(insert(VALUE), {"name": name, "value": value})
    return True
