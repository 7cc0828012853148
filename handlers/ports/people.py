"""The part of the memory that knows who there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from content.audience import Audience, Everyone
from handlers.model import Address, Headcount, Person, Platform, SavedAudience


class People(Protocol):
    """Who there is, where they are reached, and whom a rule names."""

    async def person(self, key: str) -> Person | None: ...

    async def person_at(self, address: Address) -> Person | None:
        """Who this address belongs to; only (platform, workspace, user) counts."""
        ...

    async def person_by_email(self, email: str) -> Person | None:
        """Letter case does not count."""
        ...

    async def people(self) -> Sequence[Person]:
        """Everybody who has not left, by key."""
        ...

    async def zones(self) -> Sequence[str]:
        """The time zones of everybody who has not left; "" among them if somebody has none."""
        ...

    async def named(self, rule: Audience) -> Sequence[Person]:
        """Everybody whom a rule without names (`content.names`) names and who has not left, by key."""
        ...

    async def counted(self, rules: Sequence[Audience]) -> Sequence[int]:
        """How many people each of these rules names, at one moment."""
        ...

    async def headcount(self, rule: Audience = Everyone()) -> Headcount:  # noqa: B008  a frozen value
        """How many of those whom a rule names have not left, and of each role, site and team."""
        ...

    async def saved_audiences(self) -> Sequence[SavedAudience]:
        """By name."""
        ...

    async def persons(self, keys: Sequence[str]) -> Mapping[str, Person]:
        """Those of some hundred keys who are known, also who has left."""
        ...

    async def workspace(self, platform: Platform) -> str | None:
        """The workspace in which a platform reaches people; None while it has met nobody."""
        ...
