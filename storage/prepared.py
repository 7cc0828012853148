"""Statements of the hot paths, prepared once for each kind of database: without SQLAlchemy's work on each execution.

SQLAlchemy writes the SQL and says how values are translated; the driver gets both directly. A look-up takes a
fifth of the time that way, and many rows at once half of it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, String, Table, bindparam, insert

_NAMED: Any = namedtuple  # whose fields are known when the query is
Processors = tuple[tuple[int, Callable[[Any], Any]], ...]  # of the places whose values need translation

MOST = 128  # keys in one query


class _Insert(NamedTuple):
    statement: str
    names: tuple[str, ...]
    processors: Processors


class Bulk:
    """The INSERT of many rows into one table; every row names the same columns."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._prepared: dict[tuple[str, tuple[str, ...]], _Insert] = {}

    def insert(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        names = tuple(rows[0])
        key = (connection.dialect.name, names)
        if key not in self._prepared:
            self._prepared[key] = self._prepare(connection, names)
        statement, ordered, processors = self._prepared[key]
        pick = itemgetter(*ordered)
        ready = [list(pick(row)) for row in rows]
        for place, process in processors:
            known: dict[Any, Any] = {}  # moments are shared by many rows
            for values in ready:
                value = values[place]
                if value is not None:
                    if value not in known:
                        known[value] = process(value)
                    values[place] = known[value]
        if connection.dialect.positional:
            connection.exec_driver_sql(statement, [tuple(values) for values in ready])
        else:
            named = [dict(zip(ordered, values, strict=True)) for values in ready]
            connection.exec_driver_sql(statement, named)

    def _prepare(self, connection: Connection, names: tuple[str, ...]) -> _Insert:
        dialect = connection.dialect
        compiled = insert(self._table).compile(dialect=dialect, column_keys=list(names))
        ordered = tuple(compiled.positiontup or names)
        found = (self._table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in ordered)
        processors = tuple((place, process) for place, process in enumerate(found) if process is not None)
        return _Insert(str(compiled), ordered, processors)


class _Query(NamedTuple):
    statement: str
    order: tuple[str, ...]
    constants: dict[str, Any]
    row: Callable[[Iterable[Any]], Any]
    processors: Processors


Key = tuple[str, ...]


class LookUp:
    """Rows by their keys, however many; the same columns each time."""

    def __init__(self, narrowed: Callable[[Sequence[tuple[Any, ...]]], Select[Any]], width: int = 1) -> None:
        """narrowed: the query for the keys it is given as parameters; width: texts of which one key consists."""
        self._narrowed = narrowed
        self._width = width
        self._prepared: dict[tuple[str, int], _Query] = {}

    def __call__(self, connection: Connection, keys: Sequence[Key]) -> list[Any]:
        """Named tuples; as the query orders them, where there are no more than 128 keys."""
        found: list[Any] = []
        for start in range(0, len(keys), MOST):
            found += self._some(connection, keys[start : start + MOST])
        return found

    def _some(self, connection: Connection, keys: Sequence[Key]) -> list[Any]:
        size = 1 << (len(keys) - 1).bit_length()
        which = (connection.dialect.name, size)
        if which not in self._prepared:
            self._prepared[which] = self._prepare(connection, size)
        query = self._prepared[which]
        filled = [*keys, *[keys[-1]] * (size - len(keys))]
        named = {f"key_{n}_{m}": text for n, key in enumerate(filled) for m, text in enumerate(key)}
        values: Any = named | query.constants
        if connection.dialect.positional:
            values = [values[name] for name in query.order]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(query.statement, values)
            rows = cursor.fetchall()
        finally:
            cursor.close()
        return [query.row(_translated(row, query.processors)) for row in rows]

    def _prepare(self, connection: Connection, size: int) -> _Query:
        dialect = connection.dialect
        keys = [
            tuple(bindparam(f"key_{n}_{m}", type_=String()) for m in range(self._width)) for n in range(size)
        ]
        statement = self._narrowed(keys)
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        columns = list(statement.selected_columns)
        found = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
        processors = tuple((place, process) for place, process in enumerate(found) if process is not None)
        row = _NAMED("Found", [column.key for column in columns])
        constants = {name: value for name, value in compiled.params.items() if not name.startswith("key_")}
        return _Query(str(compiled), tuple(compiled.positiontup or ()), constants, row._make, processors)


def one_of(column: Any, keys: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """The condition that a column has one of these keys."""
    found: ColumnElement[bool] = (
        column.in_([key[0] for key in keys]) if len(keys) > 1 else column == keys[0][0]
    )
    return found


def _translated(row: Sequence[Any], processors: Processors) -> Sequence[Any]:
    values = list(row)
    for place, process in processors:
        values[place] = process(values[place])
    return values
