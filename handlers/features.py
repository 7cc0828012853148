"""The table of contents: each kind of piece, and the two pure functions that make it a feature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from content.cards import Card
from content.pieces import BasePiece, Draft, Message, Milestone, Quiz
from handlers import broadcasts, messages, milestones, quiz
from handlers.model import Click, Outcome, Participation, Person

P = TypeVar("P", bound=BasePiece)
Done = tuple[Participation, ...]


@dataclass(frozen=True)
class Feature(Generic[P]):
    """compose: the card as it looks to this person, given what they have done with it already.
    react: what a press means. It is called again when the press turns out to be a repeat.
    """

    piece: type[P]
    compose: Callable[[P, Person, Done], Card]
    react: Callable[[P, Click, Person, Done], Outcome]


FEATURES: tuple[Feature[Any], ...] = (
    Feature[Message](Message, messages.compose, messages.react),
    Feature[Quiz](Quiz, quiz.compose, quiz.react),
    Feature[Milestone](Milestone, milestones.compose, milestones.react),
    Feature[Draft](Draft, broadcasts.compose, broadcasts.react),
)


def feature_of(piece: BasePiece) -> Feature[Any]:
    """The feature that speaks for this piece."""
    return next(feature for feature in FEATURES if isinstance(piece, feature.piece))


def compose(piece: BasePiece, person: Person, done: Done = ()) -> Card:
    """The card of any piece."""
    card: Card = feature_of(piece).compose(piece, person, done)
    return card
