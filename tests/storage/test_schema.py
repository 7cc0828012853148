"""The schema is brought up to date on its own, with a copy first, and never backwards."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from storage import schema
from storage.engine import connect
from storage.indexes import WHOLE
from storage.schema import NewerSchema, migrate
from storage.store import Storage


def test_the_migrations_make_exactly_the_tables_of_the_code(url: str) -> None:
    engine = connect(url)
    with engine.connect() as connection:
        options = {"compare_type": True, "render_as_batch": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), WHOLE)
    engine.dispose()
    assert differences == []


def test_the_partial_indexes_have_the_conditions_of_the_queries(url: str) -> None:
    engine = connect(url)
    with engine.connect() as connection:
        query = (
            "SELECT sql FROM sqlite_master WHERE name LIKE 'ix_%'"
            if engine.dialect.name == "sqlite"
            else "SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'ix_%'"
        )
        made = [str(row[0]) for row in connection.execute(text(query))]
    engine.dispose()
    assert len([definition for definition in made if " WHERE " in definition]) == 12


def test_the_versions_the_code_knows_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert [script.revision for script in scripts.walk_revisions()] == schema.versions()[::-1]
    assert scripts.get_heads() == [schema.versions()[-1]]


def test_an_empty_database_gets_its_schema_and_a_second_time_changes_nothing(empty_url: str) -> None:
    engine = connect(empty_url)
    migrate(engine)
    migrate(engine)
    assert {"delivery", "ledger", "person"} < set(inspect(engine).get_table_names())
    engine.dispose()


def test_an_up_to_date_database_opens_without_alembic(url: str) -> None:
    program = (
        "import sys\nfrom storage.store import Storage\n"
        f"Storage.open({url!r}, version='1').close()\nassert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(schema.__file__).parent.parent)


def test_a_database_of_a_newer_version_is_refused_with_what_to_do(url: str) -> None:
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    engine.dispose()
    with pytest.raises(
        NewerSchema,
        match=rf"schema 0999.* knows up to {schema.versions()[-1]}.*Start that version or a later one",
    ):
        Storage.open(url, version="1.2.3")


def test_a_sqlite_file_is_copied_before_it_is_changed(tmp_path: Path) -> None:
    path = tmp_path / "catchball.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("CREATE TABLE notes (words text); INSERT INTO notes VALUES ('mine')")
    engine = connect(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    with closing(sqlite3.connect(tmp_path / "catchball.db.schema-0000.backup")) as connection:
        assert connection.execute("SELECT * FROM notes").fetchall() == [("mine",)]
        assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (1,)


def test_a_fresh_file_and_an_up_to_date_one_are_not_copied(tmp_path: Path) -> None:
    for _ in range(2):
        Storage.open(f"sqlite:///{tmp_path}/catchball.db", version="1").close()
    assert list(tmp_path.glob("*.backup")) == []


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "catchball.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE pace (anything text)")  # in the way of the last migration
    engine = connect(f"sqlite:///{path}")
    with pytest.raises(Exception, match="pace already exists"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["pace"]
    engine.dispose()


def test_two_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    program = f"from storage.store import Storage\nStorage.open({empty_url!r}, version='1').close()"
    root = Path(schema.__file__).parent.parent
    both = [subprocess.Popen([sys.executable, "-c", program], cwd=root, stderr=subprocess.PIPE) for _ in "ab"]
    results = [process.communicate(timeout=60)[1].decode() for process in both]
    assert [process.returncode for process in both] == [0, 0], results
