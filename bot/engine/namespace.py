"""Procrastinate's tables: in a namespace of their own, made by whoever comes first, and again when they are gone."""

from __future__ import annotations

import hashlib
import re

import psycopg
from procrastinate.schema import SchemaManager
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.errors import InsufficientPrivilege

from storage.engine import BadUrl

_LOCK = 0x43415445  # PostgreSQL's advisory lock: one process makes the tables, the others wait and find them


def namespace() -> str:
    """Named after the tables in it, so that a release of Procrastinate with other ones begins afresh.

    Nothing in them is ever missed, and two releases side by side do not disturb each other. A namespace that no
    process uses any more may be dropped at any time.
    """
    return f"procrastinate_{hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:8]}"


def conninfo(database_url: str) -> str:
    """How libpq reaches the namespace: whatever the address says, and the namespace as the only place to look."""
    options = f"{conninfo_to_dict(database_url).get('options') or ''} -c search_path={namespace()}"
    return make_conninfo(database_url, options=options.strip())


def prepare(database_url: str) -> None:
    """Make the tables unless all of them are there. Raises BadUrl where we may not, or psycopg.Error."""
    schema = SchemaManager.get_schema()
    tables = re.findall(r"CREATE TABLE (\w+)", schema)
    there = "SELECT count(*) FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NOT NULL"
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if connection.execute(there, [tables]).fetchone() == (len(tables),):
            return
        name = sql.Identifier(namespace())
        connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(name))
        try:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
        except InsufficientPrivilege as error:
            raise BadUrl(
                "DATABASE_URL: its user may not create a schema. Make the user the database's owner, or run "
                f"GRANT CREATE ON DATABASE {connection.info.dbname} TO {connection.info.user}"
            ) from error
        connection.execute(schema)
