"""A database that is slow or away: people hear of it in time, nothing counts twice, and all goes on by itself."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app import VERSION, House
from bot.config import Settings
from bot.engine.distributed import DistributedEngine
from content.packs import Library
from handlers.model import Status
from storage.engine import libpq
from storage.store import Storage
from tests.bot.slack_company import SlackCompany, slack_company
from tests.restarts import Server, server
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_ledger import Json

__all__ = ["server"]

SLACK_WAITS = 3.0  # seconds
REFUSED = "This did not reach us in time, because our database is busy or being restarted."


@contextmanager
def locked(path: Path, seconds: float) -> Iterator[None]:
    """Another process holds SQLite's one write lock, for so long or until the block ends."""
    script = (
        "import sqlite3, sys, time\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE'); print('locked', flush=True)\n"
        "time.sleep(float(sys.argv[2])); c.execute('COMMIT')\n"
    )
    words = [sys.executable, "-c", script, str(path), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
        process.wait(20)


async def timed(act: Awaitable[object]) -> float:
    """How long it took until the platform had its answer, in seconds."""
    began = time.monotonic()
    await act
    return time.monotonic() - began


async def test_a_press_while_another_process_writes_is_answered_in_time_and_counts_once(
    tmp_path: Path, library: Library
) -> None:
    path = tmp_path / "catchball.db"
    store = Storage.open(f"sqlite:///{path}", version="test")
    async with slack_company(store, library) as town:
        ada = await town.arrives("ada")
        await town.asked(ada)
        with locked(path, 3.5):
            assert await timed(ada.answers("A")) < SLACK_WAITS
            assert ada.screen.ephemeral[-1].words.startswith(REFUSED)
            assert await timed(ada.writes("help")) < SLACK_WAITS
        assert ada.screen.warnings == []
        await ada.answers("A")
        assert (await town.answers(ada), len(ada.last.versions)) == (1, 1)
    store.close()


async def test_a_press_that_waits_two_seconds_for_the_lock_is_answered_in_time_one_way_or_the_other(
    tmp_path: Path, library: Library
) -> None:
    path = tmp_path / "catchball.db"
    store = Storage.open(f"sqlite:///{path}", version="test")
    async with slack_company(store, library) as town:
        people = [await town.arrives(f"ada{n}") for n in range(5)]
        for person in people:
            await town.asked(person)
        with locked(path, 2):
            took = await asyncio.gather(*(timed(person.answers("A")) for person in people))
        assert max(took) < SLACK_WAITS
        for person in people:
            assert len(person.last.versions) + len(person.screen.ephemeral) == 1
            await person.answers("A")
        assert [await town.answers(person) for person in people] == [1] * 5
    store.close()


def _engine(town: SlackCompany, server: Server) -> DistributedEngine:
    address = libpq(server.url)
    assert address
    return DistributedEngine(town.company.plan, town.company.drain, town.company.clock, address)


def _said(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What we warned of ourselves: Procrastinate leaves a traceback for each worker that is thrown out."""
    ours = ("bot.", "handlers.", "storage.")
    return [r for r in caplog.records if r.levelno >= logging.WARNING and r.name.startswith(ours)]


async def _until_shown(town: SlackCompany, user: str, messages: int) -> None:
    async with asyncio.timeout(20):
        while len(town.slack.screens[user].messages) < messages:
            await asyncio.sleep(0.05)


@pytest.mark.postgres
async def test_while_postgresql_is_restarted_people_hear_of_it_and_then_all_goes_on_by_itself(
    server: Server, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    store = await asyncio.to_thread(lambda: Storage.open(server.url, version="test"))
    async with slack_company(store, library) as town:
        engine = _engine(town, server)
        house = House(
            Settings.read({}), library, store, town.company.clock, town.company.desk, {}, engine,
            town.company.dispatch,
        )  # fmt: skip
        await engine.start()
        ada = await town.arrives("ada")
        await ada.writes("quiz")
        await _until_shown(town, "U0ADA", 1)
        assert (await house.health())["status"] == "ready"

        await asyncio.to_thread(server.stop)
        assert await timed(ada.answers("A")) < SLACK_WAITS
        assert ada.screen.ephemeral[-1].words.startswith(REFUSED)
        assert (await ada.writes("quiz"))[0] == 503
        assert (await house.health())["status"] == "no database"
        await asyncio.sleep(6)  # some beats and ticks with nothing behind them
        await asyncio.to_thread(server.start)

        assert (await house.health())["version"] == VERSION
        assert await timed(ada.answers("A")) < SLACK_WAITS
        assert await town.answers(ada) == 1
        await ada.writes("quiz")
        await _until_shown(town, "U0ADA", 2)
        await engine.stop()
        assert (await town.newest(ada)).status is Status.SENT
    store.close()
    assert not any(record.exc_info for record in _said(caplog))
    assert len(_said(caplog)) < 5


@pytest.mark.postgres
async def test_a_restart_between_two_presses_is_noticed_by_nobody(server: Server, library: Library) -> None:
    store = await asyncio.to_thread(lambda: Storage.open(server.url, version="test"))
    async with slack_company(store, library) as town:
        ada = await town.arrives("ada")
        await town.asked(ada)
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        await ada.answers("A")
        assert (await town.answers(ada), ada.screen.ephemeral) == (1, [])
    store.close()


class LastWords(SlackSimulator):
    """The database is stopped by the time the first message has been shown."""

    server: Server

    def _answered(self, method: str, arguments: Json, authorization: str) -> Json:
        answer = super()._answered(method, arguments, authorization)
        if method == "chat.postMessage":
            self.server.stop()
        return answer


@pytest.mark.postgres
async def test_a_card_that_was_shown_as_postgresql_went_away_is_looked_for_and_not_sent_again(
    server: Server, library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    store = await asyncio.to_thread(lambda: Storage.open(server.url, version="test"))
    slack = LastWords()
    slack.server = server
    async with slack_company(store, library, slack) as town:
        engine = _engine(town, server)
        ada = await town.arrives("ada")
        await ada.writes("quiz")
        await engine.start()
        await _until_shown(town, "U0ADA", 1)
        await asyncio.sleep(3)
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(20):
            while (found := await town.newest(ada)).status is not Status.SENT:
                town.company.clock.pass_by(timedelta(seconds=30))
                await asyncio.sleep(0.5)
        await engine.stop()
        assert (len(ada.screen.messages), found.attempt) == (1, 1)
    store.close()
    assert not any(record.exc_info for record in _said(caplog))
