"""The part of the memory that has what leaders send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from content.audience import Audience
from handlers.broadcasts.headway import Headway
from handlers.broadcasts.outlook import Outlook
from handlers.broadcasts.stages import Broadcast


class Broadcasting(Protocol):
    """Broadcasts and their steps; what is known ahead, and how far they are."""

    async def launched(self, now: datetime) -> Sequence[Broadcast]:
        """Broadcasts due by now whose roster has not been planned yet, or not to the end."""
        ...

    async def finish_steps(self, now: datetime) -> None:
        """Write down what recalls and pauses have left to write down: of a hundred thousand it is too much at once."""
        ...

    async def broadcast(self, broadcast: str) -> Broadcast | None:
        """A broadcast as it stands, by its id."""
        ...

    async def broadcasts_of(self, author: str, limit: int = 20) -> Sequence[Broadcast]:
        """What somebody wrote, the latest first; without what was discarded."""
        ...

    async def kudos(self, since: datetime, limit: int, author: str = "") -> Sequence[Broadcast]:
        """Kudos given since then, withdrawn ones too, the newest first; with an author, theirs."""
        ...

    async def kudos_given(self, since: datetime, until: datetime) -> int:
        """How many were given in [since, until), without those that were withdrawn."""
        ...

    async def cards_about(self, broadcast: str) -> Sequence[str]:
        """The deliveries that show a broadcast to its author and to who approves it, the oldest first."""
        ...

    async def headway(self, broadcast: str, now: datetime) -> Headway:
        """How far a broadcast has come; without a number before its roster is begun."""
        ...

    async def outlook(self, audience: Audience, now: datetime, excluded: Audience | None = None) -> Outlook:
        """What is known of the people an audience names, and of the queues that they are served in.

        excluded: who of them is left out.
        """

    async def busy(self, audience: Audience, since: datetime, until: datetime, most: int) -> int:
        """How many people of an audience have had or will have so many messages or more, due in [since, until)."""
        ...
