"""What is looked up afterwards: what became of what was sent, what people did with it, what they learnt."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import Literal, Protocol

from content.audience import Audience, Everyone
from content.pieces import Group
from handlers.learning.memory import Day
from handlers.model import Delivery, Entry, Participation, Tally
from handlers.numbers.counts import GroupedBy, Joiner, Meant, Recalls, TakenPart
from handlers.numbers.layers import Result

Grouping = Literal["all", "team", "site", "role", "clause", "standard", "campaign", "leader", "week"]
"""What the numbers are counted under. A leader is named by key, "" where a pack speaks; a role, a clause and a standard
count each delivery that has them, so only the others add up to "all".
"""


EVERYBODY = Everyone()
NOWHERE: Mapping[Grouping, str] = MappingProxyType({})


class Lookups(Protocol):
    """The part of the memory that only reads, and what may take long: of everybody, over months."""

    async def deliveries_of(
        self, person: str, *, limit: int = 50, campaigns_only: bool = False
    ) -> Sequence[Delivery]:
        """A person's deliveries, newest first."""
        ...

    async def participations_of(self, person: str) -> Sequence[tuple[datetime, Participation]]:
        """Everything a person did, oldest first."""
        ...

    async def tallies(
        self,
        by: Grouping,
        since: datetime,
        until: datetime,
        *,
        manager: str = "",
        where: Mapping[Grouping, str] = NOWHERE,
    ) -> Sequence[Tally]:
        """Counts by group over whole days, from the day of `since` (in its own zone) to the last before `until`.

        A delivery's day is the local one on which it was first due. manager: of the people whose manager that was then.
        where: only what belongs to these groups.
        In the order of the groups' names; "all" is there even when it counts nothing.
        """
        ...

    async def taken_part(
        self, since: datetime, until: datetime, *, manager: str = "", where: Mapping[Grouping, str] = NOWHERE
    ) -> Sequence[TakenPart]:
        """Of each clause in each team; days, manager and where as for `tallies`."""
        ...

    async def titles(self, campaigns: Collection[str]) -> Mapping[str, str]:
        """Campaign -> title, of those that leaders sent or that ask the people of a finding again: with its title."""
        ...

    # what came of a leader's messages
    async def results(
        self, since: datetime, until: datetime, *, author: str = "", before: str = "", most: int = 100
    ) -> Sequence[Result]:
        """Broadcasts whose first slot fell due in [since, until), the latest first; of one author, if one is named.

        before: without this one, and without what is later.
        """
        ...

    async def people_reached(self, since: datetime, until: datetime) -> Mapping[str, int]:
        """Author -> how many different people their broadcasts of this period have reached."""
        ...

    async def time_to_acknowledge(self, broadcast: str) -> timedelta | None:
        """Within this half of those who acknowledged had done so, from when they had it; None: nobody has."""
        ...

    async def unacknowledged(
        self, broadcast: str, *, manager: str = "", within: Audience | None = None, most: int = 100
    ) -> tuple[int, Sequence[tuple[str, str]]]:
        """How many have it and have not acknowledged it, and the keys and names of the first of them.

        Who has left does not count. manager: of the people whose manager that is now; within: of whom this names.
        """
        ...

    # what is learnt from answers; with a manager, of the people whose manager that is now
    async def recalls(
        self,
        bank: Sequence[Meant],
        by: GroupedBy,
        day: Day,
        groups: Mapping[Group, Audience],
        *,
        manager: str = "",
        people: Audience = EVERYBODY,
    ) -> Recalls:
        """What people who have not left remember of the items meant for them, on this day and on each item's audit.

        groups: who belongs to which; to "everybody" everybody does. people: of these alone.
        """
        ...

    async def inducted(
        self, campaigns: Collection[str], since: date, until: date, *, manager: str = ""
    ) -> Sequence[Joiner]:
        """Whose first day was from `since` to `until`, also who has left, and when they first answered or
        acknowledged something of these campaigns; the latest first.
        """
        ...

    async def outbox(self, limit: int = 100) -> Sequence[Delivery]:
        """The newest rows of the outbox, whatever their state."""
        ...

    async def entries(self, limit: int = 100) -> Sequence[Entry]:
        """The newest entries of the ledger, newest first."""
        ...
