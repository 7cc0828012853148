"""What one person wrote about findings goes, and their name out of what others wrote about those they are part of.

The number of a finding, its clause, stages, dates and the hash of each version of its words stay: the words that a
hash in the ledger stands for may be gone, and it is still the hash of what was written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Set

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from handlers.desk import about_slots
from handlers.model import Person
from storage.deliveries import DELIVERY
from storage.findings import FINDING, PEOPLE, STEP, TEXTS, WORDS, authored
from storage.words import GONE

_D, _F, _P, _S, _W = DELIVERY.c, FINDING.c, PEOPLE.c, STEP.c, WORDS.c


def forget(connection: Connection, person: Person, unnamed: Callable[[str], str]) -> tuple[list[str], int]:
    """The cards of others about these findings, and how many texts were replaced; unnamed: a text without the name."""
    involved = _involved(connection, person.key)
    theirs = _theirs(connection, person.key)
    changed = 0
    for row in connection.execute(select(WORDS).where(_about(connection, person, involved))).all():
        gone = theirs[row.finding, row.hash]
        texts = {name: getattr(row, name) for name in TEXTS}
        left = {name: GONE if text and name in gone else unnamed(text) for name, text in texts.items()}
        if left != texts:
            this = and_(_W.finding == row.finding, _W.hash == row.hash)
            connection.execute(update(WORDS).where(this).values(left))
            changed += sum(left[name] != texts[name] for name in TEXTS)
            involved.add(row.finding)
    names = [slot for finding in sorted(involved) for slot in about_slots(finding)]
    cards = and_(_D.campaign == "", _D.slot.in_(names), _D.person != person.key)
    return list(connection.scalars(select(_D.id).where(cards))), changed


def _involved(connection: Connection, key: str) -> set[str]:
    """The findings whose card may show their name."""
    roles = (_F.opener, _F.owner, _F.judged_by, _F.closed_by)
    found = connection.scalars(select(_F.id).where(or_(*(role == key for role in roles))))
    steps = connection.scalars(select(_S.finding).where(or_(_S.actor == key, _S.owner == key)).distinct())
    return {*found, *steps}


def _about(connection: Connection, person: Person, involved: Set[str]) -> ColumnElement[bool]:
    """Their name may be looked for where they are part of it, for others have the same; their address everywhere."""
    counted = select(_P.finding).where(_P.person == person.key)
    parts = [_W.finding.in_(list(involved)), _W.finding.in_(counted)]
    if person.email:
        parts += [getattr(_W, name).icontains(person.email, autoescape=True) for name in TEXTS]
    return or_(*parts)


def _theirs(connection: Connection, key: str) -> dict[tuple[str, str], set[str]]:
    """(finding, hash) -> the texts that this person wrote: whose step brought them, and not who kept them later."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row, wrote in authored(connection, key):
        found[row.finding, row.words].update(name for name in TEXTS if wrote[name] == key)
    return found
