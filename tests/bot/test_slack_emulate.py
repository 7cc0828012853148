"""The same door against a Slack that others wrote: posts arrive there, and its signed events reach us."""

import asyncio
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.inbound import PATH, SlackDoor
from content.cards import Button, Buttons, Card, Text
from handlers.events import Joined, Said
from handlers.model import Address, Platform
from handlers.ports import Undeliverable
from tests import needs
from tests.fakes import NO_HURRY, FrozenClock
from tests.simulators.loopback import Loopback
from tests.simulators.slack_house import Script

pytestmark = pytest.mark.npm

HERE = Path(__file__).parent / "slack_emulate"
BOT, ADA, SECRET = "xoxb-emulated", "xoxp-ada", "emulated-signing-secret"
QUIZ = Card(
    title="Near miss",
    blocks=(
        Text(markdown="What **first**? <!channel>"),
        Buttons(buttons=(Button(label="A", verb="answered", value="A"),)),
    ),
)


class Emulated:
    """The door, its script, and the emulated Slack seen by Ada."""

    def __init__(
        self, door: SlackDoor, script: Script, url: str, ada: AsyncWebClient, address: Address
    ) -> None:
        self.door, self.script, self.url, self.ada, self.address = door, script, url, ada, address


@pytest.fixture(scope="module")
def installed() -> Path:
    """emulate, installed once for each state of the lock file, outside the repository."""
    npm = needs.program("npm")
    lock = (HERE / "package-lock.json").read_bytes()
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "catchball"
    folder = cache / f"slack-emulate-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules" / "emulate").exists():
        shutil.copytree(HERE, folder, dirs_exist_ok=True)
        subprocess.run([npm, "ci", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    shutil.copy(HERE / "serve.mjs", folder)
    return folder


@pytest.fixture
async def emulated(installed: Path) -> AsyncIterator[Emulated]:
    node = needs.program("node")
    script = Script()
    doors: list[SlackDoor] = []

    async def forward(request: web.Request) -> web.StreamResponse:
        handler = doors[0].routes()[0].handler
        answer: web.StreamResponse = await handler(request)
        return answer

    server = Loopback([web.post(PATH, forward)])
    await server.start()
    process = await asyncio.create_subprocess_exec(
        *(node, "serve.mjs", BOT, ADA, SECRET, server.url + PATH),
        cwd=installed,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin
    assert process.stdout
    url = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().strip() + "/api/"
    door = SlackDoor(BOT, SECRET, "", url, script, FrozenClock(datetime.now(UTC)))
    doors.append(door)
    await door.start()
    ada = AsyncWebClient(ADA, base_url=url)
    me = await ada.auth_test()
    try:
        yield Emulated(door, script, url, ada, Address(Platform.SLACK, me["team_id"], me["user_id"]))
    finally:
        await door.stop()
        process.stdin.close()
        await asyncio.wait_for(process.wait(), 10)
        await server.stop()


async def test_a_card_is_posted_there_and_found_again_by_its_delivery_id(emulated: Emulated) -> None:
    since = datetime.now(UTC)
    receipt = await emulated.door.chat.send(emulated.address, QUIZ, "d1", before=NO_HURRY)
    history = await emulated.ada.conversations_history(
        channel=receipt.conversation, include_all_metadata=True
    )
    (seen,) = history["messages"]
    assert (seen["ts"], seen["text"]) == (receipt.message, "Near miss")
    assert [block["type"] for block in seen["blocks"]] == ["header", "rich_text", "actions"]
    assert await emulated.door.chat.find(emulated.address, "d1", since) == receipt
    assert await emulated.door.chat.find(emulated.address, "d2", since) == "absent"


async def test_words_typed_there_reach_us_signed_with_the_person_s_profile(emulated: Emulated) -> None:
    receipt = await emulated.door.chat.send(emulated.address, QUIZ, "d1", before=NO_HURRY)
    await emulated.ada.chat_postMessage(channel=receipt.conversation, text="pause 1 week")
    joined, said = emulated.script.received
    assert isinstance(joined, Joined)
    assert (joined.name, joined.email) == ("Ada", "ada@example.org")
    assert isinstance(said, Said)
    assert (said.text, said.address.conversation) == ("pause 1 week", receipt.conversation)


async def test_a_changed_profile_there_reaches_us(emulated: Emulated) -> None:
    emulated.script.known.add(emulated.address.user)
    await emulated.ada.users_profile_set(profile={"real_name": "Ada Lovelace"})
    (joined,) = emulated.script.of(Joined)
    assert isinstance(joined, Joined)
    assert joined.name == "Ada Lovelace"


async def test_whoever_is_not_there_is_undeliverable(emulated: Emulated) -> None:
    with pytest.raises(Undeliverable):
        await emulated.door.chat.send(
            Address(Platform.SLACK, "T000000001", "U0NOBODY"), QUIZ, "d1", before=NO_HURRY
        )
