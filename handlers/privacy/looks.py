"""Who looked at what: an entry of the ledger for everybody who looks at numbers or at somebody else by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Looked:
    """Somebody looked at numbers, or at one person.

    actor: key of who looked; "" is the terminal. what: a topic or page, "stats recall", "insights people".
    words: of the filter, without the name of anybody: they stay in the ledger for good.
    about: key of the person where it is about one by name; "" where it is about many, as counts.
    exception: what allowed it where individual views are off; why: its reason, which is kept apart from the ledger.
    at: when; filled in where it is read again.
    """

    actor: str
    what: str
    words: str = ""
    about: str = ""
    role: str = ""
    exception: str = ""
    why: str = ""
    at: datetime | None = None


class Looks(Protocol):
    """The part of the memory that knows who looked."""

    async def looked(self, looks: Sequence[Looked], at: datetime) -> None:
        """Enter them in the ledger; who looked at themselves is left out. To be awaited before anything is shown.

        Where an answer goes through the outbox, or a press is committed anyway, put them into `Outcome.looked` instead.
        """
        ...

    async def looks_at(self, person: str, limit: int = 1000) -> Sequence[Looked]:
        """Who looked at this person by name, the latest first."""
        ...


def of_others(looks: Iterable[Looked]) -> list[Looked]:
    """Without those who looked at themselves."""
    return [look for look in looks if not (look.about and look.about == look.actor)]


def each(look: Looked, people: Iterable[str]) -> tuple[Looked, ...]:
    """The same look at each of these people, by key; at nobody by name where there are none."""
    return tuple(replace(look, about=person) for person in dict.fromkeys(people)) or (look,)
