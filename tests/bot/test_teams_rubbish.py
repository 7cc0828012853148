"""Fields that are missing or of another type, and data that is not ours: a status or a sentence, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from content.cards import Card
from handlers.events import Click, Outcome
from tests.simulators.teams_house import House, Inbox, house
from tests.simulators.teams_people import READ_RECEIPT, Seen

RIGHT = Card(title="Right")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox(Outcome(show=RIGHT))


@pytest.fixture
def teams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox
) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, inbox)


async def presses(house: House, more: Mapping[str, Any], **data: Any) -> Seen:
    """A press of Ada's with some fields of the activity, or of what the button carries, replaced; None: left out."""
    carried = {"verb": "answered", "delivery": "d1", "item": "0", "value": "A"} | data
    invoke = house.people.activity(house.ada, "invoke") | {
        "name": "adaptiveCard/action",
        "replyToId": "m1",
        "value": {"action": {"type": "Action.Execute", "verb": "answered", "data": carried}},
    }
    service_url = invoke["serviceUrl"]
    rubbish = {name: value for name, value in (invoke | more).items() if value is not None}
    return await house.people.post(rubbish, house.authority.sign(service_url))


def deep(levels: int = 800) -> list[Any]:
    nested: list[Any] = []
    for _ in range(levels):
        nested = [nested]
    return nested


@pytest.mark.parametrize(
    "more",
    [
        *({end: value} for end in ("from", "recipient", "conversation") for value in (None, "x", [1], {}, 5)),
        *({end: {"id": value}} for end in ("from", "recipient", "conversation") for value in (5, ["x"], "")),
        *({"type": value} for value in (None, 5, ["invoke"], "")),
    ],
    ids=json.dumps,
)
async def test_a_press_that_does_not_say_who_to_whom_and_where_is_400(teams, inbox, caplog, more) -> None:
    async with teams as house:
        seen = await presses(house, more)
        assert (seen.status, "activity" in seen.text) == (400, True)
        assert inbox.came == []
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "more",
    [
        *({"channelId": value} for value in (None, 5, ["msteams"], {"msteams": 1})),
        *({"serviceUrl": value} for value in (None, 5, ["x"], {})),
        {"conversation": {"id": "a:c", "tenantId": ["x"]}},
        {"conversation": {"id": "a:c"}, "channelData": {"tenant": "x"}},
        {"conversation": {"id": "a:c"}, "channelData": "x"},
    ],
    ids=json.dumps,
)
async def test_what_the_gate_asks_for_is_not_taken_in_another_type(teams, inbox, caplog, more) -> None:
    async with teams as house:
        assert (await presses(house, more)).status in (401, 403)
        assert inbox.came == []
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "value",
    [
        *("x", 5, True, [1], {}, {"action": "x"}, {"action": []}, {"action": {"data": "x"}}, deep()),
        *({"action": {"data": {"verb": verb}}} for verb in (5, None, ["answered"], {})),
        {"action": {"data": {"msteams": {"type": "signin"}}}},
    ],
    ids=lambda value: json.dumps(value)[:40],
)
async def test_a_press_of_somebody_elses_button_is_200_and_goes_no_further(
    teams, inbox, caplog, value
) -> None:
    async with teams as house:
        seen = await presses(house, {"value": value})
        assert (seen.status, seen.text, seen.card) == (200, "", {})
        assert inbox.came == []
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "more",
    [
        *({"timestamp": value} for value in ("soon", 5, {})),
        *({"id": value} for value in (5, {"a": 1}, deep(), None)),
        *({"entities": value} for value in ("x", [1], [None], {})),
        *({"replyToId": 5}, {"localTimezone": {}}, {"locale": 5}, {"channelData": "x"}, {"text": []}),
    ],
    ids=lambda more: json.dumps(more)[:40],
)
async def test_a_press_counts_whatever_stands_in_fields_that_it_does_not_need(
    teams, inbox, caplog, more
) -> None:
    async with teams as house:
        assert (await presses(house, more)).card["body"][0]["text"] == "Right"
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert (click.delivery, click.verb, click.item, click.value) == ("d1", "answered", "0", "A")
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "rubbish", [5, True, ["x"], {"a": 1}, deep(), None], ids=lambda r: json.dumps(r)[:20]
)
async def test_what_is_no_string_in_a_button_or_an_input_is_nothing(teams, inbox, caplog, rubbish) -> None:
    async with teams as house:
        for more in ({}, {"id": None}):
            data = {"delivery": rubbish, "item": rubbish, "value": rubbish, "form": rubbish}
            inputs = {"input-title": rubbish, "date-when": rubbish, "time-when": rubbish}
            assert (await presses(house, more, **data, **inputs)).status == 200
            click = inbox.came.pop()
            assert isinstance(click, Click)
            assert (click.delivery, click.item, click.value) == ("", "", "")
            assert click.values == {"title": "", "when": ""}
        assert "Traceback" not in caplog.text


async def test_what_no_database_takes_does_not_come_in(teams, inbox) -> None:
    async with teams as house:
        await presses(house, {"id": "f:\0\ud800"}, delivery="d\0\ud83d", value="naïve \ud83d\ude00")
        (click,) = inbox.came
        assert isinstance(click, Click)
        assert (click.delivery, click.value) == ("d?", "naïve 😀")
        assert click.key.endswith(":f:?")


@pytest.mark.parametrize("form", ["", "{", "[]", '{"title": 5}'])
async def test_mistakes_in_a_form_that_did_not_come_back_whole_are_a_sentence(teams, inbox, form) -> None:
    inbox.outcome = Outcome(errors={"title": "Title: 8 characters at most."})
    async with teams as house:
        seen = await presses(house, {}, form=form)
        assert (seen.status, seen.text, seen.card) == (200, "Title: 8 characters at most.", {})


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        "1",
        ["1"],
        {},
        deep(),
        *({"lastReadMessageId": v} for v in (None, 5, 5.5, ["1"], {"a": 1}, "", deep())),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
async def test_a_read_receipt_that_names_no_message_goes_no_further(teams, inbox, caplog, value) -> None:
    async with teams as house:
        receipt = {"type": "event", "name": READ_RECEIPT, "value": value}
        seen = await house.people.post(house.people.activity(house.ada, "event") | receipt)
        assert seen.status in (200, 400)
        assert inbox.came == []
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "more", [{"name": 5}, {"name": ["x"]}, {"name": None}, {"timestamp": 5}, {"entities": [5]}]
)
async def test_a_read_receipt_with_rubbish_around_it_breaks_nothing(teams, inbox, caplog, more) -> None:
    async with teams as house:
        receipt = {"type": "event", "name": READ_RECEIPT, "value": {"lastReadMessageId": "1\0\ud800"}} | more
        seen = await house.people.post(house.people.activity(house.ada, "event") | receipt)
        assert seen.status in (200, 400)
        assert all(event.message == "1?" for event in inbox.came)
        assert "Traceback" not in caplog.text


@pytest.mark.parametrize(
    "more",
    [
        *({"membersAdded": value, "type": "conversationUpdate"} for value in ("x", [1])),
        *({"timestamp": "soon", "type": kind} for kind in ("message", "installationUpdate")),
        {"entities": "x", "type": "message"},
        {"channelData": deep(), "entities": [5], "type": "message"},
    ],
    ids=lambda more: json.dumps(more)[:40],
)
async def test_what_botbuilder_cannot_read_is_400(teams, inbox, caplog, more) -> None:
    async with teams as house:
        seen = await presses(house, more | {"value": None})
        assert (seen.status, "activity" in seen.text) == (400, True)
        assert inbox.came == []
        assert "Traceback" not in caplog.text
