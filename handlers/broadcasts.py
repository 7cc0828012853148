"""A leader's broadcast as its author sees it: what to expect before, how far it is meanwhile, how it ended."""

from __future__ import annotations

from datetime import datetime

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.pieces import Draft, Forecast
from handlers import headway, messages
from handlers.desk import Desk
from handlers.events import Broadcast, Click, Outcome
from handlers.model import Participation, Person
from handlers.moments import by_reason, until
from handlers.permissions import may, refusal
from handlers.shared import Done

DECIDED = "decided"
WITHDREW = "withdrew"
LOOKED = "looked"
LOOK = Button(label="How far is it?", verb=LOOKED)


class Watched(Draft):
    """A draft that was sent, with how far it has come by now: made to be shown, and never kept."""

    begun: bool
    complete: bool
    headway: str  # Markdown


async def watched(desk: Desk, piece: Draft, person: Person, done: Done) -> Draft:
    """The draft as it stands; before it is sent there is nothing to watch."""
    if not any(p.verb == DECIDED and p.value == "send" for p in done):
        return piece
    found = await desk.store.headway(piece.id, desk.clock.now())
    now = desk.clock.now().astimezone(desk.zone(person))
    return Watched(
        **{name: getattr(piece, name) for name in Draft.model_fields},
        begun=bool(found.states) or found.withdrawn,
        complete=found.complete,
        headway=headway.words(found, now, desk.terms, piece.message.acknowledge),
    )


def compose(piece: Draft, person: Person, done: Done = ()) -> Card:
    """The message as others see it, then what its author wants to know and can do at this point."""
    decided = next((p.value for p in done if p.verb == DECIDED), "")
    if any(p.verb == WITHDREW for p in done):
        title, blocks = f"Withdrawn: {piece.title}", _withdrawn(piece)
    elif decided == "send":
        title, blocks = f"Scheduled: {piece.title}" if piece.at else f"Sent: {piece.title}", _sent(piece)
    elif decided == "discard":
        title, blocks = f"Discarded: {piece.title}", _discarded(piece)
    else:
        title, blocks = f"Preview: {piece.title}", _preview(piece)
    return Card(title=title, blocks=(*messages.body(piece.message), *blocks), summary=title)


def react(piece: Draft, click: Click, person: Person, done: Done) -> Outcome:
    card = compose(piece, person, done)
    if (click.verb, click.value) not in {(b.verb, b.value) for b in card.buttons()} or click.verb == LOOKED:
        return Outcome(show=card)
    if not may(person, "broadcast"):
        return Outcome(show=card.with_note(refusal("broadcast")))
    said = Participation(verb=click.verb, value=click.value, clauses=piece.clauses)
    show = compose(piece, person, (*done, said))
    if click.verb == WITHDREW:
        return Outcome(remember=(said,), show=show, recall=piece.id)
    if click.value == "discard":
        return Outcome(remember=(said,), show=show)
    launch = Broadcast(
        id=piece.id,
        message=piece.message,
        audience=piece.audience,
        author=person.key,
        at=datetime.fromisoformat(piece.at or piece.drafted),
    )
    return Outcome(remember=(said,), show=show, launch=launch)


def expected(piece: Draft) -> tuple[Fact, ...]:
    """The forecast in words, as label and value."""
    people = f"{piece.people:,} {'person' if piece.people == 1 else 'people'}"
    told = piece.forecast
    if told is None:
        return (Fact(label="How many", value=people),)
    began = datetime.fromisoformat(piece.at or piece.drafted)
    facts = [Fact(label="How many", value=f"{people}: {_places(told)}" if told.places else people)]
    if told.places:
        takes = until(began, told.last_at, told.held, told.held_until, told.holidays)
        facts.append(Fact(label="How long", value=takes))
    if told.without:
        reasons = {count.name: count.people for count in told.without}
        without = f"{sum(reasons.values()):,}: {by_reason(reasons)}"
        facts.append(Fact(label="Probably not reached", value=without))
    return tuple(facts)


def _preview(piece: Draft) -> list[Block]:
    send = "Schedule it" if piece.at else "Send it"
    buttons = (
        Button(label=send, verb=DECIDED, value="send", style="primary"),
        Button(label="Discard", verb=DECIDED, value="discard"),
    )
    return [
        Facts(facts=(_who(piece), _when(piece), *expected(piece), _asked(piece))),
        Buttons(buttons=buttons),
    ]


def _discarded(piece: Draft) -> list[Block]:
    nothing = Note(markdown="Nothing was sent. Type `broadcast` to write another one.")
    return [Facts(facts=(_who(piece), _asked(piece))), nothing]


def _sent(piece: Draft) -> list[Block]:
    """What was expected until it begins; then what has come of it."""
    withdraw = Button(label="Withdraw it", verb=WITHDREW, style="danger")
    buttons = Buttons(buttons=(LOOK, withdraw))
    if isinstance(piece, Watched) and piece.begun:
        return [Facts(facts=(_who(piece), _asked(piece))), Text(markdown=piece.headway), buttons]
    when = "It goes out then." if piece.at else "It is on its way."
    facts = (_who(piece), _when(piece), *expected(piece), _asked(piece))
    return [Facts(facts=facts), Note(markdown=f"{when} You may withdraw it at any time."), buttons]


def _withdrawn(piece: Draft) -> list[Block]:
    facts = Facts(facts=(_who(piece),))
    note = Note(markdown="Nobody else gets it now; who has it already can no longer answer it.")
    if not isinstance(piece, Watched):
        return [facts, note]
    buttons = [] if piece.complete else [Buttons(buttons=(LOOK,))]
    return [facts, Text(markdown=piece.headway), note, *buttons]


def _who(piece: Draft) -> Fact:
    return Fact(label="Who", value=piece.audience)


def _asked(piece: Draft) -> Fact:
    return Fact(label="Acknowledge", value="asked for" if piece.message.acknowledge else "not asked for")


def _when(piece: Draft) -> Fact:
    at = datetime.fromisoformat(piece.at).strftime("%Y-%m-%d %H:%M") if piece.at else "now"
    return Fact(label="When", value=at)


def _places(told: Forecast) -> str:
    return ", ".join(f"{count.people:,} in {count.name.capitalize()}" for count in told.places)
