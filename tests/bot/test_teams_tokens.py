"""The token a bot sends with: fetched once, off the loop, in time, and not for ever when it is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from pathlib import Path

import pytest

from content.cards import Card
from handlers.model import Receipt
from handlers.ports import TryLater
from tests.fakes import NO_HURRY
from tests.simulators.teams_house import House, Inbox, house

CARD = Card(title="Good morning")


@pytest.fixture
def teams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, Inbox())


async def refusal(sending: Awaitable[Receipt]) -> TryLater:
    with pytest.raises(TryLater) as caught:
        await sending
    return caught.value


async def test_one_token_serves_many_messages(teams) -> None:
    async with teams as house:
        for member in (house.ada, house.grace, house.marie):
            sends = (
                house.door.chat.send(house.address(member), CARD, f"d{n}", before=NO_HURRY) for n in range(6)
            )
            await asyncio.gather(*sends)
        assert [len(member.messages) for member in (house.ada, house.grace, house.marie)] == [6, 6, 6]
        assert house.authority.token_requests == 1


async def test_the_token_endpoint_never_blocks_the_loop(teams) -> None:
    async with teams as house:
        house.authority.token_delay = 0.6
        sending = asyncio.create_task(
            house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)
        )
        loop, longest = asyncio.get_running_loop(), 0.0
        while not sending.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
        await sending
        assert longest < 0.4


async def test_a_token_is_replaced_before_it_ends_while_the_old_one_still_serves(teams) -> None:
    async with teams as house:
        await house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)
        house.clock.pass_by(timedelta(minutes=57))
        house.authority.token_delay = 0.2
        await house.door.chat.send(house.address(house.ada), CARD, "d2", before=NO_HURRY)
        await asyncio.sleep(0.5)
        house.clock.pass_by(timedelta(minutes=10))
        await house.door.chat.send(house.address(house.ada), CARD, "d3", before=NO_HURRY)
        assert house.authority.token_requests == 2
        assert len(house.ada.messages) == 3


async def test_a_refused_token_is_replaced_once_and_then_everybody_waits(teams) -> None:
    async with teams as house:
        await house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)
        house.clock.pass_by(timedelta(minutes=5))
        house.authority.revoke()
        first = await refusal(house.door.chat.send(house.address(house.ada), CARD, "d2", before=NO_HURRY))
        assert not first.whole_workspace
        await house.door.chat.send(house.address(house.ada), CARD, "d2", before=NO_HURRY)
        house.authority.revoke()
        second = await refusal(house.door.chat.send(house.address(house.ada), CARD, "d3", before=NO_HURRY))
        assert second.whole_workspace
        assert house.authority.token_requests == 2


async def test_a_wrong_secret_is_tried_later_by_everybody_and_the_log_says_what_to_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with house(tmp_path, monkeypatch, Inbox(), secret="old") as teams:
        later = await refusal(teams.door.chat.send(teams.address(teams.ada), CARD, "d1", before=NO_HURRY))
        assert later.whole_workspace
        assert "MicrosoftAppPassword" in caplog.text
        assert teams.ada.messages == []
