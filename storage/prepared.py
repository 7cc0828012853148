"""Statements of the hot paths, prepared once for each kind of database: without SQLAlchemy's work on each execution.

SQLAlchemy writes the SQL once and says how values are translated; then its text goes straight to the driver. A
look-up takes between a quarter and half of the time that way, and many rows at once less than half of it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Float, Select, String, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import Executable
from sqlalchemy.types import TypeEngine

Row = Any  # a named tuple, whose fields are the columns' names
Parameters = Mapping[str, Any]
Processor = Callable[[Any], Any]

_NAMED: Any = namedtuple  # whose fields are known when the query is
MOST = 128  # keys in one query


def execute(connection: Connection, text: str, parameters: Any = (), *, many: bool = False) -> Any:
    """The driver's cursor after a statement in the transaction that is open. Raises what SQLAlchemy would."""
    cursor = connection.connection.cursor()
    try:
        (cursor.executemany if many else cursor.execute)(text, parameters)
    except _errors(connection.dialect) as error:
        lost = connection.dialect.is_disconnect(error, connection.connection, cursor)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text, None, error, _errors(connection.dialect), hide_parameters=True, connection_invalidated=lost
        ) from error
    return cursor


def _errors(dialect: Dialect) -> type[Any]:
    assert dialect.loaded_dbapi is not None
    return dialect.loaded_dbapi.Error


def coming_out(type_: TypeEngine[Any], dialect: Dialect) -> Processor | None:
    """A number that is a float comes as one; SQLAlchemy would ask the driver first which kind of number it is."""
    return None if isinstance(type_, Float) else type_.dialect_impl(dialect).result_processor(dialect, None)


@dataclass(frozen=True)
class _Prepared:
    """The text of a statement, and how values go in and come out."""

    text: str
    order: tuple[str, ...]  # of the parameters, where the driver counts them; else empty
    constants: Parameters
    going_in: Mapping[str, Processor]
    coming_out: tuple[tuple[int, Processor], ...]
    row: Callable[[Iterable[Any]], Row]

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect, names: Sequence[str] | None = None) -> _Prepared:
        compiled: Any = statement.compile(dialect=dialect, column_keys=names)  # type: ignore[attr-defined]
        columns = list(statement.selected_columns) if isinstance(statement, Select) else []
        out = (coming_out(column.type, dialect) for column in columns)
        types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
        processors = {name: type_.bind_processor(dialect) for name, type_ in types.items()}
        return cls(
            text=str(compiled),
            order=tuple(compiled.positiontup or ()) if dialect.positional else (),
            constants={n: bind.effective_value for n, bind in compiled.binds.items() if not bind.required},
            going_in={name: process for name, process in processors.items() if process is not None},
            coming_out=tuple((place, process) for place, process in enumerate(out) if process is not None),
            row=_NAMED("Row", [column.key for column in columns])._make,
        )

    def many(self, rows: Sequence[Parameters]) -> list[Any]:
        """The parameters of each row as the driver takes them."""
        names = self.order or tuple({**self.constants, **rows[0]})
        if self.constants:
            rows = [{**self.constants, **row} for row in rows]
        take = itemgetter(*names) if len(names) > 1 else lambda row: tuple(row[name] for name in names)
        ready = [list(take(row)) for row in rows]
        for place, name in enumerate(names):
            process = self.going_in.get(name)
            if process is None:
                continue
            known: dict[Any, Any] = {None: None}  # moments are shared by many rows
            for values in ready:
                value = values[place]
                if value not in known:
                    known[value] = process(value)
                values[place] = known[value]
        return ready if self.order else [dict(zip(names, values, strict=True)) for values in ready]

    def fetch(self, connection: Connection, parameters: Parameters) -> list[Row]:
        found = execute(connection, self.text, self.many([parameters])[0]).fetchall()
        if not self.coming_out:
            return [self.row(row) for row in found]
        rows = [list(row) for row in found]
        for place, process in self.coming_out:
            known: dict[Any, Any] = {None: None}
            for values in rows:
                value = values[place]
                if value not in known:
                    known[value] = process(value)
                values[place] = known[value]
        return [self.row(values) for values in rows]


class Many:
    """An INSERT or UPDATE of many rows, each with the same parameters."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._prepared: dict[tuple[str, tuple[str, ...]], _Prepared] = {}

    def __call__(self, connection: Connection, rows: Sequence[Parameters]) -> None:
        if rows:
            prepared = self._of(connection.dialect, tuple(rows[0]))
            execute(connection, prepared.text, prepared.many(rows), many=True)

    def in_order(self, connection: Connection, names: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
        """The same for rows of numbers and texts alone, each in the order of these names, as the statement has them."""
        if not rows:
            return
        prepared = self._of(connection.dialect, names)
        assert prepared.order in ((), names)
        ready = rows if prepared.order else [dict(zip(names, row, strict=True)) for row in rows]
        execute(connection, prepared.text, ready, many=True)

    def _of(self, dialect: Dialect, names: tuple[str, ...]) -> _Prepared:
        which = (dialect.name, names)
        if which not in self._prepared:
            self._prepared[which] = _Prepared.of(self._statement, dialect, list(names))
        return self._prepared[which]


class Query:
    """A SELECT with parameters by name."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._prepared: dict[str, _Prepared] = {}

    def __call__(self, connection: Connection, **parameters: Any) -> list[Row]:
        dialect = connection.dialect
        if dialect.name not in self._prepared:
            self._prepared[dialect.name] = _Prepared.of(self._statement, dialect)
        return self._prepared[dialect.name].fetch(connection, parameters)


class LookUp:
    """Rows by their keys, however many."""

    def __init__(self, narrowed: Callable[[Sequence[tuple[Any, ...]]], Select[Any]], width: int = 1) -> None:
        """narrowed: the query for the keys it is given as parameters; width: texts of which one key consists."""
        self._narrowed = narrowed
        self._width = width
        self._prepared: dict[tuple[str, int], _Prepared] = {}

    def __call__(self, connection: Connection, keys: Sequence[tuple[str, ...]]) -> list[Row]:
        """As the query orders them, where there are no more than 128 keys."""
        found: list[Row] = []
        for start in range(0, len(keys), MOST):
            found += self._some(connection, keys[start : start + MOST])
        return found

    def _some(self, connection: Connection, keys: Sequence[tuple[str, ...]]) -> list[Row]:
        size = 1 << (len(keys) - 1).bit_length()
        which = (connection.dialect.name, size)
        if which not in self._prepared:
            self._prepared[which] = _Prepared.of(self._narrowed(_keys(size, self._width)), connection.dialect)
        filled = [*keys, *[keys[-1]] * (size - len(keys))]
        named = {f"key_{n}_{m}": text for n, key in enumerate(filled) for m, text in enumerate(key)}
        return self._prepared[which].fetch(connection, named)


def one_of(column: Any, keys: Sequence[tuple[Any, ...]]) -> ColumnElement[bool]:
    """The condition that a column has one of these keys."""
    found: ColumnElement[bool] = (
        column.in_([key[0] for key in keys]) if len(keys) > 1 else column == keys[0][0]
    )
    return found


def _keys(size: int, width: int) -> list[tuple[Any, ...]]:
    return [tuple(bindparam(f"key_{n}_{m}", type_=String()) for m in range(width)) for n in range(size)]
