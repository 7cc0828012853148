"""What an editor remarks on in one item: things that give the key away, that mislead, or that are hard to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from content.pieces import Item
from content.reading import grade
from content.remarks import Remark, meaning, words

STEM = 60  # words
OPTION = 120  # characters: more than two lines on a phone
TIMES_AS_LONG = 2  # the key against the shortest option
EXPLANATION = 8  # words
NEW_WORDS = 4  # with a meaning, that an explanation must have beyond those of the key
GRADE = 10  # years of school

_GROUP = r"(?:(?:the|these|those|your) )*(?:above|them|these|those|others?|options|answers|statements)"
_TRUE = r"(?: (?:is|are|apply|applies))?(?: (?:right|correct|true|wrong|false|possible))?"
_LETTERS_AS_OPTION = re.compile(
    rf"(?:all|none|any|both|either|neither)(?: of)? {_GROUP}{_TRUE}"
    r"|(?:the|everything|all|as|see) above"
    rf"|(?:both |either |neither |only )?[a-e] (?:and|or|nor) [a-e]{_TRUE}"
)

_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_PASSED_OVER = re.compile(r"\*\*.+?\*\*|__.+?__|\b[A-Z]{2,}(?:N'T)?\b|\bor not\b")
_ASKS = re.compile(r"\b(?:which|what|who|whom|whose|where|how)\b", re.IGNORECASE)
_TOLD_TO_CHOOSE = re.compile(r"\W*(?:choose|pick|select|mark|find|name|tick)\b", re.IGNORECASE)
_ASIDE = re.compile(
    r"[,;:()–—]|\b(?:if|when|because|although|while|whether|since|unless|until|before|after|so that|even though)\b"
    r"|(?<!one )(?<!thing )(?<!these )(?<!those )(?<!statement )(?<!answer )(?<!option )(?<!sentence )(?<!step )"
    r"(?<!action )\b(?:that|who)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:not(?! only\b)(?! yet\b)|never|except|(?<!at )least|cannot|neither|none)\b|n['’]t\b", re.IGNORECASE
)


def of_item(item: Item, language: str, teaches: bool) -> Iterator[Remark]:
    """teaches: whether the pack covers clauses, so that each item must end in something to do."""
    if len(words(item.stem)) > STEM:
        found = f"has {len(words(item.stem))} words; say the situation in at most {STEM}"
        yield Remark("long-stem", ("stem",), found)
    yield from _options(item)
    yield from _explanation(item)
    if teaches and not item.today.strip():
        yield Remark("no-today", ("today",), "is missing; write one thing to do today, possible in minutes")
    if _tells(item):
        yield Remark("telling-title", ("title",), "holds the words of the key; name the situation instead")
    if language == "en":
        yield from _english(item)


def _options(item: Item) -> Iterator[Remark]:
    for letter, text in item.options.items():
        if len(text) > OPTION:
            found = f"has {len(text)} characters; say it in at most {OPTION}"
            yield Remark("long-option", ("options", letter), found)
    key, shortest = item.options[item.key], min(map(len, item.options.values()))
    if shortest * TIMES_AS_LONG < len(key) <= OPTION:
        found = (
            f"is the key and {len(key) / shortest:.1f} times as long as the shortest option, which tells; "
            "shorten it, or say more in the others"
        )
        yield Remark("long-option", ("options", item.key), found)


def _explanation(item: Item) -> Iterator[Remark]:
    said = words(item.explanation)
    if len(said) < EXPLANATION:
        found = f"has {len(said)} words; say why, and what is wrong with the most tempting option"
        yield Remark("thin-explanation", ("explanation",), found)
    elif len(meaning(item.explanation) - meaning(item.options[item.key])) < NEW_WORDS:
        yield Remark("thin-explanation", ("explanation",), "only says the key again; say why it is right")


def _tells(item: Item) -> bool:
    """Whether the title and the key hold each other word for word, and no other option does so too.

    A title that only says what the stem says tells nothing.
    """
    title = words(item.title)
    situation = meaning(item.title) <= meaning(item.stem)

    def shares(option: str) -> bool:
        given = words(option)
        return _within(given, title, 2) or (not situation and _within(title, given, 3))

    others = (text for letter, text in item.options.items() if letter != item.key)
    return shares(item.options[item.key]) and not any(map(shares, others))


def _within(part: list[str], whole: list[str], at_least: int) -> bool:
    return len(part) >= at_least and f" {' '.join(part)} " in f" {' '.join(whole)} "


def _english(item: Item) -> Iterator[Remark]:
    for letter, text in item.options.items():
        if _LETTERS_AS_OPTION.fullmatch(" ".join(words(text))):
            found = "only counts the others; write an option of its own, or leave it out"
            yield Remark("letters-as-option", ("options", letter), found)
    if negation := unmarked_negation(item.stem):
        found = f'asks with "{negation}", which is easily missed; ask what is right, or write **{negation}**'
        yield Remark("negative-stem", ("stem",), found)
    found_grade = grade((item.stem, *item.options.values(), item.explanation))
    if found_grade > GRADE:
        found = f"read at grade {found_grade:.1f}; shorter sentences and shorter words bring it to {GRADE}"
        yield Remark("hard-to-read", ("stem",), f"stem, options and explanation {found}")


def unmarked_negation(stem: str) -> str:
    """The word that turns the question of a stem round and is neither bold nor in capitals; or nothing.

    Only what is asked counts: "If the label does not fit, what do you do?" is not negative, and neither is
    "Why should you not wait?", whose answer is the same either way.
    """
    sentences = [sentence for sentence in _SENTENCE.split(_PASSED_OVER.sub("", stem)) if sentence.strip()]
    asked = [sentence for sentence in sentences if sentence.rstrip('"”’)*_ ').endswith("?")]
    for sentence in asked or sentences[-1:]:
        for part in _asking(sentence):
            if found := _NEGATION.search(part):
                return found.group().lower()
    return ""


def _asking(sentence: str) -> Iterator[str]:
    """The parts of a sentence that ask: from the word that asks to the next aside, and what stands at the end."""
    if _TOLD_TO_CHOOSE.match(sentence):
        yield sentence
        return
    if first := _ASKS.search(sentence):
        rest = sentence[first.end() :]
        aside = _ASIDE.search(rest)
        yield rest[: aside.start()] if aside else rest
    if last := re.search(r"\b(?:except|but not|not)\b[\s?:.…]*$", sentence, re.IGNORECASE):
        yield last.group()
