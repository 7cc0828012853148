"""Every kind of block as Teams draws it, against the official schema, the budget, and what people write."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bot.teams.render import BUDGET, Filled, activity, card, encoded
from content.cards import (
    Button,
    Buttons,
    Card,
    Chart,
    Choice,
    Fact,
    Facts,
    Input,
    Link,
    Note,
    Picture,
    Point,
    Table,
    Text,
)
from tests.simulators.teams_limits import plain, problems
from tests.simulators.teams_people import texts

POINTS = tuple(Point(label=f"Week {n}", value=60 + n) for n in range(1, 9))
BARS = Chart(title="Accuracy by week", points=POINTS, unit="%", alt="Accuracy rises from 61 to 68 %.")
EVERYTHING = Card(
    title="Everything at once",
    summary="A card with every block",
    blocks=(
        Text(
            markdown="**bold** *italic* `code` [link](https://example.org)\n\n> quoted\n\n- first\n- second"
        ),
        Facts(facts=(Fact(label="Reach", value="98 %"), Fact(label="Answers", value="41 of 50"))),
        Picture(url="https://example.org/map.png", alt="A map of the site"),
        BARS,
        Table(header=("Team", "Accuracy"), rows=(("Assembly", "71 %"), ("Paint", "64 %"))),
        Input(id="line", label="Title", hint="Short"),
        Input(id="more", label="Message", kind="paragraph", optional=True),
        Input(
            id="who",
            label="Who",
            kind="choice",
            choices=(Choice(value="all", label="Everyone"),),
            value="all",
        ),
        Input(id="at", label="When", kind="moment", value="2026-12-01T09:30"),
        Buttons(
            buttons=(
                Button(label="Send", verb="sent", item="0", value="now", style="primary"),
                Button(label="Discard", verb="discarded", style="danger"),
                Button(label="🙂", verb="rated", value="4", accessible="Good"),
            )
        ),
        Link(label="Read the policy", url="https://example.org/policy"),
        Note(markdown="ISO 9001:2015 7.3"),
    ),
)


def bodies(drawn: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [element for element in drawn["body"] if element["type"] == kind]


def test_a_card_with_every_block_is_valid_and_within_every_limit() -> None:
    assert problems(card(EVERYTHING, "d1")) == []


def test_a_message_carries_the_card_and_the_words_of_its_notification() -> None:
    message = activity(EVERYTHING, "d1")
    assert message["type"] == "message"
    assert (
        message["summary"]
        == message["attachments"][0]["content"]["fallbackText"]
        == "A card with every block"
    )
    assert message["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "text" not in message
    assert "entities" not in message


def test_a_quiz_question_looks_like_this() -> None:
    quiz = Card(
        title="A label is missing. What first?",
        blocks=(
            Text(markdown="**A** Ship it\n\n**B** Stop and ask"),
            Buttons(
                buttons=(
                    Button(label="B", verb="answered", item="0", value="B", accessible="B: Stop and ask"),
                )
            ),
        ),
    )
    data = {"delivery": "d1", "verb": "answered", "item": "0", "value": "B"}
    common = {"title": "B", "data": data, "style": "default", "tooltip": "B: Stop and ask"}
    assert card(quiz, "d1") == {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "fallbackText": "A label is missing. What first?",
        "body": [
            {
                "type": "TextBlock",
                "text": "A label is missing. What first?",
                "size": "Large",
                "weight": "Bolder",
                "style": "heading",
                "wrap": True,
            },
            {
                "type": "RichTextBlock",
                "inlines": [
                    {"type": "TextRun", "text": "A", "weight": "Bolder"},
                    {"type": "TextRun", "text": " Ship it"},
                ],
            },
            {
                "type": "RichTextBlock",
                "inlines": [
                    {"type": "TextRun", "text": "B", "weight": "Bolder"},
                    {"type": "TextRun", "text": " Stop and ask"},
                ],
            },
            {
                "type": "ActionSet",
                "actions": [
                    {
                        "type": "Action.Execute",
                        "verb": "answered",
                        **common,
                        "fallback": {"type": "Action.Submit", **common},
                    }
                ],
            },
        ],
    }


def test_styles_are_teams_own_words_and_no_colour_is_ours() -> None:
    drawn = card(EVERYTHING, "d1")
    send, discard, rate = bodies(drawn, "ActionSet")[0]["actions"]
    assert (send["style"], discard["style"], rate["style"]) == ("positive", "destructive", "default")
    assert rate["tooltip"] == "Good"
    assert not any(word in json.dumps(drawn) for word in ('"color"', "backgroundColor", "bleed"))


def test_the_same_card_for_two_deliveries_differs_in_its_buttons_only() -> None:
    one, two = (encoded(card(EVERYTHING, name)).decode() for name in ("d1", "d2"))
    assert one != two
    assert one.replace('"delivery":"d1"', '"delivery":"d2"') == two


def test_a_link_in_a_text_opens_and_a_link_block_says_where_it_leads() -> None:
    drawn = card(EVERYTHING)
    runs = bodies(drawn, "RichTextBlock")[0]["inlines"]
    assert runs[-1]["selectAction"] == {"type": "Action.OpenUrl", "url": "https://example.org"}
    assert bodies(drawn, "ActionSet")[1]["actions"] == [
        {
            "type": "Action.OpenUrl",
            "title": "Read the policy",
            "url": "https://example.org/policy",
            "tooltip": "Opens example.org",
        }
    ]


def test_half_a_surrogate_pair_does_not_stop_a_card() -> None:
    assert b"?" in encoded(card(Card(title="broken \ud83d")))


# pictures, charts, tables
@pytest.mark.parametrize(
    ("shape", "kind", "data"),
    [
        ("bar", "Chart.VerticalBar", [{"x": "Week 1", "y": 61}, {"x": "Week 2", "y": 62}]),
        (
            "line",
            "Chart.Line",
            [{"legend": "Accuracy by week", "values": [{"x": "Week 1", "y": 61}, {"x": "Week 2", "y": 62}]}],
        ),
    ],
)
def test_a_chart_is_teams_own_and_a_picture_where_there_is_none(shape, kind, data) -> None:
    chart = BARS.model_copy(update={"shape": shape, "points": POINTS[:2]})
    drawn = card(Card(title="Numbers", blocks=(chart,)))["body"][1]
    assert (drawn["type"], drawn["data"], drawn["yAxisTitle"]) == (kind, data, "%")
    picture = drawn["fallback"]
    assert (picture["type"], picture["altText"]) == ("Image", BARS.alt)
    prefix, _, png = picture["url"].partition(",")
    assert prefix == "data:image/png;base64"
    assert base64.b64decode(png).startswith(b"\x89PNG")


def test_over_the_budget_the_picture_goes_and_its_words_stay() -> None:
    full = Card(title="Numbers", blocks=(Text(markdown="word " * 5200), BARS))
    drawn = card(full)
    assert len(encoded(drawn)) <= BUDGET
    assert drawn["body"][-1]["type"] == "Chart.VerticalBar"
    assert texts(plain(drawn))[-1] == BARS.alt


def test_the_first_row_of_a_table_is_its_header_under_the_name_that_clients_read() -> None:
    (table,) = bodies(card(EVERYTHING), "Table")
    assert table["firstRowAsHeaders"] is True
    assert len(table["rows"]) == 3
    assert len(table["columns"]) == 2


# forms
def test_inputs_are_labelled_and_required_unless_optional() -> None:
    drawn = card(EVERYTHING)
    title, message = bodies(drawn, "Input.Text")
    assert (title["label"], title["isRequired"], title["placeholder"]) == ("Title", True, "Short")
    assert title["errorMessage"] == "Title: please fill this in."
    assert message["isMultiline"]
    assert "isRequired" not in message
    assert bodies(drawn, "Input.ChoiceSet")[0]["value"] == "all"
    assert bodies(drawn, "Input.Date")[0]["value"] == "2026-12-01"
    assert bodies(drawn, "Input.Time")[0]["value"] == "09:30"


def test_a_form_that_came_back_keeps_its_values_and_says_what_is_wrong_in_bold_before_the_field() -> None:
    drawn = card(EVERYTHING, "d1", Filled(values={"line": "Mine"}, errors={"line": "Too long."}))
    assert problems(drawn) == []
    place = next(n for n, element in enumerate(drawn["body"]) if element.get("id") == "input-line")
    assert drawn["body"][place]["value"] == "Mine"
    (run,) = drawn["body"][place - 1]["inlines"]
    assert (run["text"], run["weight"], run["color"]) == ("Too long.", "Bolder", "Attention")


def test_only_the_buttons_of_a_form_carry_the_form() -> None:
    (send, *_), _ = (actions["actions"] for actions in bodies(card(EVERYTHING), "ActionSet"))
    assert Card.model_validate_json(send["data"]["form"]) == EVERYTHING
    press = card(Card(title="T", blocks=(Buttons(buttons=(Button(label="A", verb="answered"),)),)))
    assert "form" not in press["body"][1]["actions"][0]["data"]


def test_options_are_all_in_view_and_wrap_and_one_has_to_be_chosen() -> None:
    choices = tuple(Choice(value=letter, label=f"{letter}. " + "word " * 40) for letter in "ABCDEFG")
    (drawn,) = bodies(
        card(
            Card(
                title="Q",
                blocks=(Input(id="option-0", label="Your answer", kind="options", choices=choices),),
            )
        ),
        "Input.ChoiceSet",
    )
    assert (drawn["style"], drawn["wrap"], drawn["isRequired"]) == ("expanded", True, True)
    assert [choice["value"] for choice in drawn["choices"]] == list("ABCDEFG")
    assert drawn["choices"][0]["title"] == choices[0].label
    assert drawn["errorMessage"] == "Your answer: please choose one."
    assert "value" not in drawn


def test_a_question_is_no_form_whose_mistakes_would_be_shown() -> None:
    choices = (Choice(value="A", label="A. Yes"),)
    sure = Buttons(buttons=(Button(label="Certain", verb="answered", value="3"),))
    question = Input(id="option-0", label="Your answer", kind="options", choices=choices)
    drawn = card(Card(title="Q", blocks=(question, sure)))
    assert "form" not in drawn["body"][-1]["actions"][0]["data"]


def test_a_button_that_needs_nothing_filled_in_does_not_ask_for_it() -> None:
    question = Input(id="o", label="Your answer", kind="options", choices=(Choice(value="A", label="A"),))
    row = Buttons(
        buttons=(Button(label="Answer", verb="answered"), Button(label="Read", verb="read", inputs=False))
    )
    answer, read = [
        action
        for block in card(Card(title="T", blocks=(question, row)), "d")["body"]
        for action in block.get("actions", ())
    ]
    assert "associatedInputs" not in answer
    assert (read["associatedInputs"], read["fallback"]["associatedInputs"]) == ("none", "none")
    (alone,) = card(Card(title="T", blocks=(Buttons(buttons=row.buttons[1:]),)), "d")["body"][1]["actions"]
    assert "associatedInputs" not in alone
