"""Rows of a long query, some at a time: as the driver gives them, or as they are meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, type_coerce
from sqlalchemy.types import NullType

from storage.prepared import coming_out

AT_ONCE = 2000  # rows held

Rows = Sequence[Any]  # each a tuple of its values


def raw(connection: Connection, query: Select[Any]) -> Iterator[Rows]:
    """In the order of the query, no value translated.

    SQLite's rows are taken from its cursor itself, which SQLAlchemy has not touched as long as it was not asked to hold
    only some: that it would have done by reading ahead. PostgreSQL has to be asked, or the driver holds all of them.
    """
    columns = (type_coerce(column, NullType()) for column in query.selected_columns)
    bare = query.with_only_columns(*columns, maintain_column_froms=True)
    if connection.dialect.name == "sqlite":
        with connection.execute(bare) as found:
            while rows := found.cursor.fetchmany(AT_ONCE):
                yield rows
    else:
        with connection.execute(bare.execution_options(yield_per=AT_ONCE)) as found:
            yield from found.partitions()


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """In the order of the query. Each column's values are translated together, and each different one once."""
    translate = [coming_out(column.type, connection.dialect) for column in query.selected_columns]
    for rows in raw(connection, query):
        values = map(_translated, translate, zip(*rows, strict=True))
        yield list(zip(*values, strict=True))


def _translated(translate: Callable[[Any], Any] | None, values: Sequence[Any]) -> Iterable[Any]:
    if translate is None:
        return values
    known = {value: translate(value) for value in set(values)}
    return map(known.__getitem__, values)
