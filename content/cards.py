"""A card is what a person sees, in words no platform owns; each platform draws it in its own way.

A card is a value: frozen, serialisable, and the same card has the same `content_hash`, so that a
hundred thousand deliveries of one message keep one copy of it. Buttons do not name their delivery:
the renderer adds it, which is what lets the copy be shared.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Value):
    """A paragraph or more, in the Markdown subset of `content.markup`; escape what people wrote."""

    type: Literal["text"] = "text"
    markdown: str


class Note(Value):
    """Small print under the main thing: a clause, a reason, how to opt out. Same markup as `Text`."""

    type: Literal["note"] = "note"
    markdown: str


class Fact(Value):
    """A label and its value, both plain text."""

    label: str
    value: str


class Facts(Value):
    """Label and value pairs, a line each; up to `content.limits.FACTS`."""

    type: Literal["facts"] = "facts"
    facts: tuple[Fact, ...]


class Picture(Value):
    """A picture at an https address; `alt` says what it shows and is never empty."""

    type: Literal["picture"] = "picture"
    url: str
    alt: str


class Point(Value):
    label: str
    value: float


class Chart(Value):
    """One series of numbers with a shape; `alt` says in words what the shape says."""

    type: Literal["chart"] = "chart"
    title: str
    shape: Literal["bar", "line"] = "bar"
    points: tuple[Point, ...]
    unit: str = ""
    alt: str


class Table(Value):
    """Plain-text cells; every row is as long as the header."""

    type: Literal["table"] = "table"
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Choice(Value):
    value: str
    label: str


class Input(Value):
    """Something to fill in; its value comes back in `Click.values[id]` with the button pressed.

    `choice` may fold away; `options` are all in view, and may be long. `moment` is a local date and time, sent
    back as `YYYY-MM-DDTHH:MM` without a zone.
    """

    type: Literal["input"] = "input"
    id: str
    label: str
    kind: Literal["line", "paragraph", "choice", "options", "moment"] = "line"
    choices: tuple[Choice, ...] = ()
    value: str = ""
    hint: str = ""
    optional: bool = False
    max_length: int = 3000


class Button(Value):
    """A press comes back as `Click(delivery, verb, item, value)`.

    The verb `said` stands for typing `value`: such a button needs no delivery.
    `accessible` is read out where `label` is only a letter or a face. `inputs`: whether what was filled in comes with
    the press; without it nothing has to be filled in first.
    """

    label: str
    verb: str
    item: str = ""
    value: str = ""
    style: Literal["plain", "primary", "danger"] = "plain"
    accessible: str = ""
    inputs: bool = True


class Buttons(Value):
    """One row of at most five buttons (Teams: six actions a card, all rows together)."""

    type: Literal["buttons"] = "buttons"
    buttons: tuple[Button, ...]


class Link(Value):
    """A way out of the chat, which says that it leaves."""

    type: Literal["link"] = "link"
    label: str
    url: str


Block = Annotated[
    Text | Note | Facts | Picture | Chart | Table | Input | Buttons | Link,
    Field(discriminator="type"),
]


class Card(Value):
    """One screen: a title, blocks from top to bottom, and the one line a notification shows."""

    title: str
    blocks: tuple[Block, ...] = ()
    summary: str = ""

    @property
    def notification(self) -> str:
        """The text that stands for the card where only text fits."""
        return self.summary or self.title

    def buttons(self) -> tuple[Button, ...]:
        """Every button of the card, top to bottom."""
        return tuple(b for block in self.blocks if isinstance(block, Buttons) for b in block.buttons)

    def with_note(self, markdown: str) -> Card:
        """The same card with small print under it."""
        return self.model_copy(update={"blocks": (*self.blocks, Note(markdown=markdown))})

    def inputs(self) -> tuple[Input, ...]:
        """Everything there is to fill in, top to bottom."""
        return tuple(block for block in self.blocks if isinstance(block, Input))


def content_hash(value: BaseModel) -> str:
    """SHA-256, in hex, of the value's JSON: the version of what was shown."""
    return hashlib.sha256(value.model_dump_json().encode()).hexdigest()
