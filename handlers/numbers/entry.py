"""`insights`: a link to the page of the numbers, which opens it once; and the end of every visit."""

from __future__ import annotations

from content.cards import Block, Card, Link, Note, Text
from handlers.api.tokens import hashed
from handlers.desk import Desk
from handlers.events import Outcome
from handlers.model import Participation, Person
from handlers.numbers.visits import IDLE, LASTS, LINK_LASTS, Invitation
from handlers.permissions import whose_numbers

PATH = "/insights"
TITLE = "The numbers on a page"
NOT_FOR_YOU = (
    "The page is for who may see numbers: the quality lead, auditors, administrators, and managers for their own "
    "people. Ask an administrator if you should be one. `progress` shows your own."
)
NO_ADDRESS = (
    "This server has no address that a browser could open. Ask an administrator to set PUBLIC_URL; until then "
    "`stats` shows the numbers here."
)


def answer(desk: Desk, person: Person, rest: str) -> Outcome:
    """`insights`, `insights off`."""
    if rest.lower() in ("off", "no", "stop"):
        return Outcome(
            show=_note("Nobody is on the page as you any more. Type `insights` for a new link."),
            invitation=Invitation(person.key),
        )
    if whose_numbers(person) is None:
        return Outcome(show=_note(NOT_FOR_YOU))
    if not desk.page:
        return Outcome(show=_note(NO_ADDRESS))
    link = desk.new_secret()
    minutes, hours, idle = LINK_LASTS.seconds // 60, LASTS.seconds // 3600, IDLE.seconds // 60
    ends = f"Your visit ends after {hours} hours, or {idle} minutes without a page."
    blocks: tuple[Block, ...] = (
        Text(
            markdown=f"Open it within **{minutes} minutes**. It opens once and for you alone, so do not pass it on."
        ),
        Link(label="Open the numbers", url=f"{desk.page}{PATH}/enter?link={link}"),
        Note(markdown=f"{ends} `insights off` ends it everywhere.{_here(desk)}"),
    )
    return Outcome(
        show=Card(title=TITLE, blocks=blocks),
        invitation=Invitation(person.key, hashed(link)),
        remember=(Participation(verb="link asked for"),),
    )


def _here(desk: Desk) -> str:
    return (
        " This address works on the server's own machine; PUBLIC_URL gives it another."
        if desk.page.startswith("http://")
        else ""
    )


def _note(markdown: str) -> Card:
    return Card(title=TITLE, blocks=(Note(markdown=markdown),))
