"""Recall of everybody, reckoned once a night and kept: by day nobody waits for millions of memories."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, Protocol, TypeVar, get_args

from content.audience import Audience
from content.pieces import Group
from handlers.learning.memory import Day
from handlers.numbers.counts import Meant, Recalls, Remembered

T = TypeVar("T")
By = Literal["all", "clause", "standard", "team", "site", "clause and team"]
"""What a night's rows are of."""
WHOLE: By = "all"
BOTH: By = "clause and team"
EVERY: tuple[By, ...] = get_args(By)
LASTING: tuple[By, ...] = (WHOLE, "clause", "standard")  # of a night that is over these stay, as history
AT_ONCE = 12_000  # memories that are reckoned in 50 ms: where there are more, last night's numbers are shown


class Nights(Protocol):
    """The part of the memory that holds what everybody remembered in a night: `Store.nights`.

    A night is named by the moment at which its reckoning began. It is there when its row of the whole is.
    """

    async def begun(self) -> bool:
        """Whether anything is remembered at all."""
        ...

    async def many(self) -> bool:
        """Whether there are more than AT_ONCE memories."""
        ...

    async def belonging(self) -> Sequence[tuple[str, str]]:
        """The team and key of everybody who is here, in this order."""
        ...

    async def parts(
        self,
        people: Sequence[str],
        bank: Sequence[Meant],
        day: Day,
        groups: Mapping[Group, Audience],
        take: Callable[[Recalls], T],
    ) -> T:
        """What these remember, by group of items, team and site; `take` is called in the reader's thread."""
        ...

    async def keep(self, at: datetime, rows: Mapping[By, Sequence[Remembered]]) -> None:
        """In small steps, so that nobody's answer waits; in the order given."""
        ...

    async def newest(self) -> datetime | None: ...

    async def nights(self, since: datetime) -> Sequence[datetime]:
        """Those that are kept, the oldest first."""
        ...

    async def of(
        self, by: By, nights: Sequence[datetime], name: str | None = None
    ) -> Mapping[datetime, Sequence[Remembered]]:
        """The rows of these nights; name: of this group alone."""
        ...

    async def clear(self, newest: datetime, today: datetime, before: datetime) -> None:
        """Keep the newest whole. Of the others stays what is LASTING, of five people or more, and a night a day:
        none that began `today` or before `before`.
        """
        ...
