"""Broadcasts as rows: kudos found by their name and their moment, none begun twice, each step on what was known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from content.pieces import Milestone
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from storage.store import Storage
from tests.storage.scene import MESSAGE, MONDAY, change

THANKS = Milestone(id="thanks", title="Kudos from Ada", text="Well done.", scope="kudos")


def kudos(name: str, author: str = "ada", days: int = 0) -> Broadcast:
    return Broadcast(f"kudos-{name}", THANKS, 'team:"x"', author, MONDAY + timedelta(days=days))


async def test_kudos_are_found_newest_first_since_a_moment_and_by_their_author(store: Storage) -> None:
    for each in (kudos("1"), kudos("2", "linus", 1), kudos("3", "ada", 2)):
        await store.commit(change(step=Step(None, each)))
    await store.commit(change(step=Step(None, Broadcast("broadcast-1", MESSAGE, "everyone", "ada", MONDAY))))
    assert [b.id for b in await store.kudos(MONDAY, 10)] == ["kudos-3", "kudos-2", "kudos-1"]
    assert [b.id for b in await store.kudos(MONDAY, 10, "ada")] == ["kudos-3", "kudos-1"]
    assert [b.id for b in await store.kudos(MONDAY + timedelta(days=1), 1)] == ["kudos-3"]


async def test_kudos_are_counted_without_those_that_were_withdrawn(store: Storage) -> None:
    for each in (kudos("1"), kudos("2", days=1), kudos("3", days=7)):
        await store.commit(change(step=Step(None, each)))
    week = (MONDAY, MONDAY + timedelta(days=7))
    assert await store.kudos_given(*week) == 2
    await store.commit(change(step=step(kudos("1"), Stage.WITHDRAWN)))
    assert await store.kudos_given(*week) == 1


async def test_a_broadcast_is_begun_once(store: Storage) -> None:
    assert await store.commit(change(step=Step(None, kudos("1"))))
    assert await store.commit(change(step=Step(None, kudos("1", "linus")))) is False
    assert [b.author for b in await store.kudos(MONDAY, 10)] == ["ada"]


async def test_an_approval_of_a_version_that_was_changed_and_asked_for_anew_meanwhile_is_not_written(
    store: Storage,
) -> None:
    first = Broadcast("broadcast-1", MESSAGE, "everyone", "grace", MONDAY, stage=Stage.WAITING)
    await store.commit(change(step=Step(None, first)))
    taken_back = replace(first, stage=Stage.DRAFT)
    changed = replace(first, version=2)
    for before, after in ((first, taken_back), (taken_back, changed)):
        assert await store.commit(change(step=Step(before, after)))
    assert await store.commit(change(step=step(first, Stage.SCHEDULED, approver="marie"))) is False
    assert await store.broadcast("broadcast-1") == changed
