"""The second pair of eyes: what needs it, who may give it, and what they see and decide."""

from __future__ import annotations

from dataclasses import replace

from pydantic import ConfigDict

from content import audience
from content.cards import Block, Button, Buttons, Card, Note, Text
from content.markup import escape
from content.pieces import Approval, Message
from handlers.broadcasts import authored, corrections, drafts, forms, occasions, spoken, warnings
from handlers.broadcasts.grants import NotGranted, within
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Delivery, Lane, Person
from handlers.permissions import WHO_MAY, may, refusal
from handlers.shared import Done

APPROVED = "approved"
SENT_BACK = "sent back"  # opens the form for the sentence
NOT_YOUR_OWN = "You wrote this, so somebody else has to approve it."
OUT_ALREADY = "The message is out already; this text would take its place."
NOBODY = (
    "Nobody else may approve it yet, so nothing has changed. Ask an administrator to give somebody the role approver, "
    "or choose fewer people."
)


class Asked(Approval):
    """A request as it stands by now: made to be shown, and never kept."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    seen: authored.Watched
    author: str
    approver: str = ""


async def why_not(desk: Desk, person: Person, known: Broadcast) -> str:
    """Why its author cannot let it go as things are now, in a sentence; empty: they can.

    A draft may have lain there while the programme changed. The slot of a rota is granted with the turn.
    """
    if not known.occasion:
        try:
            await within(desk, person, audience.parse(known.audience))
        except NotGranted as refused:
            return str(refused)
    needs = await warnings.second(desk, known.audience)
    return NOBODY if needs and not await _approvers(desk, known) else ""


async def let_go(desk: Desk, person: Person, known: Broadcast) -> Outcome:
    """Send it: at once, at its time, or when a second person has agreed."""
    if no := await why_not(desk, person, known):
        return await _refused(desk, person, known, no)
    if not await warnings.second(desk, known.audience):
        return await authored.after(desk, person, Step(known, await drafts.launched(desk, known)))
    return await _submitted(desk, person, step(known, Stage.WAITING, remark=""))


async def correct(desk: Desk, person: Person, known: Broadcast, message: Message) -> Outcome:
    """In the place of what is out: at once, or when a second person has agreed."""
    changed = replace(known, version=known.version + 1, remark="")
    if not await warnings.second(desk, known.audience):
        taken = corrections.in_force(desk, person, known, changed, message)
        return await authored.after(desk, person, taken)
    if not await _approvers(desk, known):
        return await _refused(desk, person, known, NOBODY)
    return await _submitted(desk, person, Step(known, replace(changed, correction=message)))


async def _submitted(desk: Desk, person: Person, taken: Step) -> Outcome:
    """Everybody who may approve it is asked."""
    asked = [
        await _request(desk, other, taken.broadcast) for other in await _approvers(desk, taken.broadcast)
    ]
    outcome = await authored.after(desk, person, taken)
    return replace(outcome, deliver=tuple(row for row in asked if row))


async def _refused(desk: Desk, person: Person, known: Broadcast, why: str) -> Outcome:
    seen = await authored.watch(desk, known, person)
    return Outcome(show=authored.compose(seen, person).with_note(why))


async def asked_now(desk: Desk, piece: Approval, person: Person, done: Done = ()) -> Approval:
    """The request with its broadcast as it stands."""
    broadcast = await desk.store.broadcast(piece.broadcast)
    if broadcast is None:
        return piece
    author, approver = [await desk.store.person(key) for key in (broadcast.author, broadcast.approver)]
    return Asked(
        **{name: getattr(piece, name) for name in Approval.model_fields},
        seen=await _proposed(desk, broadcast, person),
        author=author.name if author else "",
        approver=approver.name if approver else "",
    )


def compose(piece: Approval, person: Person, done: Done = ()) -> Card:
    """The message, its audience and its forecast, as its author sees them, and what was decided."""
    if not isinstance(piece, Asked):
        return Card(title=piece.title)
    broadcast = piece.seen.broadcast
    title = f"May this go out? {piece.seen.title}"
    blocks: list[Block] = [*spoken.body(piece.seen.message), authored.facts(piece.seen)]
    blocks += [Note(markdown=f"⚠️ {warning}") for warning in piece.seen.warnings]
    waits = broadcast.stage is Stage.WAITING or corrections.waits(broadcast)
    if waits and broadcast.version == piece.version:
        why = OUT_ALREADY if broadcast.out else piece.seen.second
        said = f"{escape(piece.author) or 'Somebody'} wrote this and asks you. {why}"
        buttons = (
            Button(label="Approve it", verb=APPROVED, style="primary"),
            Button(label="Send it back", verb=SENT_BACK),
        )
        return Card(
            title=title, blocks=(*blocks, Text(markdown=said), Buttons(buttons=buttons)), summary=title
        )
    return Card(title=title, blocks=(*blocks, Text(markdown=_decided(piece))), summary=title)


def react(piece: Approval, click: Click, person: Person, done: Done) -> Outcome:
    """Every press here needs the memory: see `decide`."""
    return Outcome(show=compose(piece, person, done))


async def decide(desk: Desk, piece: Approval, click: Click, person: Person, done: Done) -> Outcome:
    card = compose(piece, person, done)
    if not isinstance(piece, Asked) or click.verb not in {button.verb for button in card.buttons()}:
        return Outcome(show=card)
    if not_allowed := refused(person, piece.seen.broadcast):
        return Outcome(show=card.with_note(not_allowed))
    if click.verb == SENT_BACK:
        return Outcome(form=forms.remark(desk))
    return await approve(desk, person, piece.seen.broadcast, piece)


def refused(person: Person, broadcast: Broadcast) -> str:
    """Why this person may not decide about it; empty: they may."""
    if not may(person, "approve"):
        return refusal("approve")
    return NOT_YOUR_OWN if person.key == broadcast.author else ""


async def approve(desk: Desk, person: Person, known: Broadcast, piece: Approval) -> Outcome:
    """It goes out now, or at its time if that has not passed; a correction takes the place of what is out."""
    if isinstance(known.correction, Message):
        approved = replace(known, approver=person.key, remark="")
        return await _ended(
            desk, person, corrections.in_force(desk, person, known, approved, known.correction), piece
        )
    return await _ended(
        desk, person, Step(known, replace(await drafts.launched(desk, known), approver=person.key)), piece
    )


async def send_back(desk: Desk, person: Person, known: Broadcast, remark: str, piece: Approval) -> Outcome:
    """To its author, with a sentence; whatever they change is a new version. What is out stays as it is."""
    if known.correction:
        back = step(known, known.stage, remark=remark, approver=person.key, correction=None)
        return await _ended(desk, person, back, piece)
    return await _ended(desk, person, step(known, Stage.DRAFT, remark=remark, approver=person.key), piece)


async def _ended(desk: Desk, person: Person, taken: Step, piece: Approval) -> Outcome:
    seen = await _proposed(desk, taken.broadcast, person)
    author = await desk.store.person(taken.broadcast.author)
    fields = {name: getattr(piece, name) for name in Approval.model_fields}
    shown = Asked(**fields, seen=seen, author=author.name if author else "", approver=person.name)
    cards = await occasions.cards(desk, taken.broadcast)
    return Outcome(step=taken, show=compose(shown, person), refresh=cards)


def _decided(piece: Asked) -> str:
    broadcast, who = piece.seen.broadcast, escape(piece.approver) or "Somebody"
    if broadcast.version != piece.version:
        return "It was changed after you were asked. If it still needs you, you are asked again."
    if broadcast.stage is Stage.DRAFT or (broadcast.out and broadcast.remark):
        return (
            f"{who} sent it back: {escape(broadcast.remark)}"
            if broadcast.remark
            else "Its author has taken it back."
        )
    if broadcast.stage is Stage.DISCARDED:
        return "Its author has discarded it."
    if broadcast.stage is Stage.WITHDRAWN:
        return f"{who} approved it; it was withdrawn later."
    return f"✅ {who} approved it."


async def _proposed(desk: Desk, broadcast: Broadcast, person: Person) -> authored.Watched:
    """What an approver is asked about: the message as it would be."""
    seen = await authored.watch(desk, broadcast, person)
    message = broadcast.correction
    if not isinstance(message, Message):
        return seen
    return seen.model_copy(update={"message": message, "title": message.title})


async def _approvers(desk: Desk, broadcast: Broadcast) -> list[Person]:
    """Who may approve it, and can be asked."""
    roles = " or ".join(f'role:"{role}"' for role in WHO_MAY["approve"])
    there = await desk.store.named(audience.parse(roles))
    return [person for person in there if person.key != broadcast.author and person.address]


def request(broadcast: Broadcast) -> Approval:
    """What a second person is asked about it as it stands."""
    name = f"approval-{broadcast.version}-{broadcast.id}"[:64]
    return Approval(id=name, title=broadcast.message.title, broadcast=broadcast.id, version=broadcast.version)


async def _request(desk: Desk, person: Person, broadcast: Broadcast) -> Delivery | None:
    if person.address is None:
        return None
    piece = request(broadcast)
    author = await desk.store.person(broadcast.author)
    shown = Asked(
        **{name: getattr(piece, name) for name in Approval.model_fields},
        seen=await _proposed(desk, broadcast, person),
        author=author.name if author else "",
    )
    return desk.about(person, person.address, compose(shown, person), broadcast.id, piece, Lane.REMINDER)
