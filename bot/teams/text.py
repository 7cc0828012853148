"""People's words on a Teams card: as runs of rich text, which Teams never reads as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from content.markup import Bullets, Paragraph, Quote, Span, parse

Element = dict[str, Any]

# What a TextBlock or a FactSet would read as Markdown, HTML, or the {{DATE(...)}} of the card's own language.
# No more than that: a client that shows the backslashes should show few.
_MARKS = re.compile(
    r"[\\`*]|(?<!\w)_|_(?!\w)|\]\(|<(?=[\w/!?])|&(?=#?\w+;)|\{\{"
    r"|^\s*(?:\+(?=\s|$)|-(?=\s|$)|#{1,6}(?=\s|$)|>|\d+[.)](?=\s|$)|-{3}|~{3})",
    re.MULTILINE,
)


def literal(text: str) -> str:
    """Text for the two places that Teams reads as Markdown (headings, facts), so that it shows as it is."""
    return _MARKS.sub(lambda mark: mark[0][:-1] + "\\" + mark[0][-1], text)


def paragraphs(markdown: str, **style: Any) -> list[Element]:
    """The elements of a text in the house's Markdown; `style` (isSubtle, size, weight) goes on every run."""
    return [element for node in parse(markdown) for element in _node(node, style)]


def line(spans: Iterable[Span], **style: Any) -> Element:
    """One line of text."""
    return {"type": "RichTextBlock", "inlines": [_run(span, style) for span in spans]}


def _node(node: Paragraph | Quote | Bullets, style: Element) -> list[Element]:
    match node:
        case Paragraph(spans):
            return _lines(spans, style)
        case Quote(spans):
            return [{"type": "Container", "style": "emphasis", "items": _lines(spans, style)}]
        case Bullets(items, ordered):
            marks = [f"{n}. " if ordered else "• " for n in range(1, len(items) + 1)]
            lines = [_lines((Span(mark), *item), style) for mark, item in zip(marks, items, strict=True)]
            return [_close(element, n) for n, element in enumerate(e for item in lines for e in item)]


def _lines(spans: Iterable[Span], style: Element) -> list[Element]:
    """An element for every line: not all clients break one inside a run."""
    lines: list[list[Span]] = [[]]
    for span in spans:
        first, *rest = span.text.split("\n")
        lines[-1].append(replace(span, text=first) if rest else span)
        lines.extend([replace(span, text=text)] for text in rest)
    shown = [[span for span in spans if span.text] for spans in lines]
    return [_close(line(spans, **style), n) for n, spans in enumerate(s for s in shown if s)]


def _close(element: Element, position: int) -> Element:
    """Lines that belong together stand together."""
    return element | {"spacing": "None"} if position and "spacing" not in element else element


def _run(span: Span, style: Element) -> Element:
    run: Element = {"type": "TextRun", "text": span.text, **style}
    if span.bold:
        run["weight"] = "Bolder"
    if span.italic:
        run["italic"] = True
    if span.code:
        run["fontType"] = "Monospace"
    if span.link:
        run["selectAction"] = {"type": "Action.OpenUrl", "url": span.link}
    return run
