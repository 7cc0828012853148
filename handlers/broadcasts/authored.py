"""A leader's broadcast as its author sees it, from the preview to its end."""

from __future__ import annotations

from pydantic import ConfigDict

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from content.pieces import Draft, Forecast, Message, Milestone
from handlers.broadcasts import drafts, headway, occasions, spoken, timing, warnings
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Person
from handlers.moments import by_reason, until
from handlers.shared import Done

DECIDED = "decided"  # send, discard, draft: back to where it can be changed
WITHDREW = "withdrew"
LOOKED = "looked"
PAUSED = "held"
WENT_ON = "released"
CHANGES = "changes"  # opens the form that its value names
TRIED = "tried"
LOOKED_BACK = "looked back"
CORRECT = Button(label="Correct it", verb=CHANGES, value="text")
LOOK = Button(label="How far is it?", verb=LOOKED)
DISCARD = Button(label="Discard", verb=DECIDED, value="discard")
LOOK_BACK = Button(label="Look back", verb=LOOKED_BACK)
NOTHING_SENT = "Nothing was sent. Type `broadcast` to write another one."
OLDER = "This draft was written before Catchball kept drafts. Type `broadcast` to write it anew."


class Watched(Draft):
    """A draft as it stands by now, and how far it has come: made to be shown, and never kept."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    broadcast: Broadcast
    when: str
    begun: bool = False
    complete: bool = False
    headway: str = ""  # Markdown
    reply_to: str = ""  # the name of who gets people's replies in the author's place
    second: str = ""  # why a second person has to approve it; empty: nobody has to
    warnings: tuple[str, ...] = ()
    turn: occasions.Told | None = None  # of a draft for the slot of a rota


async def watched(desk: Desk, piece: Draft, person: Person, done: Done = ()) -> Draft:
    """The broadcast that a card is about, as it stands; what was never kept stays as it is."""
    broadcast = await desk.store.broadcast(piece.id)
    return await watch(desk, broadcast, person) if broadcast else piece


async def watch(desk: Desk, broadcast: Broadcast, person: Person) -> Watched:
    now = desk.clock.now().astimezone(desk.zone(person))
    message = spoken.said(broadcast)
    seen = Watched(
        id=broadcast.id,
        title=message.title,
        clauses=message.clauses,
        message=message,
        audience=broadcast.audience,
        people=broadcast.people,
        drafted=now.isoformat(),
        at=broadcast.timing.at,
        forecast=broadcast.forecast,
        broadcast=broadcast,
        when=drafts.shown_at(broadcast, desk.zone(person)),
        reply_to=await _receiver(desk, broadcast),
    )
    if broadcast.stage in (Stage.DRAFT, Stage.WAITING):
        told = await warnings.of(desk, broadcast)
        turn = await occasions.told(desk, broadcast, person) if broadcast.occasion else None
        second = await warnings.second(desk, broadcast.audience)
        return seen.model_copy(update={"second": second, "warnings": told, "turn": turn})
    found = await desk.store.headway(broadcast.id, desk.clock.now())
    if desk.library.programme.works_council:
        found = headway.discreet(found)
    asked = isinstance(message, Message) and message.acknowledge
    checked = isinstance(message, Message) and message.check is not None
    cheer = isinstance(message, Milestone) and message.cheer
    return seen.model_copy(
        update={
            "begun": bool(found.states) or found.withdrawn,
            "complete": found.complete,
            "headway": headway.words(found, now, desk.terms, asked, checked, cheer),
        }
    )


async def _receiver(desk: Desk, broadcast: Broadcast) -> str:
    receiver = await desk.store.person(broadcast.reply_to) if broadcast.reply_to else None
    return (receiver.name or receiver.email) if receiver else ""


def compose(piece: Draft, person: Person, done: Done = ()) -> Card:
    """The message as others see it, then what its author wants to know and can do at this point."""
    if not isinstance(piece, Watched):
        return Card(title=piece.title, blocks=(Note(markdown=OLDER),))
    title, blocks = _STAGES[piece.broadcast.stage](piece)
    if piece.broadcast.out and isinstance(piece.message, Message) and piece.message.acknowledge:
        blocks.append(Note(markdown=f"In an audience: `not acknowledged:{piece.id}`"))
    title = f"{title}: {piece.title}"
    return Card(title=title, blocks=(*spoken.body(piece.message), *blocks), summary=title)


def react(piece: Draft, click: Click, person: Person, done: Done) -> Outcome:
    """Every press here needs the memory: see `handlers.broadcasts.steps`."""
    return Outcome(show=compose(piece, person, done))


async def stepped(desk: Desk, person: Person, known: Broadcast, stage: Stage, **fields: object) -> Outcome:
    """To another stage, as its author sees that."""
    return await after(desk, person, step(known, stage, **fields))


async def after(desk: Desk, person: Person, taken: Step) -> Outcome:
    """A step, its author's card after it, and every card about it drawn anew."""
    seen = await watch(desk, taken.broadcast, person)
    cards = await occasions.cards(desk, taken.broadcast)
    return Outcome(step=taken, show=compose(seen, person), refresh=cards)


def expected(broadcast: Broadcast) -> tuple[Fact, ...]:
    """The forecast in words, as label and value."""
    people = f"{broadcast.people:,} {'person' if broadcast.people == 1 else 'people'}"
    told = broadcast.forecast
    if told is None:
        return (Fact(label="How many", value=people),)
    facts = [Fact(label="How many", value=f"{people}: {_places(told)}" if told.places else people)]
    if told.places:
        moments = [moment for moment in (told.last_at, told.held_until) if moment]
        starts = timing.begins(broadcast)
        began = starts.astimezone(moments[0].tzinfo) if moments else starts
        facts.append(
            Fact(
                label="How long", value=until(began, told.last_at, told.held, told.held_until, told.holidays)
            )
        )
    if told.without:
        reasons = {count.name: count.people for count in told.without}
        without = f"{sum(reasons.values()):,}: {by_reason(reasons)}"
        facts.append(Fact(label="Probably not reached", value=without))
    return tuple(facts)


def facts(piece: Watched) -> Facts:
    return Facts(
        facts=(
            *_who(piece),
            _when(piece),
            *expected(piece.broadcast),
            *spoken.asked(piece.message, piece.reply_to),
        )
    )


def _preview(piece: Watched) -> tuple[str, list[Block]]:
    told: list[Block] = [Note(markdown=f"⚠️ {warning}") for warning in piece.warnings]
    if piece.turn:
        told.insert(0, Text(markdown=piece.turn.words))
    if piece.turn and piece.turn.taken:
        return "Not needed", [*told[:1], Buttons(buttons=(DISCARD,))]
    if _open_blanks(piece):
        asks = "; ".join(escape(ask) for ask in _open_blanks(piece))
        told.append(Note(markdown=f"Still open, and left out with its paragraph as long as it is: {asks}"))
    if piece.broadcast.remark:
        told.append(Text(markdown=f"**Sent back:** {escape(piece.broadcast.remark)}"))
    if piece.second:
        told.append(Note(markdown=piece.second))
    changes, rest = _changes(piece)
    return "Preview", [facts(piece), *told, Buttons(buttons=changes), Buttons(buttons=rest)]


def _changes(piece: Watched) -> tuple[tuple[Button, ...], tuple[Button, ...]]:
    """What can be done with a draft, in two rows: six in all, which is as many as Teams takes."""
    send = "Ask for approval" if piece.second else "Schedule it" if piece.at else "Send it"
    blanks = _open_blanks(piece)
    message = isinstance(piece.message, Message)
    fill = (Button(label="Fill in the blanks", verb=CHANGES, value="blanks"),) if blanks else ()
    more = (Button(label="Add to it", verb=CHANGES, value="more"),) if message else ()
    when = () if piece.turn else (Button(label="To whom, when", verb=CHANGES, value="send"),)
    buttons = (
        Button(label=send, verb=DECIDED, value="send", style="primary"),
        *fill,
        Button(label="Change the text", verb=CHANGES, value="text"),
        *more,
        *when,
    )
    trial = () if blanks and when else (Button(label="Try it", verb=TRIED),)
    return buttons, (*trial, DISCARD)


def _open_blanks(piece: Watched) -> tuple[str, ...]:
    """What is still to be filled in, each as it is asked for."""
    return tuple(piece.message.blanks.values()) if isinstance(piece.message, Message) else ()


def _waiting(piece: Watched) -> tuple[str, list[Block]]:
    note = Note(markdown=f"{piece.second} They have been asked; nothing goes out before one of them agrees.")
    buttons = (
        Button(label="Take it back", verb=DECIDED, value="draft"),
        DISCARD,
    )
    return "Waiting for approval", [facts(piece), note, Buttons(buttons=buttons)]


def _discarded(piece: Watched) -> tuple[str, list[Block]]:
    shown = Facts(facts=(*_who(piece), *spoken.asked(piece.message, piece.reply_to)))
    return "Discarded", [shown, Note(markdown=NOTHING_SENT)]


def _scheduled(piece: Watched) -> tuple[str, list[Block]]:
    """What was expected until it begins; then what has come of it."""
    withdraw = Button(label="Withdraw it", verb=WITHDREW, style="danger")
    if not piece.begun:
        back = [Button(label="Back to the draft", verb=DECIDED, value="draft")] if piece.at else []
        when = "It goes out then." if piece.at else "It is on its way."
        note = Note(markdown=f"{when} You may withdraw it at any time.")
        title = "Scheduled" if piece.at else "Sent"
        return title, [facts(piece), note, Buttons(buttons=(LOOK, *back, withdraw))]
    kudos = spoken.is_kudos(piece.message)
    pause = [] if piece.complete or kudos else [Button(label="Pause", verb=PAUSED)]
    back = [] if kudos else [LOOK_BACK]
    shown = Facts(facts=(*_who(piece), *spoken.asked(piece.message, piece.reply_to)))
    correct = [CORRECT] if isinstance(piece.message, Message) else []
    buttons = Buttons(buttons=(LOOK, *back, *pause, *correct, withdraw))
    return "Sent", [shown, Text(markdown=piece.headway), *_proposed(piece), buttons]


def _paused(piece: Watched) -> tuple[str, list[Block]]:
    buttons = (
        Button(label="Go on", verb=WENT_ON, style="primary"),
        LOOK,
        *([LOOK_BACK] if piece.begun else []),
        *([CORRECT] if isinstance(piece.message, Message) else []),
        Button(label="Withdraw it", verb=WITHDREW, style="danger"),
    )
    note = Note(markdown="Nobody else gets it until you go on; who has it keeps it.")
    said: list[Block] = [Text(markdown=piece.headway)] if piece.begun else []
    return "Paused", [Facts(facts=_who(piece)), *said, *_proposed(piece), note, Buttons(buttons=buttons)]


def _proposed(piece: Watched) -> list[Block]:
    """What has become of a correction that needs a second person."""
    if piece.broadcast.correction:
        waits = "A correction waits for a second person. What is out stays as it is until they agree."
        return [Note(markdown=waits)]
    remark = piece.broadcast.remark
    return [Text(markdown=f"**The correction was sent back:** {escape(remark)}")] if remark else []


def _withdrawn(piece: Watched) -> tuple[str, list[Block]]:
    said: list[Block] = [Text(markdown=piece.headway)] if piece.begun else []
    note = Note(markdown="Nobody else gets it now; who has it already can no longer answer it.")
    looks = [*([] if piece.complete else [LOOK]), *([LOOK_BACK] if piece.begun else [])]
    buttons = [Buttons(buttons=tuple(looks))] if looks else []
    return "Withdrawn", [Facts(facts=_who(piece)), *said, note, *buttons]


_STAGES = {
    Stage.DRAFT: _preview,
    Stage.WAITING: _waiting,
    Stage.SCHEDULED: _scheduled,
    Stage.PAUSED: _paused,
    Stage.WITHDRAWN: _withdrawn,
    Stage.DISCARDED: _discarded,
}


def _who(piece: Watched) -> tuple[Fact, ...]:
    excluded = [f"{each.rule}: {each.why}" for each in piece.broadcast.exclusions]
    left_out = (Fact(label="Left out", value="; ".join(excluded)[:500]),) if excluded else ()
    return (Fact(label="Who", value=piece.audience[:1000]), *left_out)


def _when(piece: Watched) -> Fact:
    return Fact(label="When", value=piece.when)


def _places(told: Forecast) -> str:
    return ", ".join(f"{count.people:,} in {count.name.capitalize()}" for count in told.places)
