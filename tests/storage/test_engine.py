"""The database is opened with the settings that keep what was committed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage.engine import beside, connect, writing


def test_a_sqlite_file_keeps_what_was_committed_and_checks_references(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/deep/down/catchball.db")
    with engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000}


def test_whoever_finds_a_new_file_taken_by_another_process_waits_for_it(tmp_path: Path) -> None:
    with closing(
        sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    ) as other:
        other.execute("CREATE TABLE found (at TEXT)")
        other.execute("BEGIN IMMEDIATE")
        release = Timer(0.3, other.execute, ["COMMIT"])
        release.start()
        engine = connect(f"sqlite:///{tmp_path}/new.db")
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        release.join()
    engine.dispose()


def test_a_writer_holds_the_lock_from_its_first_word_and_readers_do_not(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/catchball.db")
    with engine.connect() as one, engine.connect() as other, engine.connect() as reader:
        other.exec_driver_sql("PRAGMA busy_timeout = 0")
        other.commit()
        with writing(one).begin():
            with pytest.raises(OperationalError, match="locked"):
                writing(other).begin()
            assert reader.scalar(text("SELECT 1")) == 1
    engine.dispose()


def test_a_table_made_in_a_transaction_that_fails_is_gone(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path}/catchball.db")

    def half_done() -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE half (done text)")
            raise LookupError

    with pytest.raises(LookupError):
        half_done()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM sqlite_master").all() == []
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://h/d", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_cannot_be_used_is_refused_with_one_that_can(url: str) -> None:
    with pytest.raises(ValueError, match="sqlite:///"):
        connect(url)


def test_nothing_is_said_about_a_password(tmp_path: Path) -> None:
    engine = connect("postgresql://ada:secret@127.0.0.1:1/none")
    with pytest.raises(OperationalError) as refused:
        engine.connect()
    assert "secret" not in str(refused.value)
    assert "secret" not in repr(engine)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/company.db", "var/company.db.evidence"),
        ("sqlite:////srv/company.db", "/srv/company.db.evidence"),
        ("postgresql://user:password@host/name", ""),
    ],
)
def test_what_lies_beside_a_database_does_so_where_that_is_a_file(url: str, path: str) -> None:
    assert beside(url, ".evidence") == path
