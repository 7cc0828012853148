"""Tokens that end after twelve hours: renewed in time and once, kept sealed, and said loudly when they are lost."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.slack import renewal
from bot.slack.chat import SlackChat
from bot.slack.tokens import NAME, Rotation
from content.cards import Card, Text
from handlers.model import Address, Platform, Receipt
from handlers.ports import TryLater
from storage.store import Storage
from tests.bot.processes import CLEAN, ROOT, free_port
from tests.databases import prepared
from tests.fakes import NO_HURRY
from tests.simulators.slack import BOT_TOKEN, SIGNING_SECRET, Fault, SlackSimulator, refused
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_tokens import CLIENT_ID, CLIENT_SECRET, Issued, RotatingSlack

ADA = Address(Platform.SLACK, TEAM, "U0ADA", "D0ADA")
CARD = Card(title="Good morning", blocks=(Text(markdown="Here we are."),))
HALF_A_DAY = timedelta(hours=12)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return prepared(tmp_path / "catchball.db")


@pytest.fixture
def store(url: str) -> Iterator[Storage]:
    storage = Storage.open(url, version="test")
    yield storage
    storage.close()


@pytest.fixture
async def slack() -> AsyncIterator[RotatingSlack]:
    async with RotatingSlack() as simulator:
        simulator.add("U0ADA", "Ada", "ada@example.org")
        yield simulator


@asynccontextmanager
async def process(
    slack: SlackSimulator, store: Storage, pair: Issued, secret: str = CLIENT_SECRET
) -> AsyncIterator[SlackChat]:
    """What one process has of Slack, from its start to its end. pair: what its settings say."""
    chat = SlackChat(pair.access, slack.url, slack.clock, Rotation(pair.refresh, CLIENT_ID, secret, store))
    await chat.start()
    try:
        yield chat
    finally:
        await chat.stop()


async def send(chat: SlackChat, delivery: str, to: Address = ADA) -> Receipt:
    """As the outbox does: what is to be tried again at once is tried again."""
    for _ in range(3):
        try:
            return await chat.send(to, CARD, delivery, before=NO_HURRY)
        except TryLater as later:
            if later.after:
                raise
    raise AssertionError("put off three times")


def shown(slack: SlackSimulator) -> int:
    return len(slack.screens["U0ADA"].messages)


async def settled(chat: SlackChat) -> None:
    """Waits until no renewal is under way."""
    renewing = chat._tokens._renewing  # type: ignore[attr-defined]
    if renewing is not None:
        await renewing


async def test_the_pair_that_was_set_is_renewed_at_once_and_serves_meanwhile(
    slack: RotatingSlack, store: Storage
) -> None:
    async with process(slack, store, slack.first) as chat:
        await chat.web.auth_test()
        await settled(chat)
        await chat.web.auth_test()
    assert slack.renewals == 1


async def test_a_token_is_renewed_two_hours_before_its_end_and_not_earlier(
    slack: RotatingSlack, store: Storage
) -> None:
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d0")
        await settled(chat)
        slack.clock.pass_by(timedelta(hours=9, minutes=59))
        await send(chat, "d1")
        await settled(chat)
        assert slack.renewals == 1
        slack.clock.pass_by(timedelta(minutes=2))
        await send(chat, "d2")
        await settled(chat)
        assert slack.renewals == 2
        await send(chat, "d3")
    assert shown(slack) == 4


async def test_a_token_that_ends_in_the_middle_of_many_messages_costs_none_of_them(
    slack: RotatingSlack, store: Storage
) -> None:
    people = [slack.add(f"U0P{n}", f"P{n}", f"p{n}@example.org") for n in range(60)]
    async with process(slack, store, slack.first) as chat:
        await send(chat, "first")
        await settled(chat)

        async def one(number: int) -> None:
            if number == 20:
                slack.clock.pass_by(HALF_A_DAY)
            if number == 40:
                slack.pairs[-1].revoked = True
                slack.clock.pass_by(timedelta(minutes=2))
            await send(
                chat, f"d{number}", Address(Platform.SLACK, TEAM, people[number].id, people[number].chat)
            )

        for start in range(0, 60, 10):
            await asyncio.gather(*map(one, range(start, start + 10)))
    assert [len(slack.screens[person.id].messages) for person in people] == [1] * 60
    assert slack.renewals == 3


async def test_reads_that_meet_the_end_of_a_token_are_made_once_more(
    slack: RotatingSlack, store: Storage
) -> None:
    async with process(slack, store, slack.first) as chat:
        receipt = await send(chat, "d1")
        await settled(chat)
        slack.clock.pass_by(timedelta(minutes=2))
        slack.pairs[-1].revoked = True
        assert await chat.find(ADA, "d1", slack.now() - timedelta(days=1)) == receipt
    assert slack.renewals == 2


@pytest.mark.parametrize("processes", [2, 5])
async def test_processes_that_need_a_new_token_at_once_renew_it_once(
    slack: RotatingSlack, url: str, processes: int
) -> None:
    stores = [Storage.open(url, version="test") for _ in range(processes)]
    doors = [process(slack, store, slack.first) for store in stores]
    chats = [await door.__aenter__() for door in doors]
    await asyncio.gather(*(send(chat, f"a{n}") for n, chat in enumerate(chats)))
    await asyncio.gather(*map(settled, chats))
    assert slack.renewals == 1
    slack.clock.pass_by(HALF_A_DAY)
    await asyncio.gather(*(send(chat, f"b{n}") for n, chat in enumerate(chats)))
    assert slack.renewals == 2
    assert shown(slack) == 2 * processes
    assert not any(pair.dead for pair in slack.pairs)
    for door, store in zip(doors, stores, strict=True):
        await door.__aexit__(None, None, None)
        store.close()


async def test_a_server_and_a_worker_that_start_together_renew_it_once(
    slack: RotatingSlack, url: str
) -> None:
    slack.clock = SystemClock()
    slack.first.expires = slack.now() + HALF_A_DAY
    env = CLEAN | {
        "DATABASE_URL": url,
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": slack.first.access,
        "SLACK_REFRESH_TOKEN": slack.first.refresh,
        "SLACK_CLIENT_ID": CLIENT_ID,
        "SLACK_CLIENT_SECRET": CLIENT_SECRET,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "LOG_LEVEL": "DEBUG",
    }
    words = [sys.executable, "-m", "bot"]
    Storage.open(url, version="test").close()
    started = [
        await asyncio.create_subprocess_exec(
            *words, command, env=env | {"PORT": str(free_port())}, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        for command in ("serve", "work", "work")
    ]
    async with asyncio.timeout(60):
        while [method for method, _ in slack.calls].count("auth.test") < 3 or not slack.renewals:
            await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    for process_ in started:
        process_.send_signal(signal.SIGTERM)
    logs = "".join([(await process_.communicate())[1].decode() for process_ in started])
    assert slack.renewals == 1
    assert "Traceback" not in logs
    assert not any(pair.access in logs or pair.refresh in logs for pair in slack.pairs)
    assert CLIENT_SECRET not in logs


async def test_a_restart_goes_on_with_the_newest_pair_and_not_with_the_settings(
    slack: RotatingSlack, store: Storage
) -> None:
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d1")
    slack.clock.pass_by(timedelta(hours=13))
    for number in range(3):
        async with process(slack, store, slack.first) as chat:
            await send(chat, f"again{number}")
    assert (slack.renewals, shown(slack)) == (2, 4)


async def test_a_pair_that_an_administrator_sets_anew_goes_before_the_kept_one_for_all_processes(
    slack: RotatingSlack, store: Storage
) -> None:
    async with process(slack, store, slack.first) as old:
        await send(old, "d1")
        await settled(old)
        slack.pairs[-1].dead = slack.pairs[-1].revoked = True  # the app was installed again
        installed = slack.issue()
        async with process(slack, store, installed) as new:
            await send(new, "d2")
            await settled(new)
        slack.clock.pass_by(timedelta(minutes=2))
        await send(old, "d3")
    async with process(slack, store, slack.first) as late:  # with the settings of before
        await send(late, "d4")
    assert (slack.renewals, shown(slack)) == (2, 4)


async def test_an_answer_that_was_lost_is_asked_for_again_within_slack_s_grace(
    store: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(renewal, "PAUSE", 0.05)
    async with RotatingSlack(grace=timedelta(minutes=1)) as slack:
        slack.add("U0ADA", "Ada", "ada@example.org")
        slack.fail("oauth.v2.access", Fault(reset=True, accepted=True), Fault(503, "gateway", accepted=True))
        async with process(slack, store, slack.first) as chat:
            await send(chat, "d1")
            await settled(chat)
            slack.clock.pass_by(timedelta(hours=11))
            await send(chat, "d2")
            await settled(chat)
            await send(chat, "d3")
        assert (slack.renewals, shown(slack)) == (4, 3)
        assert "was lost" in caplog.text


async def test_where_slack_gives_no_grace_the_old_token_serves_and_the_log_says_what_to_do(
    slack: RotatingSlack, store: Storage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(renewal, "PAUSE", 0.05)
    slack.fail("oauth.v2.access", Fault(reset=True, accepted=True))
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d1")
        await settled(chat)
        await send(chat, "d2")
        assert "SLACK_REFRESH_TOKEN" in caplog.text
        assert "start again" in caplog.text
        slack.clock.pass_by(HALF_A_DAY)
        with pytest.raises(TryLater) as later:
            await send(chat, "d3")
        assert later.value.whole_workspace
    installed = slack.issue()
    async with process(slack, store, installed) as chat:
        await send(chat, "d3")
    assert shown(slack) == 3


async def test_a_renewal_that_could_not_be_asked_for_spends_nothing_and_is_tried_again(
    slack: RotatingSlack, store: Storage
) -> None:
    slack.fail("oauth.v2.access", refused("ratelimited", 429))
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d1")
        await settled(chat)
        assert slack.renewals == 0
        slack.clock.pass_by(timedelta(minutes=1))
        await send(chat, "d2")
        await settled(chat)
    assert slack.renewals == 1


async def test_a_process_that_died_while_it_renewed_holds_up_the_others_for_no_longer_than_its_lease(
    slack: RotatingSlack, url: str, store: Storage
) -> None:
    other = Storage.open(url, version="test")
    async with process(slack, other, slack.first) as chat:
        slack.fail("oauth.v2.access", Fault(hang=True))
        await send(chat, "d1")
        await asyncio.sleep(0.1)
        chat._tokens._renewing.cancel()  # type: ignore[attr-defined]
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d2")  # with the first token, while the lease lasts
        slack.clock.pass_by(timedelta(seconds=31))
        await settled(chat)
    assert (slack.renewals, shown(slack)) == (1, 2)
    other.close()


async def test_what_is_kept_is_sealed_and_neither_log_nor_repr_shows_a_token(
    slack: RotatingSlack, store: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        async with process(slack, store, slack.first) as chat:
            await send(chat, "d1")
            await settled(chat)
    kept = await store.recall_value(NAME)
    assert kept
    rotation = Rotation(slack.first.refresh, CLIENT_ID, CLIENT_SECRET, store)
    for text in (kept, caplog.text, repr(rotation)):
        assert not any(pair.access in text or pair.refresh in text for pair in slack.pairs)
        assert CLIENT_SECRET not in text


async def test_with_another_client_secret_nothing_is_spent_and_the_log_says_what_to_do(
    slack: RotatingSlack, store: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    async with process(slack, store, slack.first) as chat:
        await send(chat, "d1")
    async with process(slack, store, slack.first, secret="another") as chat:
        await send(chat, "d2")  # the first token has not ended yet
        await settled(chat)
    assert slack.renewals == 1
    assert "sealed with another SLACK_CLIENT_SECRET" in caplog.text


async def test_a_token_that_lasts_is_used_as_it_always_was() -> None:
    async with SlackSimulator() as slack:
        slack.add("U0ADA", "Ada", "ada@example.org")
        chat = SlackChat(BOT_TOKEN, slack.url, slack.clock)
        await chat.start()
        await send(chat, "d1")
        slack.fail("chat.postMessage", refused("token_expired"))
        with pytest.raises(TryLater, match="SLACK_REFRESH_TOKEN"):
            await send(chat, "d2")
        await chat.stop()
        assert [method for method, _ in slack.calls] == ["chat.postMessage"] * 2
