"""What an entry of a pack means and must keep to, beyond what its model says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from content.blanks import blanks_in, filled
from content.cards import Value
from content.pieces import Item, Message, Milestone, Quiz
from content.written import Place

_CLAUSE = re.compile(r"(?P<standard>\S.*):(?P<edition>\d{4}) (?P<clause>\S+(?: [a-z])?)")


def with_clauses(value: Any, name: str = "") -> Any:
    """The same with each clause in full: "ISO 9001:2015 7.3" has a standard, an edition and a clause."""
    if isinstance(value, dict):
        return {key: with_clauses(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_clauses(inner, name) for inner in value]
    found = _CLAUSE.fullmatch(value) if name == "clauses" and isinstance(value, str) else None
    return found.groupdict() if found else value


def standards_named(value: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """Every standard and edition that a clause names, and where."""
    if isinstance(value, dict):
        if "clauses" in place and {"standard", "edition"} <= value.keys():
            yield place, f"{value['standard']}:{value['edition']}"
        for key, inner in value.items():
            yield from standards_named(inner, (*place, key))
    for number, inner in enumerate(value if isinstance(value, list) else ()):
        yield from standards_named(inner, (*place, number))


def rules(piece: Value | None) -> Iterator[tuple[Place, str]]:
    """What a model alone does not say."""
    if isinstance(piece, Quiz):
        for number, item in enumerate(piece.items):
            yield from ((("items", number, *place), what) for place, what in _item(item))
    if isinstance(piece, Item):
        yield from _item(piece)
        for name in ("id", "title"):
            if not getattr(piece, name):
                yield (name,), "is missing"
        if not piece.clauses:
            yield ("clauses",), "must name the clause that the item is about"
    if isinstance(piece, Message):
        yield from _message(piece)
    if isinstance(piece, Milestone) and piece.scope == "kudos":
        yield ("scope",), "must be programme, team or personal; kudos are given in chat"


def _item(item: Item) -> Iterator[tuple[Place, str]]:
    if item.key not in item.options:
        yield ("key",), f"must be one of {', '.join(sorted(item.options))}"
    if len(item.options) < 2:
        yield ("options",), "must be two to five"
    if len({text.casefold() for text in item.options.values()}) < len(item.options):
        yield ("options",), "two of them say the same"


def _message(message: Message) -> Iterator[tuple[Place, str]]:
    if message.picture and not message.picture_alt.strip():
        yield ("picture_alt",), "must say what the picture shows, for who cannot see it"
    for name in ("picture", "link"):
        if (address := getattr(message, name)) and not address.startswith("https://"):
            yield (name,), "must begin with https://"
    named = blanks_in(message.text)
    for name in sorted(named - message.blanks.keys()):
        yield ("text",), f"{{{name}}} is not among its blanks; say there what to fill in"
    for name in sorted(message.blanks.keys() - named):
        yield ("blanks", name), f"is nowhere in the text; write {{{name}}} where it belongs"
    if message.blanks and not filled(message.text, message.blanks, {}).strip():
        yield ("text",), "says nothing when no blank is filled in; a paragraph with a blank is then left out"
