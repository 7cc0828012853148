"""Leadership messages: said by a leader, read by many, acknowledged with one press."""

from __future__ import annotations

from content.blanks import filled
from content.cards import Block, Button, Buttons, Card, Link, Note, Picture, Text
from content.markup import escape, plain
from content.pieces import Clause, Message
from handlers.events import Click, Outcome
from handlers.model import Participation, Person
from handlers.shared import shared

ACKNOWLEDGED = "acknowledged"


@shared
def compose(piece: Message, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    blocks = body(piece)
    if piece.acknowledge:
        if any(p.verb == ACKNOWLEDGED for p in done):
            blocks.append(Note(markdown="✅ You have acknowledged this. Thank you."))
        else:
            blocks.append(
                Buttons(buttons=(Button(label="I have read this", verb=ACKNOWLEDGED, style="primary"),))
            )
    return Card(
        title=piece.title,
        blocks=tuple(blocks),
        summary=f"{piece.title}: {opening(filled(piece.text, piece.blanks, {}))}",
    )


def react(piece: Message, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    if click.verb != ACKNOWLEDGED or not piece.acknowledge or any(p.verb == ACKNOWLEDGED for p in done):
        return Outcome(show=compose(piece, person, done))
    said = Participation(verb=ACKNOWLEDGED, clauses=piece.clauses)
    return Outcome(remember=(said,), show=compose(piece, person, (*done, said)))


def body(piece: Message) -> list[Block]:
    """The message without its buttons: what a preview shows as well."""
    blocks: list[Block] = [Text(markdown=filled(piece.text, piece.blanks, {}))]
    if piece.picture:
        blocks.append(Picture(url=piece.picture, alt=piece.picture_alt))
    if piece.link:
        blocks.append(Link(label=piece.link_label or "Read more", url=piece.link))
    small = [escape(piece.author)] if piece.author else []
    small += [serves(piece.clauses)] if piece.clauses else []
    if small:
        blocks.append(Note(markdown=" · ".join(small)))
    return blocks


def serves(clauses: tuple[Clause, ...]) -> str:
    """Why a person gets this, in the words of the standards: "ISO 9001:2015 7.3, ISO 14001:2015 7.3"."""
    return escape(", ".join(str(clause) for clause in clauses))


def opening(markdown: str, length: int = 120) -> str:
    """The first words, for a notification."""
    text = " ".join(plain(markdown).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
