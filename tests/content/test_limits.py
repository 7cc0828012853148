"""Every limit of every platform, found when a card is written."""

from __future__ import annotations

from typing import Any, get_args

import pytest

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
)  # fmt: skip
from content.limits import problems

TWO = tuple(Choice(value=v, label=v) for v in ("a", "b"))


def button(label: str = "Yes", **fields: Any) -> Button:
    return Button(**{"label": label, "verb": "answered"} | fields)


def chart(**fields: Any) -> Chart:
    return Chart(**{"title": "Reach", "points": (Point(label="May", value=1),), "alt": "Reach is 1"} | fields)


def points(n: int, label: str = "W{}") -> tuple[Point, ...]:
    return tuple(Point(label=label.format(i), value=i) for i in range(n))


FULL = Card(
    title="t" * 150,
    blocks=(
        Text(markdown="**" + "a" * 3000 + "**"),
        Note(markdown="n" * 3000),
        Facts(facts=tuple(Fact(label="l", value="v" * 1998) for _ in range(3))),
        Picture(url="https://example.org/a.png", alt="A picture"),
        chart(title="c" * 50, points=points(20, "l" * 18 + "{:02}")),
        Table(header=("h",) * 20, rows=(("1",) * 20,) * 99),
        Input(id="line", label="A line", value="x" * 3000),
        Input(id="pick", label="Pick", kind="choice", choices=TWO, value="b"),
        Input(
            id="option",
            label="Your answer",
            kind="options",
            choices=tuple(Choice(value=str(n), label="o" * (10, 300)[n == 0]) for n in range(10)),
        ),
        Buttons(buttons=tuple(button("b" * 75, item=str(n)) for n in range(5))),
        Link(label="Out", url="https://example.org"),
    ),
)


def test_a_card_at_its_limits_is_accepted() -> None:
    assert problems(FULL) == ()


def test_every_kind_of_block_is_checked() -> None:
    assert {type(block) for block in FULL.blocks} == set(get_args(get_args(Block)[0]))


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        ([Text(markdown="a" * 3001)], "the text has 3001 characters, at most 3000 are accepted"),
        ([Text(markdown=" \n ")], "the text is empty"),
        ([Note(markdown="a" * 3001)], "the note has 3001 characters"),
        ([Text(markdown="x")] * 50, "the card has 51 blocks with the title, at most 50"),
        ([Text(markdown="é" * 2900)] * 6, "bytes, at most 28672 are accepted"),
        ([Facts(facts=())], "the facts has no facts"),
        ([Facts(facts=(Fact(label="l", value="v"),) * 16)], "the facts has 16 facts, at most 15"),
        ([Facts(facts=(Fact(label="Long", value="v" * 1996),))], 'the fact "Long" has 2001 characters'),
        ([Picture(url="http://example.org/a.png", alt="A")], "its address must begin with https://"),
        ([Picture(url="https://example.org/a.png", alt=" ")], "the picture's alt text is empty"),
        ([chart(alt="")], 'the chart "Reach": its alt text is empty'),
        ([chart(title="c" * 51)], "the chart's title has 51 characters, at most 50"),
        ([chart(points=())], 'the chart "Reach" has no points'),
        ([chart(points=points(21))], 'the chart "Reach" has 21 points, at most 20'),
        ([chart(points=points(1, "l" * 21))], "has 21 characters, at most 20"),
        ([chart(points=points(2, "same"))], 'the label "same" is there 2 times'),
        ([chart(points=(Point(label="May", value=float("nan")),))], '"May" has no finite value'),
        ([chart(), chart(), chart()], "the card has 3 charts, at most 2"),
        ([Table(header=("h",) * 21, rows=())], "the table has 21 columns, at most 20"),
        ([Table(header=(), rows=())], "the table has no columns"),
        ([Table(header=("h",), rows=(("1",),) * 100)], "the table has 101 rows with the header, at most 100"),
        ([Table(header=("h",), rows=(("x" * 10_000,),))], "the table has 10001 characters, at most 10000"),
        ([Table(header=("a", "b"), rows=(("1", "2"), ("1",)))], "row 2 has 1 cells, the header 2"),
        ([Table(header=("h",), rows=())] * 2, "the card has 2 tables, at most 1"),
        ([Input(id="a", label="A")] * 2, 'input "a" is there 2 times'),
        ([Input(id="", label="A")], "its id is empty"),
        ([Input(id="a", label="")], "its label is empty"),
        ([Input(id="a", label="A", max_length=3001)], "has 3001 characters of room, at most 3000"),
        ([Input(id="a", label="A", value="xx", max_length=1)], "its value has 2 characters, at most 1"),
        ([Input(id="a", label="A", kind="choice")], 'the input "a" has no choices'),
        ([Input(id="a", label="A", kind="choice", choices=TWO, value="c")], '"c" is not among its choices'),
        ([Input(id="a", label="A", kind="choice", choices=TWO + TWO)], 'the choice "a" is there 2 times'),
        (
            [Input(id="a", label="A", kind="choice", choices=(Choice(value="v", label="l" * 76),))],
            "has 76 characters, at most 75",
        ),
        ([Input(id="a", label="A", kind="options")], 'the input "a" has no choices'),
        (
            [Input(id="a", label="A", kind="options", choices=(Choice(value="v", label="l" * 301),))],
            "has 301 characters, at most 300",
        ),
        (
            [
                Input(
                    id="a",
                    label="A",
                    kind="options",
                    choices=tuple(Choice(value=str(n), label="l") for n in range(11)),
                )
            ],
            "has 11 choices, at most 10",
        ),
        ([Input(id="a", label="A", kind="options", choices=TWO, value="c")], '"c" is not among its choices'),
        ([Buttons(buttons=())], "a row of buttons has no buttons"),
        (
            [Buttons(buttons=tuple(button(item=str(n)) for n in range(6)))],
            "a row of buttons has 6 buttons, at most 5",
        ),
        ([Buttons(buttons=(button("b" * 76),))], "its label has 76 characters, at most 75"),
        ([Buttons(buttons=(button(accessible="b" * 76),))], "what it says aloud has 76 characters"),
        ([Buttons(buttons=(button(value="v" * 1950),))], "its value with delivery, verb and item has 20"),
        ([Buttons(buttons=(button(verb=""),))], "its verb is empty"),
        ([Buttons(buttons=(button("Yes"), button("No")))], 'button "answered" is there 2 times'),
        (
            [Buttons(buttons=tuple(button(item=f"{row}{n}") for n in range(4))) for row in "ab"],
            "the card has 8 buttons and links, at most 6",
        ),
        ([Link(label="", url="https://example.org")], "the link's label is empty"),
        (
            [Link(label="Out", url="ftp://example.org")],
            'the link "Out": its address must begin with https://',
        ),
    ],
)
def test_what_a_platform_would_refuse_is_a_sentence(blocks: list[Block], said: str) -> None:
    found = problems(Card(title="Title", blocks=tuple(blocks)))
    assert any(said in sentence for sentence in found), found


@pytest.mark.parametrize(("title", "said"), [("", "the title is empty"), ("t" * 151, "has 151 characters")])
def test_a_title_must_fit_a_header(title: str, said: str) -> None:
    (sentence,) = problems(Card(title=title))
    assert said in sentence
