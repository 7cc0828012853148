"""What an editor may remark on, by the names under which an author can accept it."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from content.cards import Value
from content.pieces import Words
from content.written import Place

Name = Literal[
    "hard-to-read",
    "key-letters",
    "letters-as-option",
    "long-message",
    "long-option",
    "long-stem",
    "longest-key",
    "near-duplicate",
    "negative-stem",
    "no-today",
    "old-edition",
    "placeholder",
    "telling-title",
    "thin-explanation",
    "untaught-clause",
]


Reasons = dict[Name, Words]
"""What an author has seen and wants so, and why."""


class Accepted(Value):
    """The `accepted:` of an entry: about it, and no part of it, so that no version of a piece depends on it."""

    accepted: Reasons


class Remark(NamedTuple):
    """One thing to look at again. `place` is inside the entry; `problem` says what to do."""

    name: Name
    place: Place
    problem: str


_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")


def words(text: str) -> list[str]:
    """The words of a text in small letters, without marks."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def meaning(text: str) -> frozenset[str]:
    """The words that carry the meaning: without small ones, and without the endings that a paraphrase changes."""
    return frozenset(map(_stemmed, words(text))) - _SMALL


def _stemmed(word: str) -> str:
    """The word without the endings that a paraphrase changes: what is cut off too much is so in both stems."""
    for ending in ("'s", "ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word.removesuffix(ending)
            return word[:-1] if word[-1] == word[-2] and word[-1] not in "sl" else word
    return word


_WRITTEN = """
a about after again all already also an and any are as at be been before being but by can comes could did
do does doing done first for from get gets got had has have he her him his how i if in into is it its just me
more most must my next no not now of off on once one only or our out over own right says she should so some than that
the their them then there these they this those to too two up us very was way we were what when where which
while who whom why will with would yes you your
"""
_SMALL = frozenset(map(_stemmed, _WRITTEN.split()))
