"""Cards that many see are composed once, so that a platform draws them once: a press comes by the hundred."""

from __future__ import annotations

from collections import OrderedDict
from functools import wraps
from typing import Protocol, TypeVar

from content.cards import Card
from content.pieces import BasePiece
from handlers.model import Participation, Person

P = TypeVar("P", bound=BasePiece, contravariant=True)
Done = tuple[Participation, ...]
KEPT = 256  # cards of one kind


class Compose(Protocol[P]):
    """The card of a piece as it looks to this person, given what they have done with it."""

    def __call__(self, piece: P, person: Person, done: Done = ()) -> Card: ...


def shared(compose: Compose[P]) -> Compose[P]:
    """One card, as one object, for all who have done the same with a piece. For cards that name no person."""
    known: OrderedDict[tuple[int, Done], tuple[P, Card]] = (
        OrderedDict()
    )  # the piece is held, for its id's sake

    @wraps(compose)
    def composed(piece: P, person: Person, done: Done = ()) -> Card:
        which = id(piece), done
        found = known.get(which)
        if found is None:
            found = known[which] = piece, compose(piece, person, done)
            if len(known) > KEPT:
                known.popitem(last=False)
        return found[1]

    return composed
