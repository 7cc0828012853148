"""When whoever leads gets the week in numbers, if at all."""

from __future__ import annotations

from datetime import time

from content.campaigns import LocalTime, Weekday
from content.cards import Value

WRITTEN = "must be true, false, or a day and a time, such as { day: mon, at: 09:00 }"


class Digest(Value):
    """Local to each person; a day that is no working day of theirs moves to the next one that is."""

    day: Weekday = "mon"
    at: LocalTime = time(9)


def switched(given: object) -> object:
    """`digest: false` is none at all; `true` is what holds without the line."""
    word = str(given).lower()
    if word in ("false", "off", "no"):
        return None
    if word in ("true", "on", "yes"):
        return Digest()
    if isinstance(given, dict | Digest) or given is None:
        return given
    raise ValueError(WRITTEN)
