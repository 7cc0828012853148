"""What one person wrote about ideas goes, and their name out of what others wrote about those they are part of.

Of an idea its stages, dates and the people behind it (as keys) stay, and so does every count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select, update

from handlers.desk import about_slots
from handlers.model import Person
from storage.contents import CONTENT
from storage.deliveries import DELIVERY
from storage.ideas import IDEA, STEP, theirs
from storage.words import GONE

_C, _D, _I, _S = CONTENT.c, DELIVERY.c, IDEA.c, STEP.c
LISTS = and_(_D.campaign == "", _D.piece.is_(None))  # that somebody asked for


def forget(connection: Connection, person: Person, unnamed: Callable[[str], str]) -> tuple[list[str], int]:
    """The cards of others about these ideas, and how many texts were replaced; unnamed: a text without the name."""
    written = and_(theirs(person.key), _S.text != "")
    mine = {(row.idea, row.version) for row in connection.execute(select(STEP).where(written))}
    involved = {*connection.scalars(select(_I.id).where(_part(person.key))), *(idea for idea, _ in mine)}
    changed = 0
    for row in connection.execute(select(STEP).where(_about(person, involved))).all():
        left = GONE if (row.idea, row.version) in mine else unnamed(row.text)
        if left != row.text:
            this = and_(_S.idea == row.idea, _S.version == row.version)
            connection.execute(update(STEP).where(this).values(text=left))
            changed += 1
            involved.add(row.idea)
    unlinked = and_(_I.person == person.key, _I.anonymous)
    connection.execute(update(IDEA).where(unlinked).values(person=""))
    names = [slot for idea in sorted(involved) for slot in about_slots(idea)]
    cards = and_(_D.campaign == "", _D.slot.in_(names), _D.person != person.key)
    lists = and_(LISTS, listing(f"idea {idea}" for idea in sorted({idea for idea, _ in mine})))
    return list(connection.scalars(select(_D.id).where(or_(cards, lists)))), changed


def listing(opens: Iterable[str]) -> ColumnElement[bool]:
    """Of these: beside the words of each stands a button with what opens it."""
    named = or_(false(), *(_C.body.contains(f'"{words}"', autoescape=True) for words in opens))
    return _D.card.in_(select(_C.hash).where(named))


def _part(key: str) -> ColumnElement[bool]:
    """The ideas whose card may show their name."""
    steps = select(_S.idea).where(_S.actor == key)
    return or_(_I.person == key, _I.owner == key, _I.decided_by == key, _I.id.in_(steps))


def _about(person: Person, involved: set[str]) -> ColumnElement[bool]:
    """Their name may be looked for where they are part of it, for others have the same; their address everywhere."""
    part = _S.idea.in_(list(involved))
    return or_(part, _S.text.icontains(person.email, autoescape=True)) if person.email else part
