"""Who looked at whom is in the ledger; what people wrote, and why an exception was made, stands apart from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.privacy.looks import Looked, each
from storage.ledger import LEDGER
from storage.store import Storage
from storage.words import WORDS
from tests.storage.scene import ADA, GRACE, LINUS, MONDAY, change, delivery, press, roster

LOOK = Looked(
    GRACE.key, "stats induction", words="30 days", role="quality lead", exception="audit", why="For Ada."
)


async def test_a_look_is_an_entry_and_is_shown_to_whom_it_is_about(store: Storage) -> None:
    await store.looked(each(LOOK, [ADA.key, LINUS.key, ADA.key]), MONDAY)
    await store.looked([replace(LOOK, about=ADA.key, exception="", why="")], MONDAY + timedelta(hours=1))
    found = await store.looks_at(ADA.key)
    assert [(look.actor, look.what, look.words, look.exception, look.why) for look in found] == [
        (GRACE.key, "stats induction", "30 days", "", ""),
        (GRACE.key, "stats induction", "30 days", "audit", "For Ada."),
    ]
    assert found[0].at == MONDAY + timedelta(hours=1)
    assert len(await store.looks_at(LINUS.key)) == 1
    assert (await store.verify()).broken is None
    assert "For Ada." not in str(await store.entries())


async def test_counts_are_noted_without_a_person_and_a_look_at_oneself_is_not(store: Storage) -> None:
    before = len(await store.entries())
    await store.looked([replace(LOOK, about=GRACE.key)], MONDAY)
    assert len(await store.entries()) == before
    await store.looked(each(LOOK, []), MONDAY)
    assert [entry.person for entry in await store.entries()][:1] == [""]


async def test_a_look_is_committed_with_the_answer_that_shows_it(store: Storage) -> None:
    assert await store.commit(change(inbox="stats", looked=(replace(LOOK, about=ADA.key),)))
    assert len(await store.looks_at(ADA.key)) == 1
    assert not await store.commit(change(inbox="stats", looked=(replace(LOOK, about=ADA.key),)))
    assert len(await store.looks_at(ADA.key)) == 1


async def test_what_somebody_writes_to_a_pulse_is_not_in_the_ledger(store: Storage) -> None:
    await store.plan(roster(row := delivery()), MONDAY)
    said = {"item": "why", "value": "10 characters", "words": "No gloves."}
    assert await store.commit(press(row, "rated", **said))
    with store._engine.connect() as connection:
        assert [row.text for row in connection.execute(select(WORDS))] == ["No gloves."]
        assert "gloves" not in str(connection.execute(select(LEDGER)).all())
