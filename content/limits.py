"""What a card must keep to so that every platform takes it: checked when it is written, not when it is sent.

Slack's numbers are from docs.slack.dev/reference/block-kit (blocks, elements, composition objects), those
of Teams from learn.microsoft.com (Adaptive Cards in Teams). Characters unless said otherwise.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from content.cards import Block, Button, Buttons, Card, Chart, Facts, Input, Link, Note, Picture, Table, Text
from content.markup import plain

HEADER = 150  # Slack, header block: text
BLOCKS = 50  # Slack, message: blocks; the title is one
TEXT = 3000  # Slack, text object in a section or a context block
FACTS = 15  # what is still read as a list; a platform sets no number, more is a table
FACT = 2000  # label and value together: a line, which Slack and Teams would take longer
LABEL = 75  # Slack, button: text and accessibility label; option: text
BUTTON_VALUE = 2000  # Slack, button: value, which carries delivery, verb, item and value
DELIVERY_ID = 40  # ours: what the renderer adds to a button's value
BUTTONS_A_ROW = 5  # ours: five options of a quiz side by side on a phone (Slack: 25)
ACTIONS_A_CARD = 6  # Teams, card: actions; a link out is one
THIS_MACHINE = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")  # where our own page may stand
URL = 3000  # Slack, image and link button: address
ALT = 2000  # Slack, image: alternative text
CHART_TITLE = 50  # Slack, data_visualization: title, axis label
CHART_POINTS = 20  # Slack, data_visualization: categories
CHART_LABEL = 20  # Slack, data_visualization: one category's label
CHARTS = 2  # Slack, message: data_visualization blocks
TABLES = 1  # Slack, message: table blocks
TABLE_ROWS = 100  # Slack, table: rows, the header among them
TABLE_COLUMNS = 20  # Slack, table: columns
TABLE_TEXT = 10_000  # Slack, message: all cells together
INPUT_LABEL = 2000  # Slack, input block: label, hint
INPUT_LENGTH = 3000  # Slack, plain_text_input: max_length
CHOICES = 100  # Slack, static_select: options
OPTIONS = 10  # Slack, radio_buttons: options; what is longer than a label stands above them too
OPTION = 300  # ours: two lines and a half on a phone
CHOICE_VALUE = 150  # Slack, option: value
CARD_BYTES = 28 * 1024  # Teams, message: 28 KB; no drawing of a card is smaller than our own JSON of it


def problems(card: Card) -> tuple[str, ...]:
    """A sentence for everything a platform would refuse; empty when every platform takes the card."""
    return tuple([*_of_card(card), *(p for block in card.blocks for p in _OF[type(block)](block))])


def _of_card(card: Card) -> Iterator[str]:
    yield from _text("the title", card.title, HEADER)
    yield from _at_most("the card", 1 + len(card.blocks), BLOCKS, "blocks with the title")
    links = sum(isinstance(block, Link) for block in card.blocks)
    yield from _at_most("the card", len(card.buttons()) + links, ACTIONS_A_CARD, "buttons and links")
    size = len(card.model_dump_json().encode("utf-8", "surrogatepass"))
    yield from _at_most("the card", size, CARD_BYTES, "bytes")
    for kind, limit, name in ((Table, TABLES, "tables"), (Chart, CHARTS, "charts")):
        yield from _at_most("the card", sum(isinstance(b, kind) for b in card.blocks), limit, name)
    yield from _twice("button", (f"{b.verb} {b.item} {b.value}".strip() for b in card.buttons()))
    yield from _twice("input", (block.id for block in card.inputs()))


def _of_text(block: Text | Note) -> Iterator[str]:
    yield from _text(f"the {block.type}", plain(block.markdown), TEXT)


def _of_facts(block: Facts) -> Iterator[str]:
    yield from _between("the facts", len(block.facts), FACTS, "facts")
    for fact in block.facts:
        yield from _text(f"the fact {_short(fact.label)}", f"{fact.label}\n{fact.value}".strip(), FACT)


def _of_picture(block: Picture) -> Iterator[str]:
    yield from _address("the picture", block.url)
    yield from _text("the picture's alt text", block.alt, ALT)


def _of_chart(block: Chart) -> Iterator[str]:
    name = f"the chart {_short(block.title)}"
    yield from _text("the chart's title", block.title, CHART_TITLE)
    yield from _text(f"{name}: its alt text", block.alt, ALT)
    yield from _at_most(f"{name}: its unit", len(block.unit), CHART_TITLE)
    yield from _between(name, len(block.points), CHART_POINTS, "points")
    yield from _twice(f"{name}: the label", (point.label for point in block.points))
    for point in block.points:
        yield from _text(f"{name}: the label {_short(point.label)}", point.label, CHART_LABEL)
        if not math.isfinite(point.value):
            yield f"{name}: {_short(point.label)} has no finite value"


def _of_table(block: Table) -> Iterator[str]:
    yield from _between("the table", len(block.header), TABLE_COLUMNS, "columns")
    yield from _at_most("the table", 1 + len(block.rows), TABLE_ROWS, "rows with the header")
    length = sum(len(cell) for row in (block.header, *block.rows) for cell in row)
    yield from _at_most("the table", length, TABLE_TEXT)
    for number, row in enumerate(block.rows, 1):
        if len(row) != len(block.header):
            yield f"the table: row {number} has {len(row)} cells, the header {len(block.header)}"


def _of_input(block: Input) -> Iterator[str]:
    name = f"the input {_short(block.id or block.label)}"
    yield from _text(f"{name}: its id", block.id, LABEL)
    yield from _text(f"{name}: its label", block.label, INPUT_LABEL)
    yield from _at_most(f"{name}: its hint", len(block.hint), INPUT_LABEL)
    yield from _between(name, block.max_length, INPUT_LENGTH, "characters of room")
    if block.kind == "choice":
        yield from _of_choices(name, block, CHOICES, LABEL)
    elif block.kind == "options":
        yield from _of_choices(name, block, OPTIONS, OPTION)
    else:
        yield from _at_most(f"{name}: its value", len(block.value), block.max_length)


def _of_choices(name: str, block: Input, most: int, longest: int) -> Iterator[str]:
    yield from _between(name, len(block.choices), most, "choices")
    yield from _twice(f"{name}: the choice", (choice.value for choice in block.choices))
    for choice in block.choices:
        yield from _text(f"{name}: the choice {_short(choice.label)}", choice.label, longest)
        yield from _text(f"{name}: the value of {_short(choice.label)}", choice.value, CHOICE_VALUE)
    if block.value and block.value not in {choice.value for choice in block.choices}:
        yield f"{name}: {_short(block.value)} is not among its choices"


def _of_buttons(block: Buttons) -> Iterator[str]:
    yield from _between("a row of buttons", len(block.buttons), BUTTONS_A_ROW, "buttons")
    for button in block.buttons:
        name = f"the button {_short(button.label)}"
        yield from _text(f"{name}: its label", button.label, LABEL)
        yield from _text(f"{name}: its verb", button.verb, LABEL)
        yield from _at_most(f"{name}: what it says aloud", len(button.accessible), LABEL)
        yield from _at_most(f"{name}: its value with delivery, verb and item", _carried(button), BUTTON_VALUE)


def _of_link(block: Link) -> Iterator[str]:
    yield from _text("the link's label", block.label, LABEL)
    if not block.url.startswith(THIS_MACHINE):
        yield from _address(f"the link {_short(block.label)}", block.url)


_OF: Mapping[type[Block], Callable[[Any], Iterator[str]]] = {
    Text: _of_text,
    Note: _of_text,
    Facts: _of_facts,
    Picture: _of_picture,
    Chart: _of_chart,
    Table: _of_table,
    Input: _of_input,
    Buttons: _of_buttons,
    Link: _of_link,
}


def _carried(button: Button) -> int:
    """How long the button's value is as JSON, under the longest delivery id."""
    carried = {"delivery": "x" * DELIVERY_ID, "verb": button.verb, "item": button.item, "value": button.value}
    return len(json.dumps(carried))


def _text(name: str, text: str, limit: int) -> Iterator[str]:
    if not text.strip():
        yield f"{name} is empty"
    yield from _at_most(name, len(text), limit)


def _address(name: str, url: str) -> Iterator[str]:
    if not url.startswith("https://"):
        yield f"{name}: its address must begin with https://"
    yield from _at_most(f"{name}: its address", len(url), URL)


def _between(name: str, found: int, limit: int, what: str = "characters") -> Iterator[str]:
    if found < 1:
        yield f"{name} has no {what}"
    yield from _at_most(name, found, limit, what)


def _at_most(name: str, found: int, limit: int, what: str = "characters") -> Iterator[str]:
    if found > limit:
        yield f"{name} has {found} {what}, at most {limit} are accepted"


def _twice(name: str, identities: Iterable[str]) -> Iterator[str]:
    yield from (f"{name} {_short(one)} is there {n} times" for one, n in Counter(identities).items() if n > 1)


def _short(text: str) -> str:
    return f'"{text}"' if len(text) <= 30 else f'"{text[:29]}…"'
