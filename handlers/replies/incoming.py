"""What somebody wrote to a leader, as the leader sees it: who, about what, and what can be done or became of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import ConfigDict

from content.cards import Block, Button, Buttons, Card, Note, Text
from content.markup import escape
from content.pieces import BasePiece, Message, Replied
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.desk import REQUEST_LASTS, Desk
from handlers.events import Click, Outcome
from handlers.model import Delivery, Lane, Participation, Person
from handlers.permissions import may
from handlers.replies import letters, receivers
from handlers.replies.letters import quoted
from handlers.replies.reply import Reply
from handlers.shared import Done

SET_ASIDE = "set aside"
HANDED_OVER = timedelta(minutes=15)  # what has no name under it comes at the next full quarter of an hour


class Shown(Replied):
    """A reply as it stands by now: made to be shown, and never kept."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    reply_now: Reply
    who: str
    since: str  # when it was written, in words
    by: str = ""  # the name of who answered
    for_all: bool = False  # whether it may be answered for all


async def shown(desk: Desk, piece: Replied, person: Person, done: Done = ()) -> Replied:
    """The reply that a card is about, as it stands."""
    reply = await desk.store.replies.one(piece.reply)
    return await show(desk, reply, piece, person) if reply else piece


async def show(desk: Desk, reply: Reply, piece: Replied, person: Person) -> Shown:
    answered_by = await desk.store.person(reply.answered_by) if reply.answered_by else None
    return Shown(
        **{name: getattr(piece, name) for name in Replied.model_fields},
        reply_now=reply,
        who=await who_wrote(desk, reply),
        since=("about " if reply.anonymous else "") + desk.local(reply.at, person),
        by=answered_by.name if answered_by else "",
        for_all=await open_to_all(desk, reply, person) is not None,
    )


async def who_wrote(desk: Desk, reply: Reply) -> str:
    """Their name; of what has none under it never."""
    person = None if reply.anonymous else await desk.store.person(reply.person)
    return (person.name if person else "") or "Somebody"


async def open_to_all(desk: Desk, reply: Reply, person: Person) -> Broadcast | None:
    """The broadcast under which this person may answer for all: it is out and not paused or withdrawn."""
    broadcast = await desk.store.broadcast(reply.broadcast) if reply.broadcast else None
    if (
        broadcast is None
        or broadcast.stage is not Stage.SCHEDULED
        or not isinstance(broadcast.message, Message)
    ):
        return None
    return broadcast if may(person, "broadcast") else None


def compose(piece: Replied, person: Person, done: Done = ()) -> Card:
    """What was written, by whom and about what; then what can be done, or what became of it."""
    if not isinstance(piece, Shown):
        return Card(title=piece.title)
    reply, who = piece.reply_now, piece.who[:60]
    did = "wrote back" if reply.broadcast else "asks the leadership"
    title = f"{who} {did}{', without a name' if reply.anonymous else ''}"
    about = f"About “{escape(reply.title)}”. " if reply.broadcast else ""
    blocks: list[Block] = [quoted(reply.text), Note(markdown=f"{about}Written {escape(piece.since)}.")]
    blocks += _open(piece) if reply.open else _ended(piece)
    words = " ".join(reply.text.split())
    return Card(title=title, blocks=tuple(blocks), summary=f"{who}: {words[:120]}")


def react(piece: Replied, click: Click, person: Person, done: Done) -> Outcome:
    """Every press here needs the memory: see `decide`."""
    return Outcome(show=compose(piece, person, done))


async def decide(desk: Desk, piece: Replied, click: Click, person: Person, done: Done) -> Outcome:
    card = compose(piece, person, done)
    offered = {(button.verb, button.value) for button in card.buttons()}
    if not isinstance(piece, Shown) or (click.verb, click.value) not in offered:
        return Outcome(show=card)
    reply = piece.reply_now
    if not await may_answer(desk, reply, person):
        return Outcome(show=card.with_note("Somebody else answers this by now."))
    if click.verb == SET_ASIDE:
        return await set_aside(desk, piece, person)
    if click.value == letters.FOR_ALL:
        return Outcome(form=letters.for_all(reply, await same_subject(desk, reply)))
    return Outcome(form=letters.answer(reply))


async def may_answer(desk: Desk, reply: Reply, person: Person) -> bool:
    """Who received it; of what waits for somebody who has left, the leader whose turn it is."""
    if reply.receiver == person.key:
        return True
    receiver = await desk.store.person(reply.receiver)
    return (receiver is None or receiver.left_at is not None) and await receivers.has_turn(desk, person)


async def same_subject(desk: Desk, reply: Reply) -> list[Reply]:
    """What else waits about the same message."""
    most = letters.MOST_AT_ONCE + 1
    found = await desk.store.replies.waiting_about(reply.broadcast, reply.receiver, most)
    return [other for other in found if other.id != reply.id][: letters.MOST_AT_ONCE]


async def set_aside(desk: Desk, piece: Shown, person: Person) -> Outcome:
    """It wants no answer: it waits no longer, counts in no rate, and whoever wrote it is told nothing."""
    ended = piece.reply_now.ended(desk.clock.now(), person.key)
    return Outcome(
        replies=(ended,),
        remember=(Participation(verb=SET_ASIDE, item=ended.id),),
        show=compose(await show(desk, ended, piece, person), person),
        refresh=tuple(await desk.store.cards_about(ended.id)),
    )


async def card_for(desk: Desk, reply: Reply, receiver: Person, lane: Lane = Lane.REMINDER) -> Delivery:
    """The row that brings a reply to who is to answer it: at once, or when their quiet hours or their pause end."""
    title = f"{'Reply' if reply.broadcast else 'Question'}: {reply.title}"[:100]
    piece = Replied(id=f"reply-{desk.new_id()}"[:64], title=title, broadcast=reply.broadcast, reply=reply.id)
    card = compose(await show(desk, reply, piece, receiver), receiver)
    due_at = quarter(desk.clock.now()) if reply.anonymous and lane is Lane.REMINDER else desk.clock.now()
    return row_for(desk, receiver, card, f"about:{reply.id}", due_at, piece, lane)


def row_for(
    desk: Desk,
    person: Person,
    card: Card,
    slot: str,
    due_at: datetime,
    piece: BasePiece | None = None,
    lane: Lane = Lane.REMINDER,
) -> Delivery:
    """What somebody waits for is not lost in a pause: it comes when that ends."""
    paused = person.paused_until if person.paused(due_at) and lane is Lane.REMINDER else None
    due = max(due_at, paused) if paused else due_at
    return Delivery(
        id=desk.new_id(),
        person=person.key,
        campaign="",
        slot=slot,
        piece=piece,
        card=card,
        address=person.address,
        due_at=due,
        expires_at=due + REQUEST_LASTS,
        lane=lane,
    )


def _open(piece: Shown) -> list[Block]:
    buttons = [Button(label="Answer", verb=letters.WRITES, value=letters.ANSWER, style="primary")]
    if piece.for_all:
        buttons.append(Button(label="Answer for all", verb=letters.WRITES, value=letters.FOR_ALL))
    aside = Button(label="No answer needed", verb=SET_ASIDE)
    return [Buttons(buttons=tuple(buttons)), Buttons(buttons=(aside,))]


def _ended(piece: Shown) -> list[Block]:
    reply, who = piece.reply_now, escape(piece.by) or "Somebody"
    if not reply.answer:
        return [Note(markdown=f"{who} said that it needs no answer.")]
    how = "answered it for all" if reply.public else "answered"
    return [Text(markdown=f"✅ **{who} {how}:**"), quoted(reply.answer)]


def quarter(moment: datetime) -> datetime:
    """The next full quarter of an hour."""
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + HANDED_OVER
