"""Writing a broadcast: each form that comes back, and the draft whose preview its author gets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from content.cards import Buttons, Card, Note
from content.markup import flowing
from content.pieces import Approval, BasePiece, Draft, Message, Milestone
from handlers.broadcasts import approvals, authored, celebrating, choosing, drafts, forms, spoken
from handlers.broadcasts.grants import granted, nobody
from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Address, Delivery, Lane, Person, Room
from handlers.permissions import may, refusal

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


async def milestone(desk: Desk, person: Person, words: str) -> Outcome:
    """The form for a new milestone; `templates`: to choose one of the packs' first."""
    if no := await _not_now(desk, person, "celebrate"):
        return no
    if words.lower() != "templates":
        return Outcome(form=await celebrating.new(desk))
    form = celebrating.templates(desk)
    return Outcome(form=form) if form else _sentence("Milestones", celebrating.NO_TEMPLATES)


async def filled(desk: Desk, person: Person, click: Click, delivery: Delivery | None) -> Outcome:
    """A form came back; `delivery` is the card it was opened from, where that is one of ours."""
    if expired(click.value, desk.clock.now()):
        return _sentence("This form has expired", EXPIRED)
    piece = delivery.piece if delivery and delivery.person == person.key else None
    if isinstance(piece, Approval):
        return await _sent_back(desk, person, click, piece)
    which, _, template = click.item.partition(":")
    if no := await _not_now(desk, person, _right(which, piece)):
        return no
    if which == celebrating.TEMPLATE:
        return await _begun(desk, click.values.get("template", ""))
    if which == "template":
        return await _chosen(desk, person, click, click.values.get("template", ""))
    if which == "blanks":
        return await _from_template(desk, person, click, template)
    if isinstance(piece, Draft):
        return await _changed(desk, person, click, piece)
    return await _new(desk, person, click, milestone=which == celebrating.NEW)


async def sketched(desk: Desk, person: Person, values: Mapping[str, str], name: str = "") -> Outcome:
    """How it would look and what would become of it, as far as it is written; nothing of it is kept.

    name: of the broadcast whose form it is, where it has one already.
    """
    known = await desk.store.broadcast(name) if name else None
    if not may(person, "broadcast") or (known and known.author != person.key):
        return Outcome()
    drafted = await drafts.changed(desk, person, known, values)
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    card = authored.compose(await authored.watch(desk, drafted, person), person)
    kept = tuple(block for block in card.blocks if not isinstance(block, Buttons))
    return Outcome(show=card.model_copy(update={"title": spoken.said(drafted).title, "blocks": kept}))


async def _new(desk: Desk, person: Person, click: Click, milestone: bool) -> Outcome:
    """The mistakes beside the fields, or a preview in the author's own chat."""
    drafted = await drafts.changed(desk, person, None, click.values, milestone=milestone)
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    return await presented(desk, person, click, drafted)


async def presented(desk: Desk, person: Person, click: Click, drafted: Broadcast) -> Outcome:
    seen = await authored.watch(desk, drafted, person)
    row = preview(desk, person, click.address, drafted, authored.compose(seen, person))
    shown = Card(title="Your preview is in the chat", blocks=(Note(markdown=IN_THE_CHAT),))
    return Outcome(show=shown, deliver=(row,), step=Step(None, drafted))


def preview(desk: Desk, person: Person, address: Address, drafted: Broadcast, card: Card) -> Delivery:
    """The author's card about a broadcast, from the preview to the end."""
    return about(desk, person, address, drafted, card, Lane.INTERACTIVE)


def about(
    desk: Desk, person: Person, address: Address, drafted: Broadcast, card: Card, lane: Lane
) -> Delivery:
    message = spoken.said(drafted)
    piece = Draft(
        id=drafted.id,
        title=message.title,
        message=message,
        audience=drafted.audience,
        people=drafted.people,
        drafted=desk.clock.now().isoformat(),
    )
    return desk.about(person, address, card, drafted.id, piece, lane)


async def _changed(desk: Desk, person: Person, click: Click, piece: Draft) -> Outcome:
    known = await desk.store.broadcast(piece.id)
    if known and known.stage in (Stage.SCHEDULED, Stage.PAUSED) and click.item == "text":
        return await _corrected(desk, person, click, known)
    if known is None or known.stage is not Stage.DRAFT:
        seen = await authored.watched(desk, piece, person)
        note = "It was not changed: it is no draft any more. Take it back first."
        return Outcome(show=authored.compose(seen, person).with_note(note))
    drafted = await drafts.changed(desk, person, known, click.values)
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    return await authored.after(desk, person, Step(known, drafted))


async def _begun(desk: Desk, name: str) -> Outcome:
    """A milestone of the packs, its words in the form for a new one."""
    found = desk.library.pieces.get(name)
    if not isinstance(found, Milestone) or not celebrating.begins(found):
        return Outcome(errors={"template": "Choose one of the milestones."})
    return Outcome(form=await celebrating.new(desk, found))


async def _corrected(desk: Desk, person: Person, click: Click, known: Broadcast) -> Outcome:
    """Another text for what is out; only its words and whether they are to be acknowledged."""
    errors: dict[str, str] = {}
    words = {name: click.values[name] for name in ("title", "text", "acknowledge") if name in click.values}
    message = drafts.worded(desk, person, known.message, words, errors)
    if message is None:
        return Outcome(errors=errors)
    if message == known.message:
        seen = await authored.watch(desk, known, person)
        return Outcome(show=authored.compose(seen, person).with_note(THE_SAME))
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
    words = forms.words_of(template.model_copy(update={"text": flowing(template.text)}), click.values)
    drafted = await drafts.changed(desk, person, None, {"title": template.title, "text": str(words["text"])})
    if not isinstance(drafted, Broadcast):
        return Outcome(errors=drafted)
    kept = {"clauses": template.clauses, "language": template.language, **words}
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


def _right(which: str, piece: BasePiece | None) -> str:
    """Which right somebody needs whose form comes back."""
    if isinstance(piece, Draft):
        return spoken.right(piece.message)
    return "celebrate" if which in (celebrating.NEW, celebrating.TEMPLATE) else "broadcast"


async def _not_now(desk: Desk, person: Person, right: str = "broadcast") -> Outcome | None:
    if not may(person, right):
        return _sentence("Milestone" if right == "celebrate" else "Broadcast", refusal(right))
    if right == "broadcast" and granted(desk, person) is None:
        return _sentence("Broadcast", await nobody(desk))
    return _sentence("Broadcast", NO_ROOM) if desk.store.room() is Room.NONE else None


def _sentence(title: str, markdown: str) -> Outcome:
    return Outcome(show=Card(title=title, blocks=(Note(markdown=markdown),)))


def expired(opened: str, now: datetime) -> bool:
    try:
        return now - datetime.fromisoformat(opened).astimezone(UTC) > FORM_LASTS
    except ValueError:
        return True
