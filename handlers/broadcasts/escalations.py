"""What a manager is told of their people who have not acknowledged a message: how many, or by name if set so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from content.cards import Block, Button, Buttons, Card, Note, Text
from content.markup import escape
from content.pieces import Escalation, Message
from handlers.broadcasts import following
from handlers.broadcasts.habits import in_working_time
from handlers.broadcasts.stages import Broadcast
from handlers.broadcasts.timing import place
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Delivery, Person
from handlers.numbers.groups import few
from handlers.permissions import sight
from handlers.privacy.looks import Looked, each
from handlers.shared import Done

NAMES = 30  # on one card
AGAIN = Button(label="How is it now?", verb="looked")


class Told(Escalation):
    """With the numbers of the moment: made to be shown, and never kept."""

    people: int
    silent: tuple[str, ...]
    named: tuple[tuple[str, str], ...]  # key and name of those who may be named
    looked: Looked
    at: str


async def told(desk: Desk, piece: Escalation, person: Person, done: Done = ()) -> Told:
    """As it is now; by name only if that may be seen now, whatever was so when it was sent."""
    found = await desk.store.answering(piece.broadcast, piece.slot, person.key)
    now = desk.clock.now()
    programme = desk.library.programme
    seen = sight("escalation", person, programme, now.astimezone(ZoneInfo(programme.zone)).date())
    named: tuple[tuple[str, str], ...] = ()
    if piece.by_name and seen.anybody:
        named = tuple(zip(found.keys, found.silent, strict=True))
    if seen.within is not None:
        within = {each.key for each in await desk.store.named(seen.within)}
        named = tuple((key, name) for key, name in named if key in within)
    fields = {name: getattr(piece, name) for name in Escalation.model_fields}
    looked = seen.look(person, "escalation", piece.broadcast)
    at = desk.local(now, person)
    return Told(**fields, people=found.people, silent=found.silent, named=named, looked=looked, at=at)


def compose(piece: Escalation, person: Person, done: Done = ()) -> Card:
    title = f"Not acknowledged yet: {piece.title}"
    if not isinstance(piece, Told):
        return Card(title=title)
    blocks: list[Block] = [Text(markdown=_how_many(piece))]
    if piece.named:
        named = [f"- {escape(name)}" for _, name in piece.named[:NAMES]]
        named += [f"- and {len(piece.silent) - len(named)} more"] if len(piece.silent) > len(named) else []
        blocks.append(Text(markdown="\n".join(named)))
    if piece.silent:
        blocks.append(Note(markdown="They have been reminded. A word from you does more than another card."))
        blocks.append(Buttons(buttons=(AGAIN,)))
    blocks.append(Note(markdown=f"As of {escape(piece.at)}."))
    return Card(title=title, blocks=tuple(blocks), summary=title)


def react(piece: Escalation, click: Click, person: Person, done: Done) -> Outcome:
    """There is nothing to do here but to look again."""
    looked = each(piece.looked, _keys(piece)) if isinstance(piece, Told) and piece.named else ()
    return Outcome(show=compose(piece, person, done), looked=looked)


def _keys(piece: Told) -> Iterator[str]:
    return (key for key, _ in piece.named[:NAMES])


async def row(desk: Desk, broadcast: Broadcast, slot: str, manager: Person, by_name: bool) -> Delivery:
    message = broadcast.message
    assert isinstance(message, Message)
    piece = Escalation(
        id=f"escalation-{message.id}"[:64],
        title=message.title,
        clauses=message.clauses,
        broadcast=broadcast.id,
        slot=slot,
        by_name=by_name,
    )
    now_told = await told(desk, piece, manager)
    if now_told.named:
        await desk.store.looked(each(now_told.looked, _keys(now_told)), desk.clock.now())
    card = compose(now_told, manager)
    programme, where = desk.library.programme, place(broadcast.id, manager.key)
    due_at = in_working_time(desk.clock.now(), desk.zone(manager), manager.site, programme.rest, where)
    due = following.row(desk, broadcast, manager, due_at)
    return replace(due, slot=f"{slot} escalation", piece=piece, card=card)


async def answered(desk: Desk, delivery: Delivery) -> bool:
    """Whether everybody has acknowledged meanwhile what a manager was to be told of."""
    piece = delivery.piece
    if not isinstance(piece, Escalation):
        return False
    return not (await desk.store.answering(piece.broadcast, piece.slot, delivery.person)).silent


def _how_many(piece: Told) -> str:
    silent, what = len(piece.silent), f"“{escape(piece.title)}”"
    if not silent:
        return f"All of your people who have {what} have acknowledged it by now."
    if few(piece.people):
        return f"Not everybody of your people has acknowledged {what} yet."
    have = "has" if silent == 1 else "have"
    return f"**{silent:,} of your {piece.people:,} people** {have} not acknowledged {what} yet."
