"""What people write is shown as they wrote it, wherever it stands on a Teams card."""

from __future__ import annotations

from html import unescape

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.teams.render import card
from bot.teams.text import literal
from content.cards import Card, Fact, Facts, Table, Text
from tests.simulators.teams_limits import problems
from tests.simulators.teams_people import texts


def test_people_s_text_is_never_read_as_markdown() -> None:
    wild = Card(
        title="*Not* [a](https://evil.example) {{DATE(2026-01-01T00:00:00Z)}}",
        blocks=(
            Text(markdown="\\*as written\\* <at>Ada</at>"),
            Facts(facts=(Fact(label="_a_", value="**b**"),)),
            Table(header=("*h*",), rows=(("[c](https://evil.example)",),)),
        ),
    )
    drawn = card(wild)
    assert problems(drawn) == []
    assert (
        drawn["body"][0]["text"] == "\\*Not\\* [a]\\(https://evil.example) {\\{DATE(2026-01-01T00:00:00Z)}}"
    )
    assert texts(drawn)[1] == "*as written* <at>Ada</at>"
    assert drawn["body"][2]["facts"] == [{"title": "\\_a\\_", "value": "\\*\\*b\\*\\*"}]
    table = drawn["body"][3]
    assert table["rows"][1]["cells"][0]["items"][0]["inlines"][0]["text"] == "[c](https://evil.example)"


@given(st.text(st.sampled_from("ab1 \\`*_[]()<>!&;#lt-+~.{}/"), max_size=12).map(str.strip).filter(bool))
def test_a_heading_shows_exactly_what_was_written(text: str) -> None:
    shown = MarkdownIt("commonmark").render(literal(text))
    assert unescape(shown.removeprefix("<p>").removesuffix("</p>\n")) == text


def test_lists_quotes_and_lines_are_one_element_a_line() -> None:
    drawn = card(Card(title="T", blocks=(Text(markdown="one\\\ntwo\n\n1. first\n2. second\n\n> said"),)))
    assert texts(drawn) == ["T", "one", "two", "1. first", "2. second", "said"]
    assert [element.get("spacing") for element in drawn["body"][1:5]] == [None, "None", None, "None"]
