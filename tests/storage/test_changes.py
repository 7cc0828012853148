"""One event's change is committed whole, once, or not at all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from handlers.broadcasts.stages import Broadcast, Step
from handlers.model import Participation, Platform
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    AWARENESS,
    GRACE,
    MESSAGE,
    MONDAY,
    QUIZ,
    TRAINING,
    change,
    delivery,
    press,
    roster,
    settled,
)


async def test_an_event_that_comes_twice_changes_things_once(store: Storage) -> None:
    first = change(person=ADA)
    assert await store.commit(first)
    assert not await store.commit(replace(first, person=replace(ADA, team="paint")))
    assert await store.person("ada") == ADA


async def test_an_answer_counts_once_however_often_it_arrives(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    answers = [
        press(sent, "answered", item="0", value=letter, correct=letter == "A", certainty=level)
        for letter, level in (("A", 3), ("B", 1), ("A", 2))
    ]
    assert await asyncio.gather(*(store.commit(answer) for answer in answers)) == [True, False, False]
    assert await store.done(row.id) == (Participation("answered", "0", "A", True, 3, (AWARENESS,)),)
    assert await store.commit(press(sent, "answered", item="1", value="B", correct=False))


async def test_an_answer_to_two_processes_at_once_counts_once(store: Storage, second: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    pressed = [s.commit(press(sent, "answered", item="0", value="A")) for s in (store, second) * 5]
    assert sorted(await asyncio.gather(*pressed)) == [False] * 9 + [True]
    assert len(await store.done(row.id)) == 1


async def test_a_repeat_leaves_nothing_of_its_change_behind(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    assert await store.commit(press(sent))
    again = replace(press(sent), person=ADA, deliver=(delivery(ADA, campaign="", slot="x"),))
    assert not await store.commit(again)
    assert await store.person("ada") is None
    assert len(await store.outbox()) == 1
    assert await store.commit(replace(again, remember=()))  # not even its key was kept


async def test_a_change_that_fails_leaves_nothing_behind(store: Storage) -> None:
    launch = Broadcast("b1", MESSAGE, "everyone", "grace", MONDAY)
    assert await store.commit(change(step=Step(None, launch)))
    doubled = change(step=Step(None, launch), person=ADA, actor=ADA, remember=(Participation("paused"),))
    assert not await store.commit(doubled)
    assert await store.person("ada") is None
    assert [entry.kind for entry in await store.entries()] == ["launched"]
    assert await store.commit(replace(doubled, step=None))


async def test_what_was_done_comes_back_oldest_first(store: Storage) -> None:
    row = delivery(ADA, piece=QUIZ)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    did = Participation("answered", "0", "B", False, 2, (TRAINING,))
    at = MONDAY.replace(hour=11)
    assert await store.commit(change(delivery=sent, remember=(did,), at=at, actor=ADA))
    assert await store.commit(replace(press(sent), at=at.replace(hour=10)))
    paused = Participation("paused", value="1 week")
    assert await store.commit(change(actor=ADA, remember=(paused,), at=at.replace(hour=12)))
    seen = Participation("acknowledged", clauses=(AWARENESS, TRAINING))
    assert await store.done(row.id) == (seen, did)
    assert [p for _, p in await store.participations_of("ada")] == [seen, did, paused]
    assert [at.hour for at, _ in await store.participations_of("ada")] == [10, 11, 12]
    assert await store.participations_of("linus") == []


async def test_a_verb_without_a_delivery_counts_as_often_as_it_is_done(store: Storage) -> None:
    for _ in range(2):
        assert await store.commit(change(actor=ADA, remember=(Participation("paused"),)))
    assert len(await store.participations_of("ada")) == 2


async def test_the_log_says_who_did_it_where_and_how_long_it_took(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    await store.commit(replace(press(sent), actor=replace(GRACE, key="ada"), platform=Platform.TEAMS))
    with store._engine.connect() as connection:
        entry = connection.exec_driver_sql(
            "SELECT actor, role, platform, person, duration_ms, campaign, audience, author, version "
            "FROM ledger WHERE kind = 'acknowledged'"
        ).one()
    assert tuple(entry) == (
        "ada",
        "employee, leader",
        "teams",
        "ada",
        2000,
        "lead",
        "everyone",
        "grace",
        "1.2.3",
    )


async def test_answers_go_to_the_outbox_with_the_change_once(store: Storage) -> None:
    answer = delivery(ADA, campaign="", slot="event-7", piece=None)
    assert await store.commit(change(deliver=(answer, replace(answer, id="other"))))
    assert await store.commit(change(deliver=(replace(answer, id="another"),)))
    assert await store.outbox() == [answer]
    assert await store.entries() == []
    quiz = delivery(ADA, campaign="on-demand", slot="event-8", piece=QUIZ)
    assert await store.commit(change(deliver=(quiz,)))
    assert [(e.kind, e.object_id) for e in await store.entries()] == [("assigned", "policy-quiz")]


async def test_text_that_no_database_takes_is_made_storable(store: Storage) -> None:
    wild = "a\0b\ud800c" + "x" * 5000
    assert await store.commit(change(actor=ADA, remember=(Participation("proposed", value=wild),)))
    ((_, kept),) = await store.participations_of("ada")
    assert kept.value.startswith("ab?cx")
    assert len(kept.value) < 2001
    assert (await store.verify()).broken is None


async def test_a_joining_that_was_remembered_is_not_logged_again(store: Storage) -> None:
    await store.commit(change(person=ADA, actor=ADA, remember=(Participation("joined"),)))
    assert [e.kind for e in await store.entries()] == ["joined"]
