"""The Markdown that leaders and authors write, read into a small tree; what is not in the subset stays text.

The subset: paragraphs, lists, quotes, **bold**, *italic*, `code`, [links](https://...) and hard line
breaks. It is the only place that knows markdown-it; platforms draw the tree and never see Markdown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@dataclass(frozen=True)
class Span:
    """Text in one style. A "\\n" inside it is a line break; `link` is an https or mailto address or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Paragraph:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Quote:
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Bullets:
    """A list, one level deep; an ordered one counts from 1."""

    items: tuple[tuple[Span, ...], ...]
    ordered: bool = False


Node = Paragraph | Quote | Bullets

_STYLES: dict[str, dict[str, bool]] = {
    "strong_open": {"bold": True},
    "strong_close": {"bold": False},
    "em_open": {"italic": True},
    "em_close": {"italic": False},
}
_SAFE_LINK = re.compile(r"(?:https://[^\s/]|mailto:[^\s@]+@)", re.IGNORECASE)
_MARKS = re.compile(r"[!-/:-@\[-`{-~]")  # ASCII punctuation: all that Markdown ever gives a meaning to
_BEGINS = re.compile(r" *(?:[-*+] |[>#]|\d+[.)] )")  # a list, a quote, a heading
_SPACES = re.compile(r"[^\S ]|\A +| +\Z")  # what Markdown would strip or fold

_LINE_ENDS = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f"  # control
    r"\ud800-\udfff"  # halves of a surrogate pair: no encoding takes them
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, overrides, isolates
    r"\u00ad\u034f\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"  # no width
)
_JOINERS = "\u200c\u200d"
_JOINED = {"Lo", "Mn", "Mc", "So", "Sk"}  # after these a joiner builds an emoji or a letter's shape


@cache
def _markdown() -> MarkdownIt:
    """Made, and its library loaded, when the first text is read."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("zero").enable(
        ["list", "blockquote", "newline", "escape", "backticks", "emphasis", "link", "image", "entity"]
    )
    markdown.validateLink = lambda url: _SAFE_LINK.match(url) is not None  # type: ignore[method-assign]
    return markdown


@lru_cache(maxsize=4096)
def parse(markdown: str) -> tuple[Node, ...]:
    """The tree, top to bottom. Never raises: what is not in the subset comes back as its own text.

    A list inside a list becomes items of the outer one; a list that does not begin at 1 stays text
    ("2026. What a year").
    """
    nodes: list[Node] = []
    tokens = iter(_markdown().parse(markdown))
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            nodes.extend(_list(token, _until_closed(token, tokens)))
        elif token.type == "blockquote_open":
            inside = _until_closed(token, tokens)
            nodes.append(Quote(_lines(t for t in inside if t.type == "inline")))
        elif token.type == "inline":
            nodes.append(Paragraph(_spans(token)))
    return tuple(node for node in nodes if (node.items if isinstance(node, Bullets) else node.spans))


@lru_cache(maxsize=4096)
def plain(markdown: str) -> str:
    """The words alone: for notifications, alternative texts, and counting."""
    return "\n\n".join(_plain(node) for node in parse(markdown))


def flowing(markdown: str) -> str:
    """Markdown whose paragraphs stand on one line each, as people write in a form; it reads the same."""
    lines: list[str] = []
    for line in markdown.split("\n"):
        before = lines[-1] if lines else ""
        ends = not before.strip() or before.endswith("  ") or before.startswith("#")
        if ends or not line.strip() or _BEGINS.match(line):
            lines.append(line)
        else:
            lines[-1] = f"{before} {line.lstrip()}"
    return "\n".join(lines)


def escape(text: str) -> str:
    """Markdown that shows exactly this text, whatever people wrote in it, wherever it is put."""
    return _SPACES.sub(
        lambda found: "".join(f"&#{ord(c)};" for c in found.group()),
        _MARKS.sub(lambda found: "\\" + found.group(), text),
    )


def clean(text: str, limit: int) -> str:
    """People's text without what cannot be seen, at most `limit` characters; "…" says that it was cut.

    Control characters, bidirectional overrides and zero-width characters go; newlines stay, and so do
    the joiners inside emoji and inside scripts that need them.
    """
    seen: list[str] = []
    for char in _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " ")):
        if char not in _JOINERS or (seen and unicodedata.category(seen[-1]) in _JOINED):
            seen.append(char)
    whole = "".join(seen).strip()
    if len(whole) <= limit:
        return whole
    end = max(limit - 1, 0)
    while end > 0 and _continues(whole, end):
        end -= 1
    return (whole[:end].rstrip() + "…")[:limit]


def _continues(text: str, index: int) -> bool:
    """Whether a cut before this character would tear one visible sign apart."""
    here = text[index]
    return text[index - 1] in _JOINERS or here in _JOINERS or unicodedata.category(here) in ("Mn", "Me", "Sk")


def _until_closed(opened: Token, tokens: Iterable[Token]) -> list[Token]:
    """Everything up to the token that closes this one."""
    inside: list[Token] = []
    closing = opened.type.replace("_open", "_close")
    for token in tokens:
        if token.type == closing and token.level == opened.level:
            break
        inside.append(token)
    return inside


def _list(opened: Token, inside: list[Token]) -> list[Node]:
    items: list[tuple[str, list[Token]]] = []
    for token in inside:
        if token.type == "list_item_open":
            items.append((f"{token.info}{token.markup} ", []))
        elif token.type == "inline":
            items[-1][1].append(token)
    ordered = opened.type == "ordered_list_open"
    if ordered and opened.attrGet("start") not in (None, 1):
        return [Paragraph(_merged([Span(number), *_lines(lines)])) for number, lines in items]
    return [Bullets(tuple(_lines(lines) for _, lines in items if lines), ordered)]


def _lines(tokens: Iterable[Token]) -> tuple[Span, ...]:
    spans: list[Span] = []
    for token in tokens:
        spans.extend([Span("\n"), *_spans(token)] if spans else _spans(token))
    return _merged(spans)


def _spans(inline: Token) -> tuple[Span, ...]:
    style = Span("")
    spans: list[Span] = []
    for token in inline.children or ():
        if token.type in _STYLES:
            style = replace(style, **_STYLES[token.type])  # type: ignore[arg-type]
        elif token.type == "link_open":
            address = str(token.attrGet("href") or "")
            style = replace(style, link=address if _SAFE_LINK.match(address) else "")
        elif token.type == "link_close":
            style = replace(style, link="")
        elif token.type == "hardbreak":
            spans.append(replace(style, text="\n"))
        elif token.type == "softbreak":
            spans.append(replace(style, text=" "))
        elif token.type == "image":
            spans.append(replace(style, text=f"![{token.content}]({token.attrGet('src')})"))
        else:
            text = _INVISIBLE.sub("", token.content)  # an entity can bring one in: "&#8238;"
            spans.append(replace(style, text=text, code=token.type == "code_inline"))
    return _merged(spans)


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in spans:
        if merged and replace(span, text="") == replace(merged[-1], text=""):
            merged[-1] = replace(span, text=merged[-1].text + span.text)
        elif span.text:
            merged.append(span)
    return tuple(merged)


def _plain(node: Node) -> str:
    if isinstance(node, Bullets):
        marks = (f"{n}. " if node.ordered else "- " for n in range(1, len(node.items) + 1))
        return "\n".join(mark + _words(item) for mark, item in zip(marks, node.items, strict=True))
    return ("> " if isinstance(node, Quote) else "") + _words(node.spans)


def _words(spans: tuple[Span, ...]) -> str:
    return "".join(span.text for span in spans)
