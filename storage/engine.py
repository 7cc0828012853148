"""One door to the database: an engine for SQLite or PostgreSQL that keeps what was committed."""

from __future__ import annotations

import math
import sqlite3
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url

from storage.prepared import execute

_PATIENCE = 10  # seconds in which one process waits for another's write to SQLite
_SQLITE = (
    f"PRAGMA busy_timeout = {_PATIENCE * 1000}",
    "PRAGMA synchronous = FULL",  # NORMAL loses the last commits when the power fails
    "PRAGMA foreign_keys = ON",
)
_POSTGRESQL = {
    "connect_timeout": "5",  # seconds; without it a host that does not answer at all holds us up for minutes
    "tcp_user_timeout": "10000",  # milliseconds until what nobody confirms counts as a lost connection, not 15 min
}


def beside(database_url: str, ending: str) -> str:
    """The path of what lies by default beside the file of a SQLite database; empty where there is none."""
    url = make_url(database_url)
    return f"{url.database}{ending}" if url.get_backend_name() == "sqlite" and url.database else ""


def connect(database_url: str) -> Engine:
    """An engine for `sqlite:///path` (its folder is made) or `postgresql://user:password@host/name`.

    Nothing is opened yet. Raises ValueError, with what to write instead, for any other address.
    """
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url)
    if url.get_backend_name() == "postgresql":
        return create_engine(
            url.set(drivername="postgresql+psycopg").update_query_dict({**_POSTGRESQL, **url.query}),
            pool_pre_ping=True,
            hide_parameters=True,
        )
    raise BadUrl(
        f"DATABASE_URL starts with {url.drivername}, which this house does not speak: "
        "use sqlite:///path or postgresql://user:password@host/name"
    )


def libpq(database_url: str) -> str | None:
    """The address of a PostgreSQL as its own library takes it, password included; None for SQLite."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return None
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


class BadUrl(ValueError):
    """A DATABASE_URL that cannot be used; the message says which can."""


def writing(connection: Connection) -> Connection:
    """The same connection, whose transactions take SQLite's one write lock when they begin.

    Taken later, between a read and the first write, the lock is refused at once and not waited for.
    """
    return connection.execution_options(writing=True)


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadUrl("DATABASE_URL must name a file: sqlite:///var/catchball.db")
    Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True)  # what people wrote is not for logs
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver opens no transaction of its own: `_begin` does
    for pragma in _SQLITE:
        connection.execute(pragma)
    _write_ahead(connection)
    connection.create_aggregate("bit_or", 1, _BitOr)
    if not connection.execute("SELECT 1 FROM pragma_function_list WHERE name = 'power'").fetchone():
        connection.create_function(
            "power", 2, math.pow, deterministic=True
        )  # a SQLite built without mathematics


class _BitOr:
    """PostgreSQL's aggregate of this name."""

    def __init__(self) -> None:
        self._bits = 0

    def step(self, bits: int | None) -> None:
        self._bits |= bits or 0

    def finalize(self) -> int:
        return self._bits


def _write_ahead(connection: Any) -> None:
    """Switch the file to WAL: refused at once while another process holds a new file, whatever its busy_timeout."""
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                raise
        time.sleep(0.01)


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("writing", False)
    execute(connection, "BEGIN IMMEDIATE" if immediate else "BEGIN")


def reading(connection: Connection) -> Connection:
    """The same connection, on which all of one transaction's queries see the same moment."""
    if connection.dialect.name == "sqlite":
        return connection  # a transaction of SQLite does so by itself
    return connection.execution_options(isolation_level="REPEATABLE READ")
