"""The table of contents: each kind of piece, and the two pure functions that make it a feature."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from content.cards import Buttons, Card, Input, Note
from content.pieces import (
    Approval,
    BasePiece,
    Draft,
    Due,
    Escalation,
    Found,
    Message,
    Milestone,
    Proposed,
    Pulse,
    Quiz,
    Reminder,
    Replied,
    Trial,
    Waiting,
)
from handlers import messages, milestones, pulse, quiz
from handlers.broadcasts import approvals, authored, escalations, reminders, steps, trials
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.findings import cards as findings
from handlers.findings import steps as findings_steps
from handlers.ideas import cards as ideas
from handlers.ideas import steps as ideas_steps
from handlers.model import Delivery, Person, Status
from handlers.replies import incoming
from handlers.shared import Done

P = TypeVar("P", bound=BasePiece)
WITHDRAWN = "**Withdrawn.** This was taken back after it had been sent and can no longer be answered."


@dataclass(frozen=True)
class Feature(Generic[P]):
    """compose: the card as it looks to this person, given what they have done with it already.
    react: what a press means. It is called again when the press turns out to be a repeat.
    seen_by: what of a person their first card depends on; those with the same share one card.
    decide: in the place of `react`, for the few whose presses need the memory.
    now: the piece with what has become of it meanwhile, for the few whose card shows that; it is never kept.
    """

    piece: type[P]
    compose: Callable[[P, Person, Done], Card]
    react: Callable[[P, Click, Person, Done], Outcome]
    seen_by: Callable[[Person], Hashable] = lambda person: None
    now: Callable[[Desk, P, Person, Done], Awaitable[P]] | None = None
    decide: Callable[[Desk, P, Click, Person, Done], Awaitable[Outcome]] | None = None


FEATURES: tuple[Feature[Any], ...] = (
    Feature[Message](Message, messages.compose, messages.react, decide=messages.decide),
    Feature[Quiz](Quiz, quiz.compose, quiz.react),
    Feature[Milestone](Milestone, milestones.compose, milestones.react),
    Feature[Pulse](Pulse, pulse.compose, pulse.react),
    Feature[Draft](Draft, authored.compose, authored.react, now=authored.watched, decide=steps.decide),
    Feature[Approval](
        Approval, approvals.compose, approvals.react, now=approvals.asked_now, decide=approvals.decide
    ),
    Feature[Trial](Trial, trials.compose, trials.react),
    Feature[Replied](Replied, incoming.compose, incoming.react, now=incoming.shown, decide=incoming.decide),
    Feature[Reminder](Reminder, reminders.compose, reminders.react),
    Feature[Escalation](Escalation, escalations.compose, escalations.react, now=escalations.told),
    *(
        Feature[Found](
            kind, findings.compose, findings.react, now=findings.as_it_stands, decide=findings_steps.decide
        )
        for kind in (Due, Found)
    ),
    *(
        Feature[Proposed](kind, ideas.compose, ideas.react, now=ideas.as_it_stands, decide=ideas_steps.decide)
        for kind in (Waiting, Proposed)
    ),
)


def feature_of(piece: BasePiece) -> Feature[Any]:
    """The feature that speaks for this piece."""
    return next(feature for feature in FEATURES if isinstance(piece, feature.piece))


def compose(piece: BasePiece, person: Person, done: Done = ()) -> Card:
    """The card of any piece."""
    card: Card = feature_of(piece).compose(piece, person, done)
    return card


async def as_it_stands(desk: Desk, delivery: Delivery, person: Person, done: Done) -> Delivery:
    """The delivery with its piece as it stands at this moment."""
    now = feature_of(delivery.piece).now if delivery.piece else None
    return replace(delivery, piece=await now(desk, delivery.piece, person, done)) if now else delivery


async def looks(desk: Desk, delivery: Delivery, person: Person, done: Done) -> Card:
    """The card of a delivery as it looks at this moment."""
    return looks_now(desk, await as_it_stands(desk, delivery, person, done), person, done)


def looks_now(desk: Desk, delivery: Delivery, person: Person, done: Done) -> Card:
    """The card of a delivery as it looks now; one that was withdrawn, or is over, says so and takes no press."""
    card = compose(delivery.piece, person, done) if delivery.piece else delivery.card
    said = over(desk, delivery, person)
    if not said or (said != WITHDRAWN and not card.buttons()):
        return card
    kept = tuple(block for block in card.blocks if not isinstance(block, Buttons | Input))
    return card.model_copy(update={"blocks": (Note(markdown=said), *kept)})


def over(desk: Desk, delivery: Delivery, person: Person) -> str:
    """Why nothing can be done with a delivery any more, in a sentence; empty: it can."""
    if delivery.withdrawn or delivery.status is Status.CANCELLED:
        return WITHDRAWN
    piece = delivery.piece.message if isinstance(delivery.piece, Reminder) else delivery.piece
    closes = messages.closes_at(piece) if isinstance(piece, Message) else None
    if closes is None or desk.clock.now() < closes:
        return ""
    return f"This could be answered until {desk.local(closes, person)}."


async def react(desk: Desk, delivery: Delivery, click: Click, person: Person, done: Done) -> Outcome:
    """What a press on a delivery as it stands means."""
    feature = feature_of(delivery.piece) if delivery.piece else None
    assert feature is not None
    if feature.decide:
        decided: Outcome = await feature.decide(desk, delivery.piece, click, person, done)
        return decided
    outcome: Outcome = feature.react(delivery.piece, click, person, done)
    return outcome
