"""Who of many people is shown: a few at first, those whom a page names, and those who fit what was typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from unicodedata import normalize

from bot.playground.views import display_name, roles_of
from handlers.model import Person, Role

FEW = 6  # people who need no search; of more, as many are shown at first
MOST = 12  # people whom a page shows at once: each is a chat that is asked for at every change
LISTED = 20  # people in a list of matches
ACCENTS = r"[\u0300-\u036f]+"  # as they stand apart from their letters after normalizing

STAND_FOR = (
    Role.EMPLOYEE,
    Role.MANAGER,
    Role.LEADER,
    Role.QUALITY_LEAD,
    Role.AUDITOR,
    Role.APPROVER,
    Role.ADMINISTRATOR,
)


def shown(people: Sequence[Person], named: str | None) -> list[Person]:
    """Those whose keys a page names, separated by commas; all where they are few, and else one of each role."""
    if len(people) <= FEW:
        return list(people)
    if named is None:
        return _one_of_each(people)
    known = {person.key: person for person in people}
    return [known[key] for key in dict.fromkeys(named.split(",")) if key in known][:MOST]


def found(people: Sequence[Person], words: str) -> list[Person]:
    """Those with every one of the words in name, roles or team: the best match first, then the rarer role."""
    wanted = _words(words)
    ranked = []
    for person in people:
        called = display_name(person)
        name, rest = _words(called), _words(" ".join((*roles_of(person), person.team)))
        marks = [_mark(word, name, rest) for word in wanted]
        if None not in marks:
            ranked.append((sum(mark or 0 for mark in marks), -_rarity(person), called, person))
    return [person for *_, person in sorted(ranked, key=lambda one: one[:3])]


def _one_of_each(people: Sequence[Person]) -> list[Person]:
    chosen: list[Person] = []
    by_name = sorted(people, key=lambda person: (not person.name, person.name))
    for role in STAND_FOR:
        fits = next((p for p in by_name if role in roles_of(p) and p not in chosen), None)
        if fits is not None:
            chosen.append(fits)
    return chosen[:FEW]


def _rarity(person: Person) -> int:
    return max(STAND_FOR.index(role) for role in person.roles | {Role.EMPLOYEE})


def _mark(word: str, name: Sequence[str], rest: Sequence[str]) -> int | None:
    """How far a word is from the beginning of somebody's name; None where it is nowhere."""
    places = (
        any(part.startswith(word) for part in name),
        any(part.startswith(word) for part in rest),
        any(word in part for part in (*name, *rest)),
    )
    return places.index(True) if any(places) else None


def _words(text: str) -> list[str]:
    """Without case and accents, as people type names that they have only heard."""
    return re.findall(r"\w+", re.sub(ACCENTS, "", normalize("NFKD", text.casefold())))
