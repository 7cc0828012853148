"""Something tried out: sent to its author wherever they are, exactly as others will get it, and counted nowhere."""

from __future__ import annotations

from content.cards import Card
from content.pieces import Message, Milestone, Trial
from handlers.broadcasts import spoken
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Delivery, Person
from handlers.shared import Done

ONLY_TRIED = "You are trying this out: nothing was counted."


def rows(desk: Desk, person: Person, message: Message | Milestone, key: str) -> tuple[Delivery, ...]:
    """One on each platform that the person is on."""
    there = {address.platform: address for address in person.addresses}
    piece = Trial(id=f"trial-{message.id}"[:64], title=message.title, message=message)
    card = compose(piece, person)
    return tuple(
        desk.answer(person, address, card, f"{key}:{platform}", piece=piece)
        for platform, address in there.items()
    )


def compose(piece: Trial, person: Person, done: Done = ()) -> Card:
    return spoken.compose(piece.message, person, done)


def react(piece: Trial, click: Click, person: Person, done: Done) -> Outcome:
    """What would be seen after the press; nothing is remembered of it."""
    would = spoken.react(piece.message, click, person, done)
    return Outcome(show=would.show.with_note(ONLY_TRIED) if would.show else None)
