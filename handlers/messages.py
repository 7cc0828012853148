"""Leadership messages: said by a leader, read by many, acknowledged with one press."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from content.blanks import filled
from content.cards import Block, Button, Buttons, Card, Link, Note, Picture, Text
from content.markup import escape, plain
from content.pieces import QA, Clause, Message
from handlers.broadcasts import checks
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Participation, Person
from handlers.replies import letters
from handlers.shared import Done, shared

ACKNOWLEDGED = "acknowledged"
REPLIED = "replied"


@shared
def compose(piece: Message, person: Person, done: Done = ()) -> Card:
    return _card(piece, done)


def _card(piece: Message, done: Done, missing: bool = False) -> Card:
    """missing: an answer was pressed and none was chosen."""
    blocks, buttons = body(piece), []
    answered = checks.given(done)
    if piece.check and answered:
        blocks += checks.feedback(piece.check, answered)
    elif piece.check:
        blocks += checks.question(piece.check, missing)
        buttons.append(Button(label="Answer", verb=checks.ANSWERED, item=checks.ITEM, style="primary"))
    if piece.acknowledge and any(p.verb == ACKNOWLEDGED for p in done):
        blocks.append(Note(markdown="✅ You have acknowledged this. Thank you."))
    elif piece.acknowledge:
        style: Literal["plain", "primary"] = "plain" if buttons else "primary"
        buttons.append(Button(label="I have read this", verb=ACKNOWLEDGED, style=style, inputs=False))
    if piece.replies:
        buttons.append(letters.WRITE_BACK)
        blocks += [Note(markdown="✉️ You have written back.")] if any(p.verb == REPLIED for p in done) else []
    if buttons:
        blocks.append(Buttons(buttons=tuple(buttons)))
    return Card(
        title=piece.title,
        blocks=tuple(blocks),
        summary=f"{piece.title}: {opening(filled(piece.text, piece.blanks, {}))}",
    )


def react(piece: Message, click: Click, person: Person, done: Done) -> Outcome:
    """An answer acknowledges as well: who has answered has read it."""
    did = []
    if click.verb == checks.ANSWERED and piece.check and checks.given(done) is None:
        answer = checks.answer(piece.check, click, piece.clauses)
        if answer is None:
            return Outcome(show=_card(piece, done, missing=True))
        did.append(answer)
    asked = piece.acknowledge and all(p.verb != ACKNOWLEDGED for p in done)
    if asked and (did or click.verb == ACKNOWLEDGED):
        did.append(Participation(verb=ACKNOWLEDGED, clauses=piece.clauses))
    return Outcome(remember=tuple(did), show=compose(piece, person, (*done, *did)))


async def decide(desk: Desk, piece: Message, click: Click, person: Person, done: Done) -> Outcome:
    """To write back opens a form; every other press means what it means without the memory."""
    if click.verb == letters.WRITES and piece.replies:
        return Outcome(form=letters.reply(piece.title, desk.library.programme.anonymous_replies))
    return react(piece, click, person, done)


def closes_at(piece: Message) -> datetime | None:
    """When it can no longer be answered."""
    return datetime.fromisoformat(piece.expires) if piece.expires else None


def closed(piece: Message, now: datetime) -> bool:
    closes = closes_at(piece)
    return closes is not None and closes <= now


def body(piece: Message) -> list[Block]:
    """The message without its buttons: what a preview shows as well."""
    blocks: list[Block] = [Text(markdown=filled(piece.text, piece.blanks, {}))]
    if piece.picture:
        blocks.append(Picture(url=piece.picture, alt=piece.picture_alt))
    if piece.link:
        blocks.append(Link(label=piece.link_label or "Read more", url=piece.link))
    blocks += [_answered(answer) for answer in piece.answers]
    small = [f"Corrected on {day(piece.corrected)}"] if piece.corrected else []
    small += [escape(piece.author)] if piece.author else []
    small += [serves(piece.clauses)] if piece.clauses else []
    if small:
        blocks.append(Note(markdown=" · ".join(small)))
    return blocks


def _answered(added: QA) -> Text:
    """A question of several and its answer; both are text, whatever is in them."""
    many = f"**Asked by {added.asked}:** " if added.asked > 1 else "**Asked:** "
    by = f"**{escape(added.by)}:** " if added.by else "**Answer:** "
    return Text(markdown=f"{many}{escape(added.question)}\n\n{by}{escape(added.answer)}")


def day(name: str) -> str:
    """ "24 November"."""
    found = date.fromisoformat(name)
    return f"{found.day} {found:%B}"


def serves(clauses: tuple[Clause, ...]) -> str:
    """Why a person gets this, in the words of the standards: "ISO 9001:2015 7.3, ISO 14001:2015 7.3"."""
    return escape(", ".join(str(clause) for clause in clauses))


def opening(markdown: str, length: int = 120) -> str:
    """The first words, for a notification."""
    text = " ".join(plain(markdown).split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"
