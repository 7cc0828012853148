"""Blanks are filled in by a leader, and what they leave empty does not show."""

from __future__ import annotations

from content.blanks import filled, partly

TEXT = "Thank you all.\n\nThis week it was {who} who {what}.\n\nGo on. {Not this} {nor_this}"


def test_a_blank_that_is_filled_in_reads_like_the_rest() -> None:
    assert filled(TEXT, ["who", "what"], {"who": "Ada", "what": "stopped the line"}) == (
        "Thank you all.\n\nThis week it was Ada who stopped the line.\n\nGo on. {Not this} {nor_this}"
    )


def test_a_paragraph_with_an_empty_blank_is_left_out() -> None:
    for values in ({}, {"who": "Ada"}, {"who": "Ada", "what": " "}):
        assert filled(TEXT, ["who", "what"], values) == "Thank you all.\n\nGo on. {Not this} {nor_this}"


def test_what_is_filled_in_first_leaves_the_other_blanks_open() -> None:
    assert partly("{who} did {what}, {not_this}.", {"who": "Ada"}) == "Ada did {what}, {not_this}."
