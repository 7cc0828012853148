"""What each press on the author's card does: another form, a trial, or a step from one stage to the next."""

from __future__ import annotations

from content.cards import Card
from content.pieces import Draft, Message, Milestone
from handlers.broadcasts import approvals, celebrating, choosing, forms, spoken, trials
from handlers.broadcasts.authored import (
    CHANGES,
    DECIDED,
    LOOKED,
    LOOKED_BACK,
    PAUSED,
    TRIED,
    WENT_ON,
    WITHDREW,
    Watched,
    compose,
    stepped,
)
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Person
from handlers.numbers import lookback
from handlers.permissions import may, refusal
from handlers.shared import Done

_STAGE = {WITHDREW: Stage.WITHDRAWN, PAUSED: Stage.PAUSED, WENT_ON: Stage.SCHEDULED}


async def decide(desk: Desk, piece: Draft, click: Click, person: Person, done: Done) -> Outcome:
    card = compose(piece, person, done)
    offered = {(b.verb, b.value) for b in card.buttons()}
    if not isinstance(piece, Watched) or (click.verb, click.value) not in offered or click.verb == LOOKED:
        return Outcome(show=card)
    right = spoken.right(piece.message)
    if not may(person, right):
        return Outcome(show=card.with_note(refusal(right)))
    broadcast = piece.broadcast
    if click.verb == CHANGES:
        return Outcome(form=await _form(desk, person, broadcast, click.value))
    if click.verb == LOOKED_BACK:
        return await lookback.pressed(desk, person, click, broadcast, card)
    if click.verb == TRIED:
        rows = trials.rows(desk, person, piece.message, click.key)
        return Outcome(deliver=rows, show=card.with_note("Your copy is on its way. Nothing of it counts."))
    if (click.verb, click.value) == (DECIDED, "send"):
        return await approvals.let_go(desk, person, broadcast)
    decided = Stage.DISCARDED if click.value == "discard" else Stage.DRAFT
    return await stepped(desk, person, broadcast, _STAGE.get(click.verb, decided))


async def _form(desk: Desk, person: Person, broadcast: Broadcast, which: str) -> Card:
    message = spoken.said(broadcast)
    if isinstance(message, Milestone):
        return celebrating.text(desk, message) if which == "text" else await celebrating.send(desk, broadcast)
    if which == "text":
        proposed = broadcast.correction
        return forms.text(desk, broadcast, proposed if isinstance(proposed, Message) else message)
    if which == "blanks":
        return forms.blanks(desk, message, forms.FILL)
    if which == "more":
        receiver = await desk.store.person(broadcast.reply_to) if broadcast.reply_to else None
        return forms.more(desk, message, receiver.email if receiver else "")
    return forms.send(
        desk, broadcast, await choosing.audience_inputs(desk, person, choosing.filled_in(broadcast))
    )
