"""Rows of a long query, some at a time: each column's values are translated together, and each different one once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, type_coerce
from sqlalchemy.types import NullType

from storage.prepared import coming_out

AT_ONCE = 2000  # rows held


def streamed(connection: Connection, query: Select[Any]) -> Iterator[Sequence[tuple[Any, ...]]]:
    """What the query says, in its order."""
    columns = query.selected_columns
    translate = [coming_out(column.type, connection.dialect) for column in columns]
    bare = query.with_only_columns(
        *(type_coerce(column, NullType()) for column in columns), maintain_column_froms=True
    )
    with connection.execute(bare.execution_options(yield_per=AT_ONCE)) as found:
        for rows in found.partitions():
            values = map(_translated, translate, zip(*rows, strict=True))
            yield list(zip(*values, strict=True))


def _translated(translate: Callable[[Any], Any] | None, values: Sequence[Any]) -> Iterable[Any]:
    if translate is None:
        return values
    known = {value: translate(value) for value in set(values)}
    return map(known.__getitem__, values)
