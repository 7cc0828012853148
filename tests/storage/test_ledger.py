"""The ledger only grows, and shows when somebody went around it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from handlers.ledger.chains import ALTERED, MISSING, UNLINKED
from handlers.model import Participation
from storage import verifying
from storage.canonical import digest
from storage.ledger import LEDGER
from storage.store import Storage
from storage.verifying import verify
from tests.databases import prepared
from tests.storage.scene import ADA, LINUS, MONDAY, change, delivery, press, roster, settled


async def _history(store: Storage) -> None:
    """Five entries: planned, two assigned, delivered, answered."""
    await store.commit(change(person=ADA))
    row = delivery(ADA)
    await store.plan(roster(row, delivery(LINUS)), MONDAY)
    sent = await settled(store, row.id)
    await store.commit(press(sent, "answered", item="0", value='Größer — "gut"', correct=True))


def _without_triggers(engine: Engine, statement: str) -> None:
    """What somebody with the file in hand can do."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER ledger_no_update"))
            connection.execute(text("DROP TRIGGER ledger_no_delete"))
        else:
            connection.execute(text("ALTER TABLE ledger DISABLE TRIGGER USER"))
        connection.execute(text(statement))


async def test_a_chain_is_whole_from_its_first_entry(store: Storage) -> None:
    assert (await store.verify()).checked == 0
    await _history(store)
    verdict = await store.verify()
    assert (verdict.checked, verdict.broken) == (6, None)
    entries = list(reversed(await store.entries()))
    assert [e.sequence for e in entries] == [1, 2, 3, 4, 5, 6]
    assert [e.kind for e in entries] == ["joined", "planned", "assigned", "assigned", "delivered", "answered"]


@pytest.mark.parametrize("deed", ["UPDATE ledger SET value = 'B'", "DELETE FROM ledger"])
async def test_the_database_refuses_to_change_what_was_logged(store: Storage, deed: str) -> None:
    await _history(store)
    with pytest.raises(DBAPIError, match="append-only"), store._engine.begin() as connection:
        connection.execute(text(deed))


@pytest.mark.parametrize(
    ("statement", "sequence", "why"),
    [
        ("UPDATE ledger SET value = 'B' WHERE sequence = 6", 6, ALTERED),
        ("UPDATE ledger SET at = '2026-11-23 09:31:00.000000' WHERE sequence = 5", 5, ALTERED),
        ("UPDATE ledger SET person = 'x' WHERE sequence = 1", 1, ALTERED),
        ("DELETE FROM ledger WHERE sequence = 3", 4, MISSING),
        ("UPDATE ledger SET previous = hash WHERE sequence = 2", 2, UNLINKED),
    ],
)
async def test_a_changed_entry_is_found(store: Storage, statement: str, sequence: int, why: str) -> None:
    await _history(store)
    _without_triggers(store._engine, statement)
    verdict = await store.verify()
    assert verdict.broken is not None
    assert (verdict.broken.sequence, verdict.why) == (sequence, why)


async def test_a_changed_entry_whose_hash_was_mended_breaks_the_next_one(store: Storage) -> None:
    await _history(store)
    with store._engine.connect() as connection:
        row: dict[str, Any] = dict(
            connection.execute(LEDGER.select().where(LEDGER.c.sequence == 3)).mappings().one()
        )
    del row["hash"]
    forged = digest(row | {"person": "tim"})
    _without_triggers(
        store._engine, f"UPDATE ledger SET person = 'tim', hash = '{forged}' WHERE sequence = 3"
    )
    verdict = await store.verify()
    assert verdict.broken is not None
    assert verdict.broken.sequence == 4


async def test_two_processes_write_chains_that_hold(store: Storage, second: Storage) -> None:
    did = (Participation("asked"),)
    both = [s.commit(change(actor=ADA, remember=did)) for s in (store, second) * 20]
    assert all(await asyncio.gather(*both))
    verdict = await store.verify()
    assert (verdict.checked, verdict.broken) == (40, None)
    chains = {entry.chain for entry in await store.entries()}
    assert chains == ({"1"} if store._engine.dialect.name == "sqlite" else {"1", "2"})


async def test_a_chain_goes_on_after_a_restart(store: Storage, url: str) -> None:
    await store.commit(change(actor=ADA, remember=(Participation("asked"),)))
    store.close()
    again = Storage.open(url, version="1.2.4")
    try:
        await again.commit(change(actor=ADA, remember=(Participation("asked"),)))
        assert [(e.chain, e.sequence) for e in await again.entries()] == [("1", 2), ("1", 1)]
        assert (await again.verify()).broken is None
    finally:
        again.close()


async def test_no_name_and_no_email_address_enters_the_ledger(store: Storage) -> None:
    await _history(store)
    with store._engine.connect() as connection:
        everything = json.dumps([tuple(row) for row in connection.execute(LEDGER.select())], default=str)
    assert "Ada" not in everything
    assert "example.org" not in everything


async def test_the_newest_entries_come_first(store: Storage) -> None:
    await _history(store)
    newest = await store.entries(2)
    assert [e.kind for e in newest] == ["answered", "delivered"]
    assert newest[0].clauses == ("ISO 9001:2015 7.3",)
    assert (newest[0].value, newest[0].correct) == ('Größer — "gut"', True)
    assert newest[0].hash


async def test_a_ledger_longer_than_a_page_of_the_check_is_verified_whole(store: Storage) -> None:
    did = tuple(Participation("asked", item=str(n)) for n in range(1100))
    await store.commit(change(actor=ADA, remember=did))
    with store._engine.connect() as connection:
        assert verify(connection).checked == 1100


@pytest.mark.parametrize(
    "change",
    [
        "value = 'B'",
        "value = CAST(value AS BLOB)",
        "value = value || char(0) || 'more'",
        "value = CAST(x'ff' AS TEXT)",
        "at = replace(at, ' ', 'T')",
        "at = CAST(at AS BLOB)",
        "due = due || 'Z'",
        "correct = 2",
        "correct = 'true'",
        "certainty = 'null'",
        "certainty = 0",
        "duration_ms = 2000.5",
        "once = NULL",
        "participation = 3",
        "clauses = '[]'",
        "hash = upper(hash)",
        "hash = CAST(hash AS BLOB)",
        "sequence = 'six'",
        "chain = x'31'",
    ],
)
async def test_a_value_that_only_reads_like_the_one_before_is_found(tmp_path: Path, change: str) -> None:
    """SQLite takes any kind of value into any column; each of these would count, sort or read differently somewhere."""
    store = Storage.open(prepared(tmp_path / "catchball.db"), version="1.2.3")
    await _history(store)
    _without_triggers(store._engine, f"UPDATE ledger SET {change} WHERE sequence = 6")
    verdict = await store.verify()
    store.close()
    assert verdict.checked == 5
    assert verdict.broken is not None


async def test_an_entry_that_the_database_writes_otherwise_is_judged_by_python(
    store: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _history(store)
    sqlite = store._engine.dialect.name == "sqlite"
    for other in ("CAST('{}' AS BLOB)", "no_such_function(sequence)") if sqlite else ("'{}'",):
        monkeypatch.setattr(verifying, "expression", lambda dialect, other=other: other)
        verdict = await store.verify()
        assert (verdict.checked, verdict.broken) == (6, None)


async def test_several_processes_check_one_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = prepared(tmp_path / "catchball.db")
    store = Storage.open(url, version="1.2.3")
    did = tuple(Participation("asked", item=str(n)) for n in range(50))
    await store.commit(change(actor=ADA, remember=did))
    _without_triggers(store._engine, "DELETE FROM ledger WHERE sequence IN (40, 41, 45)")
    monkeypatch.setattr(verifying, "PART", 20)  # in this process; the others are told what to check
    seen: list[tuple[int, int]] = []
    verdict = verifying.verify_at(url, 2, lambda *counts: seen.append(counts))
    assert verdict == await store.verify()
    store.close()
    assert (verdict.checked, verdict.why, seen) == (39, MISSING, [(50, 20)])
    assert verdict.broken is not None
    assert verdict.broken.sequence == 42


async def test_a_process_that_is_ended_from_outside_says_nothing_about_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = prepared(tmp_path / "catchball.db")
    store = Storage.open(url, version="1.2.3")
    await store.commit(
        change(actor=ADA, remember=tuple(Participation("asked", item=str(n)) for n in range(9)))
    )
    store.close()
    monkeypatch.setattr(verifying, "PART", 2)
    monkeypatch.setattr(verifying, "_check_at", _ended)
    assert verifying.verify_at(url, 2, lambda *counts: None).checked == 9


def _ended(url: str, span: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)
