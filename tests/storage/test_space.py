"""A disk that fills up: what is acknowledged is there, what is refused is said, and what is under way goes on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.model import Participation, Room, Status
from handlers.ports import Full
from storage import values
from storage.engine import connect
from storage.schema import migrate
from storage.space import MB, Space
from storage.store import Storage
from storage.trouble import Trouble
from storage.writer import Writer
from tests.storage.scene import ADA, LEASE, MESSAGE, MINUTE, MONDAY, change, claim, delivery, press, roster
from tests.storage.test_writer import held

FAR_MORE = 10**18  # bytes that no disk has


@dataclass
class Limited:
    """A SQLite file whose writer may not let it grow beyond so many pages: a full disk, without filling one."""

    engine: Engine
    pages: int = 0  # 0: no limit

    def __post_init__(self) -> None:
        event.listen(self.engine, "connect", self._limit)

    def _limit(self, connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {self.pages or 2**31}")  # type: ignore[attr-defined]

    async def leave(self, writer: Writer, pages: int | None) -> None:
        """Room for so many pages more; None: as many as one likes."""
        there = await writer.submit(lambda c: c.exec_driver_sql("PRAGMA page_count").scalar_one())
        self.pages = 0 if pages is None else there + pages
        limit = f"PRAGMA max_page_count = {self.pages or 2**31}"
        await writer.submit(lambda c: c.exec_driver_sql(limit).scalar())


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Limited]:
    engine = connect(f"sqlite:///{tmp_path}/catchball.db")
    migrate(engine)
    yield Limited(engine)
    engine.dispose()


async def test_on_a_full_disk_everything_that_was_acknowledged_is_there(limited: Limited) -> None:
    writer = Writer(limited.engine, Trouble(Space(None)))
    await limited.leave(writer, 3)
    gate, first = await held(writer)
    waiting = [
        asyncio.ensure_future(writer.submit(lambda c, n=n: values.keep(c, f"{n}", "x" * 500)))
        for n in range(60)
    ]
    await asyncio.sleep(0.01)
    gate.set()
    await first
    results = await asyncio.gather(*waiting, return_exceptions=True)
    acknowledged = {f"{n}" for n, result in enumerate(results) if result is None}
    assert all(result is None or isinstance(result, Full) for result in results)
    with limited.engine.connect() as connection:
        there = {row.name for row in connection.execute(values.VALUE.select())}
    assert 0 < len(acknowledged) < 60
    assert there == acknowledged
    await limited.leave(writer, None)
    await writer.submit(lambda c: values.keep(c, "room again", "1"))
    writer.close()


async def test_on_a_full_disk_no_acknowledged_answer_is_lost_and_the_others_count_when_there_is_room(
    limited: Limited,
) -> None:
    store = Storage(limited.engine, "test")
    rows = [delivery(ADA, slot=f"2026-11-23T{n // 60:02}:{n % 60:02}") for n in range(80)]
    await store.plan(roster(*rows), MONDAY)
    await limited.leave(store._writer, 4)
    presses = [press(row, value="y" * 1500) for row in rows]
    results = await asyncio.gather(*map(store.commit, presses), return_exceptions=True)
    assert {type(result) for result in results} == {bool, Full}
    assert store.room() is Room.NONE  # although the disk itself has more than enough
    for row, result in zip(rows, results, strict=True):
        assert len(await store.done(row.id)) == (result is True)
    await limited.leave(store._writer, None)
    again = [await store.commit(press_) for press_ in presses]
    assert again == [isinstance(result, Full) for result in results]
    assert (await store.verify()).broken is None
    assert [len(await store.done(row.id)) for row in rows] == [1] * 80
    store.close()


async def test_a_large_plan_that_does_not_fit_takes_no_answer_with_it(limited: Limited) -> None:
    store = Storage(limited.engine, "test")
    asked = delivery(ADA)
    await store.plan(roster(asked), MONDAY)
    await limited.leave(store._writer, 5)
    crowd = [delivery(ADA, slot=f"s{n}", campaign="big") for n in range(200)]
    plan = asyncio.ensure_future(store.plan(roster(*crowd, campaign="big"), MONDAY))
    results = await asyncio.gather(plan, store.commit(press(asked)), return_exceptions=True)
    assert isinstance(results[0], Full)
    assert results[1] is True
    assert await store.last_slot("big", "Europe/Berlin") is None
    await limited.leave(store._writer, None)
    assert await store.plan(roster(*crowd, campaign="big"), MONDAY) == 200
    store.close()


async def test_below_the_mark_what_people_do_is_refused_and_what_is_under_way_goes_on(store: Storage) -> None:
    sent, lost, broadcast = delivery(), delivery(slot="later"), delivery(campaign="broadcast", slot="x")
    await store.plan(roster(sent, lost), MONDAY)
    launch = Broadcast("broadcast", MESSAGE, "everyone", "grace", MONDAY)
    await store.commit(change(step=Step(None, launch)))
    await store.plan(roster(broadcast, campaign="broadcast", slot="x"), MONDAY)
    store.space.folder, store.space.least = Path("/"), FAR_MORE
    assert store.room() is Room.NONE
    with pytest.raises(Full, match="has to free space"):
        await store.commit(press(sent))
    with pytest.raises(Full):
        await store.commit(change(actor=ADA, remember=(Participation("paused"),)))
    crowd = roster(delivery(campaign="big"), campaign="big")
    with pytest.raises(Full):
        await store.plan(crowd, MONDAY)
    claimed = {row.id: row for row in await claim(store, MONDAY)}
    assert await store.settle(claimed[sent.id], "w", Status.SENT, MONDAY)
    assert await store.reclaim(MONDAY + LEASE, MINUTE) == 2
    assert await store.commit(change(step=step(launch, Stage.WITHDRAWN)))
    store.space.least = 0
    assert await store.commit(press(sent))
    assert await store.plan(crowd, MONDAY) == 1


def test_the_marks_are_said_once_each_and_so_is_the_room_afterwards(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    space = Space(tmp_path, low=FAR_MORE, least=0)
    with caplog.at_level(logging.INFO):
        assert [space.look(), space.look()] == [Room.LOW, Room.LOW]
        space.least = FAR_MORE
        assert [space.look(), space.look()] == [Room.NONE, Room.NONE]
        space.low = space.least = 200 * MB
        assert [space.look(), space.look()] == [Room.ENOUGH, Room.ENOUGH]
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR", "INFO"]


@pytest.mark.postgres
def test_the_disk_of_a_postgresql_server_is_not_ours_to_watch(postgres_url: str) -> None:
    engine = connect(postgres_url)
    space = Space.beside(engine)
    space.low = space.least = FAR_MORE
    assert space.look() is Room.ENOUGH
    engine.dispose()


async def test_of_two_who_swap_a_value_one_is_told_no(store: Storage, second: Storage) -> None:
    both = await asyncio.gather(store.swap_value("a", None, "1"), second.swap_value("a", None, "2"))
    assert sorted(both) == [False, True]
    kept = await store.recall_value("a")
    assert not await store.swap_value("a", "another", "3")
    both = await asyncio.gather(store.swap_value("a", kept, "4"), second.swap_value("a", kept, "5"))
    assert sorted(both) == [False, True]
    assert await second.recall_value("a") in ("4", "5")
