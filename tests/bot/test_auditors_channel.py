"""The auditor's channel: each hour's checkpoint is posted there, once; where it cannot be the log says what to do."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import BadSetting, Settings
from bot.notary import HouseNotary
from bot.slack.chat import SlackChat
from content.cards import Card
from handlers.drain import Drain
from handlers.model import Address, Platform, Reason, Status
from handlers.ports import Chat, Undeliverable
from tests.conftest import Company
from tests.fakes import NO_HURRY
from tests.simulators.slack import BOT_TOKEN, SlackSimulator, refused
from tests.simulators.slack_ledger import TEAM
from tests.simulators.teams import TENANT
from tests.simulators.teams_house import House, Inbox, house
from tests.simulators.teams_people import texts

HOUR = timedelta(hours=1)
SLACKS, TEAMS = "C0AUDIT", "19:audit@thread.tacv2"
SETTINGS = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_SIGNING_SECRET": "secret",
    "LEDGER_SLACK_CHANNEL": SLACKS,
    "MicrosoftAppId": "app",
    "MicrosoftAppPassword": "password",
    "MicrosoftAppTenantId": TENANT,
    "LEDGER_TEAMS_CHANNEL": TEAMS,
}


def given(company: Company, tmp_path: Path, platform: Platform, chat: Chat) -> None:
    """The company reaches its people there, and names a channel."""
    names = [name for name in SETTINGS if ("LEDGER" not in name) or platform.upper() in name]
    settings = {name: SETTINGS[name] for name in names} | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/catchball.db"
    }
    company.furnish(replace(company.desk, notary=HouseNotary(Settings.read(settings), "1.2.3")))
    company.drain = Drain(company.desk, {platform: chat}, owner="test")


@pytest.fixture
async def slack(company: Company, tmp_path: Path) -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator(company.clock) as simulator:
        simulator.add("U0ADA", "Ada", "ada@example.org")
        chat = SlackChat(BOT_TOKEN, simulator.url, company.clock)
        await chat.start()
        given(company, tmp_path, Platform.SLACK, chat)
        yield simulator
        await chat.stop()


async def hours(company: Company, number: int) -> None:
    for _ in range(number):
        await company.go_on()
        company.clock.pass_by(HOUR)


async def test_each_hour_stands_in_slacks_channel_once_with_its_fingerprint(
    company: Company, slack: SlackSimulator
) -> None:
    slack.channels.add(SLACKS)
    await company.admit("ada", addresses=(Address(Platform.SLACK, TEAM, "U0ADA"),))
    await hours(company, 3)
    await company.go_on()
    await company.go_on()
    posted = slack.screens[SLACKS].messages
    made = await company.store.checkpoints.after(0)
    assert len(posted) == len(made) == 4
    for shown, checkpoint in zip(posted, made, strict=True):
        assert checkpoint.short in shown.words
        assert shown.metadata["event_payload"] == {"delivery_id": f"checkpoint-{checkpoint.number}-slack"}  # type: ignore[index]
    assert slack.screens["U0ADA"].messages == []
    row = await company.store.delivery("checkpoint-1-slack")
    assert row is not None
    assert (row.status, row.person, row.receipt) == (Status.SENT, "", posted[0].ts)
    tally = (await company.store.tallies("all", company.clock.now() - 24 * HOUR, company.clock.now()))[0]
    assert tally.audience == 0  # on no roster, so in no number


async def test_before_anybody_is_known_in_slack_nothing_is_posted(
    company: Company, slack: SlackSimulator
) -> None:
    await company.admit("ada")
    await hours(company, 2)
    assert slack.calls == []


@pytest.mark.parametrize(
    ("closed", "reason", "told"),
    [
        ("not_in_channel", Reason.NOT_INSTALLED, "Invite the app to that channel."),
        ("channel_not_found", Reason.NOBODY, "Copy the channel's id again, and where it is a private one"),
        ("is_archived", Reason.LEFT, "The channel is archived: name another one."),
    ],
)
async def test_a_channel_that_does_not_take_it_is_a_reason_and_a_line_in_the_log(
    company: Company,
    slack: SlackSimulator,
    closed: str,
    reason: Reason,
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    slack.closed[SLACKS] = closed
    await company.admit("ada", addresses=(Address(Platform.SLACK, TEAM, "U0ADA"),))
    with caplog.at_level(logging.WARNING, logger="bot.notary"):
        await hours(company, 3)
    row = await company.store.delivery("checkpoint-1-slack")
    assert row is not None
    assert (row.status, row.reason, row.code) == (Status.FAILED, reason, closed)
    assert {method for method, _ in slack.calls} == {
        "chat.postMessage"
    }  # no conversation is opened with nobody
    (said,) = caplog.messages
    assert said.startswith(
        f"LEDGER_SLACK_CHANNEL: a checkpoint did not get there: {reason} ({closed}). {told}"
    )


async def test_while_slack_is_away_an_hour_waits_for_the_next_which_takes_its_place(
    company: Company, slack: SlackSimulator
) -> None:
    slack.channels.add(SLACKS)
    await company.admit("ada", addresses=(Address(Platform.SLACK, TEAM, "U0ADA"),))
    slack.fail("chat.postMessage", refused("account_inactive"))
    await company.go_on()
    company.clock.pass_by(HOUR + timedelta(minutes=1))
    await company.go_on()
    first, second = [await company.store.delivery(f"checkpoint-{number}-slack") for number in (1, 2)]
    assert first is not None
    assert second is not None
    assert (first.status, first.reason) == (Status.EXPIRED, Reason.THROTTLED)
    assert second.status is Status.PENDING
    assert slack.screens[SLACKS].messages == []


async def test_what_is_in_doubt_in_a_channel_is_posted_again_for_slack_does_not_let_us_look(
    company: Company, slack: SlackSimulator
) -> None:
    slack.channels.add(SLACKS)
    await company.admit("ada", addresses=(Address(Platform.SLACK, TEAM, "U0ADA"),))
    slack.fail("chat.postMessage", refused("internal_error", 500))
    slack.fail("conversations.history", refused("missing_scope"))
    await company.go_on()
    company.clock.pass_by(timedelta(minutes=2))
    await company.go_on()
    row = await company.store.delivery("checkpoint-1-slack")
    assert row is not None
    assert row.status is Status.SENT
    assert len(slack.screens[SLACKS].messages) == 1


@pytest.fixture
async def teams(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with house(tmp_path, monkeypatch, Inbox(), clock=company.clock) as found:
        given(company, tmp_path, Platform.TEAMS, found.door.chat)
        yield found


async def _staff(company: Company, teams: House) -> None:
    """Somebody was written to, so that it is known where Teams takes what is for this tenant."""
    await company.admit("ada", addresses=(teams.address(teams.ada),))
    await teams.door.chat.answer(teams.address(teams.ada), "Hello.")


async def test_each_hour_stands_in_teams_channel_as_a_card(company: Company, teams: House) -> None:
    posts = teams.teams.posts[TEAMS] = []
    await _staff(company, teams)
    await hours(company, 2)
    made = await company.store.checkpoints.after(0)
    assert len(posts) == len(made) == 2
    assert [made[0].short in " ".join(texts(post.card)) for post in posts] == [True, False]
    assert posts[0].summary.startswith("Log of 22 November 2026")


async def test_a_team_without_the_app_is_a_reason_and_a_line_in_the_log(
    company: Company, teams: House, caplog: pytest.LogCaptureFixture
) -> None:
    await _staff(company, teams)
    with caplog.at_level(logging.WARNING, logger="bot.notary"):
        await hours(company, 2)
    row = await company.store.delivery("checkpoint-1-teams")
    assert row is not None
    assert (row.status, row.reason) == (Status.FAILED, Reason.NOT_INSTALLED)
    (said,) = caplog.messages
    assert said.startswith("LEDGER_TEAMS_CHANNEL: ")
    assert said.endswith("Add the app to that channel's team.")


async def test_nothing_of_the_channel_is_sent_to_a_host_that_may_not_have_the_token(teams: House) -> None:
    """Where somebody is written to at another host, that refusal does not make it the tenant's."""
    elsewhere = replace(teams.address(teams.ada), service_url="https://elsewhere.example/")
    for address in (elsewhere, Address(Platform.TEAMS, TENANT, "", TEAMS)):
        with pytest.raises(Undeliverable, match="not allowed") as caught:
            await teams.door.chat.send(address, Card(title="Log"), "d1", before=NO_HURRY)
    assert "smba.trafficmanager.net" in str(caught.value)
    assert teams.teams.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("LEDGER_SLACK_CHANNEL", "#audit"), ("LEDGER_TEAMS_CHANNEL", "General"), ("LEDGER_SLACK_CHANNEL", "")],
)
def test_an_id_that_cannot_be_one_or_a_platform_that_is_not_there_is_said(name: str, value: str) -> None:
    wrong = SETTINGS | {name: value} if value else {"LEDGER_SLACK_CHANNEL": SLACKS}
    with pytest.raises(BadSetting, match=name):
        Settings.read(wrong)
