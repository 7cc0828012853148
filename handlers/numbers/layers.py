"""The four layers of what was sent (delivered, seen, acknowledged, understood), and what can be known of "seen"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handlers.model import Platform
from handlers.numbers.groups import few

TELLS_WHAT_WAS_READ = frozenset({Platform.TEAMS})  # the others tell of presses alone


@dataclass(frozen=True)
class Reading:
    """On one platform: how many were sent, and how many were read as it tells, or had anything pressed on them."""

    sent: int
    seen: int


@dataclass(frozen=True)
class Result:
    """What came of a broadcast, in numbers.

    at: when the first of it fell due. roster: everybody it was for; asked: of those sent, the ones that ask to be
    acknowledged; answered and understood: its question, and right. milestone: the scope of one, "" for a message.
    """

    id: str
    title: str
    author: str  # key
    name: str  # of the author, where it is known
    at: datetime
    roster: int = 0
    sent: int = 0
    asked: int = 0
    acknowledged: int = 0
    answered: int = 0
    understood: int = 0
    checked: bool = False  # whether there is a question under it
    milestone: str = ""


def reading(places: Mapping[Platform, Reading]) -> str:
    """Of whom it is known that they have seen it, place by place; a place with few people is not told apart."""
    if len(places) > 1 and any(few(place.sent) for place in places.values()):
        sent, seen = (sum(getattr(place, name) for place in places.values()) for name in ("sent", "seen"))
        return f"{seen:,} of {sent:,}" + (", of the others it is not known" if seen < sent else "")
    found = sorted(places.items(), key=lambda place: (place[0] not in TELLS_WHAT_WAS_READ, place[0]))
    return "; ".join(_place(platform, place) for platform, place in found)


def _place(platform: Platform, place: Reading) -> str:
    where, rest = f"in {platform.capitalize()}", place.sent - place.seen
    if platform in TELLS_WHAT_WAS_READ:
        return f"{place.seen:,} of {place.sent:,} {where}"
    if not place.seen:
        return f"{where} it is not known before somebody presses something"
    pressed = f"{where} {place.seen:,} {'has' if place.seen == 1 else 'have'} pressed something"
    return f"{pressed}, of the other {rest:,} it is not known" if rest else pressed
