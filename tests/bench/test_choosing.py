"""The bench of the selection chooses for everybody, from memories that are as it says."""

from __future__ import annotations

from pathlib import Path

from content.pieces import Quiz
from handlers.desk import Desk
from handlers.learning import questions
from handlers.model import Platform
from storage.store import Storage
from tests.bench.company import ZONE, person
from tests.bench.selection import DUE, EACH, campaign, fetching, fill, library
from tests.fakes import FrozenClock

PEOPLE = 250  # more than are chosen for at once


async def test_everybody_is_asked_two_questions_from_what_they_remember(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/memories.db"
    store = Storage.open(url, version="bench")
    fill(url, PEOPLE)
    people = [person(number, Platform.SLACK) for number in range(PEOPLE)]
    desk = Desk(store, library(), FrozenClock(DUE), lambda: "")
    found = await questions.chosen(desk, campaign(), DUE, ZONE, people)
    remembered = await store.memories([one.key for one in people])
    store.close()
    assert set(found) == {one.key for one in people}
    assert all(isinstance(quiz, Quiz) and len(quiz.items) == 2 for quiz in found.values())
    assert {len(items) for items in remembered.values()} == {EACH}
    assert all(name == memory.item for items in remembered.values() for name, memory in items.items())
    assert (await fetching(url))["count"] == PEOPLE * EACH
