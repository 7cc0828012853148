"""From a SQLite file to PostgreSQL: everything arrives, or nothing does and a sentence says why."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from handlers.model import Status
from storage.copying import CannotCopy, Copied, copy
from storage.engine import connect
from storage.store import Storage
from storage.tables import Base
from tests.databases import prepared
from tests.storage.scene import (
    ADA,
    GRACE,
    LEASE,
    LINUS,
    MARIE,
    MESSAGE,
    MONDAY,
    PLAIN,
    QUIZ,
    QUIZ_CARD,
    SENDS,
    change,
    claim,
    delivery,
    press,
    roster,
    settled,
)

pytestmark = pytest.mark.postgres


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The URL of a SQLite file with the schema in it."""
    return prepared(tmp_path / "company.db")


@pytest.fixture
def target(postgres: Callable[[str], str]) -> str:
    """A PostgreSQL database that nothing has touched yet."""
    return postgres("template1")


async def _lived_in(url: str) -> None:
    """People, a roster of which one is sent, answered, and one is under way, a broadcast and an answer."""
    store = Storage.open(url, version="1.2.3")
    for someone in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=someone))
    rows = [delivery(who, piece=QUIZ, card=QUIZ_CARD) for who in (ADA, LINUS)]
    await store.plan(roster(*rows), MONDAY)
    sent = await settled(store, rows[0].id)
    await store.commit(press(sent, "answered", item="0", value='Größe\t\\N "gut"\n', correct=True))
    await store.commit(change(deliver=(delivery(ADA, piece=None, card=PLAIN, campaign="", slot="key"),)))
    assert len(await claim(store, MONDAY, room=1)) == 1
    await store.throttle(SENDS, MONDAY, MONDAY + timedelta(seconds=30), None)
    await store.keep_value("a thing", "ä")
    store.close()


def _copied(source: str, target: str) -> Copied:
    return copy(source, target, lambda table, rows, done: None)


def _everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def _rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    engine = connect(url)
    with engine.connect() as connection:
        found = _everything(connection)
    engine.dispose()
    return found


def _changed(file: str, *statements: str) -> None:
    with closing(sqlite3.connect(file.removeprefix("sqlite:///"))) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


async def test_every_row_of_every_table_arrives_as_it_was(file: str, target: str) -> None:
    await _lived_in(file)
    copied = _copied(file, target)
    before = _rows(file)
    assert _rows(target) == before
    assert copied.rows == {name: len(rows) for name, rows in before.items()}
    assert all(copied.rows[name] for name in ("person", "delivery", "ledger", "content", "pace", "value"))


async def test_postgresql_knows_at_once_how_much_there_is(file: str, target: str) -> None:
    await _lived_in(file)
    _copied(file, target)
    engine = connect(target)
    with engine.connect() as connection:
        known = connection.exec_driver_sql(
            "SELECT reltuples FROM pg_class WHERE relname = 'delivery'"
        ).scalar()
    engine.dispose()
    assert known == len(_rows(target)["delivery"])


async def test_life_goes_on_where_it_stopped(file: str, target: str) -> None:
    await _lived_in(file)
    heads = _copied(file, target).heads
    store = Storage.open(target, version="1.2.3")
    newest = (await store.outbox(1))[0]
    assert newest.card == PLAIN
    later = delivery(MARIE, piece=MESSAGE, slot="2026-11-30T09:30")
    await store.plan(roster(later, slot=later.slot), MONDAY)
    assert (await store.outbox(1))[0].id == later.id
    verdict = await store.verify()
    assert verdict.broken is None
    entries = await store.entries()
    assert {entry.chain for entry in entries} == {"1"}
    assert len(entries) == max(entry.sequence for entry in entries) > heads["1"][0]
    await store.reclaim(MONDAY + 2 * LEASE, timedelta(seconds=60))
    statuses = {row.status for row in await store.outbox()}
    assert Status.UNKNOWN in statuses
    assert Status.SENDING not in statuses
    store.close()


def test_an_empty_memory_is_copied_too(file: str, target: str) -> None:
    copied = _copied(file, target)
    assert (sum(copied.rows.values()), copied.heads) == (0, {})


def test_progress_is_told_for_every_table(file: str, target: str) -> None:
    told: list[tuple[str, int, int]] = []
    copy(file, target, lambda *progress: told.append(progress))
    assert {table for table, _, _ in told} == set(Base.metadata.tables)


async def test_a_target_that_holds_anything_is_left_alone(file: str, target: str) -> None:
    await _lived_in(file)
    store = Storage.open(target, version="1.2.3")
    await store.keep_value("mine", "yes")
    store.close()
    with pytest.raises(CannotCopy, match="not empty: its table value has rows"):
        _copied(file, target)
    assert [len(rows) for name, rows in _rows(target).items() if rows] == [1]


def test_a_source_of_an_earlier_version_is_to_be_migrated_first(tmp_path: Path, target: str) -> None:
    (tmp_path / "old.db").touch()
    with pytest.raises(CannotCopy, match="python -m bot migrate"):
        _copied(f"sqlite:///{tmp_path}/old.db", target)


@pytest.fixture
def somebody(file: str) -> Iterator[None]:
    """Another process that has the file open and does nothing with it."""
    path = file.removeprefix("sqlite:///")
    program = (
        f"import sqlite3; c = sqlite3.connect({path!r}); c.execute('SELECT 1 FROM value').fetchall();"
        "print(flush=True); input()"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    yield
    process.communicate(b"\n", timeout=10)


def test_a_file_that_somebody_else_has_open_is_not_copied(file: str, target: str, somebody: None) -> None:
    with pytest.raises(CannotCopy, match="is in use"):
        _copied(file, target)


def test_nobody_opens_the_file_while_it_is_copied(file: str, target: str) -> None:
    tried: list[str] = []

    def look(table: str, rows: int, done: int) -> None:
        path = file.removeprefix("sqlite:///")
        program = f"import sqlite3; sqlite3.connect({path!r}, timeout=0).execute('SELECT 1 FROM value')"
        opened = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        tried.append(opened.stderr)

    copy(file, target, lambda *told: look(*told) if not tried else None)
    assert "database is locked" in tried[0]


async def test_a_ledger_that_does_not_hold_is_named_and_nothing_is_copied(file: str, target: str) -> None:
    await _lived_in(file)
    _changed(file, "DROP TRIGGER ledger_no_update", "UPDATE ledger SET value = 'B' WHERE sequence = 3")
    with pytest.raises(CannotCopy, match=r"chain 1, entry 3, .*: it was altered"):
        _copied(file, target)
    assert not any(_rows(target).values())


async def test_what_postgresql_cannot_hold_is_named_and_nothing_is_copied(file: str, target: str) -> None:
    await _lived_in(file)
    _changed(file, "UPDATE person SET name = 'A' || char(0) || 'da' WHERE key = 'ada'")
    with pytest.raises(CannotCopy, match=r"row \d+ of person"):
        _copied(file, target)
    assert not any(_rows(target).values())


async def test_a_row_that_does_not_arrive_is_a_difference(file: str, target: str) -> None:
    """What a trigger of somebody else's may do."""
    await _lived_in(file)
    Storage.open(target, version="1").close()
    engine = connect(target)
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN IF NEW.user = 'U-marie' THEN RETURN NULL; END IF; RETURN NEW; END $$"
            )
        )
        connection.execute(
            text("CREATE TRIGGER lose BEFORE INSERT ON address FOR EACH ROW EXECUTE FUNCTION lose()")
        )
    engine.dispose()
    with pytest.raises(CannotCopy, match="address: 4 rows left and 3 arrived"):
        _copied(file, target)
    assert not any(_rows(target).values())


@pytest.mark.parametrize(
    ("source", "to", "word"),
    [
        ("sqlite:///nowhere/company.db", "", "is not there"),
        ("postgresql://h/d", "", "source must be sqlite:///"),
        ("company.db", "", "source must be sqlite:///"),
        ("", "sqlite:///other.db", "target must be postgresql://"),
        ("", "postgresql://ada:secret@127.0.0.1:1/none", "target cannot be reached"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence(
    file: str, target: str, source: str, to: str, word: str
) -> None:
    with pytest.raises(CannotCopy, match=word) as refused:
        _copied(source or file, to or target)
    assert "secret" not in str(refused.value)
    assert not Path("nowhere").exists()
