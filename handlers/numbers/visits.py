"""A visit to the page of the numbers: the link from the chat that opens it once, and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

LINK_LASTS = timedelta(minutes=10)
LASTS = timedelta(hours=12)
IDLE = timedelta(hours=1)  # without a page that was asked for
COARSE = timedelta(minutes=5)  # how exactly it is noted when that was


@dataclass(frozen=True)
class Visit:
    """Whose it is, since when, and when a page was last asked for."""

    person: str
    made_at: datetime
    used_at: datetime

    def over(self, now: datetime) -> bool:
        """By its age, or because nobody has been there; `used_at` is up to COARSE behind."""
        return now - self.made_at >= LASTS or now - self.used_at >= IDLE + COARSE


@dataclass(frozen=True)
class Invitation:
    """What becomes of a person's ways to the page: a new link in the place of an older one, or an end of everything."""

    person: str
    link: str = ""  # its hash; empty: their link and their visits end


class Visits(Protocol):
    """The part of the memory that holds links and visits, by their hashes: `Store.visits`."""

    async def enter(self, link: str, visit: str, at: datetime) -> bool:
        """A visit for a link. False: the link is spent, too old or unknown; of two who come at once one is first."""
        ...

    async def one(self, visit: str) -> Visit | None: ...

    async def of(self, person: str) -> Sequence[Visit]:
        """Those of one person that are still kept, by the key; the oldest first."""
        ...

    async def used(self, visit: str, at: datetime) -> None: ...

    async def leave(self, visit: str) -> None:
        """It ends now."""
        ...
