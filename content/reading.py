"""How hard English is to read: the Flesch-Kincaid grade, with a count of syllables of our own.

The formula is that of Kincaid and others for the U.S. Navy (1975). The libraries that have it bring a pronouncing
dictionary of several megabytes along; for a grade a count that is right for nine words in ten is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?")
_SENTENCE = re.compile(r"[.!?]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+")
_TWO_SOUNDS = re.compile(  # vowels side by side that are spoken apart
    r"(?<![cgst])i[ao](?!u)|(?<![cgtx])iou|(?<![ct])ien|iet|ier$|eo(?!us|n\b|ple)|ea$|(?<![qg])u[ao](?!r[dn])"
    r"|[aeio]ing\b|yee|fluid|ruin|^re(?=act|use)|creat[ei]|^coop"
)
_SILENT = re.compile(  # an e that is written and not spoken, at the end or before an ending
    r"(?:[^aeiouyl]|[aeiouyrlw]l|[gq]u)e$"
    r"|(?:[^aeiouytd]|[gq]u)(?<![^aeiouyrlw]l)ed$"
    r"|(?:[^aeiouysxzgch]|th|[gq]u)es$"
    r"|[^aeiouy]e(?=(?:ly|ment|ments|ful|less|ness|times|thing|one)$)|^every|^busi"
)


def grade(texts: Iterable[str]) -> float:
    """The years of school that reading these takes; each text ends its last sentence. Without words it is 0."""
    sentences = [part for text in texts for part in _SENTENCE.split(text)]
    counted = [words for sentence in sentences if (words := _WORD.findall(sentence))]
    words = [word for sentence in counted for word in sentence]
    if not words:
        return 0.0
    sounds = sum(map(syllables, words))
    return 0.39 * len(words) / len(counted) + 11.8 * sounds / len(words) - 15.59


def syllables(word: str) -> int:
    """How many syllables an English word is spoken in, by its spelling; at least one."""
    word = re.sub(r"['’].*", "", word.lower())
    spoken = len(_VOWELS.findall(word)) + len(_TWO_SOUNDS.findall(word)) - len(_SILENT.findall(word))
    return max(1, spoken)
