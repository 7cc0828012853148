"""What an editor sees in one item, and what it lets pass."""

from __future__ import annotations

from typing import Any

import pytest

from content.items import of_item, unmarked_negation
from content.pieces import Item

GOOD = {
    "id": "spare-label",
    "title": "One label too many",
    "stem": "The box is closed, and one label is left over. What do you do?",
    "options": {
        "A": "Keep it for the next box",
        "B": "Find the part it belongs to",
        "C": "Throw it into the bin",
    },
    "key": "B",
    "explanation": "Somewhere a part is without its label, and at the customer's nobody will know what it is.",
    "today": "Count the labels once before you begin and once when you are done.",
}


def names(language: str = "en", **changed: Any) -> list[tuple[str, tuple[str | int, ...]]]:
    item = Item.model_validate(GOOD | changed)
    return [(remark.name, remark.place) for remark in of_item(item, language, teaches=True)]


def test_a_good_item_is_left_alone() -> None:
    assert names() == []


@pytest.mark.parametrize(
    ("changed", "name", "place"),
    [
        ({"stem": "A box is closed. " * 16 + "What now?"}, "long-stem", ("stem",)),
        ({"today": " "}, "no-today", ("today",)),
        ({"explanation": "Because the part needs it."}, "thin-explanation", ("explanation",)),
        (
            {"explanation": "You find the part it belongs to. That is right: find the part."},
            "thin-explanation",
            ("explanation",),
        ),
        ({"title": "Find the part it belongs to"}, "telling-title", ("title",)),
        ({"title": "Find the part"}, "telling-title", ("title",)),
        (
            {"options": GOOD["options"] | {"C": "Throw " + "it away " * 15}},  # type: ignore[operator]
            "long-option",
            ("options", "C"),
        ),
        (
            {"options": {"A": "Keep it here", "B": "Find the part it belongs to", "C": "Throw it away"}},
            "long-option",
            ("options", "B"),
        ),
        (
            {
                "explanation": "Organisational traceability necessitates the unambiguous identification of every "
                "individual product, and continually maintained documented information regarding its distribution."
            },
            "hard-to-read",
            ("stem",),
        ),
    ],
)
def test_each_weakness_has_its_name_and_its_place(
    changed: dict[str, Any], name: str, place: tuple[str, ...]
) -> None:
    assert names(**changed) == [(name, place)]


def test_a_long_option_that_is_not_the_key_does_not_give_it_away() -> None:
    assert (
        names(options={"A": "Keep it", "B": "Look for it", "C": "Throw it away, as the box is closed"}) == []
    )


def test_a_title_that_is_the_situation_may_come_back_in_the_key() -> None:
    stem = "One label is left over, and the box is closed. What do you do?"
    options = {
        "A": "Keep it for the next box",
        "B": "Ask why the label is left over",
        "C": "Ask for one more box",
    }
    assert names(title="The label is left over", stem=stem, options=options) == []


def test_a_title_whose_words_are_in_several_options_tells_nothing() -> None:
    options = {
        "A": "Read the data sheet today",
        "B": "Ask who wrote the data sheet",
        "C": "File it under its number",
    }
    assert names(title="The data sheet", options=options) == []


@pytest.mark.parametrize(
    "option",
    [
        "All of the above",
        "None of these",
        "Both A and B",
        "A or C",
        "all the above.",
        "None of the answers is right",
    ],
)
def test_an_option_that_only_counts_the_others_is_named(option: str) -> None:
    assert ("letters-as-option", ("options", "C")) in names(options=GOOD["options"] | {"C": option})  # type: ignore[operator]


@pytest.mark.parametrize(
    "option",
    [
        "None of my business",
        "Both of them sign the sheet",
        "Take all of them out",
        "Ask Plant A and B to send it",
    ],
)
def test_an_option_that_speaks_of_several_things_is_not(option: str) -> None:
    assert names(options=GOOD["options"] | {"C": option}) == []  # type: ignore[operator]


@pytest.mark.parametrize(
    ("stem", "word"),
    [
        ("Which of these is not a nonconformity?", "not"),
        ("What should you never do with a visitor's badge?", "never"),
        ("Which of the following is least likely to help?", "least"),
        ("All of these belong on a label, except?", "except"),
        ("Each of these is personal data except:", "except"),
        ("Which statement about the policy isn't true?", "n't"),
        ("Which is the one that does not belong here?", "not"),
        ("A drum leaks. What should you not do first?", "not"),
        ("Choose the answer that is not right.", "not"),
        ("Which step can you not skip?", "not"),
    ],
)
def test_a_question_that_is_turned_round_is_named_by_its_word(stem: str, word: str) -> None:
    assert unmarked_negation(stem) == word
    assert names(stem=stem) == [("negative-stem", ("stem",))]
    assert names(stem=stem, language="de") == []


@pytest.mark.parametrize(
    "stem",
    [
        "You do not know who sent it. What do you do?",
        "If the label does not fit, what do you do?",
        "What do you do if the label does not fit?",
        "What do you do with a part that is not marked?",
        "What do you say to somebody who is not on the list?",
        "Why should you not wait?",
        "Which of these is **not** a nonconformity?",
        "Which of these is NOT a nonconformity?",
        "Who decides whether or not the batch leaves?",
        "Is it a nonconformity or not?",
        "What helps at least a little?",
        "The caller won't give a name, and you cannot see the number. How do you answer?",
        "What comes first when nobody is there and the key does not turn?",
        "Your rule says: never share a password. Sam asks for yours. What do you say?",
        'A colleague asks: "Why not just leave it?" What do you answer?',
        "What do you do, since it is not yours?",
    ],
)
def test_a_not_in_the_situation_is_no_negative_question(stem: str) -> None:
    assert unmarked_negation(stem) == ""
