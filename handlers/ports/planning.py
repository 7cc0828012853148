"""The part of the memory that the plan is made with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from handlers.learning.memory import Memory
from handlers.model import Celebration, Person, Roster


class Planning(Protocol):
    """Slots and rosters, and what people had before."""

    async def last_slot(self, campaign: str, zone: str) -> str | None:
        """The latest nominal time already planned for a campaign in a zone."""
        ...

    async def plan(self, roster: Roster, at: datetime) -> int:
        """Write a roster's deliveries once; a second call with the same (campaign, slot, zone) writes none.

        Returns how many rows were written; a person already on the campaign's slot is passed over.
        """
        ...

    async def finished(self, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
        """(slot, team) pairs of slots due since then in which everybody who was reached has taken part."""
        ...

    async def joiners(self, since: date) -> Sequence[Person]:
        """Everybody who has not left and whose first day was then or later, by key."""
        ...

    async def had(self, person: str, since: datetime, until: datetime) -> int:
        """How many deliveries a person has in [since, until), counted as in `full`."""
        ...

    async def celebrations(
        self, people: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Celebration]]:
        """The milestones that came to these people in [since, until), or may still, by person."""
        ...

    async def memories(self, people: Sequence[str]) -> Mapping[str, Mapping[str, Memory]]:
        """What these people remember: person -> item -> memory; nobody is there who has answered nothing."""
        ...

    async def asked(
        self, people: Sequence[str], campaign: str, since: datetime
    ) -> Mapping[str, Mapping[str, datetime]]:
        """What a campaign has asked these people since then: person -> item -> when last; answered or not."""
        ...

    async def full(
        self, people: Sequence[str], since: datetime, until: datetime, most: int
    ) -> frozenset[str]:
        """Of these people, those with so many deliveries of campaigns or more, due in [since, until).

        What was sent or still may be counts; what was left out, refused, late or recalled does not.
        """
        ...
