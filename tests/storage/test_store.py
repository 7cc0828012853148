"""The rest of the store: looking back, small values, and two real processes on one database."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from handlers.ports import Store
from storage import store as room
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    GRACE,
    LINUS,
    MONDAY,
    PLAIN,
    SLOT,
    change,
    claim,
    delivery,
    person,
    roster,
)

_CLAIMER = """
import asyncio, json, sys
from datetime import datetime, timedelta
from handlers.model import Status, Receipt
from storage.store import Storage
from tests.storage.scene import claim

async def main(url, owner):
    store = Storage.open(url, version="1.2.3")
    now = datetime.fromisoformat("2026-11-23T09:30:00+00:00")
    mine = []
    while batch := await claim(store, now, owner, 3):
        for row in batch:
            assert await store.settle(row, owner, Status.SENT, now, receipt=Receipt(owner))
            mine.append(row.id)
    store.close()
    print(json.dumps(mine))

asyncio.run(main(*sys.argv[1:]))
"""


def test_the_storage_is_a_store(store: Storage) -> None:
    checked: Store = store
    assert checked is store


async def test_two_processes_share_a_database_without_a_double_claim(store: Storage, url: str) -> None:
    people = [person(f"P{n}") for n in range(150)]
    await store.plan(roster(*(delivery(p) for p in people)), MONDAY)
    root = Path(room.__file__).parent.parent
    both = [
        subprocess.Popen([sys.executable, "-c", _CLAIMER, url, owner], cwd=root, stdout=subprocess.PIPE)
        for owner in ("one", "two")
    ]
    outputs = [process.communicate(timeout=60)[0] for process in both]
    taken = [id_ for output in outputs for id_ in json.loads(output)]
    assert len(taken) == len(set(taken)) == 150
    verdict = await store.verify()
    assert (verdict.checked, verdict.broken) == (1 + 150 + 150, None)


async def test_a_delivery_nobody_knows_is_none(store: Storage) -> None:
    assert await store.delivery("no such") is None
    assert await store.done("no such") == ()


async def test_a_persons_deliveries_come_newest_first(store: Storage) -> None:
    day = timedelta(days=1)
    rows = [delivery(ADA, slot=f"s{n}", due_at=MONDAY + n * day) for n in (1, 3, 2)]
    for row in rows:
        await store.plan(roster(row, slot=row.slot), MONDAY)
    answer = delivery(ADA, campaign="", slot="event", piece=None, card=PLAIN, due_at=MONDAY + 4 * day)
    await store.commit(change(deliver=(answer, delivery(LINUS, campaign="", slot="event"))))
    assert [d.slot for d in await store.deliveries_of("ada")] == ["event", "s3", "s2", "s1"]
    assert [d.slot for d in await store.deliveries_of("ada", limit=2, campaigns_only=True)] == ["s3", "s2"]


async def test_the_outbox_shows_its_newest_rows_in_any_state(store: Storage) -> None:
    await store.plan(roster(delivery(ADA), delivery(LINUS)), MONDAY)
    await store.plan(roster(delivery(GRACE, slot="later"), slot="later"), MONDAY)
    await claim(store, MONDAY, "w", 1)
    assert [d.person for d in await store.outbox(2)] == ["grace", "linus"]
    assert (await store.outbox())[0].slot == "later"
    assert (await store.outbox())[-1].slot == SLOT


async def test_a_value_is_kept_until_the_next(store: Storage) -> None:
    assert await store.recall_value("clock") is None
    await store.keep_value("clock", "09:30")
    await store.keep_value("clock", "10:00")
    assert await store.recall_value("clock") == "10:00"


async def test_what_was_awaited_is_there_after_a_restart(store: Storage, url: str) -> None:
    await store.commit(change(person=ADA))
    store.close()
    again = Storage.open(url, version="1.2.4")
    assert await again.person("ada") == ADA
    again.close()
