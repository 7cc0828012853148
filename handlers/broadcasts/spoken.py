"""What somebody sends to many, a message or a milestone: the one place that tells the two apart."""

from __future__ import annotations

from content.cards import Block, Card, Fact, Link, Text
from content.markup import escape
from content.pieces import BasePiece, Message, Milestone
from handlers import messages, milestones
from handlers.broadcasts import checks
from handlers.broadcasts.stages import Broadcast
from handlers.events import Click, Outcome
from handlers.model import Person
from handlers.shared import Done

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
    said = [_in_words(block) if isinstance(block, Link) else block for block in messages.body(piece)]
    return [*said, *(checks.shown(piece.check) if piece.check else [])]


def _in_words(link: Link) -> Text:
    """No button: Teams takes six of those on a card, and its author needs them all."""
    return Text(markdown=f"[{escape(link.label)}]({link.url})")


def asked(piece: Message | Milestone, reply_to: str = "") -> tuple[Fact, ...]:
    """What it asks of people, or what it celebrates. reply_to: who gets the replies in its author's place."""
    if isinstance(piece, Milestone):
        return (Fact(label="Celebrates", value=_CELEBRATES[piece.scope]),)
    facts = [Fact(label="Acknowledge", value="asked for" if piece.acknowledge else "not asked for")]
    if piece.replies:
        to = f", to {reply_to[:100]}" if reply_to else ""
        facts.append(Fact(label="Replies", value=f"people may write back{to}"))
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
