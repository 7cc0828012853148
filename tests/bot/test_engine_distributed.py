"""Several processes on PostgreSQL: one hears of what another has put there, and whoever dies is not missed."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from bot.engine import distributed
from bot.engine.namespace import namespace, prepare
from content.campaigns import Campaign
from content.packs import Library
from handlers.drain import FOR_ANSWERS, IN_FLIGHT
from handlers.events import Said
from handlers.model import Status
from storage.engine import BadUrl
from storage.store import Storage
from tests.bot.machines import Machine, asked, bulk, until, without_campaigns
from tests.bot.processes import ROOT
from tests.conftest import SUNDAY, at
from tests.fakes import FrozenClock

pytestmark = pytest.mark.postgres

Build = Callable[..., Machine]
JOBS = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s"
IN_HAND = IN_FLIGHT - FOR_ANSWERS  # of a bulk, in one process at once
EVER = "SELECT last_value FROM procrastinate_jobs_id_seq"


@pytest.fixture
def url(postgres: Callable[[str], str]) -> str:
    made = postgres("template1")
    Storage.open(made, version="test").close()
    return made


@pytest.fixture
async def machine(url: str, library: Library) -> AsyncIterator[Build]:
    """Builds a machine of one company: (name, seconds a send takes). All share one clock."""
    clock = FrozenClock(SUNDAY)
    async with AsyncExitStack() as stack:

        def build(name: str, seconds: float = 0.0) -> Machine:
            made = Machine(name, url, without_campaigns(library), clock, seconds)
            stack.push_async_callback(made.off)
            return made

        yield build


async def _settled(machine: Machine, rows: int) -> None:
    """Waits until every row of the outbox is known to be sent."""
    async with asyncio.timeout(10):
        while [row.status for row in await machine.store.outbox(rows)] != [Status.SENT] * rows:
            await asyncio.sleep(0.05)


async def test_one_alone_is_a_whole_house(machine: Build) -> None:
    one = machine("one")
    await one.company.admit("ada")
    await one.engine.start()
    await one.company.dispatch(Said("key", at("ada"), "quiz"))
    await until(lambda: bool(one.chat.titles("ada")), 5)


async def test_what_comes_in_at_one_is_sent_by_another(machine: Build) -> None:
    one, other = machine("one"), machine("other")
    await one.company.admit("ada")
    await one.engine.start()
    await until(lambda: one.engine.last_tick is not None)
    one.engine._kept[0].cancel()  # it still hears and asks, and has no hand to send with
    await asyncio.sleep(0.1)
    await other.engine.start()
    await one.company.dispatch(Said("key", at("ada"), "quiz"))
    await until(lambda: bool(other.chat.titles("ada")), 5)
    assert one.chat.titles("ada") == []


async def test_many_wakes_are_one_job(machine: Build, url: str) -> None:
    one = machine("one")
    await one.company.admit("ada")
    await one.engine.start()
    await until(lambda: one.engine.last_tick is not None)
    one.engine._kept[0].cancel()
    await asyncio.sleep(0.2)
    for number in range(20):
        await one.company.dispatch(Said(f"key{number}", at("ada"), "quiz"))
        one.engine.wake()
    await asyncio.sleep(0.3)
    assert asked(url, JOBS, "drain") == 1
    other = machine("other")
    await other.engine.start()
    await until(lambda: len(other.chat.sent) == 20)
    await until(lambda: asked(url, JOBS, "drain") == 0)


async def test_two_share_a_bulk_and_nothing_is_sent_twice(machine: Build) -> None:
    machines = one, other = machine("one"), machine("other")
    rows = await bulk(one, 3 * IN_HAND)
    for each in machines:
        each.chat.opened.clear()
        await each.engine.start()
    await until(lambda: one.chat.begun == other.chat.begun == IN_HAND)
    for each in machines:
        each.chat.opened.set()
    await until(lambda: len(one.chat.sent) + len(other.chat.sent) >= len(rows))
    await asyncio.sleep(0.2)
    assert Counter(one.chat.sent + other.chat.sent) == Counter(rows)
    await _settled(one, len(rows))


async def test_a_long_bulk_is_many_short_jobs(
    machine: Build, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributed, "TURN", timedelta(seconds=0.2))
    one = machine("one", 0.2)
    rows = await bulk(one, 400)
    await one.engine.start()
    await until(lambda: len(one.chat.sent) == len(rows))
    assert asked(url, EVER) > 4
    await _settled(one, len(rows))


async def test_where_one_hangs_another_goes_on(machine: Build) -> None:
    one, other = machine("one"), machine("other")
    one.chat.opened.clear()
    rows = await bulk(one, IN_HAND + 30)
    await one.engine.start()
    await asyncio.sleep(0.5)
    await other.engine.start()
    await until(lambda: len(other.chat.sent) == 30)
    one.chat.opened.set()
    await until(lambda: len(one.chat.sent) == IN_HAND)
    assert Counter(one.chat.sent + other.chat.sent) == Counter(rows)


async def test_stopping_finishes_what_is_under_way_and_leaves_the_rest_to_others(machine: Build) -> None:
    one, other = machine("one", 0.2), machine("other")
    rows = await bulk(one, 3 * IN_HAND)
    await one.engine.start()
    await until(lambda: len(one.chat.sent) > 0)
    await one.engine.stop()
    sent = len(one.chat.sent)
    statuses = Counter(row.status for row in await one.store.outbox(len(rows)))
    assert statuses == {Status.SENT: sent, Status.PENDING: len(rows) - sent}
    await other.engine.start()
    await until(lambda: len(other.chat.sent) == len(rows) - sent)


async def test_what_a_killed_process_had_in_hand_goes_on_elsewhere(
    machine: Build, url: str, library: Library
) -> None:
    one = machine("one")
    rows = await bulk(one, 3 * IN_HAND)
    child = subprocess.Popen([sys.executable, "-c", CHILD, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    theirs = [json.loads(await asyncio.to_thread(child.stdout.readline)) for _ in range(10)]
    child.send_signal(signal.SIGKILL)
    theirs += [json.loads(line) for line in child.stdout.read().splitlines()]
    child.wait()
    child.stdout.close()
    await one.engine.start()
    held = [row for row in await one.store.outbox(len(rows)) if row.status is Status.SENDING]
    assert 0 < len(held) <= IN_HAND
    await until(lambda: len(one.chat.sent) >= len(rows) - len(theirs) - len(held))
    one.chat.can_tell = False  # so that the ones in hand are sent again
    for _ in range(2):  # the lease, the quarantine
        one.company.clock.pass_by(timedelta(seconds=61))
        await asyncio.sleep(1.5)
    await until(lambda: set(one.chat.sent + theirs) == set(rows))
    await _settled(one, len(rows))
    assert set(one.chat.sent) & set(theirs) <= {row.id for row in held}
    await until(lambda: asked(url, JOBS, "drain") == 0)


CHILD = """
import asyncio, json, sys
from pathlib import Path
from content.packs import load
from tests.bot.machines import Machine, without_campaigns
from tests.conftest import SUNDAY
from tests.fakes import FrozenClock

async def main():
    library = load(Path("content/packs/starter/programme.yaml"))
    machine = Machine("child", sys.argv[1], without_campaigns(library), FrozenClock(SUNDAY), 0.1)
    await machine.engine.start()
    said = 0
    while True:
        for delivery in machine.chat.sent[said:]:
            print(json.dumps(delivery), flush=True)
            said += 1
        await asyncio.sleep(0.01)

asyncio.run(main())
"""


async def test_procrastinates_tables_may_be_lost_at_any_time(machine: Build, url: str) -> None:
    one, other = machine("one", 0.3), machine("other", 0.3)
    rows = await bulk(one, 400)
    for each in (one, other):
        await each.engine.start()
    await until(lambda: len(one.chat.sent) + len(other.chat.sent) > 20)
    with psycopg.connect(url) as connection:
        connection.execute(f"DROP SCHEMA {namespace()} CASCADE")
    await one.company.dispatch(Said("key", at("ada"), "quiz"))
    await until(lambda: len(one.chat.sent) + len(other.chat.sent) > len(rows), 30)
    both = Counter(one.chat.sent + other.chat.sent)
    assert set(both.values()) == {1}
    assert set(rows) < set(both)
    await one.company.dispatch(Said("later", at("ada"), "quiz"))
    await until(lambda: len(one.chat.sent) + len(other.chat.sent) > len(both))


async def test_a_tick_of_several_plans_once(machine: Build) -> None:
    machines = one, other = machine("one"), machine("other")
    for who in ("ada", "tim", "grace"):
        await one.company.admit(who)
    weekly = Campaign.model_validate(
        {
            "id": "quiz",
            "title": "Weekly question",
            "pieces": ["oil-near-the-drain"],
            "cadence": {"repeat": "weekly", "days": ["mon"], "at": "09:30"},
            "starts": "2026-11-02",
        }
    )
    for each in machines:
        each.company.run_campaigns(weekly)
        each.engine._plan = each.company.plan
        each.engine._drain = each.company.drain
        await each.engine.start()
    await until(lambda: one.engine.last_tick is not None or other.engine.last_tick is not None)
    one.company.clock.move(SUNDAY + timedelta(days=1))
    await asyncio.gather(*(each.engine.tick() for each in machines))
    await until(lambda: len(one.chat.sent) + len(other.chat.sent) >= 3)
    await asyncio.gather(*(each.engine.tick() for each in machines))
    assert len(await one.store.outbox()) == 3
    kinds = Counter(entry.kind for entry in await one.store.entries())
    assert (kinds["planned"], kinds["assigned"]) == (1, 3)


async def test_while_one_plans_nobody_else_does(machine: Build) -> None:
    machines = one, other = machine("one"), machine("other")
    for each in machines:
        await each.engine.start()
    async with one.engine._jobs.alone() as first, other.engine._jobs.alone() as second:
        assert (first, second) == (True, False)
        before = one.engine.last_tick, other.engine.last_tick
        await asyncio.sleep(2.5)
        assert (one.engine.last_tick, other.engine.last_tick) == before
        await bulk(one, 5)  # what waits is drained all the same
        await until(lambda: len(one.chat.sent) + len(other.chat.sent) == 5)
    one.company.clock.pass_by(timedelta(seconds=1))
    await until(lambda: one.company.clock.now() in (one.engine.last_tick, other.engine.last_tick))


async def test_a_database_that_drops_every_connection_is_found_again(machine: Build, url: str) -> None:
    one = machine("one")
    await one.company.admit("ada")
    await one.engine.start()
    await until(lambda: one.engine.last_tick is not None)
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    with psycopg.connect(url) as connection:
        connection.execute(f"{drop} AND pid <> pg_backend_pid()")
    for number in range(3):  # what comes in meanwhile is refused, and comes again
        with suppress(OperationalError):
            await one.company.dispatch(Said(f"key{number}", at("ada"), "quiz"))
    await until(lambda: bool(one.chat.sent))


async def test_a_wake_that_cannot_be_passed_on_fails_nobody(machine: Build, url: str) -> None:
    one = machine("one")
    await one.company.admit("ada")
    await one.engine.start()
    with psycopg.connect(url) as connection:
        connection.execute(f"DROP SCHEMA {namespace()} CASCADE")
    outcome = await one.company.dispatch(Said("key", at("ada"), "quiz"))
    assert outcome.deliver
    await until(lambda: bool(one.chat.sent))


def test_a_user_who_may_not_make_the_tables_is_told_what_to_do(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE tim LOGIN")
    with pytest.raises(BadUrl, match=r"GRANT CREATE ON DATABASE catchball[0-9]+ TO tim"):
        prepare(url.replace("postgres@", "tim@"))


def test_whoever_comes_first_makes_the_tables_and_the_others_find_them(url: str) -> None:
    program = f"from bot.engine.namespace import prepare; prepare({url!r})"
    three = [subprocess.Popen([sys.executable, "-c", program], cwd=ROOT) for _ in "abc"]
    assert [process.wait(30) for process in three] == [0, 0, 0]
    prepare(url)
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'procrastinate_jobs'")
        assert found.fetchall() == [(namespace(),)]
        connection.execute(f"DROP TABLE {namespace()}.procrastinate_workers CASCADE")
    prepare(url)
    assert asked(url, "SELECT count(*) FROM procrastinate_workers") == 0
