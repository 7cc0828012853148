"""Move everything that is remembered from a SQLite file to an empty PostgreSQL database, and prove that it arrived."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, Table, event, func, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from handlers.ledger.chains import Verdict
from storage import ledger
from storage.engine import connect, writing
from storage.schema import is_current, migrate
from storage.tables import Base
from storage.verifying import verify

CHUNK = 10_000  # rows between two calls of `progress`
_AT_ONCE = 1_000  # rows in memory

Progress = Callable[[str, int, int], None]  # table, rows to copy, rows copied so far
Heads = Mapping[str, tuple[int, str]]  # of each chain of the ledger, its last entry's number and hash


class CannotCopy(Exception):
    """Nothing was copied; the message says why and what to do."""


@dataclass(frozen=True)
class Copied:
    """What both databases hold now: rows by table, and where the ledger ends."""

    rows: Mapping[str, int]
    heads: Heads


def copy(source_url: str, target_url: str, progress: Progress) -> Copied:
    """All of it or nothing: one transaction of the target, committed after both sides were found equal.

    Every row goes over as it is. Leased ones too: their leases run out, and the new place takes them back.
    Raises CannotCopy or NewerSchema.
    """
    with _alone_with(source_url) as source, _empty(target_url) as target:
        before = verify(source)
        if before.broken:
            raise CannotCopy(f"The ledger of the file does not hold: {_at(before)}. Nothing was copied.")
        rows = {table.name: _count(source, table) for table in Base.metadata.sorted_tables}
        for table in Base.metadata.sorted_tables:
            _copy(source, target, table, partial(progress, table.name, rows[table.name]))
        _number_on(target)
        heads = ledger.heads(source)
        _compare(target, rows, heads)
        target.execute(text("ANALYZE"))  # or whoever asks first has to wait for plans made blindly
    return Copied(rows, heads)


@contextmanager
def _alone_with(url: str) -> Iterator[Connection]:
    """The SQLite file, which nobody else can open while this lasts: what they wrote would be left behind."""
    path = Path(_parsed(url, "source", "sqlite", "sqlite:///path").database or "")
    if not path.is_file():
        raise CannotCopy(f"The source {path} is not there.")
    engine = connect(url)
    event.listen(engine, "connect", _lock, insert=True)
    try:
        with _reached(engine, path) as connection, writing(connection).begin():
            if not is_current(connection):
                raise CannotCopy(
                    f"{path} has the schema of an earlier version: run `python -m bot migrate` on it first."
                )
            yield connection
    finally:
        engine.dispose()


def _parsed(url: str, which: str, kind: str, example: str) -> URL:
    with suppress(ArgumentError):
        parsed = make_url(url)
        if parsed.get_backend_name() == kind:
            return parsed
    raise CannotCopy(f"The {which} must be {example}.")


def _reached(engine: Engine, path: Path) -> Connection:
    try:
        return engine.connect()
    except DBAPIError as error:
        if "locked" not in str(error.orig):
            raise CannotCopy(f"{path} cannot be read: {error.orig}.") from error
        raise CannotCopy(
            f"{path} is in use. Stop every process of Catchball, and whatever else has the file open, and try again."
        ) from error


def _lock(connection: Any, _record: Any) -> None:
    """Kept until the connection is closed; it must be the first thing the connection does."""
    connection.execute("PRAGMA busy_timeout = 2000")
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    connection.rollback()


@contextmanager
def _empty(url: str) -> Iterator[Connection]:
    """A transaction on the target, in which nobody else writes."""
    _parsed(url, "target", "postgresql", "postgresql://user:password@host/name")
    engine = connect(url)
    try:
        _prepared(engine)
        with engine.begin() as connection:
            tables = ", ".join(table.name for table in Base.metadata.sorted_tables)
            connection.execute(text(f"LOCK TABLE {tables} IN EXCLUSIVE MODE"))
            _refuse_rows(connection)
            yield connection
    finally:
        engine.dispose()


def _prepared(engine: Engine) -> None:
    try:
        with engine.connect() as connection:
            _refuse_rows(connection)
    except OperationalError as error:
        raise CannotCopy(f"The target cannot be reached: {error.orig}") from error
    migrate(engine)


def _refuse_rows(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name in there and connection.scalar(select(select(table).exists())):
            raise CannotCopy(
                f"The target is not empty: its table {table.name} has rows. Name an empty database, or make one."
            )


def _copy(source: Connection, target: Connection, table: Table, done: Callable[[int], None]) -> None:
    driver = target.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), names)
    number = 0
    try:
        with (
            source.execute(select(table).execution_options(yield_per=_AT_ONCE)) as rows,
            driver.cursor() as cursor,
            cursor.copy(command) as stream,
        ):
            for number, row in enumerate(rows, 1):
                stream.write_row(row)
                if number % CHUNK == 0:
                    done(number)
    except psycopg.DataError as error:
        raise CannotCopy(
            f"PostgreSQL does not take row {number} of {table.name}: {error}. Nothing was copied."
        ) from error
    done(number)


def _number_on(target: Connection) -> None:
    """New rows are numbered behind those that came."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            last = target.scalar(select(func.max(column)))
            if last is not None:
                target.execute(select(func.setval(sequence, last)))


def _compare(target: Connection, rows: Mapping[str, int], heads: Heads) -> None:
    """Raises CannotCopy with the first difference."""
    for table in Base.metadata.sorted_tables:
        arrived = _count(target, table)
        if arrived != rows[table.name]:
            raise CannotCopy(
                f"{table.name}: {rows[table.name]} rows left and {arrived} arrived. Nothing was copied."
            )
    after = verify(target)
    if after.broken:
        raise CannotCopy(f"The ledger did not arrive whole: {_at(after)}. Nothing was copied.")
    there = ledger.heads(target)
    if there != heads:
        raise CannotCopy(f"The ledger ended with {heads} and ends with {there}. Nothing was copied.")


def _count(connection: Connection, table: Table) -> int:
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _at(verdict: Verdict) -> str:
    assert verdict.broken is not None
    return f"{verdict.broken}: {verdict.why}"
