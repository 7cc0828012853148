"""Every answer of the ledger comes in its order, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from handlers.learning.calibration import Given
from handlers.learning.memory import day_of
from storage.engine import connect, writing
from storage.ledger import Ledger
from storage.store import Storage
from tests.storage.scene import MONDAY

A_DAY = timedelta(days=1)


def answer(
    person: str, at: datetime, item: str, correct: bool | None, certainty: int | None = None
) -> dict[str, Any]:
    did = {"kind": "answered", "participation": True, "actor": person, "person": person}
    return {**did, "at": at, "item": item, "correct": correct, "certainty": certainty}


def write(url: str, *records: dict[str, Any]) -> None:
    engine = connect(url)
    with writing(engine.connect()) as connection, connection.begin():
        Ledger("1.2.3").append(connection, records)
    engine.dispose()


async def test_answers_come_by_their_time_and_only_those_that_leave_a_memory(
    store: Storage, url: str
) -> None:
    write(
        url,
        answer("ada", MONDAY + A_DAY, "why-quality", False, 3),
        answer("tim", MONDAY, "why-quality", True),
        answer("ada", MONDAY, "how-now", True, 1),
        answer("ada", MONDAY, "0", True),  # shown before items had names
        answer("ada", MONDAY, "no-key", None),
        {"kind": "acknowledged", "participation": True, "actor": "ada", "at": MONDAY},
        {"kind": "planned", "person": "ada", "at": MONDAY, "item": "why-quality"},
    )
    found: list[Given] = []
    await store.every_answer(found.append)
    assert found == [
        Given("tim", "why-quality", day_of(MONDAY), True, None),
        Given("ada", "how-now", day_of(MONDAY), True, 1),
        Given("ada", "why-quality", day_of(MONDAY + A_DAY), False, 3),
    ]


async def test_however_many_there_are_they_come_one_by_one(store: Storage, url: str) -> None:
    write(
        url,
        *(answer(f"p{n % 7}", MONDAY + n * timedelta(seconds=1), "why-quality", True) for n in range(2500)),
    )
    found: list[Given] = []
    await store.every_answer(found.append)
    assert len(found) == 2500
    assert found == sorted(found, key=lambda one: one.day)
