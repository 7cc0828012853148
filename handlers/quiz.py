"""Micro-training: one question at a time, and the answer at once, with why."""

from __future__ import annotations

from content.cards import Block, Button, Buttons, Card, Note, Text
from content.markup import escape
from content.pieces import Item, Quiz
from handlers.events import Click, Outcome
from handlers.messages import opening, serves
from handlers.model import Participation, Person
from handlers.shared import shared

ANSWERED = "answered"


@shared
def compose(piece: Quiz, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    answers = answers_of(done)
    blocks: list[Block] = []
    for number, item in enumerate(piece.items):
        if len(piece.items) > 1:
            blocks.append(Note(markdown=f"Question {number + 1} of {len(piece.items)}"))
        blocks.append(Text(markdown=item.stem))
        if str(number) not in answers:
            blocks += _question(item, str(number))
            break
        blocks += _feedback(item, answers[str(number)].value)
    clauses = piece.clauses or tuple(dict.fromkeys(c for item in piece.items for c in item.clauses))
    if clauses:
        blocks.append(Note(markdown=serves(clauses)))
    return Card(
        title=piece.title, blocks=tuple(blocks), summary=f"{piece.title}: {opening(piece.items[0].stem)}"
    )


def react(piece: Quiz, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    item = next((i for n, i in enumerate(piece.items) if str(n) == click.item), None)
    if click.verb != ANSWERED or item is None or click.value not in item.options:
        return Outcome(show=compose(piece, person, done))
    if click.item in answers_of(done):
        again = "You had answered this question already; the first answer counts."
        return Outcome(show=compose(piece, person, done).with_note(again))
    answer = Participation(
        verb=ANSWERED,
        item=click.item,
        value=click.value,
        correct=click.value == item.key,
        clauses=item.clauses or piece.clauses,
    )
    return Outcome(remember=(answer,), show=compose(piece, person, (*done, answer)))


def answers_of(done: tuple[Participation, ...]) -> dict[str, Participation]:
    """Item -> the answer that counts: the first."""
    answers: dict[str, Participation] = {}
    for participation in done:
        if participation.verb == ANSWERED:
            answers.setdefault(participation.item, participation)
    return answers


def _question(item: Item, number: str) -> list[Block]:
    lines = "\n".join(f"- **{letter}** {text}" for letter, text in item.options.items())
    buttons = tuple(
        Button(label=letter, verb=ANSWERED, item=number, value=letter, accessible=_spoken(letter, text))
        for letter, text in item.options.items()
    )
    return [Text(markdown=lines), Buttons(buttons=buttons)]


def _feedback(item: Item, chosen: str) -> list[Block]:
    answer = f"**{item.key}**: {item.options[item.key]}"
    verdict = f"✅ **Right.** {answer}"
    if chosen != item.key:
        verdict = f"❌ **Not quite.** You chose {escape(chosen)}; the answer is {answer}"
    return [Text(markdown=verdict), Text(markdown=item.explanation)]


def _spoken(letter: str, text: str) -> str:
    """What a screen reader says for a button that shows a letter (Slack: at most 75 characters)."""
    return f"{letter}: {opening(text, 70)}"
