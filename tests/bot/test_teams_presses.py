"""A press on a card in Teams: what arrives, what replaces the card, and what happens to a form."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from content.cards import Button, Buttons, Card, Choice, Input, Note
from handlers.events import Click, Outcome
from tests.simulators.teams_house import House, Inbox, house
from tests.simulators.teams_people import texts

QUIZ = Card(
    title="What comes first?",
    blocks=(
        Buttons(
            buttons=(
                Button(label="A", verb="answered", item="0", value="A"),
                Button(label="B", verb="answered", item="0", value="B"),
            )
        ),
    ),
)
RIGHT = Card(title="Right", blocks=(Note(markdown="ISO 9001:2015 7.3"),))
FORM = Card(
    title="New message",
    blocks=(
        Input(id="title", label="Title"),
        Input(
            id="audience",
            label="Who",
            kind="choice",
            choices=(Choice(value="all", label="All"),),
            value="all",
        ),
        Input(id="value", label="When", kind="moment", optional=True),
        Buttons(buttons=(Button(label="Preview", verb="broadcast", value="opened", style="primary"),)),
    ),
)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def teams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox
) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, inbox)


# presses
async def test_a_press_is_answered_200_with_the_card_that_replaces_the_pressed_one(teams, inbox) -> None:
    inbox.outcome = Outcome(show=RIGHT)
    async with teams as house:
        message = await house.shows(house.ada, QUIZ)
        seen = await house.people.presses(house.ada, message, "B")
        assert (seen.status, seen.tries) == (200, 1)
        assert texts(message.card) == ["Right", "ISO 9001:2015 7.3"]
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert (click.delivery, click.verb, click.item, click.value) == ("d1", "answered", "0", "B")


async def test_the_card_in_answer_carries_the_same_delivery(teams, inbox) -> None:
    inbox.outcome = Outcome(show=QUIZ)
    async with teams as house:
        message = await house.shows(house.ada, QUIZ)
        await house.people.presses(house.ada, message, "A")
        await house.people.presses(house.ada, message, "B")
        assert [click.delivery for click in inbox.came if isinstance(click, Click)] == ["d1", "d1"]


async def test_a_press_that_changes_nothing_to_see_leaves_the_card_and_says_so(teams) -> None:
    async with teams as house:
        message = await house.shows(house.ada, QUIZ)
        seen = await house.people.presses(house.ada, message, "A")
        assert (seen.status, seen.text) == (200, "Done.")
        assert message.before == []


async def test_a_press_without_an_activity_id_has_a_key_of_its_own(teams, inbox) -> None:
    async with teams as house:
        press = house.people.activity(house.ada, "invoke") | {
            "name": "adaptiveCard/action",
            "replyToId": "m1",
            "value": {
                "action": {"verb": "answered", "data": {"verb": "answered", "delivery": "d1", "value": "A"}}
            },
        }
        del press["id"]
        other = json.loads(json.dumps(press))
        other["value"]["action"]["data"]["value"] = "B"
        for activity in (press, press, other):
            await house.people.post(activity)
        first, again, second = (event.key for event in inbox.came)
        assert first == again != second


async def test_an_old_client_has_its_message_replaced(teams, inbox) -> None:
    inbox.outcome = Outcome(show=RIGHT)
    async with teams as house:
        message = await house.shows(house.ada, QUIZ)
        assert (await house.people.submits(house.ada, message, "B")).status == 200
        assert texts(message.card) == ["Right", "ISO 9001:2015 7.3"]
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert (click.delivery, click.value) == ("d1", "B")


# forms
async def test_what_was_filled_in_comes_with_the_press_and_a_moment_is_one_value(teams, inbox) -> None:
    async with teams as house:
        message = await house.shows(house.grace, FORM)
        values = {"Title": "Audit", "When": "2026-12-01", "When: time": "09:30"}
        await house.people.presses(house.grace, message, "Preview", **values)
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert click.values == {"title": "Audit", "audience": "all", "value": "2026-12-01T09:30"}
        assert click.value == "opened"


@pytest.mark.parametrize(("date", "time"), [("2026-12-01", ""), ("", "09:30")])
async def test_half_a_moment_does_not_pass_for_none(teams, inbox, date, time) -> None:
    async with teams as house:
        message = await house.shows(house.grace, FORM)
        values = {"Title": "Audit", "When": date, "When: time": time}
        await house.people.presses(house.grace, message, "Preview", **values)
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert click.values["value"] == f"{date}T{time}"


async def test_mistakes_are_shown_on_the_form_and_nothing_that_was_filled_in_is_lost(teams, inbox) -> None:
    inbox.outcome = Outcome(errors={"title": "Title: *8* characters at most."})
    async with teams as house:
        message = await house.shows(house.grace, FORM)
        values = {"Title": "A long one", "When": "2026-12-01", "When: time": "09:30"}
        for _ in range(2):
            await house.people.presses(house.grace, message, "Preview", **values)
            assert texts(message.card) == ["New message", "Title: *8* characters at most."]
            kept = {e["id"]: e.get("value") for e in message.card["body"] if e["type"].startswith("Input.")}
            assert kept == {
                "input-title": "A long one",
                "input-audience": "all",
                "date-value": "2026-12-01",
                "time-value": "09:30",
            }


async def test_a_form_in_answer_is_a_card(teams, inbox) -> None:
    inbox.outcome = Outcome(form=FORM)
    async with teams as house:
        message = await house.shows(house.grace, QUIZ)
        await house.people.presses(house.grace, message, "A")
        assert texts(message.card)[0] == "New message"
