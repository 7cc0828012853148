"""A message that could not leave before its moment does not leave at all, whatever held it up."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.slack.chat import SlackChat
from content.cards import Card, Text
from handlers.events import Outcome
from handlers.model import Address, Platform
from handlers.ports import TryLater
from tests.simulators.slack import BOT_TOKEN, SlackSimulator
from tests.simulators.slack_ledger import TEAM
from tests.simulators.teams_house import Inbox, house

CARD = Card(title="Why quality", blocks=(Text(markdown="Because."),))
A_MOMENT_AGO = timedelta(milliseconds=1)


async def test_slack_gets_nothing_that_comes_too_late() -> None:
    async with SlackSimulator() as slack:
        slack.add("U0ADA", "Ada", "ada@example.org")
        chat = SlackChat(BOT_TOKEN, slack.url, slack.clock)
        await chat.start()
        ada = Address(Platform.SLACK, TEAM, "U0ADA")
        with pytest.raises(TryLater, match="no time left"):
            await chat.send(ada, CARD, "d1", before=slack.clock.now() - A_MOMENT_AGO)
        await chat.stop()
        assert slack.screens["U0ADA"].messages == []


async def test_teams_gets_nothing_that_comes_too_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house(tmp_path, monkeypatch, Inbox(Outcome())) as teams:
        with pytest.raises(TryLater, match="no time left"):
            await teams.door.chat.send(
                teams.address(teams.ada), CARD, "d1", before=teams.clock.now() - A_MOMENT_AGO
            )
        assert teams.ada.messages == []
