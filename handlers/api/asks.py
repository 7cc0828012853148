"""What another system's request is made of, and the four ways to say no to it, each in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.broadcasts.headway import Headway
from handlers.broadcasts.stages import Broadcast
from handlers.model import Person


class Refused(Exception):
    """It was not done; the message says why and what to do next. fields: what is wrong, by the name of the field."""

    def __init__(self, sentence: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class NotAllowed(Refused):
    """This person may not do this."""


class NotFound(Refused):
    """Nothing of that name is theirs."""


class Wrong(Refused):
    """A field says what cannot be."""


class Outrun(Refused):
    """It does not stand as it was seen: somebody else was faster, or it is too late for this."""


@dataclass(frozen=True)
class Ask:
    """One request: who asks, its inbox key, and the version they have seen, where they say so."""

    person: Person
    key: str
    version: int | None = None


@dataclass(frozen=True)
class Standing:
    """A broadcast as it stands, and what its author is told of it.

    second: why a second person has to approve it; warnings: both only before it is let go. headway: only after.
    """

    broadcast: Broadcast
    approver: str = ""  # the name
    second: str = ""
    warnings: tuple[str, ...] = ()
    headway: Headway | None = None
