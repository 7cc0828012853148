"""Marked-up text as Slack's `rich_text`, built from our own tree, so that `<!channel>` stays text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any

from content.markup import Bullets, Paragraph, Quote, Span, parse

Json = dict[str, Any]
Element = tuple[int, Json]  # characters, element of a rich_text block

TEXT_LIMIT = 3000  # characters of one block: https://docs.slack.dev/reference/block-kit/blocks/section-block


def plain_text(text: str) -> Json:
    """A text object in which nothing has a meaning, `:smile:` included."""
    return {"type": "plain_text", "text": text, "emoji": False}


def rich_text(markdown: str) -> list[Json]:
    """One `rich_text` block, or several where the text is over 3000 characters: nothing is cut."""
    return pack(_elements(markdown))


def monospaced(lines: Iterable[str]) -> list[Json]:
    """Lines in a fixed-width font, as few blocks as hold them."""
    elements = [Span(text=line + "\n") for line in lines]
    return pack(
        (_size(part), {"type": "rich_text_preformatted", "elements": _inline(part)})
        for part in portions(elements)
    )


def bold(text: str) -> list[Json]:
    return pack((_size(part), _section(part)) for part in portions((Span(text=text, bold=True),)))


def labelled(facts: Iterable[tuple[str, str]]) -> list[Json]:
    """A line for each, its label in bold."""
    spans = [
        span for label, value in facts for span in (Span(text=label, bold=True), Span(text=f"  {value}\n"))
    ]
    return pack((_size(part), _section(part)) for part in portions(spans))


def bullets(items: Iterable[str]) -> list[Json]:
    """A plain list, each item plain text."""
    return pack(_list(Bullets(items=tuple((Span(text=item),) for item in items), ordered=False)))


def pack(elements: Iterable[Element]) -> list[Json]:
    """Fill blocks of at most 3000 characters, in order."""
    blocks: list[Json] = []
    room = 0
    for size, element in elements:
        if size > room:
            blocks.append({"type": "rich_text", "elements": []})
            room = TEXT_LIMIT
        blocks[-1]["elements"].append(element)
        room -= size
    return blocks


def portions(spans: Iterable[Span]) -> Iterator[tuple[Span, ...]]:
    """Cut a run of spans into runs of at most 3000 characters, at a space where there is one."""
    part: list[Span] = []
    room = TEXT_LIMIT
    for span in spans:
        while len(span.text) > room:
            cut = span.text.rfind(" ", 0, room) + 1 or (room if not part else 0)
            if cut:
                part.append(replace(span, text=span.text[:cut]))
                span = replace(span, text=span.text[cut:])
            yield tuple(part)
            part, room = [], TEXT_LIMIT
        part.append(span)
        room -= len(span.text)
    if part:
        yield tuple(part)


def _elements(markdown: str) -> Iterator[Element]:
    """Paragraphs that follow each other share a section, as in what Slack's own editor writes."""
    for _, run in groupby(parse(markdown), key=type):
        paragraphs: list[Span] = []
        for node in run:
            match node:
                case Paragraph():
                    paragraphs += [Span(text="\n\n")] if paragraphs else []
                    paragraphs += node.spans
                case Quote():
                    for part in portions(node.spans):
                        yield _size(part), {"type": "rich_text_quote", "elements": _inline(part)}
                case Bullets():
                    yield from _list(node)
        yield from ((_size(part), _section(part)) for part in portions(paragraphs))


def _list(block: Bullets) -> Iterator[Element]:
    """One list, or one list per item (numbered on) where the whole is over the limit."""
    style = "ordered" if block.ordered else "bullet"
    items = [item for item in block.items if _size(item)]
    size = sum(_size(item) for item in items)
    if not items:
        return
    if size <= TEXT_LIMIT:
        sections = [_section(item) for item in items]
        yield size, {"type": "rich_text_list", "style": style, "elements": sections}
        return
    for number, item in enumerate(items):
        first, *rest = portions(item)
        listed = {"type": "rich_text_list", "style": style, "elements": [_section(first)]}
        yield _size(first), listed | ({"offset": number} if block.ordered and number else {})
        yield from ((_size(part), _section(part)) for part in rest)


def _section(spans: Iterable[Span]) -> Json:
    return {"type": "rich_text_section", "elements": _inline(spans)}


def _inline(spans: Iterable[Span]) -> list[Json]:
    return [_text(span) for span in spans if span.text]


def _text(span: Span) -> Json:
    drawn: Json = {"type": "text", "text": span.text}
    if span.link:
        drawn = {"type": "link", "url": span.link, "text": span.text}
    style = {name: True for name in ("bold", "italic", "code") if getattr(span, name)}
    return drawn | ({"style": style} if style else {})


def _size(spans: Iterable[Span]) -> int:
    return sum(len(span.text) for span in spans)
