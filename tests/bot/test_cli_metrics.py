"""`metrics verify`, as an administrator types it."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

from storage.store import Storage
from tests.bot.processes import bot
from tests.storage.scene import ADA, MONDAY, change, delivery, roster


async def _planned(url: str) -> None:
    store = Storage.open(url, version="1.2.3")
    await store.commit(change(person=ADA))
    await store.plan(roster(delivery(ADA)), MONDAY)
    store.close()


def test_a_sum_that_was_altered_is_named_and_made_anew(tmp_path: Path) -> None:
    env = {"DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db"}
    asyncio.run(_planned(env["DATABASE_URL"]))
    with sqlite3.connect(tmp_path / "catchball.db") as database:
        database.execute("UPDATE rollup SET deliveries = 7 WHERE part = 0")
    found = bot("metrics", "verify", env=env)
    assert found.returncode == 1
    assert "2026-11-23, everybody, lead: deliveries 7 instead of 1" in found.stderr
    assert "metrics verify --repair" in found.stderr
    assert bot("metrics", "verify", "--repair", env=env).returncode == 0
    again = bot("metrics", "verify", env=env)
    assert (again.returncode, again.stderr) == (0, "")
    assert "sums are what deliveries and ledger add up to" in again.stdout
