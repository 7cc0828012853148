"""Brings a database's schema to this version, with a copy of a SQLite file before each change."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from storage.engine import writing

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x43415444  # PostgreSQL's advisory lock: one process migrates, the others wait and find it done


class NewerSchema(Exception):
    """The database was migrated by a later version; the message says what to do."""


def migrate(engine: Engine) -> None:
    """Apply what is missing, all of it or nothing. Fast when there is nothing: alembic is not even imported.

    Raises NewerSchema and leaves everything as it is when the database is ahead of this code.
    """
    with engine.connect() as connection:
        if is_current(connection):
            return
        _back_up(connection)
    with _alone(engine) as connection:
        if not is_current(connection):
            _upgrade(connection)


def versions() -> list[str]:
    """Every version this code knows, oldest first: the numbers at the front of the files' names."""
    return sorted(path.name.split("_")[0] for path in (_MIGRATIONS / "versions").glob("[0-9]*_*.py"))


def is_current(connection: Connection) -> bool:
    """Whether nothing is missing. Raises NewerSchema when the database is ahead of this code."""
    version = _version(connection)
    known = versions()
    if version and version not in known:
        raise NewerSchema(
            f"The database has schema {version}, and this Catchball knows up to {known[-1]}: a later version "
            "wrote it. Start that version or a later one, or restore the backup made before the upgrade "
            f"(for SQLite the file beside it whose name ends in schema-{known[-1]}.backup)."
        )
    return version == known[-1]


def _version(connection: Connection) -> str:
    """Empty for a database that no migration has touched."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def _back_up(connection: Connection) -> None:
    """A copy of a SQLite file that holds anything, named after the version it holds, beside the file."""
    if connection.dialect.name != "sqlite" or not inspect(connection).get_table_names():
        return
    path = Path(connection.engine.url.database or "")
    target = path.with_name(f"{path.name}.schema-{_version(connection) or '0000'}.backup")
    unfinished = target.with_name(target.name + ".part")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(unfinished)) as copy:
        source.backup(copy)
    unfinished.replace(target)


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction with no other migration beside it; on SQLite without foreign keys, to rebuild tables."""
    with engine.connect() as plain:
        connection = writing(plain)
        sqlite = connection.dialect.name == "sqlite"
        if sqlite:  # cannot be switched within a transaction
            _pragma(connection, "foreign_keys = OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                yield connection
        finally:
            if sqlite:
                _pragma(connection, "foreign_keys = ON")


def _pragma(connection: Connection, pragma: str) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    driver.execute(f"PRAGMA {pragma}")


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    from storage import rechecks

    rechecks.fill(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration would leave rows without what they refer to: {broken[:3]}")
