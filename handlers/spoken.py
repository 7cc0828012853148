"""What somebody sends to many, a message or a milestone: the one place that tells the two apart."""

from __future__ import annotations

from content.cards import Block, Card, Fact
from content.pieces import BasePiece, Message, Milestone
from handlers import checks, messages, milestones
from handlers.events import Click, Outcome
from handlers.model import Person
from handlers.shared import Done
from handlers.stages import Broadcast

_CELEBRATES = {"programme": "the programme", "team": "a team", "personal": "a person", "kudos": "a team"}


def said(broadcast: Broadcast) -> Message | Milestone:
    assert isinstance(broadcast.message, Message | Milestone)
    return broadcast.message


def compose(piece: Message | Milestone, person: Person, done: Done = ()) -> Card:
    """As who gets it sees it."""
    if isinstance(piece, Milestone):
        return milestones.compose(piece, person, done)
    return messages.compose(piece, person, done)


def react(piece: Message | Milestone, click: Click, person: Person, done: Done) -> Outcome:
    if isinstance(piece, Milestone):
        return milestones.react(piece, click, person, done)
    return messages.react(piece, click, person, done)


def body(piece: Message | Milestone) -> list[Block]:
    """As others read it, without what they press; a message with its question, where it has one."""
    if isinstance(piece, Milestone):
        return milestones.body(piece)
    return [*messages.body(piece), *(checks.shown(piece.check) if piece.check else [])]


def asked(piece: Message | Milestone) -> tuple[Fact, ...]:
    """What it asks of people, or what it celebrates."""
    if isinstance(piece, Milestone):
        return (Fact(label="Celebrates", value=_CELEBRATES[piece.scope]),)
    facts = [Fact(label="Acknowledge", value="asked for" if piece.acknowledge else "not asked for")]
    if piece.replies:
        facts.append(Fact(label="Replies", value="people may write back"))
    if piece.expires:
        facts.append(Fact(label="Can be answered until", value=piece.expires[:16].replace("T", " ")))
    if piece.objective:
        facts.append(Fact(label="Objective", value=piece.objective))
    return tuple(facts)


def right(piece: Message | Milestone) -> str:
    """Which right its author needs (`handlers.permissions`)."""
    if is_kudos(piece):
        return "give kudos"
    return "celebrate" if isinstance(piece, Milestone) else "broadcast"


def is_kudos(piece: BasePiece) -> bool:
    return isinstance(piece, Milestone) and piece.scope == "kudos"
