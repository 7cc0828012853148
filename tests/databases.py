"""New SQLite files with the schema in them: migrated once in a process, and written out for whoever wants one.

What SQLAlchemy compiled for the database of one test is kept for those of all others, which it does not know by itself:
each engine has a dialect of its own, and that is part of the key.
"""

from __future__ import annotations

import tempfile
from functools import cache, partial
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

import storage.engine
from storage.engine import connect
from storage.schema import migrate

COMPILED = LRUCache[object, object](4000)  # statements

for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
    dialect.__eq__ = lambda self, other: type(self) is type(other)  # type: ignore[method-assign,assignment,misc]
    dialect.__hash__ = lambda self: hash(type(self))  # type: ignore[method-assign,assignment,misc]
storage.engine.create_engine = partial(create_engine, execution_options={"compiled_cache": COMPILED})  # type: ignore[attr-defined]


def prepared(path: Path) -> str:
    """The URL of a new file at `path`, as `migrate` would leave it, at a hundredth of the cost."""
    path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catchball.db"
        engine = connect(f"sqlite:///{path}")
        migrate(engine)
        engine.dispose()
        return path.read_bytes()
