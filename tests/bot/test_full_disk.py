"""A disk that is full, for people at Slack and Teams: nothing is lost in silence, nothing comes twice."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.engine.embedded import EmbeddedEngine
from bot.slack.chat import SlackChat
from bot.slack.tokens import Rotation
from content.campaigns import Campaign
from content.packs import Library
from handlers.deliver import LEASE, QUARANTINE
from handlers.model import Role, Room, Status
from handlers.ports import Full
from storage.store import Storage
from tests.bot.processes import serving
from tests.bot.slack_company import SlackCompany, slack_company
from tests.simulators.slack import SlackSimulator
from tests.simulators.slack_ledger import Json
from tests.simulators.slack_tokens import CLIENT_ID, CLIENT_SECRET, RotatingSlack
from tests.simulators.teams_house import house
from tests.simulators.teams_people import QUESTION
from tests.test_stories import TUESDAY_0930_BERLIN

REFUSED = "This did not reach us, because the disk of our server is full."
FAR_MORE = 10**18  # bytes that no disk has


@dataclass
class Disk:
    """A small disk of its own, which can be filled and emptied."""

    folder: Path

    def fill(self, leave: int = 0) -> None:
        """Until nothing more goes in, but for so many bytes; what the database's log holds free is taken from it."""
        with closing(sqlite3.connect(self.folder / "catchball.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        free = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
        (self.folder / "something else").write_bytes(b"x" * max(0, free - leave))

    def empty(self) -> None:
        (self.folder / "something else").unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", folder], capture_output=True)
    if mounted.returncode:
        pytest.skip("needs somebody who may mount a file system")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def store(disk: Disk) -> Iterator[Storage]:
    """A database on the small disk, which the watermark does not look at."""
    storage = Storage.open(f"sqlite:///{disk.folder}/catchball.db", version="test")
    storage.space.folder = None
    yield storage
    storage.close()


@pytest.fixture
async def town(store: Storage, library: Library) -> AsyncIterator[SlackCompany]:
    async with slack_company(store, library) as built:
        yield built


async def test_what_is_acknowledged_counts_and_the_rest_gets_a_sentence_and_counts_later(
    town: SlackCompany, disk: Disk
) -> None:
    people = [await town.arrives(f"ada{n}") for n in range(24)]
    for person in people:
        await town.asked(person)
    disk.fill(leave=90_000)
    for start in range(0, len(people), 4):
        await asyncio.gather(*(person.answers("A") for person in people[start : start + 4]))
    counted = [await town.answers(person) for person in people]
    told = [[shown.words for shown in person.screen.ephemeral] for person in people]
    replaced = [len(person.last.versions) for person in people]
    assert 0 < sum(counted) < len(people)
    assert replaced == counted
    assert [len(words) for words in told] == [1 - count for count in counted]
    assert all(words[0].startswith(REFUSED) for words in told if words)
    assert town.company.store.room() is Room.NONE

    disk.empty()
    await asyncio.gather(*(p.answers("A") for p, count in zip(people, counted, strict=True) if not count))
    assert [await town.answers(person) for person in people] == [1] * len(people)
    assert (await town.company.store.verify()).broken is None


async def test_an_event_is_answered_503_until_there_is_room_and_then_counts_once(
    town: SlackCompany, disk: Disk
) -> None:
    ada = await town.arrives("ada")
    disk.fill()
    event = {"type": "message", "channel": "D0ADA", "channel_type": "im", "user": "U0ADA", "text": "quiz"}
    for _ in range(2):
        assert (await town.reports.event(event, "Ev1"))[0] == 503
    disk.empty()
    for _ in range(2):
        assert (await town.reports.event(event, "Ev1"))[0] == 200
    await town.company.drain.everything()
    assert len(ada.screen.messages) == 1


class FillingSlack(SlackSimulator):
    """The disk is full by the time the first message has been shown."""

    disk: Disk

    def _answered(self, method: str, arguments: Json, authorization: str) -> Json:
        answer = super()._answered(method, arguments, authorization)
        if method == "chat.postMessage":
            self.disk.fill()
        return answer


async def test_a_card_whose_end_could_not_be_written_is_looked_for_and_not_sent_again(
    store: Storage, library: Library, disk: Disk
) -> None:
    slack = FillingSlack()
    slack.disk = disk
    async with slack_company(store, library, slack) as town:
        ada = await town.arrives("ada")
        assert (await ada.writes("quiz"))[0] == 200
        began = town.company.clock.now()
        with pytest.raises(Full):
            await town.company.drain.everything()
        assert town.company.clock.now() >= began + LEASE - timedelta(seconds=2)  # it was tried until the end
        sent = await town.newest(ada)
        assert (sent.status, len(ada.screen.messages)) == (Status.SENDING, 1)

        town.company.clock.pass_by(LEASE)
        with pytest.raises(Full):
            await town.company.drain.everything()
        disk.empty()
        await town.company.drain.everything()
        assert (await town.newest(ada)).status is Status.UNKNOWN
        town.company.clock.pass_by(QUARANTINE)
        await town.company.drain.everything()
        assert (await town.newest(ada)).status is Status.SENT
        assert [method for method, _ in slack.calls].count("chat.postMessage") == 1
        await ada.answers("A")
        assert await town.answers(ada) == 1


async def test_the_engine_goes_on_by_itself_when_there_is_room_and_leaves_no_traceback(
    town: SlackCompany, disk: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    engine = EmbeddedEngine(town.company.plan, town.company.drain, town.company.clock)
    ada = await town.arrives("ada")
    await ada.writes("quiz")
    disk.fill()
    await engine.start()
    await asyncio.sleep(5)
    assert ada.screen.messages == []
    disk.empty()
    async with asyncio.timeout(10):
        while not ada.screen.messages:
            await asyncio.sleep(0.1)
    await engine.stop()
    assert [record.message for record in caplog.records if record.exc_info] == []
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1


def test_healthz_is_red_below_the_mark_and_green_again_when_there_is_room(disk: Disk) -> None:
    def resize(size: str) -> None:
        subprocess.run(["mount", "-o", f"remount,size={size}", disk.folder], check=True)

    def seen() -> tuple[int, str, str]:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as answer:
                status, said = answer.status, json.load(answer)
        except urllib.error.HTTPError as red:
            status, said = red.code, json.load(red)
        return status, said["status"], said["disk"]

    resize("2g")  # of memory it takes only what is written
    with serving({"DATABASE_URL": f"sqlite:///{disk.folder}/catchball.db"}) as address:
        assert seen() == (200, "ready", "enough")
        resize("900m")
        assert seen() == (200, "ready", "low")
        resize("150m")
        assert seen() == (503, "disk full", "none")
        resize("2g")
        assert seen() == (200, "ready", "enough")


# below the mark, with the disk itself far from full


@pytest.fixture
def plenty(tmp_path: Path) -> Iterator[Storage]:
    storage = Storage.open(f"sqlite:///{tmp_path}/catchball.db", version="test")
    yield storage
    storage.close()


async def test_below_the_mark_presses_get_a_sentence_words_that_keep_nothing_an_answer_and_the_outbox_goes_on(
    plenty: Storage, library: Library
) -> None:
    async with slack_company(plenty, library) as town:
        ada, grace = await town.arrives("ada"), await town.arrives("grace")
        await town.company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
        await town.asked(ada)
        await grace.writes("quiz")
        plenty.space.least = FAR_MORE
        await ada.answers("A")
        assert ada.screen.ephemeral[-1].words.startswith(REFUSED)
        assert (await ada.writes("quiz"))[0] == 503
        await ada.types("/catchball help")
        assert "What you can type" in ada.screen.ephemeral[-1].words
        await grace.types("/catchball broadcast")
        assert grace.screen.modal is None
        assert "Whoever runs it has to free space" in grace.screen.ephemeral[-1].words
        await town.company.drain.everything()
        assert (await town.newest(grace)).status is Status.SENT
        plenty.space.least = 0
        await ada.answers("A")
        assert await town.answers(ada) == 1


async def test_below_the_mark_nothing_new_is_planned_and_afterwards_what_is_still_useful_is(
    plenty: Storage, library: Library
) -> None:
    async with slack_company(plenty, library) as town:
        ada = await town.arrives("ada")
        quiz = {
            "id": "quiz",
            "title": "Weekly question",
            "pieces": ["oil-near-the-drain"],
            "cadence": {"repeat": "weekly", "days": ["tue"], "at": "09:30"},
            "starts": "2026-11-02",
        }
        town.company.run_campaigns(Campaign.model_validate(quiz))
        await town.company.plan.tick()
        plenty.space.least = FAR_MORE
        town.company.clock.move(TUESDAY_0930_BERLIN)
        await town.company.go_on()
        assert ada.screen.messages == []
        plenty.space.least = 0
        town.company.clock.pass_by(timedelta(minutes=20))
        await town.company.go_on()
        assert len(ada.screen.messages) == 1


async def test_in_teams_a_press_gets_its_sentence_and_words_are_refused_so_that_they_may_be_sent_again(
    plenty: Storage, library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        slack_company(plenty, library) as town,
        house(tmp_path, monkeypatch, town.company.dispatch, clock=town.company.clock) as teams,
    ):
        await teams.people.installs(teams.ada)
        await teams.people.says(teams.ada, "quiz")
        asked = (await plenty.outbox(1))[0]
        message = await teams.shows(teams.ada, asked.card, asked.id)
        plenty.space.least = FAR_MORE
        seen = await teams.people.answers(teams.ada, message, "A")
        assert (seen.status, seen.tries, seen.text.startswith(REFUSED)) == (200, 1, True)
        assert (await teams.people.submits(teams.ada, message, "Certain", **{QUESTION: "A"})).status == 200
        assert teams.ada.messages[-1].text.startswith(REFUSED)
        refused = await teams.people.says(teams.ada, "quiz")
        assert (refused.status, refused.text.startswith(REFUSED)) == (503, True)
        plenty.space.least = 0
        await teams.people.answers(teams.ada, message, "A")
        assert len(await plenty.done(asked.id)) == 1


class FillingRotation(RotatingSlack):
    """The disk is full by the time new tokens have been made."""

    disk: Disk

    def _answered(self, method: str, arguments: Json, authorization: str) -> Json:
        answer = super()._answered(method, arguments, authorization)
        if method == "oauth.v2.access":
            self.disk.fill()
        return answer


async def test_tokens_that_were_renewed_on_a_full_disk_serve_and_are_kept_as_soon_as_there_is_room(
    store: Storage, disk: Disk
) -> None:
    async with FillingRotation() as slack:
        slack.disk = disk
        rotation = Rotation(slack.first.refresh, CLIENT_ID, CLIENT_SECRET, store)
        chat = SlackChat(slack.first.access, slack.url, slack.clock, rotation)
        await chat.start()
        await chat.web.auth_test()
        async with asyncio.timeout(10):
            while slack.renewals == 0:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.1)
        slack.first.revoked = True
        await chat.web.auth_test()
        disk.empty()
        await chat.stop()
        again = SlackChat(slack.first.access, slack.url, slack.clock, rotation)
        await again.start()
        await again.web.auth_test()
        await again.stop()
        assert slack.renewals == 1
