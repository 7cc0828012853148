"""Micro-training: one question at a time, answered with how sure one is, and at once why and what to do today."""

from __future__ import annotations

from content.cards import Block, Button, Buttons, Card, Choice, Input, Note, Text
from content.markup import plain
from content.pieces import Item, Quiz
from handlers.events import Click, Outcome
from handlers.messages import opening, serves
from handlers.model import Participation, Person
from handlers.shared import shared

ANSWERED = "answered"
CERTAINTIES = {1: "A guess", 2: "Fairly sure", 3: "Certain"}
SCORES = {1: (1, 0), 2: (2, -2), 3: (3, -6)}
"""Right and wrong, by certainty: certainty-based marking (Gardner-Medwin), where it pays to say how sure one is."""

EXPLAINED = (
    "Choose an answer and press how sure you are. A right answer earns 1, 2 or 3 points, the surer the more; a wrong "
    "one costs nothing as a guess, 2 when fairly sure and 6 when certain. So it pays to be honest. Only you see points."
)
CHOOSE = "Choose an answer first, then press how sure you are. Nothing was counted."
AGAIN = "You had answered this question already; the first answer counts."


@shared
def compose(piece: Quiz, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    return _card(piece, done)


def _card(piece: Quiz, done: tuple[Participation, ...], missing: str = "") -> Card:
    """missing: what is said beside the question that is open, about a press that could not count."""
    answers = answers_of(done)
    blocks: list[Block] = [Note(markdown=EXPLAINED)] if piece.first and not answers else []
    for number, item in enumerate(piece.items):
        if len(piece.items) > 1:
            blocks.append(Note(markdown=f"Question {number + 1} of {len(piece.items)}"))
        blocks.append(Text(markdown=item.stem))
        answer = answers.get(name_of(piece, item))
        if answer is None:
            blocks += _question(item, name_of(piece, item), missing)
            break
        blocks += _feedback(item, answer)
    clauses = piece.clauses or tuple(dict.fromkeys(c for item in piece.items for c in item.clauses))
    if clauses:
        blocks.append(Note(markdown=serves(clauses)))
    return Card(
        title=piece.title, blocks=tuple(blocks), summary=f"{piece.title}: {opening(piece.items[0].stem)}"
    )


def react(piece: Quiz, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    item = next((item for item in piece.items if name_of(piece, item) == click.item), None)
    if click.verb != ANSWERED or item is None:
        return Outcome(show=compose(piece, person, done))
    if click.item in answers_of(done):
        return Outcome(show=compose(piece, person, done).with_note(AGAIN))
    chosen, certainty = _chosen(click)
    if chosen not in item.options:
        return Outcome(show=_card(piece, done, CHOOSE))
    answer = Participation(
        verb=ANSWERED,
        item=click.item,
        value=chosen,
        correct=chosen == item.key,
        certainty=certainty,
        clauses=item.clauses or piece.clauses,
    )
    return Outcome(remember=(answer,), show=compose(piece, person, (*done, answer)))


def name_of(piece: Quiz, item: Item) -> str:
    """What an item is called in the log: its id, or its number where it was shown before it had one."""
    return item.id or str(piece.items.index(item))


def answers_of(done: tuple[Participation, ...]) -> dict[str, Participation]:
    """Item -> the answer that counts: the first."""
    answers: dict[str, Participation] = {}
    for participation in done:
        if participation.verb == ANSWERED:
            answers.setdefault(participation.item, participation)
    return answers


def score(answer: Participation) -> int | None:
    """The points of an answer; None where it was not asked how sure they were."""
    if answer.certainty is None:
        return None
    right, wrong = SCORES[answer.certainty]
    return right if answer.correct else wrong


def _chosen(click: Click) -> tuple[str, int | None]:
    """The option and the certainty; a button of an older card is the option itself."""
    if click.value in ("1", "2", "3"):
        return click.values.get(_input_of(click.item), ""), int(click.value)
    return click.value, None


def _question(item: Item, name: str, missing: str) -> list[Block]:
    choices = tuple(
        Choice(value=letter, label=f"{letter}. {plain(text)}") for letter, text in item.options.items()
    )
    buttons = tuple(
        Button(label=words, verb=ANSWERED, item=name, value=str(level))
        for level, words in CERTAINTIES.items()
    )
    return [
        Input(id=_input_of(name), label="Your answer", kind="options", choices=choices),
        *([Text(markdown=f"⚠️ {missing}")] if missing else []),
        Text(markdown="**How sure are you?**"),
        Buttons(buttons=buttons),
    ]


def _input_of(name: str) -> str:
    return f"option-{name}"


def _feedback(item: Item, answer: Participation) -> list[Block]:
    key = f"**{item.key}**: {item.options[item.key]}"
    verdict = f"✅ **Right.** {key}"
    if not answer.correct:
        verdict = f"❌ **Not quite.** You chose {answer.value}; the answer is {key}"
    blocks: list[Block] = [Text(markdown=verdict), Text(markdown=item.explanation)]
    if item.today:
        blocks.append(Text(markdown=f"**Today:** {item.today}"))
    points = score(answer)
    if points is not None and answer.certainty is not None:
        said = CERTAINTIES[answer.certainty].lower()
        blocks.append(Note(markdown=f"You said: {said}. {_signed(points)}."))
    return blocks


def _signed(points: int) -> str:
    number = f"{points:+d}".replace("-", "−") if points else "0"
    return f"{number} {'point' if abs(points) == 1 else 'points'}"
