"""The memory: its parts, and what every room of it promises."""

from __future__ import annotations

from typing import Protocol

from handlers.evidence.pack import Evidence
from handlers.findings.finding import Findings
from handlers.ideas.idea import Ideas
from handlers.learning.lessons import Lessons
from handlers.learning.nightly import Nights
from handlers.ledger.checkpoints import Checkpoints
from handlers.lookups import Lookups
from handlers.model import Room
from handlers.numbers.visits import Visits
from handlers.pages.rolls import Rolls
from handlers.ports.broadcasting import Broadcasting
from handlers.ports.coming import Coming
from handlers.ports.following import Following
from handlers.ports.outbox import Outbox
from handlers.ports.people import People
from handlers.ports.planning import Planning
from handlers.privacy.keeping import Keeping
from handlers.replies.reply import Replies


class Store(People, Coming, Planning, Broadcasting, Following, Outbox, Lookups, Evidence, Keeping, Protocol):
    """The memory. Every method is one transaction; values come out, never rows.

    All of them raise Unavailable. `commit` raises Full as soon as there is no room for anything new, unless it takes
    something back; what is under way goes on for as long as the disk takes it.
    """

    @property
    def checkpoints(self) -> Checkpoints: ...

    @property
    def replies(self) -> Replies:
        """What people wrote to leaders."""
        ...

    @property
    def findings(self) -> Findings:
        """Corrective action."""
        ...

    @property
    def ideas(self) -> Ideas:
        """What people would do better."""
        ...

    @property
    def nights(self) -> Nights:
        """What everybody remembered in one night after the other."""
        ...

    @property
    def lessons(self) -> Lessons:
        """What is learnt from answers."""
        ...

    @property
    def visits(self) -> Visits:
        """Who looks at the page of the numbers."""
        ...

    @property
    def rolls(self) -> Rolls:
        """What one person after the other was sent and did."""
        ...

    def room(self) -> Room:
        """What is left beside the database, and whether it has refused to grow just now."""
        ...

    # small things to remember across restarts
    async def recall_value(self, name: str) -> str | None: ...

    async def keep_value(self, name: str, value: str) -> None: ...

    async def swap_value(self, name: str, known: str | None, value: str) -> bool:
        """Keep the value if what was kept is still what is known (None: nothing). False: it is not."""
        ...
