"""A card as plain HTML: semantic, escaped, usable with the keyboard; the page's script hears the presses."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from bot.playground.chart import number, svg
from content.cards import (
    Block,
    Button,
    Buttons,
    Card,
    Chart,
    Facts,
    Input,
    Link,
    Note,
    Picture,
    Table,
    Text,
)
from content.markup import Bullets, Paragraph, Quote, Span, parse


def html(card: Card, delivery_id: str = "", scope: str = "") -> str:
    """The whole card. `scope` keeps the ids of fields apart when a page shows many cards."""
    blocks = "".join(_DRAW[type(block)](block, delivery_id, scope) for block in card.blocks)
    return f'<h3 class="card-title">{escape(card.title)}</h3>{blocks}'


def _text(block: Text, delivery_id: str, scope: str) -> str:
    return f'<div class="text">{_markup(block.markdown)}</div>'


def _note(block: Note, delivery_id: str, scope: str) -> str:
    return f'<div class="note">{_markup(block.markdown)}</div>'


def _facts(block: Facts, delivery_id: str, scope: str) -> str:
    rows = "".join(
        f"<div><dt>{escape(fact.label)}</dt><dd>{escape(fact.value)}</dd></div>" for fact in block.facts
    )
    return f'<dl class="facts">{rows}</dl>'


def _picture(block: Picture, delivery_id: str, scope: str) -> str:
    """What it shows, and a link: this page asks nothing of the outside, not even a picture."""
    return (
        f'<figure class="picture"><figcaption>{escape(block.alt)}</figcaption>'
        f"{_away(block.url, 'Open the picture')}</figure>"
    )


def _chart(block: Chart, delivery_id: str, scope: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(point.label)}</th>'
        f"<td>{escape(number(point.value, block.unit))}</td></tr>"
        for point in block.points
    )
    return (
        f'<figure class="figure"><figcaption>{escape(block.title)}</figcaption>{svg(block)}'
        f"<details><summary>The numbers</summary><table><tbody>{rows}</tbody></table></details></figure>"
    )


def _table(block: Table, delivery_id: str, scope: str) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in block.header)
    rows = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in block.rows)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Table">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _input(block: Input, delivery_id: str, scope: str) -> str:
    name = escape(f"{scope}-{block.id}")
    hint = f'<p class="hint" id="{name}-hint">{escape(block.hint)}</p>' if block.hint else ""
    if block.kind == "options":
        return _radios(block, name)
    optional = "" if not block.optional else ' <span class="optional">optional</span>'
    common = (
        f'id="{name}" name="{escape(block.id)}" aria-describedby="{name}-hint {name}-error"'
        f"{'' if block.optional else ' required'}"
    )
    return (
        f'<div class="field"><label for="{name}">{escape(block.label)}{optional}</label>'
        f"{_control(block, common)}{hint}"
        f'<p class="error" id="{name}-error" data-error-for="{escape(block.id)}"></p></div>'
    )


def _radios(block: Input, name: str) -> str:
    """Radio buttons of one name exclude each other on the whole page, so each card has a name of its own."""
    field = escape(block.id)
    options = "".join(
        f'<label class="option"><input type="radio" name="{name}" data-field="{field}"'
        f' value="{escape(choice.value)}"{" checked" if choice.value == block.value else ""}'
        f' aria-describedby="{name}-error">'
        f" <span>{escape(choice.label)}</span></label>"
        for choice in block.choices
    )
    return (
        f'<fieldset class="field options"><legend>{escape(block.label)}</legend>{options}'
        f'<p class="error" id="{name}-error" data-error-for="{field}"></p></fieldset>'
    )


def _control(block: Input, common: str) -> str:
    value = escape(block.value)
    if block.kind == "paragraph":
        return f'<textarea {common} rows="5" maxlength="{block.max_length}">{value}</textarea>'
    if block.kind == "choice":
        options = "".join(
            f'<option value="{escape(choice.value)}"{" selected" if choice.value == block.value else ""}>'
            f"{escape(choice.label)}</option>"
            for choice in block.choices
        )
        return f"<select {common}>{options}</select>"
    if block.kind == "moment":
        return f'<input {common} type="datetime-local" value="{value}">'
    return f'<input {common} type="text" maxlength="{block.max_length}" value="{value}" autocomplete="off">'


def _buttons(block: Buttons, delivery_id: str, scope: str) -> str:
    return f'<div class="buttons">{"".join(_button(b, delivery_id) for b in block.buttons)}</div>'


def _button(button: Button, delivery_id: str) -> str:
    spoken = f' aria-label="{escape(button.accessible)}"' if button.accessible else ""
    data = {"delivery": delivery_id, "verb": button.verb, "item": button.item, "value": button.value}
    attributes = "".join(f' data-{key}="{escape(value)}"' for key, value in data.items())
    kind = f'type="button" class="press {button.style}"'
    return f"<button {kind}{spoken}{attributes}>{escape(button.label)}</button>"


def _link(block: Link, delivery_id: str, scope: str) -> str:
    return f'<p class="link">{_away(block.url, block.label)}</p>'


def _away(url: str, label: str) -> str:
    if not url.startswith(("https://", "http://", "mailto:")):  # the page of the numbers on this very machine
        return escape(label)
    return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(label)} ↗</a>'


def _markup(markdown: str) -> str:
    return "".join(_MARKUP[type(node)](node) for node in parse(markdown))


def _spans(spans: tuple[Span, ...]) -> str:
    return "".join(_span(span) for span in spans)


def _span(span: Span) -> str:
    out = escape(span.text).replace("\n", "<br>")
    for wanted, tag in ((span.code, "code"), (span.italic, "em"), (span.bold, "strong")):
        if wanted:
            out = f"<{tag}>{out}</{tag}>"
    if span.link:
        out = f'<a href="{escape(span.link)}" target="_blank" rel="noopener noreferrer">{out}</a>'
    return out


def _bullets(node: Bullets) -> str:
    tag = "ol" if node.ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{_spans(item)}</li>' for item in node.items)}</{tag}>"


_MARKUP: dict[type[Any], Callable[[Any], str]] = {
    Paragraph: lambda node: f"<p>{_spans(node.spans)}</p>",
    Quote: lambda node: f"<blockquote>{_spans(node.spans)}</blockquote>",
    Bullets: _bullets,
}

_DRAW: dict[type[Block], Callable[[Any, str, str], str]] = {
    Text: _text,
    Note: _note,
    Facts: _facts,
    Picture: _picture,
    Chart: _chart,
    Table: _table,
    Input: _input,
    Buttons: _buttons,
    Link: _link,
}
