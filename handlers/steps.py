"""What each press on the author's card does: another form, a trial, or a step from one stage to the next."""

from __future__ import annotations

from content.cards import Card
from content.pieces import Draft, Message
from handlers import approvals, choosing, forms, trials
from handlers.broadcasts import (
    CHANGES,
    DECIDED,
    LOOKED,
    PAUSED,
    TRIED,
    WENT_ON,
    WITHDREW,
    Watched,
    compose,
    stepped,
)
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Person
from handlers.permissions import may, refusal
from handlers.shared import Done
from handlers.stages import Broadcast, Stage

_STAGE = {WITHDREW: Stage.WITHDRAWN, PAUSED: Stage.PAUSED, WENT_ON: Stage.SCHEDULED}


async def decide(desk: Desk, piece: Draft, click: Click, person: Person, done: Done) -> Outcome:
    card = compose(piece, person, done)
    offered = {(b.verb, b.value) for b in card.buttons()}
    if not isinstance(piece, Watched) or (click.verb, click.value) not in offered or click.verb == LOOKED:
        return Outcome(show=card)
    if not may(person, "broadcast"):
        return Outcome(show=card.with_note(refusal("broadcast")))
    broadcast = piece.broadcast
    if click.verb == CHANGES:
        return Outcome(form=await _form(desk, person, broadcast, click.value))
    if click.verb == TRIED:
        rows = trials.rows(desk, person, piece.message, click.key)
        return Outcome(deliver=rows, show=card.with_note("Your copy is on its way. Nothing of it counts."))
    if (click.verb, click.value) == (DECIDED, "send"):
        return await approvals.let_go(desk, person, broadcast)
    decided = Stage.DISCARDED if click.value == "discard" else Stage.DRAFT
    return await stepped(desk, person, broadcast, _STAGE.get(click.verb, decided))


async def _form(desk: Desk, person: Person, broadcast: Broadcast, which: str) -> Card:
    message = broadcast.message
    assert isinstance(message, Message)
    if which == "text":
        proposed = broadcast.correction
        return forms.text(desk, broadcast, proposed if isinstance(proposed, Message) else message)
    if which == "more":
        return forms.more(desk, message)
    return forms.send(
        desk, broadcast, await choosing.audience_inputs(desk, person, choosing.filled_in(broadcast))
    )
