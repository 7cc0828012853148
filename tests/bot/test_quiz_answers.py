"""A question answered on Slack, on Teams and in the playground, as people and as older cards press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from bot.slack import render as slack
from bot.teams import render as teams
from content.cards import Button, Buttons, Card
from content.packs import Library
from handlers.model import Delivery
from handlers.quiz import CHOOSE
from storage.store import Storage
from tests.bot.playing import playground
from tests.bot.slack_company import SlackCompany, slack_company
from tests.bot.test_playground_inbound import Client
from tests.databases import prepared
from tests.simulators.slack_people import SlackPerson, radio
from tests.simulators.teams_house import House, house
from tests.simulators.teams_people import QUESTION, texts
from tests.simulators.teams_screens import Message


def lettered(question: Delivery) -> Card:
    """The card as it was drawn before people said how sure they are: a button for each option."""
    item = question.card.buttons()[0].item
    letters = tuple(Button(label=letter, verb="answered", item=item, value=letter) for letter in "ABC")
    return Card(title=question.card.title, blocks=(Buttons(buttons=letters),))


@pytest.fixture
def store(tmp_path: Path) -> Storage:
    return Storage.open(prepared(tmp_path / "catchball.db"), version="test")


@pytest.fixture
async def town(store: Storage, library: Library) -> AsyncIterator[SlackCompany]:
    async with slack_company(store, library) as built:
        yield built
    store.close()


@dataclass
class Asked:
    """Ada on Slack with a question before her."""

    ada: SlackPerson
    question: Delivery


@pytest.fixture
async def on_slack(town: SlackCompany) -> Asked:
    ada = await town.arrives("ada")
    return Asked(ada, await town.asked(ada))


async def test_on_slack_the_option_and_the_certainty_come_with_one_press(
    town: SlackCompany, on_slack: Asked
) -> None:
    assert (await on_slack.ada.answers("B", "Certain"))[0] == 200
    (did,) = await town.company.store.done(on_slack.question.id)
    assert (did.value, did.certainty) == ("B", 3)
    assert "You said: certain." in on_slack.ada.last.words


async def test_on_slack_a_press_without_an_option_gets_the_sentence_and_the_next_one_counts(
    town: SlackCompany, on_slack: Asked
) -> None:
    ada = on_slack.ada
    assert (await ada.presses("Fairly sure"))[0] == 200
    assert CHOOSE in ada.last.words
    assert await town.answers(ada) == 0
    await ada.answers("A", "Fairly sure")
    assert await town.answers(ada) == 1
    assert CHOOSE not in ada.last.words


async def test_on_slack_an_option_that_is_not_on_the_card_counts_nothing(
    town: SlackCompany, on_slack: Asked
) -> None:
    (field,) = on_slack.question.card.inputs()
    await on_slack.ada.presses("Certain", **{field.id: radio("E")})
    assert CHOOSE in on_slack.ada.last.words
    assert await town.answers(on_slack.ada) == 0


async def test_on_slack_a_letter_of_an_older_card_counts_as_it_did(
    town: SlackCompany, on_slack: Asked
) -> None:
    older = slack.message(lettered(on_slack.question), on_slack.question.id)["blocks"]
    await on_slack.ada.presses("C", replace(on_slack.ada.last, blocks=older))
    (did,) = await town.company.store.done(on_slack.question.id)
    assert (did.value, did.certainty) == ("C", None)
    assert "You said" not in on_slack.ada.last.words


@dataclass
class Before:
    """Ada on Teams with a question before her."""

    teams: House
    message: Message
    question: Delivery
    store: Storage

    async def certainties(self) -> list[int | None]:
        return [did.certainty for did in await self.store.done(self.question.id)]


@pytest.fixture
async def on_teams(
    town: SlackCompany, store: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Before]:
    company = town.company
    async with house(tmp_path, monkeypatch, company.dispatch, clock=company.clock) as built:
        await built.people.installs(built.ada)
        await built.people.says(built.ada, "quiz")
        question = (await store.outbox(1))[0]
        yield Before(built, await built.shows(built.ada, question.card, question.id), question, store)


async def test_on_teams_the_option_and_the_certainty_come_with_one_press(on_teams: Before) -> None:
    seen = await on_teams.teams.people.answers(on_teams.teams.ada, on_teams.message, "B", "A guess")
    assert seen.status == 200
    assert await on_teams.certainties() == [1]
    assert any("You said: a guess." in line for line in texts(on_teams.message.card))


async def test_on_teams_a_client_does_not_let_a_press_go_without_an_option(on_teams: Before) -> None:
    with pytest.raises(AssertionError, match="Your answer: please choose one"):
        await on_teams.teams.people.presses(on_teams.teams.ada, on_teams.message, "Certain")


@pytest.mark.parametrize("option", ["", "E"])
async def test_on_teams_a_client_that_lets_it_go_all_the_same_is_told_and_nothing_counts(
    on_teams: Before, option: str
) -> None:
    people, ada, message = on_teams.teams.people, on_teams.teams.ada, on_teams.message
    for element in message.card["body"]:
        element.pop("isRequired", None)
    seen = await people.answers(ada, message, option, "Certain")
    assert seen.status == 200
    assert any(CHOOSE in line for line in texts(message.card))
    assert await on_teams.certainties() == []
    await people.answers(ada, message, "A", "Certain")
    assert await on_teams.certainties() == [3]


async def test_on_teams_an_old_client_answers_as_well(on_teams: Before) -> None:
    people, ada = on_teams.teams.people, on_teams.teams.ada
    await people.submits(ada, on_teams.message, "Fairly sure", **{QUESTION: "A"})
    assert await on_teams.certainties() == [2]


async def test_on_teams_a_letter_of_an_older_card_counts_as_it_did(on_teams: Before) -> None:
    older = teams.card(lettered(on_teams.question), on_teams.question.id)
    seen = await on_teams.teams.people.presses(on_teams.teams.ada, replace(on_teams.message, card=older), "C")
    assert seen.status == 200
    assert await on_teams.certainties() == [None]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    async with playground(tmp_path) as house, aiohttp.ClientSession() as session:
        yield Client(house, session)


@pytest.mark.parametrize(
    ("value", "values"), [("3", {}), ("3", {"option-two-labels": "E"}), ("3", {"option-1": "B"}), ("E", {})]
)
async def test_in_the_playground_a_press_without_an_option_gets_the_sentence_and_the_next_one_counts(
    client: Client, value: str, values: dict[str, str]
) -> None:
    press = {"delivery": await client.quiz("Ada"), "verb": "answered", "item": "two-labels"}
    _, told = await client.act("Ada", "pressed", **press, value=value, values=values)
    assert CHOOSE in told["show"]["html"]
    assert await client.house.store.done(press["delivery"]) == ()
    _, answered = await client.act("Ada", "pressed", **press, value="3", values={"option-two-labels": "B"})
    assert "You said: certain. +3 points." in answered["show"]["html"]
    assert [did.certainty for did in await client.house.store.done(press["delivery"])] == [3]
