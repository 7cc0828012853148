"""A card as an Adaptive Card 1.5, for Teams on desktop and phone, light, dark and in high contrast."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bot import plots
from bot.teams import fields
from bot.teams.text import Element, line, literal, paragraphs
from content.cards import Button, Buttons, Card, Chart, Facts, Input, Link, Note, Picture, Table, Text
from content.markup import Span, escape

BUDGET = 28 * 1024  # bytes of the whole card, as Teams documents it
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"

WIDEST = 24  # characters of a cell that its column makes room for
PADDING = 14  # what a cell takes besides, in halves of a character

_STYLES = {"plain": "default", "primary": "positive", "danger": "destructive"}


@dataclass(frozen=True)
class Filled:
    """A form as it came back: what was filled in, and what is wrong with it, both by input id."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


UNTOUCHED = Filled()


def card(shown: Card, delivery_id: str = "", filled: Filled = UNTOUCHED) -> Element:
    """The Adaptive Card; every button carries the delivery, its verb, item and value.

    Over 28 KB the pictures of charts go (old clients then show their words), and then the copy of a form
    that lets its mistakes be shown beside the fields.
    """
    if not any(isinstance(block, Chart | Input) for block in shown.blocks):
        return _Drawing(shown, delivery_id, filled, pictures=False, copy=False).whole()
    for pictures, copy in ((True, True), (False, True), (False, False)):
        drawn = _Drawing(shown, delivery_id, filled, pictures, copy).whole()
        if len(encoded(drawn)) <= BUDGET:
            break
    return drawn


def slow(shown: Card | None) -> bool:
    """Whether drawing it takes longer than the event loop has: the picture of a chart does."""
    return shown is not None and any(isinstance(block, Chart) for block in shown.blocks)


def activity(shown: Card, delivery_id: str) -> Element:
    """The message that posts a card."""
    return message(card(shown, delivery_id))


def message(drawn: Element) -> Element:
    """The message around an Adaptive Card; `summary` is what the notification shows."""
    return {
        "type": "message",
        "summary": drawn["fallbackText"],
        "attachments": [{"contentType": CONTENT_TYPE, "content": drawn}],
    }


def encoded(value: Any) -> bytes:
    """JSON as it goes over the wire. Half a surrogate pair, which no encoding takes, becomes a `?`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


@dataclass(frozen=True)
class _Drawing:
    card: Card
    delivery_id: str
    filled: Filled
    pictures: bool
    copy: bool

    def whole(self) -> Element:
        heading = {
            "type": "TextBlock",
            "text": literal(self.card.title),
            "size": "Large",
            "weight": "Bolder",
            "style": "heading",
            "wrap": True,
        }
        return {
            "type": "AdaptiveCard",
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "version": "1.5",
            "fallbackText": self.card.notification,
            "body": [heading, *self._blocks()],
        }

    def _blocks(self) -> Iterator[Element]:
        draw: dict[type, Callable[[Any], list[Element]]] = {
            Text: lambda block: paragraphs(block.markdown),
            Note: lambda block: paragraphs(block.markdown, isSubtle=True, size="Small"),
            Facts: _facts,
            Picture: _picture,
            Chart: self._chart,
            Table: _table,
            Input: self._input,
            Buttons: self._buttons,
            Link: _link,
        }
        for block in self.card.blocks:
            yield from draw[type(block)](block)

    def _chart(self, block: Chart) -> list[Element]:
        """Teams' own chart; clients that have none show its picture, or its words."""
        points = [{"x": point.label, "y": point.value} for point in block.points]
        kind = (
            {"type": "Chart.Line", "data": [{"legend": block.title, "values": points}]}
            if block.shape == "line"
            else {"type": "Chart.VerticalBar", "data": points, "showBarValues": True}
        )
        unit = {"yAxisTitle": block.unit} if block.unit else {}
        instead = _image(_data_uri(plots.picture(block)), block.alt) if self.pictures else _alt(block.alt)
        return [kind | {"title": block.title} | unit | {"fallback": instead}]

    def _input(self, block: Input) -> list[Element]:
        wrong = self.filled.errors.get(block.id)
        said = paragraphs(escape(wrong), color="Attention", weight="Bolder") if wrong else []
        return [*said, *fields.draw(block, self.filled.values.get(block.id, block.value))]

    def _buttons(self, block: Buttons) -> list[Element]:
        return [{"type": "ActionSet", "actions": [self._button(button) for button in block.buttons]}]

    def _is_form(self) -> bool:
        """Whether there may be mistakes to show beside fields: what is only chosen among options has none."""
        return any(block.kind != "options" for block in self.card.inputs())

    def _button(self, button: Button) -> Element:
        data = {
            "delivery": self.delivery_id,
            "verb": button.verb,
            "item": button.item,
            "value": button.value,
        }
        if self.copy and self._is_form():
            data["form"] = self.card.model_dump_json()
        action: Element = {"title": button.label, "data": data, "style": _STYLES[button.style]}
        if not button.inputs and self.card.inputs():  # else Teams asks for what is required first
            action["associatedInputs"] = "none"
        if button.accessible:
            action["tooltip"] = button.accessible
        fallback = {"type": "Action.Submit", **action}
        return {"type": "Action.Execute", "verb": button.verb, **action, "fallback": fallback}


def _facts(block: Facts) -> list[Element]:
    facts = [{"title": literal(fact.label), "value": literal(fact.value)} for fact in block.facts]
    return [{"type": "FactSet", "facts": facts}]


def _picture(block: Picture) -> list[Element]:
    return [_image(block.url, block.alt)]


def _link(block: Link) -> list[Element]:
    action = {
        "type": "Action.OpenUrl",
        "title": block.label,
        "url": block.url,
        "tooltip": f"Opens {urlsplit(block.url).hostname or block.url}",
    }
    return [{"type": "ActionSet", "actions": [action]}]


def _table(block: Table) -> list[Element]:
    """The schema says `firstRowAsHeader`; what every client reads is `firstRowAsHeaders`."""
    header = [_row(block.header, weight="Bolder")]
    return [
        {
            "type": "Table",
            "columns": [{"width": _width(column)} for column in zip(block.header, *block.rows, strict=True)],
            "firstRowAsHeaders": True,
            "rows": header + [_row(row) for row in block.rows],
        }
    ]


def _width(cells: tuple[str, ...]) -> int:
    """The share of a column: Teams makes all alike, and breaks in the middle a word that is longer than its column."""
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    return 2 * longest + min(max(map(len, cells)), WIDEST) // 2 + PADDING


def _row(cells: tuple[str, ...], **style: Any) -> Element:
    return {
        "type": "TableRow",
        "cells": [{"type": "TableCell", "items": [line((Span(cell),), **style)]} for cell in cells],
    }


def _image(url: str, alt: str) -> Element:
    return {"type": "Image", "url": url, "altText": alt}


def _alt(words: str) -> Element:
    return line((Span(words),))


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
