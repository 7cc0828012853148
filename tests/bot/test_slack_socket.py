"""Socket Mode: the same listeners, behind a firewall, without a public address or a signing secret."""

from collections.abc import AsyncIterator

import pytest

from content.cards import Button, Buttons, Card, Input, Text
from handlers.events import Click, Outcome, Said
from handlers.model import Address, Platform
from tests.fakes import NO_HURRY
from tests.simulators.slack_house import SlackHouse, slack_house
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_people import text

QUIZ = Card(title="Near miss", blocks=(Buttons(buttons=(Button(label="A", verb="answered", value="A"),)),))
FORM = Card(
    title="New message",
    blocks=(Input(id="title", label="Title"), Buttons(buttons=(Button(label="Preview", verb="broadcast"),))),
)


@pytest.fixture
async def house() -> AsyncIterator[SlackHouse]:
    async with slack_house(socket=True) as built:
        await built.slack.connected.wait()
        yield built


async def test_there_is_no_route_without_a_signing_secret(house: SlackHouse) -> None:
    assert house.door.routes() == []


async def test_an_event_a_press_a_command_and_a_form_make_the_round_trip(house: SlackHouse) -> None:
    ada = house.person("U0ADA", "Ada")
    await house.door.chat.send(Address(Platform.SLACK, TEAM, "U0ADA"), QUIZ, "d1", before=NO_HURRY)
    house.script.decisions |= {
        Click: Outcome(show=Card(title="Near miss", blocks=(Text(markdown="Right."),))),
        Said: Outcome(form=FORM),
    }
    assert (await ada.writes("hello"))[0] == 200
    await ada.presses("A")
    await ada.types("/catchball broadcast")
    house.script.decisions[Click] = Outcome(errors={"title": "Too short."})
    await ada.submits(title=text("x"))
    assert [type(incoming).__name__ for incoming in house.script.received] == [
        "Said",
        "Click",
        "Said",
        "Click",
    ]
    assert ada.last.words == "Near miss\nRight."
    assert ada.screen.errors == {"title": "Too short."}
    assert ada.screen.warnings == []


async def test_an_event_that_cannot_be_taken_is_not_acknowledged(house: SlackHouse) -> None:
    house.person("U0ADA", "Ada")
    house.script.decisions[Said] = OSError("disk full")
    event = {"type": "message", "channel": "D0ADA", "channel_type": "im", "user": "U0ADA", "text": "help"}
    assert (await house.reports.event(event))[0] == 500
