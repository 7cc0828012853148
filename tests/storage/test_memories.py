"""A memory is renewed with the answer it comes of: together, once, in order, and for many at once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.events import Change
from handlers.learning.memory import answered, day_of
from handlers.model import Person
from storage.store import Storage
from tests.storage.scene import ADA, GRACE, MONDAY, change, delivery, press, roster, settled

WEEK = timedelta(days=7)


async def asked(store: Storage, person: Person, slot: str) -> Change:
    """A card for somebody that was sent, and the press that answers it right."""
    row = replace(delivery(person), id=f"{person.key}-{slot}", slot=slot)
    await store.plan(replace(roster(row), slot=slot), MONDAY)
    return press(
        await settled(store, row.id), "answered", item="why-quality", value="A", correct=True, certainty=3
    )


async def test_an_answer_leaves_a_memory_and_a_repeat_does_not(store: Storage) -> None:
    answer = await asked(store, ADA, "2026-11-23T09:30")
    assert await store.memories(["ada", "grace"]) == {}
    for event in (answer, answer, replace(answer, inbox="again")):
        await store.commit(event)
    (memory,) = (await store.memories(["ada"]))["ada"].values()
    assert memory == answered(None, "why-quality", day_of(answer.at), True, 3)


async def test_the_next_answer_renews_it(store: Storage) -> None:
    first = await asked(store, ADA, "2026-11-23T09:30")
    second = replace(await asked(store, ADA, "2026-11-30T09:30"), at=first.at + WEEK)
    for event in (first, second):
        await store.commit(event)
    (memory,) = (await store.memories(["ada"]))["ada"].values()
    once = answered(None, "why-quality", day_of(first.at), True, 3)
    again = answered(once, "why-quality", day_of(second.at), True, 3)
    assert memory._replace(stability=0, difficulty=0) == again._replace(stability=0, difficulty=0)
    assert (memory.stability, memory.difficulty) == pytest.approx((again.stability, again.difficulty))


async def test_two_answers_to_one_item_in_one_go_both_count(store: Storage) -> None:
    answers = [await asked(store, ADA, f"2026-11-{day}T09:30") for day in (23, 24)]
    assert await asyncio.gather(*(store.commit(answer) for answer in answers)) == [True, True]
    (memory,) = (await store.memories(["ada"]))["ada"].values()
    assert (memory.answers, memory.streak) == (2, 2)


async def test_two_processes_that_answer_at_once_do_each_other_no_harm(
    store: Storage, second: Storage
) -> None:
    answers = [await asked(store, ADA, "2026-11-23T09:30"), await asked(store, GRACE, "2026-11-24T09:30")]
    both = [where.commit(answer) for answer in answers for where in (store, second)]
    assert sorted(await asyncio.gather(*both)) == [False, False, True, True]
    memories = await store.memories(["ada", "grace"])
    assert {key: found["why-quality"].answers for key, found in memories.items()} == {"ada": 1, "grace": 1}


async def test_what_is_no_answer_to_an_item_leaves_none(store: Storage) -> None:
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    await store.commit(press(sent, "answered", item="0", value="A", correct=True))  # before items had names
    await store.commit(press(sent, "acknowledged"))
    await store.commit(change(person=replace(ADA, team="paint")))
    assert await store.memories(["ada"]) == {}
