"""Celebrations: the programme's, a team's, or a person's own; others cheer with one press."""

from __future__ import annotations

from content.cards import Block, Button, Buttons, Card, Note, Text
from content.pieces import Milestone
from handlers.events import Click, Outcome
from handlers.messages import opening
from handlers.model import Participation, Person
from handlers.shared import shared

CHEERED = "cheered"


@shared
def compose(piece: Milestone, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    blocks = body(piece)
    if any(p.verb == CHEERED for p in done):
        blocks.append(Note(markdown="👏 You cheered."))
    elif piece.cheer:
        blocks.append(Buttons(buttons=(Button(label="👏 Cheer", verb=CHEERED, accessible="Cheer"),)))
    title = f"{'👏' if piece.scope == 'kudos' else '🎉'} {piece.title}"
    return Card(title=title, blocks=tuple(blocks), summary=f"{title}: {opening(piece.text)}")


def body(piece: Milestone) -> list[Block]:
    """The milestone without its button: what a preview shows as well."""
    return [Text(markdown=piece.text)]


def react(piece: Milestone, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    if click.verb != CHEERED or not piece.cheer or any(p.verb == CHEERED for p in done):
        return Outcome(show=compose(piece, person, done))
    cheer = Participation(verb=CHEERED, clauses=piece.clauses)
    return Outcome(remember=(cheer,), show=compose(piece, person, (*done, cheer)))
