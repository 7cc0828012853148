"""The bytes that an entry's hash is taken over: canonical JSON of every field, written here and by each database.

Canonical: keys sorted, no spaces, UTF-8, times as ISO 8601 in UTC with microseconds. A database writes it in less
time than it takes to fetch the columns and write it here; where its text does not fit the hash, Python's decides.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import Column
from sqlalchemy.types import TypeDecorator

from storage.tables import LedgerRow, table

COLUMNS = sorted((c for c in table(LedgerRow).columns if c.name != "hash"), key=lambda c: c.name)
FIELDS = tuple(column.name for column in COLUMNS)

_STORED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", re.ASCII)  # a time in SQLite


class Odd(ValueError):
    """A value that the house never writes into this column."""


def _kind(column: Column[Any]) -> type[Any]:
    type_ = column.type
    kind: type[Any] = (type_.impl_instance if isinstance(type_, TypeDecorator) else type_).python_type
    return kind


@lru_cache(maxsize=4096)  # a moment is shared by many entries
def _moment(value: datetime) -> str:
    return f'"{value.astimezone(UTC).isoformat(timespec="microseconds")}"'


_WRITE: Mapping[type[Any], Callable[[Any], str]] = {
    str: encode_basestring,
    int: int.__repr__,
    bool: {True: "true", False: "false"}.__getitem__,
    datetime: _moment,
}


def _writer(column: Column[Any]) -> Callable[[Any], str]:
    """Writes a value of this column as JSON."""
    write = _WRITE[_kind(column)]
    return (lambda value: "null" if value is None else write(value)) if column.nullable else write


_WRITERS = [(column.name, _writer(column)) for column in COLUMNS]
_TEMPLATE = "{" + ",".join(f'"{name}":%s' for name in FIELDS) + "}"


def text(fields: Mapping[str, Any]) -> str:
    """Of every field but the hash. Raises TypeError for what its column cannot hold."""
    return _TEMPLATE % tuple([write(fields[name]) for name, write in _WRITERS])


def digest(fields: Mapping[str, Any]) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(text(fields).encode()).hexdigest()


def from_driver(values: Sequence[Any]) -> bytes:
    """The text of a row as the driver gave it, in the order of FIELDS.

    Raises Odd where a value is not exactly as the house writes it: a number in the place of a text, a time written
    otherwise. It would read as the same, and the database would sort or count it as something else.
    """
    return text({c.name: _value(c, v) for c, v in zip(COLUMNS, values, strict=True)}).encode()


def _value(column: Column[Any], value: Any) -> Any:
    kind = _kind(column)
    if value is None and column.nullable:
        return None
    if kind is datetime and isinstance(value, str) and _STORED.fullmatch(value):
        return datetime.fromisoformat(f"{value}+00:00")
    if kind is bool and type(value) is int and value in (0, 1):
        return bool(value)
    if type(value) is not kind:
        raise Odd(f"{column.name} is {type(value).__name__}")
    return value


def expression(dialect: str) -> str:
    """The same text as SQL: bytes from SQLite, a text from PostgreSQL."""
    if dialect == "sqlite":
        pairs = ", ".join(f"'{column.name}', {_in_sqlite(column)}" for column in COLUMNS)
        return f"CAST(json_object({pairs}) AS BLOB)"
    parts = (
        f"'{'{' if number == 0 else ','}\"{column.name}\":', {_in_postgresql(column)}"
        for number, column in enumerate(COLUMNS)
    )
    return f"concat({', '.join(parts)}, '}}')"


def _in_sqlite(column: Column[Any]) -> str:
    """json_object refuses what is neither text nor number, and writes a number unlike a text."""
    name, kind = column.name, _kind(column)
    if (
        kind is datetime
    ):  # a T in the place of the space would sort otherwise, so it may not come out as the same
        moment = f"replace(replace({name}, 'T', '?'), ' ', 'T') || '+00:00'"
        return f"CASE typeof({name}) WHEN 'text' THEN {moment} ELSE {name} END"
    if kind is bool:
        return f"CASE {name} WHEN 1 THEN json('true') WHEN 0 THEN json('false') ELSE {name} END"
    return name


def _in_postgresql(column: Column[Any]) -> str:
    name, kind = column.name, _kind(column)
    if kind is datetime:
        moment = f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
        return f"coalesce('\"' || {moment} || '+00:00\"', 'null')"
    if kind is str:
        return f"coalesce(to_json({name})::text, 'null')"
    return f"coalesce({name}::text, 'null')"
