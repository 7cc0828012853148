"""Writing a broadcast: each form that comes back, and the draft whose preview its author gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from content.cards import Card, Note
from content.pieces import Approval, Draft, Message
from handlers import approvals, broadcasts, choosing, drafts, forms
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.grants import granted, nobody
from handlers.model import Delivery, Lane, Person, Room
from handlers.permissions import may, refusal
from handlers.stages import Broadcast, Stage, Step

FORM_LASTS = timedelta(hours=24)
NO_ROOM = (
    "No new message can be sent now: the disk of the server that Catchball runs on is full. "
    "Whoever runs it has to free space; what is under way goes on meanwhile. Type `broadcast` again then."
)
EXPIRED = "This form was opened more than a day ago. Nothing was sent: type `broadcast` for a new one."
IN_THE_CHAT = "Look at it there and send it, change it or discard it. Nobody else has it yet."
THE_SAME = "Nothing was corrected: the words are the same."
NO_TEMPLATES = "The packs of this programme hold no messages. Type `broadcast` to write one."


async def begin(desk: Desk, person: Person) -> Outcome:
    """The form for a new message."""
    no = await _not_now(desk, person)
    if no:
        return no
    who, rule, *_ = await choosing.audience_inputs(desk, person, {})
    return Outcome(form=forms.new(desk, (who, rule)))


async def templates(desk: Desk, person: Person) -> Outcome:
    no, form = await _not_now(desk, person), forms.templates(desk)
    return no or (Outcome(form=form) if form else _sentence("Templates", NO_TEMPLATES))


async def filled(desk: Desk, person: Person, click: Click, delivery: Delivery | None) -> Outcome:
    """A form came back; `delivery` is the card it was opened from, where that is one of ours."""
    if _expired(click.value, desk.clock.now()):
        return _sentence("This form has expired", EXPIRED)
    piece = delivery.piece if delivery and delivery.person == person.key else None
    if isinstance(piece, Approval):
        return await _sent_back(desk, person, click, piece)
    if no := await _not_now(desk, person):
        return no
    which, _, template = click.item.partition(":")
    if which == "template":
        return await _chosen(desk, person, click, click.values.get("template", ""))
    if which == "blanks":
        return await _from_template(desk, person, click, template)
    if isinstance(piece, Draft):
        return await _changed(desk, person, click, piece)
    return await _new(desk, person, click, click.values)


async def _new(
    desk: Desk, person: Person, click: Click, values: Mapping[str, str], told: str = ""
) -> Outcome:
    """The mistakes beside the fields, or a preview in the author's own chat."""
    drafted = await drafts.changed(desk, person, None, values)
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    return await presented(desk, person, click, drafted)


async def presented(desk: Desk, person: Person, click: Click, drafted: Broadcast) -> Outcome:
    seen = await broadcasts.watch(desk, drafted, person)
    row = preview(desk, person, click, drafted, broadcasts.compose(seen, person))
    shown = Card(title="Your preview is in the chat", blocks=(Note(markdown=IN_THE_CHAT),))
    return Outcome(show=shown, deliver=(row,), step=Step(None, drafted))


def preview(desk: Desk, person: Person, click: Click, drafted: Broadcast, card: Card) -> Delivery:
    """The author's card about a broadcast, from the preview to the end."""
    message = drafted.message
    assert isinstance(message, Message)
    piece = Draft(
        id=drafted.id,
        title=message.title,
        message=message,
        audience=drafted.audience,
        people=drafted.people,
        drafted=desk.clock.now().isoformat(),
    )
    return desk.about(person, click.address, card, drafted.id, piece, Lane.INTERACTIVE)


async def _changed(desk: Desk, person: Person, click: Click, piece: Draft) -> Outcome:
    known = await desk.store.broadcast(piece.id)
    if known and known.stage in (Stage.SCHEDULED, Stage.PAUSED) and click.item == "text":
        return await _corrected(desk, person, click, known)
    if known is None or known.stage is not Stage.DRAFT:
        seen = await broadcasts.watched(desk, piece, person)
        note = "It was not changed: it is no draft any more. Take it back first."
        return Outcome(show=broadcasts.compose(seen, person).with_note(note))
    drafted = await drafts.changed(desk, person, known, click.values)
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    seen = await broadcasts.watch(desk, drafted, person)
    cards = await desk.store.cards_about(known.id)
    return Outcome(step=Step(known, drafted), show=broadcasts.compose(seen, person), refresh=tuple(cards))


async def _corrected(desk: Desk, person: Person, click: Click, known: Broadcast) -> Outcome:
    """Another text for what is out; only its words and whether they are to be acknowledged."""
    errors: dict[str, str] = {}
    words = {name: click.values[name] for name in ("title", "text", "acknowledge") if name in click.values}
    message = drafts.worded(desk, person, known.message, words, errors)
    if message is None:
        return Outcome(errors=errors)
    if message == known.message:
        seen = await broadcasts.watch(desk, known, person)
        return Outcome(show=broadcasts.compose(seen, person).with_note(THE_SAME))
    return await approvals.correct(desk, person, known, message)


async def _chosen(desk: Desk, person: Person, click: Click, name: str) -> Outcome:
    template = desk.library.pieces.get(name)
    if not isinstance(template, Message):
        return Outcome(errors={"template": "Choose one of the messages."})
    if template.blanks:
        return Outcome(form=forms.blanks(desk, template))
    return await _from_template(desk, person, click, name)


async def _from_template(desk: Desk, person: Person, click: Click, name: str) -> Outcome:
    template = desk.library.pieces.get(name)
    if not isinstance(template, Message):
        return _sentence("Templates", NO_TEMPLATES)
    text = forms.words_of(template, click.values)
    drafted = await drafts.changed(desk, person, None, {"title": template.title, "text": text})
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    kept = {"clauses": template.clauses, "text": text, "language": template.language}
    return await presented(desk, person, click, replace(drafted, message=_with(drafted, kept)))


def _with(drafted: Broadcast, fields: Mapping[str, object]) -> Message:
    assert isinstance(drafted.message, Message)
    return drafted.message.model_copy(update=fields)


async def _sent_back(desk: Desk, person: Person, click: Click, piece: Approval) -> Outcome:
    seen = await approvals.asked_now(desk, piece, person)
    card = approvals.compose(seen, person)
    if not isinstance(seen, approvals.Asked) or not card.buttons():
        return Outcome(show=card)
    if not_allowed := approvals.refused(person, seen.seen.broadcast):
        return Outcome(show=card.with_note(not_allowed))
    remark = click.values.get("remark", "").strip()
    if not remark:
        return Outcome(errors={"remark": "Say in a sentence what should be different."})
    return await approvals.send_back(desk, person, seen.seen.broadcast, remark, piece)


async def _not_now(desk: Desk, person: Person) -> Outcome | None:
    if not may(person, "broadcast"):
        return _sentence("Broadcast", refusal("broadcast"))
    if granted(desk, person) is None:
        return _sentence("Broadcast", await nobody(desk))
    return _sentence("Broadcast", NO_ROOM) if desk.store.room() is Room.NONE else None


def _sentence(title: str, markdown: str) -> Outcome:
    return Outcome(show=Card(title=title, blocks=(Note(markdown=markdown),)))


def _expired(opened: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(opened).astimezone(UTC) > FORM_LASTS
    except ValueError:
        return True
