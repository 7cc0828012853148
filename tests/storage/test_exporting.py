"""The log of a pack is the same file whoever writes it, and whatever becomes of who does."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handlers.ledger.exports import Export
from storage import exporting, verifying
from storage.exporting import beside
from storage.store import Storage
from tests.databases import prepared
from tests.storage.scene import change, person

MADE = datetime(2027, 1, 4, tzinfo=UTC)
SINCE, UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def on_sqlite(tmp_path: Path) -> Iterator[Storage]:
    storage = Storage.open(prepared(tmp_path / "catchball.db"), version="1.2.3")
    yield storage
    storage.close()


async def _joined(store: Storage, number: int) -> None:
    for n in range(number):
        await store.commit(change(person=person(f"p{n}")))


async def _written(store: Storage, path: Path, wait: bool = True) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []

    def write(connection: object) -> None:
        with beside(connection, path, MADE, "1.2.3", SINCE, UNTIL) as log:  # type: ignore[arg-type]
            if wait:
                log.finish(lambda text: ("", ""), lambda of, done: told.append((of, done)))

    await store._read(write)
    return told


async def test_another_process_writes_the_same_file(
    store: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _joined(store, 7)
    assert await _written(store, tmp_path / "alone") == [(7, 7)]
    monkeypatch.setattr(verifying, "PART", 3)
    assert await _written(store, tmp_path / "beside") == [(7, 3), (7, 6), (7, 7)]
    assert (tmp_path / "alone").read_bytes() == (tmp_path / "beside").read_bytes()
    with (tmp_path / "beside").open("rb") as file:
        export = Export.open(file.readline, lambda *_: True)
        assert export.header.entries == 7
        export.verify([], lambda of, done: None)


async def test_who_gives_up_does_not_wait_for_all_of_it(
    on_sqlite: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _joined(on_sqlite, 7)
    monkeypatch.setattr(verifying, "PART", 1)
    await _written(on_sqlite, tmp_path / "log", wait=False)
    assert len((tmp_path / "log").read_bytes().splitlines()) < 8


@pytest.mark.parametrize(("fate", "why"), [("full", "log"), ("killed", "was ended from outside")])
async def test_what_cannot_be_written_is_told(
    on_sqlite: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fate: str, why: str
) -> None:
    await _joined(on_sqlite, 3)
    monkeypatch.setattr(verifying, "PART", 1)
    monkeypatch.setattr(exporting, "_append_at", _killed if fate == "killed" else _full)
    with pytest.raises(OSError, match=why):
        await _written(on_sqlite, tmp_path / "log")


def _killed(url: str, path: Path, span: object) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def _full(url: str, path: Path, span: object) -> int:
    raise OSError(28, "No space left on device", str(path))
