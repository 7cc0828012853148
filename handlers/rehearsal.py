"""Every card a piece can turn into, before anybody gets it: for the people who write content, and for tests."""

from __future__ import annotations

from collections.abc import Iterator

from content.cards import Card
from content.pieces import BasePiece
from handlers.events import Click
from handlers.features import compose, feature_of
from handlers.model import Address, Person, Platform, Role
from handlers.shared import Done

READER = Person(key="reader", name="Ada Okafor", roles=frozenset(Role))
HERE = Address(Platform.PLAYGROUND, "rehearsal", "reader")


def cards(piece: BasePiece, done: Done = ()) -> Iterator[Card]:
    """The card as it is sent, then as it looks after each press that leads anywhere, and so on to the end.

    Of a question each option is tried with one certainty, and each certainty with one option; what comes after that
    depends on none of them, so it is looked at after the answer that leaves the longest card.
    """
    card = compose(piece, READER, done)
    yield card
    later = [
        (*done, *remembered) for click in _presses(card) if (remembered := _remembered(piece, click, done))
    ]
    if any(field.kind == "options" for field in card.inputs()):
        longest = max(later, key=lambda then: len(str(compose(piece, READER, then))), default=None)
        yield from (compose(piece, READER, then) for then in later if then is not longest)
        later = [longest] if longest else []
    for then in later:
        yield from cards(piece, then)


def _presses(card: Card) -> Iterator[Click]:
    """Each button with nothing filled in, and with an option of a question where there are some."""
    options = next((field for field in card.inputs() if field.kind == "options"), None)
    for number, button in enumerate(card.buttons()):
        filled = (
            [{options.id: choice.value} for choice in options.choices[number :: len(card.buttons())]]
            if options
            else []
        )
        for values in ({}, *filled):
            yield Click("rehearsal", HERE, button.verb, item=button.item, value=button.value, values=values)


def _remembered(piece: BasePiece, click: Click, done: Done) -> Done:
    remembered: Done = feature_of(piece).react(piece, click, READER, done).remember
    return remembered
