"""How things are: one question, five faces, and a sentence for who wants to say why."""

from __future__ import annotations

from content.cards import Button, Buttons, Card, Input, Note, Text
from content.markup import clean
from content.pieces import Pulse
from handlers.events import Click, Outcome
from handlers.model import Participation, Person
from handlers.shared import shared

RATED = "rated"
FACES = {
    "1": ("😣", "very bad"),
    "2": ("🙁", "bad"),
    "3": ("😐", "so-so"),
    "4": ("🙂", "good"),
    "5": ("😀", "very good"),
}
WHY, LONGEST = "why", 500


@shared
def compose(piece: Pulse, person: Person, done: tuple[Participation, ...] = ()) -> Card:
    rated = next((p.value for p in done if p.verb == RATED and not p.item), "")
    if rated:
        said = Note(markdown=f"You said {FACES[rated][0]} Thank you.")
        return Card(title=piece.title, blocks=(Text(markdown=piece.question), said), summary=piece.question)
    faces = tuple(Button(label=f, verb=RATED, value=v, accessible=words) for v, (f, words) in FACES.items())
    why = Input(id=WHY, label="Why, in a sentence", kind="paragraph", optional=True, max_length=LONGEST)
    blocks = (Text(markdown=piece.question), why, Buttons(buttons=faces))
    return Card(title=piece.title, blocks=blocks, summary=piece.question)


def react(piece: Pulse, click: Click, person: Person, done: tuple[Participation, ...]) -> Outcome:
    if click.verb != RATED or click.value not in FACES or any(p.verb == RATED for p in done):
        return Outcome(show=compose(piece, person, done))
    rated = Participation(verb=RATED, value=click.value, clauses=piece.clauses)
    said = [rated]
    if why := clean(click.values.get(WHY, ""), LONGEST):
        written = Participation(RATED, WHY, f"{len(why)} characters", clauses=piece.clauses, words=why)
        said.append(written)
    return Outcome(remember=tuple(said), show=compose(piece, person, (rated,)))
