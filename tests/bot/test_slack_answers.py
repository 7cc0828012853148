"""Presses and forms: committed before they are acknowledged, and answered where they were made."""

import json
from collections.abc import AsyncIterator

import pytest

from content.cards import Button, Buttons, Card, Input, Text
from handlers.events import Click, Forms, Outcome, Said
from handlers.model import Address, Platform
from tests.fakes import NO_HURRY
from tests.simulators.slack import refused
from tests.simulators.slack_house import SlackHouse, slack_house
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_people import SlackPerson, date, option, text, time

QUIZ = Card(
    title="Near miss",
    blocks=(Buttons(buttons=(Button(label="A", verb="answered", item="1", value="A"),)),),
)
ANSWERED = Card(title="Near miss", blocks=(Text(markdown="Right."),))
FORM_CARD = Card(
    title="New message",
    blocks=(
        Input(id="title", label="Title"),
        Input(id="at", label="When", kind="moment", optional=True),
        Buttons(buttons=(Button(label="Preview", verb="broadcast", value="v1"),)),
    ),
)


@pytest.fixture
async def house() -> AsyncIterator[SlackHouse]:
    async with slack_house() as built:
        yield built


@pytest.fixture
async def ada(house: SlackHouse) -> SlackPerson:
    """Ada has a quiz before her."""
    person = house.person("U0ADA", "Ada")
    await house.door.chat.send(Address(Platform.SLACK, TEAM, "U0ADA"), QUIZ, "d1", before=NO_HURRY)
    return person


async def test_a_press_is_a_click_and_its_card_replaces_the_message(
    house: SlackHouse, ada: SlackPerson
) -> None:
    house.script.decisions[Click] = Outcome(show=ANSWERED)
    status, _ = await ada.presses("A")
    (click,) = house.script.received
    assert status == 200
    assert isinstance(click, Click)
    assert (click.delivery, click.verb, click.item, click.value) == ("d1", "answered", "1", "A")
    assert click.address == Address(Platform.SLACK, TEAM, "U0ADA", "D0ADA")
    assert click.forms is Forms.OPEN
    assert ada.last.words == "Near miss\nRight."
    assert len(ada.screen.messages) == 1


async def test_the_same_press_delivered_twice_has_one_key_and_a_second_press_has_another(
    house: SlackHouse, ada: SlackPerson
) -> None:
    body = ada._pressed("A", ada.last.blocks) | {
        "container": {"type": "message", "message_ts": ada.last.ts, "channel_id": "D0ADA"},
        "response_url": house.slack.response_url("U0ADA", ada.last.ts),
    }
    await house.reports.interaction(body)
    await house.reports.interaction(body)
    await ada.presses("A")
    keys = [incoming.key for incoming in house.script.received]
    assert keys[0] == keys[1] != keys[2]


async def test_a_press_that_cannot_be_taken_gets_a_sentence_and_the_log_its_traceback(
    house: SlackHouse, ada: SlackPerson, caplog: pytest.LogCaptureFixture
) -> None:
    house.script.decisions[Click] = OSError("disk full")
    status, _ = await ada.presses("A")
    assert status == 200
    assert ada.screen.ephemeral[0].words == "That did not reach us. Press again in a moment."
    assert ada.last.versions == []
    assert "disk full" in caplog.text
    assert "Traceback" in caplog.text


async def test_an_answer_that_cannot_be_shown_does_not_undo_the_press(
    house: SlackHouse, ada: SlackPerson, caplog: pytest.LogCaptureFixture
) -> None:
    house.script.decisions[Click] = Outcome(show=Card(title="Long", blocks=(Text(markdown="x"),) * 60))
    status, _ = await ada.presses("A")
    assert (status, len(house.script.received)) == (200, 1)
    assert ada.screen.warnings == []
    assert "what it answers is kept" in caplog.text


async def test_a_press_may_open_a_form_which_remembers_the_delivery(
    house: SlackHouse, ada: SlackPerson
) -> None:
    house.script.decisions[Click] = Outcome(form=FORM_CARD)
    await ada.presses("A")
    assert ada.screen.modal is not None
    assert json.loads(ada.screen.modal["private_metadata"])["delivery"] == "d1"


async def test_a_form_that_could_not_be_opened_is_said(house: SlackHouse, ada: SlackPerson) -> None:
    house.script.decisions[Click] = Outcome(form=FORM_CARD)
    house.slack.fail("views.open", refused("expired_trigger_id"))
    await ada.presses("A")
    assert ada.screen.ephemeral[0].words.startswith("The form could not be opened in time.")


async def test_a_press_on_a_link_is_acknowledged_and_means_nothing(
    house: SlackHouse, ada: SlackPerson
) -> None:
    blocks = [
        {
            "type": "actions",
            "elements": [
                {"type": "button", "action_id": "link-1", "text": {"text": "Read"}, "url": "https://x.org"}
            ],
        }
    ]
    ada.last.blocks = blocks
    assert (await ada.presses("Read"))[0] == 200
    assert house.script.received == []


async def test_a_form_is_filled_in_corrected_and_answered(house: SlackHouse, ada: SlackPerson) -> None:
    house.script.decisions[Said] = Outcome(form=FORM_CARD)
    house.script.decisions[Click] = Outcome(
        errors={"title": "A title is missing.", "at": "That is in the past."}
    )
    await ada.types("/catchball broadcast")
    await ada.submits(**{"at.date": date("2026-01-01"), "at.time": time("09:30")})
    assert ada.screen.errors == {"title": "A title is missing.", "at.date": "That is in the past."}

    house.script.decisions[Click] = Outcome(
        show=Card(title="Your preview", blocks=(Text(markdown="In the chat."),))
    )
    await ada.submits(
        title=text("Why <quality>"), **{"at.date": date("2026-12-01"), "at.time": time("09:30")}
    )
    first, second = house.script.of(Click)
    assert (second.verb, second.value) == ("broadcast", "v1")
    assert second.values == {"title": "Why <quality>", "at": "2026-12-01T09:30"}
    assert first.key != second.key
    assert ada.screen.modal["title"]["text"] == "Your preview"


async def test_a_form_with_half_a_moment_stays_open_and_is_not_received(
    house: SlackHouse, ada: SlackPerson
) -> None:
    house.script.decisions[Said] = Outcome(form=FORM_CARD)
    await ada.types("/catchball broadcast")
    await ada.submits(title=text("Now?"), **{"at.date": date("2026-12-01")})
    assert ada.screen.errors == {"at.time": "Choose a time as well, or empty both."}
    assert list(house.script.of(Click)) == []


async def test_a_form_that_cannot_be_taken_stays_open_with_a_sentence(
    house: SlackHouse, ada: SlackPerson
) -> None:
    house.script.decisions |= {Said: Outcome(form=FORM_CARD), Click: OSError("disk full")}
    await ada.types("/catchball broadcast")
    await ada.submits(title=text("Why"))
    assert ada.screen.errors == {"title": "That did not reach us. Press again in a moment."}


async def test_a_form_without_an_answer_closes(house: SlackHouse, ada: SlackPerson) -> None:
    house.script.decisions[Said] = Outcome(form=FORM_CARD)
    await ada.types("/catchball broadcast")
    await ada.submits(title=text("Why"), unknown=option("x"))
    assert ada.screen.modal is None
