"""What somebody wants done with their data goes to an administrator, and is tracked until it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from content.audience import Has
from content.cards import Card, Note
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.model import Participation, Person, Role
from handlers.replies import incoming
from handlers.replies.reply import Reply

NOBODY = "No administrator is known here yet. Whoever runs the server names one in `ADMINISTRATOR`."


@dataclass(frozen=True)
class Wish:
    """verb: what the ledger calls it. text: what the administrator reads, with {email} for whose data it is about."""

    title: str
    verb: str
    text: str


COPY = Wish(
    "A copy of my data",
    "asked for a copy",
    "I would like a copy of what is held about me. (On the server: python -m bot person export {email} --out FOLDER; "
    "give me the folder and answer when that is done.)",
)
ERASURE = Wish(
    "Erasure of my data",
    "asked for erasure",
    "I want what is held about me to be erased. (Answer first, for afterwards I cannot be reached. "
    "Then, on the server: python -m bot person erase {email})",
)


async def wished(desk: Desk, person: Person, wish: Wish) -> Outcome:
    """To the first administrator who is not oneself; asked twice it waits once."""
    receiver = await _administrator(desk, person)
    if receiver is None:
        return _said(wish, NOBODY)
    name = escape(receiver.name) or "An administrator"
    known = await desk.store.replies.by(person.key)
    waits = next((each for each in known if each.open and each.title == wish.title), None)
    if waits is not None:
        return _said(wish, f"Your wish of {desk.local(waits.at, person)} waits. {name} answers it here.")
    reply = Reply(
        id=desk.new_id(),
        broadcast="",
        delivery="",
        person=person.key,
        anonymous=False,
        title=wish.title,
        text=wish.text.format(email=person.email or "(no e-mail is known)"),
        at=desk.clock.now(),
        receiver=receiver.key,
    )
    row = await incoming.card_for(desk, reply, receiver)
    said = _said(wish, f"{name} has your wish and answers it here. It waits in their inbox until then.")
    return Outcome(
        show=said.show, replies=(reply,), deliver=(row,), remember=(Participation(verb=wish.verb),)
    )


async def _administrator(desk: Desk, person: Person) -> Person | None:
    there = await desk.store.named(Has("role", Role.ADMINISTRATOR))
    return next((each for each in there if each.key != person.key), next(iter(there), None))


def _said(wish: Wish, markdown: str) -> Outcome:
    return Outcome(show=Card(title=wish.title, blocks=(Note(markdown=markdown),)))
