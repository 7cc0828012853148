"""Blanks in a message: what a leader fills in before it goes out, and how it reads when they do not."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_BLANK = re.compile(r"\{([a-z][a-z_]*)\}")
_PARAGRAPHS = re.compile(r"\n\s*\n")


def blanks_in(text: str) -> set[str]:
    """The names of the blanks in a text: `{name}`."""
    return set(_BLANK.findall(text))


def partly(text: str, values: Mapping[str, str]) -> str:
    """The text with these blanks filled in; the others stay open."""
    return _BLANK.sub(lambda found: values.get(found[1], found[0]), text)


def filled(text: str, blanks: Collection[str], values: Mapping[str, str]) -> str:
    """The text with these blanks filled in, each with Markdown; a paragraph with one that is empty is left out.

    Only names among `blanks` are blanks: what else stands in braces was meant so.
    """
    given = {name: value.strip() for name, value in values.items() if value.strip()}
    kept = [part for part in _PARAGRAPHS.split(text) if blanks_in(part) & set(blanks) <= given.keys()]
    return "\n\n".join(
        _BLANK.sub(lambda found: given[found[1]] if found[1] in blanks else found[0], part) for part in kept
    )
