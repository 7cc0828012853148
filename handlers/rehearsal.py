"""Every card a piece can turn into, before anybody gets it: for the people who write content, and for tests."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from content.cards import Card
from content.pieces import BasePiece
from handlers.events import Click
from handlers.features import compose, feature_of
from handlers.model import Address, Person, Platform, Role
from handlers.shared import Done

READER = Person(key="reader", name="Ada Okafor", roles=frozenset(Role))
HERE = Address(Platform.PLAYGROUND, "rehearsal", "reader")


def cards(piece: BasePiece, done: Done = ()) -> Iterator[Card]:
    """The card as it is sent, then as it looks after each press that leads anywhere, and so on to the end."""
    card = compose(piece, READER, done)
    yield card
    for button, values in product(card.buttons(), _filled(card)):
        click = Click("rehearsal", HERE, button.verb, item=button.item, value=button.value, values=values)
        remembered = feature_of(piece).react(piece, click, READER, done).remember
        if remembered:
            yield from cards(piece, (*done, *remembered))


def _filled(card: Card) -> Iterator[dict[str, str]]:
    """Nothing filled in, then each option in turn."""
    yield {}
    for field in card.inputs():
        if field.kind == "options":
            yield from ({field.id: choice.value} for choice in field.choices)
