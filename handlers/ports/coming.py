"""The part of the memory that takes in what people and other systems do."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from handlers.api.tokens import Token
from handlers.events import Change
from handlers.model import Address, Delivery, Participation, Person


class Coming(Protocol):
    """What comes in, each thing once; tokens and codes by their hashes."""

    async def delivery(self, delivery_id: str) -> Delivery | None: ...

    async def done(self, delivery_id: str) -> tuple[Participation, ...]:
        """What has been done with a delivery, oldest first."""
        ...

    async def pressed(
        self, address: Address, delivery_id: str
    ) -> tuple[Person | None, Delivery | None, tuple[Participation, ...]]:
        """Who pressed, on what, and what had been done with it: `person_at`, `delivery` and `done` in one."""
        ...

    async def commit(self, change: Change) -> bool:
        """All of the change, or nothing. False: this inbox key, or one of its participations, was here before, or a
        broadcast, a finding or an idea is no longer as it was when its step was decided.

        Raises Met for a person who is new to the change and not to the store, and Taken for an audience's name.
        """
        ...

    async def arrived(self, key: str) -> bool:
        """Whether a change with this inbox key has been committed."""
        ...

    async def mark_seen(self, address: Address, message: str, at: datetime) -> bool:
        """This person has read what they got there in the last 60 days, up to this message; each counts once.

        False: something is being sent to them just now, so whether that was read can be told only afterwards.
        """
        ...

    async def token(self, token: str) -> Token | None: ...

    async def token_of(self, person: str) -> Token | None: ...

    async def make_token(self, person: str, token: str, at: datetime) -> None:
        """In the place of an earlier one and of a code."""
        ...

    async def exchange(self, code: str, token: str, at: datetime) -> bool:
        """A token for a code. False: the code is spent, too old or unknown."""
        ...

    async def token_used(self, token: str, at: datetime) -> None: ...
