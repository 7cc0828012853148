"""Cards as Block Kit: what is drawn, what Slack's limits do to it, and whether outside validators take it."""

import json

import pytest

from bot.slack.render import home, message, modal
from content.cards import (
    Block,
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
from tests.simulators.slack_blocks import problem, texts, view_problem
from tests.simulators.slack_oracles import asked

QUIZ = Card(
    title="Where does a near miss go?",
    summary="A question about near misses",
    blocks=(
        Text(markdown="A pallet **nearly** fell. What first?"),
        Buttons(
            buttons=(
                Button(
                    label="A", verb="answered", item="1", value="A", accessible="A: tell the shift leader"
                ),
                Button(label="B", verb="answered", item="1", value="B", style="primary"),
            )
        ),
        Note(markdown="ISO 9001:2015 10.2"),
    ),
)
FORM = Card(
    title="New message",
    blocks=(
        Input(id="title", label="Title", max_length=100),
        Input(id="text", label="Message", kind="paragraph", hint="**bold** is kept"),
        Input(
            id="audience",
            label="Who gets it",
            kind="choice",
            value="everyone",
            choices=(
                Choice(value="everyone", label="Everyone"),
                Choice(value="team:Production", label="Production"),
            ),
        ),
        Input(id="at", label="When", kind="moment", optional=True, value="2026-12-01T09:30"),
        Buttons(
            buttons=(
                Button(label="Preview", verb="broadcast", value="v1"),
                Button(label="Not shown", verb="x"),
            )
        ),
    ),
)
STATS = Card(
    title="Numbers",
    blocks=(
        Facts(facts=(Fact(label="Reach", value="96 %"), Fact(label="Accuracy", value="81 %"))),
        Chart(
            title="Accuracy by week",
            unit="%",
            points=(Point(label="W47", value=81), Point(label="W48", value=83.5)),
            alt="Accuracy rose from 81 to 83.5 per cent.",
        ),
        Table(header=("Team", "n"), rows=(("Production", "12"), ("", "3"))),
        Picture(url="https://example.org/plant.png", alt="The plant"),
        Link(label="Read the policy", url="https://example.org/policy"),
    ),
)


def test_a_quiz_is_drawn_as_header_text_row_and_small_print() -> None:
    assert message(QUIZ, "d1") == {
        "text": "A question about near misses",
        "blocks": [
            {"type": "header", "text": _plain("Where does a near miss go?")},
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "A pallet "},
                            {"type": "text", "text": "nearly", "style": {"bold": True}},
                            {"type": "text", "text": " fell. What first?"},
                        ],
                    }
                ],
            },
            {
                "type": "actions",
                "block_id": "row-1",
                "elements": [
                    {
                        "type": "button",
                        "action_id": "answered-1-0",
                        "text": _plain("A"),
                        "value": '{"delivery":"d1","verb":"answered","item":"1","value":"A"}',
                        "accessibility_label": "A: tell the shift leader",
                    },
                    {
                        "type": "button",
                        "action_id": "answered-1-1",
                        "text": _plain("B"),
                        "value": '{"delivery":"d1","verb":"answered","item":"1","value":"B"}',
                        "style": "primary",
                    },
                ],
            },
            {"type": "context", "elements": [_plain("ISO 9001:2015 10.2")]},
        ],
    }


def test_a_chart_and_a_table_are_slack_s_own_in_a_message() -> None:
    blocks = message(STATS)["blocks"]
    assert [block["type"] for block in blocks] == [
        "header",
        "rich_text",
        "data_visualization",
        "context",
        "table",
        "image",
        "actions",
    ]
    (section,) = blocks[1]["elements"]
    assert section["elements"][:2] == [
        {"type": "text", "text": "Reach", "style": {"bold": True}},
        {"type": "text", "text": "  96 %\n"},
    ]
    assert blocks[2] == {
        "type": "data_visualization",
        "title": "Accuracy by week",
        "chart": {
            "type": "bar",
            "series": [
                {"name": "%", "data": [{"label": "W47", "value": 81.0}, {"label": "W48", "value": 83.5}]}
            ],
            "axis_config": {"categories": ["W47", "W48"], "y_label": "%"},
        },
    }
    assert blocks[3]["elements"][0]["text"] == "Accuracy rose from 81 to 83.5 per cent."
    assert blocks[4]["rows"][2] == [{"type": "raw_text", "text": "–"}, {"type": "raw_text", "text": "3"}]


def test_a_form_s_one_button_becomes_the_modal_s_submit() -> None:
    view = modal(FORM, "d9")
    assert view["title"] == _plain("New message")
    assert view["submit"] == _plain("Preview")
    assert json.loads(view["private_metadata"]) == {
        "delivery": "d9",
        "verb": "broadcast",
        "item": "",
        "value": "v1",
    }
    assert [block["block_id"] for block in view["blocks"]] == [
        "title",
        "text",
        "audience",
        "at.date",
        "at.time",
    ]
    assert view["blocks"][3]["element"] == {
        "type": "datepicker",
        "initial_date": "2026-12-01",
        "action_id": "at.date",
    }
    assert "Not shown" not in json.dumps(view)


def test_a_card_without_inputs_keeps_its_buttons_in_a_modal_and_a_long_title_stands_above() -> None:
    view = modal(QUIZ)
    assert view["title"] == _plain("Catchball")
    assert "submit" not in view
    assert [block["type"] for block in view["blocks"]] == ["header", "rich_text", "actions", "context"]


ONE_OF_EACH: tuple[Block, ...] = tuple({type(b): b for c in (QUIZ, FORM, STATS) for b in c.blocks}.values())


@pytest.mark.parametrize(
    "card", [QUIZ, FORM, STATS, Card(title="All", blocks=ONE_OF_EACH)], ids=lambda c: c.title
)
def test_what_is_drawn_is_taken_by_the_simulator_and_by_three_outside_validators(card: Card) -> None:
    drawn = message(card, "d1")
    assert problem("message", drawn["blocks"]) == ""
    asked(drawn)
    for view in (home(card), modal(card, "d1")):
        assert view_problem(view) == ""
        asked(view)


def test_titles_and_charts_beyond_slack_s_own_limits_are_drawn_as_text() -> None:
    points = tuple(Point(label=f"A team with a rather long name {n}", value=n / 3) for n in range(25))
    card = Card(
        title="t" * 151,
        blocks=(
            Chart(title="Teams", points=points, alt="All alike"),
            Table(header=("a", "b"), rows=tuple((f"{n}", "x" * 99) for n in range(120))),
        ),
    )
    drawn = message(card)
    assert problem("message", drawn["blocks"]) == ""
    assert "A team with a rather long name 24: 8" in texts(drawn["blocks"])
    assert "t" * 151 in texts(drawn["blocks"])
    asked(drawn)


def test_a_second_table_and_a_third_chart_are_drawn_as_text_since_slack_takes_one_and_two() -> None:
    chart, table = STATS.blocks[1], STATS.blocks[2]
    drawn = message(Card(title="Twice", blocks=(chart, table, chart, table, chart)))
    kinds = [block["type"] for block in drawn["blocks"]]
    assert (kinds.count("table"), kinds.count("data_visualization")) == (1, 2)
    assert problem("message", drawn["blocks"]) == ""


def test_what_people_wrote_cannot_call_a_channel_or_a_person() -> None:
    evil = "<!channel> <@U0ADA> @here :tada: <https://evil.example|safe>"
    card = Card(
        title=evil,
        summary=evil,
        blocks=(Text(markdown=evil), Note(markdown=evil), Facts(facts=(Fact(label=evil, value=evil),))),
    )
    drawn = message(card)
    assert drawn["text"].startswith("&lt;!channel&gt; &lt;@U0ADA&gt;")
    spans = [span for section in drawn["blocks"][1]["elements"] for span in section["elements"]]
    assert {span["type"] for span in spans} == {"text"}
    assert "mrkdwn" not in json.dumps(drawn)
    assert '"emoji": true' not in json.dumps(drawn)


def test_an_empty_row_of_buttons_and_an_empty_text_are_left_out() -> None:
    nothing = (Buttons(buttons=()), Text(markdown=""), Facts(facts=()))
    drawn = message(Card(title="Bare", blocks=nothing))
    assert [block["type"] for block in drawn["blocks"]] == ["header"]


def test_a_chart_without_points_still_says_what_it_says() -> None:
    drawn = message(Card(title="Bare", blocks=(Chart(title="Accuracy", points=(), alt="No answers yet."),)))
    assert texts(drawn["blocks"]) == ["Bare", "Accuracy", "No answers yet."]
    assert problem("message", drawn["blocks"]) == ""


def _plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}
