"""The slot of a rota: taken with the step that lets a draft go, so that of all who want it one has it."""

from __future__ import annotations

import asyncio

from handlers.broadcasts.occasions import PACK, drafts_of, named
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from storage.store import Storage
from tests.storage.scene import MESSAGE, MONDAY, change

SLOT = named("weekly", "2026-11-30T09:00")


def draft(id_: str, slot: str = SLOT) -> Broadcast:
    return Broadcast(id_, MESSAGE, "everyone", "grace", MONDAY, stage=Stage.DRAFT, occasion=slot)


async def begun(store: Storage, slot: str = SLOT) -> list[Broadcast]:
    """The leader's draft and the deputy's."""
    found = [draft(id_, slot) for id_ in drafts_of(slot)]
    for each in found:
        assert await store.commit(change(step=Step(None, each)))
    return found


async def let_go(store: Storage, known: Broadcast, stage: Stage = Stage.SCHEDULED) -> bool:
    return await store.commit(change(step=step(known, stage)))


async def test_a_draft_is_read_back_with_the_slot_that_it_stands_for(store: Storage) -> None:
    leaders, _ = await begun(store)
    assert await store.broadcast(leaders.id) == leaders
    assert await store.recall_value(SLOT) == ""


async def test_who_lets_theirs_go_first_has_it(store: Storage) -> None:
    leaders, deputys = await begun(store)
    assert await let_go(store, deputys, Stage.WAITING)
    assert await let_go(store, leaders) is False
    kept = await store.broadcast(leaders.id)
    assert kept is not None
    assert kept.stage is Stage.DRAFT
    assert await store.recall_value(SLOT) == deputys.id


async def test_taken_back_it_is_free_again_and_paused_or_withdrawn_it_is_not(store: Storage) -> None:
    leaders, deputys = await begun(store)
    out = step(leaders, Stage.SCHEDULED)
    assert await store.commit(change(step=out))
    assert await let_go(store, out.broadcast, Stage.PAUSED)
    assert await let_go(store, deputys) is False
    paused = step(out.broadcast, Stage.PAUSED).broadcast
    assert await let_go(store, paused, Stage.SCHEDULED)
    assert await let_go(store, out.broadcast, Stage.DRAFT)
    assert await let_go(store, deputys)
    gone = step(deputys, Stage.SCHEDULED).broadcast
    assert await let_go(store, gone, Stage.WITHDRAWN)
    assert await let_go(store, leaders) is False


async def test_what_the_pack_has_is_nobody_elses_also_not_of_who_is_asked_later(store: Storage) -> None:
    assert await store.swap_value(SLOT, None, PACK)
    leaders, _ = await begun(store)
    assert await let_go(store, leaders) is False
    assert await store.recall_value(SLOT) == PACK


async def test_of_two_processes_in_the_minute_of_the_slot_one_has_it(store: Storage, second: Storage) -> None:
    for number in range(20):
        slot = named("weekly", f"2026-12-{number + 1:02}T09:00")
        leaders, deputys = await begun(store, slot)
        won = await asyncio.gather(
            let_go(store, leaders), second.swap_value(slot, "", PACK), let_go(second, deputys)
        )
        assert sum(won) == 1
        has = (leaders.id, PACK, deputys.id)[won.index(True)]
        assert await store.recall_value(slot) == has
