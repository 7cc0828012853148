"""Long texts: several blocks of at most 3000 characters, and nothing lost."""

import pytest

from bot.slack.render import message
from content.cards import Card, Text
from tests.simulators.slack_blocks import texts
from tests.simulators.slack_oracles import asked

LONG = "word " * 2000


@pytest.mark.parametrize(
    ("markdown", "kinds"),
    [
        (LONG, {"rich_text_section"}),
        ("x" * 7000, {"rich_text_section"}),
        ("> " + LONG, {"rich_text_quote"}),
        ("\n".join(f"1. {LONG}" for _ in range(3)), {"rich_text_list", "rich_text_section"}),
    ],
)
def test_a_text_over_3000_characters_becomes_several_blocks_and_loses_nothing(
    markdown: str, kinds: set[str]
) -> None:
    drawn = message(Card(title="Long", blocks=(Text(markdown=markdown),)))
    blocks = drawn["blocks"][1:]
    assert {element["type"] for block in blocks for element in block["elements"]} == kinds
    assert all(sum(map(len, texts(block))) <= 3000 for block in blocks)
    written = "".join(markdown.replace("1. ", "").split()).lstrip(">")
    assert "".join("".join(texts(blocks)).split()) == written
    asked(drawn)


def test_a_list_over_3000_characters_keeps_counting() -> None:
    items = "\n".join(f"1. {number} {'word ' * 300}" for number in range(3))
    blocks = message(Card(title="Long", blocks=(Text(markdown=items),)))["blocks"][1:]
    lists = [element for block in blocks for element in block["elements"]]
    assert [one.get("offset", 0) for one in lists] == [0, 1, 2]
