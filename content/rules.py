"""What an entry of a pack means and must keep to, beyond what its model says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from content.pieces import BasePiece, Message, Quiz
from content.written import Place

_CLAUSE = re.compile(r"(?P<standard>\S.*):(?P<edition>\d{4}) (?P<clause>\S+)")


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


def rules(piece: BasePiece | None) -> Iterator[tuple[Place, str]]:
    """What a model alone does not say."""
    if isinstance(piece, Quiz):
        for number, item in enumerate(piece.items):
            if item.key not in item.options:
                yield ("items", number, "key"), f"must be one of {', '.join(sorted(item.options))}"
            if len(item.options) < 2:
                yield ("items", number, "options"), "must be two to five"
            if len({text.casefold() for text in item.options.values()}) < len(item.options):
                yield ("items", number, "options"), "two of them say the same"
    if isinstance(piece, Message):
        if piece.picture and not piece.picture_alt.strip():
            yield ("picture_alt",), "must say what the picture shows, for who cannot see it"
        for name in ("picture", "link"):
            if (address := getattr(piece, name)) and not address.startswith("https://"):
                yield (name,), "must begin with https://"
