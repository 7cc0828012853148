"""Cards as Block Kit: pure functions from a card to the JSON that Slack's Web API takes."""

from __future__ import annotations

import json
from typing import Any

from bot.slack.charts import Charts, Tables
from bot.slack.inputs import input_blocks
from bot.slack.richtext import TEXT_LIMIT, bold, labelled, plain_text, rich_text
from content.cards import Block, Button, Buttons, Card, Chart, Facts, Input, Link, Note, Picture, Table, Text
from content.markup import Paragraph, Span, parse, plain

Json = dict[str, Any]

HEADER_LIMIT = 150  # https://docs.slack.dev/reference/block-kit/blocks/header-block
TITLE_LIMIT = 24  # a modal's title, submit and close: https://docs.slack.dev/reference/views/modal-views
ACCESSIBLE_LIMIT = 75  # https://docs.slack.dev/reference/block-kit/block-elements/button-element
NAME = "Catchball"


def message(card: Card, delivery_id: str = "") -> Json:
    """`text` (for notifications, escaped) and `blocks` of a message; its buttons carry the delivery's id."""
    return {
        "text": escape(card.notification),
        "blocks": [*_header(card.title), *_Surface(delivery_id, charts=2, tables=1).blocks(card.blocks)],
    }


def home(card: Card) -> Json:
    """The view of a person's Home tab. Slack's tables exist in messages only, its charts not in modals."""
    return {"type": "home", "blocks": [*_header(card.title), *_Surface(charts=2).blocks(card.blocks)]}


def modal(card: Card, delivery_id: str = "") -> Json:
    """A modal view. A card with inputs is a form: its one button becomes the submit and the metadata."""
    fits = len(card.title) <= TITLE_LIMIT
    head = [] if fits else _header(card.title)
    view: Json = {
        "type": "modal",
        "callback_id": "card",
        "title": plain_text(card.title if fits else NAME),
        "close": plain_text("Close"),
    }
    if not card.inputs():
        return view | {"blocks": [*head, *_Surface(delivery_id).blocks(card.blocks)]}
    submit = card.buttons()[0]
    rest = tuple(block for block in card.blocks if not isinstance(block, Buttons))
    return view | {
        "close": plain_text("Cancel"),
        "submit": plain_text(submit.label if len(submit.label) <= TITLE_LIMIT else "Send"),
        "private_metadata": pressed(submit, delivery_id),
        "blocks": [*head, *_Surface(delivery_id).blocks(rest)],
    }


def encoded(drawn: Json) -> bytes:
    return json.dumps(drawn, separators=(",", ":")).encode()


def escape(text: str) -> str:
    """Text for a field that Slack reads as mrkdwn: https://docs.slack.dev/messaging/formatting-message-text"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pressed(button: Button, delivery_id: str) -> str:
    """What a press brings back to us, as JSON (Slack: 2000 characters)."""
    carried = {"delivery": delivery_id, "verb": button.verb, "item": button.item, "value": button.value}
    return json.dumps(carried, ensure_ascii=False, separators=(",", ":"))


class _Surface:
    """One message or view while it is drawn: it knows its delivery and how many native charts still fit."""

    def __init__(self, delivery_id: str = "", charts: int = 0, tables: int = 0) -> None:
        self.delivery_id = delivery_id
        self.charts = Charts(charts)
        self.tables = Tables(tables)

    def blocks(self, blocks: tuple[Block, ...]) -> list[Json]:
        return [drawn for number, block in enumerate(blocks) for drawn in self._draw(block, number)]

    def _draw(self, block: Block, number: int) -> list[Json]:
        match block:
            case Text():
                return rich_text(block.markdown)
            case Note():
                return _note(block)
            case Facts():
                return _facts(block)
            case Picture():
                return [{"type": "image", "image_url": block.url, "alt_text": block.alt}]
            case Chart():
                return self.charts.draw(block)
            case Table():
                return self.tables.draw(block)
            case Input():
                return input_blocks(block)
            case Buttons():
                elements = [self._button(button, f"{number}-{n}") for n, button in enumerate(block.buttons)]
                return _actions(elements, number)
            case Link():
                link = {"type": "button", "action_id": f"link-{number}", "url": block.url}
                return _actions([link | {"text": plain_text(block.label)}], number)

    def _button(self, button: Button, place: str) -> Json:
        drawn: Json = {
            "type": "button",
            "action_id": f"{button.verb}-{place}",
            "text": plain_text(button.label),
            "value": pressed(button, self.delivery_id),
        }
        if button.style != "plain":
            drawn["style"] = button.style
        if button.accessible:
            drawn["accessibility_label"] = button.accessible[:ACCESSIBLE_LIMIT]
        return drawn


def _header(title: str) -> list[Json]:
    """A title too long for a header stands in bold instead of being cut."""
    return [{"type": "header", "text": plain_text(title)}] if len(title) <= HEADER_LIMIT else bold(title)


def _note(note: Note) -> list[Json]:
    """Small print where it is plain; Slack has no small print with markup that is not mrkdwn."""
    text = plain(note.markdown)
    if 0 < len(text) <= TEXT_LIMIT and _unmarked(note.markdown):
        return [{"type": "context", "elements": [plain_text(text)]}]
    return rich_text(note.markdown)


def _unmarked(markdown: str) -> bool:
    return all(
        isinstance(node, Paragraph) and all(span == Span(text=span.text) for span in node.spans)
        for node in parse(markdown)
    )


def _facts(block: Facts) -> list[Json]:
    """Not as fields of a section: there only mrkdwn has bold, and would find its marks in what people wrote."""
    return labelled((fact.label, fact.value) for fact in block.facts)


def _actions(elements: list[Json], number: int) -> list[Json]:
    """A row of buttons; Slack refuses an empty one."""
    return [{"type": "actions", "block_id": f"row-{number}", "elements": elements}] if elements else []
