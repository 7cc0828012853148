"""How hard a text is to read, counted as people would count it."""

from __future__ import annotations

import pytest

from content.reading import grade, syllables

SPOKEN = {
    1: "part oil checked stopped used risks wastes league does file eye free don't",
    2: "audit people table needed machines batches houses client supply quiet being people's handled sometimes",
    3: "caliper quality policy idea area supplier employee management improvement manual chemical hazardous previous",
    4: "environment information calibration certificate responsible evaluate experience variety cooperate",
    5: "nonconformity environmental evaluation",
    6: "responsibility",
}


@pytest.mark.parametrize("number", SPOKEN)
def test_a_word_has_as_many_syllables_as_it_is_spoken_in(number: int) -> None:
    words = SPOKEN[number].split()
    assert {word: syllables(word) for word in words} == dict.fromkeys(words, number)


def test_a_grade_is_what_the_formula_says() -> None:
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 * 1 - 15.59)
    assert grade(["Block the drain", "Call others"]) == pytest.approx(0.39 * 2.5 + 11.8 * 6 / 5 - 15.59)
    assert grade([]) == grade(["", "..."]) == 0.0


def test_long_sentences_of_long_words_are_harder_than_short_ones() -> None:
    law = (
        "Notwithstanding organisational responsibilities, documented information necessary for effectiveness of the "
        "environmental management system requires appropriate identification and periodical evaluation."
    )
    assert grade([law]) > 20
    assert grade(["Ask before you say yes. A late delivery can be explained. A bad one cannot."]) < 5
