"""The table of contents: each kind of piece, and the two pure functions that make it a feature."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from content.cards import Buttons, Card, Input, Note
from content.pieces import BasePiece, Draft, Message, Milestone, Pulse, Quiz
from handlers import broadcasts, messages, milestones, pulse, quiz
from handlers.events import Click, Outcome
from handlers.model import Delivery, Participation, Person, Status

P = TypeVar("P", bound=BasePiece)
Done = tuple[Participation, ...]
WITHDRAWN = "**Withdrawn.** This was taken back after it had been sent and can no longer be answered."


@dataclass(frozen=True)
class Feature(Generic[P]):
    """compose: the card as it looks to this person, given what they have done with it already.
    react: what a press means. It is called again when the press turns out to be a repeat.
    seen_by: what of a person their first card depends on; those with the same share one card.
    """

    piece: type[P]
    compose: Callable[[P, Person, Done], Card]
    react: Callable[[P, Click, Person, Done], Outcome]
    seen_by: Callable[[Person], Hashable] = lambda person: None


FEATURES: tuple[Feature[Any], ...] = (
    Feature[Message](Message, messages.compose, messages.react),
    Feature[Quiz](Quiz, quiz.compose, quiz.react),
    Feature[Milestone](Milestone, milestones.compose, milestones.react),
    Feature[Pulse](Pulse, pulse.compose, pulse.react),
    Feature[Draft](Draft, broadcasts.compose, broadcasts.react),
)


def feature_of(piece: BasePiece) -> Feature[Any]:
    """The feature that speaks for this piece."""
    return next(feature for feature in FEATURES if isinstance(piece, feature.piece))


def compose(piece: BasePiece, person: Person, done: Done = ()) -> Card:
    """The card of any piece."""
    card: Card = feature_of(piece).compose(piece, person, done)
    return card


def looks_now(delivery: Delivery, person: Person, done: Done) -> Card:
    """The card of a delivery as it looks now; one that was withdrawn says so and takes no press."""
    card = compose(delivery.piece, person, done) if delivery.piece else delivery.card
    if not delivery.withdrawn and delivery.status is not Status.CANCELLED:
        return card
    kept = tuple(block for block in card.blocks if not isinstance(block, Buttons | Input))
    return card.model_copy(update={"blocks": (Note(markdown=WITHDRAWN), *kept)})
