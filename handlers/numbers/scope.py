"""What somebody asks for and may see: whose numbers, over which days, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from content.council import View
from handlers.desk import Desk
from handlers.model import Person
from handlers.numbers.periods import days
from handlers.permissions import Sight, sight


@dataclass(frozen=True)
class Scope:
    """manager: whose people it is about, "" for everybody."""

    desk: Desk
    now: datetime
    since: datetime
    until: datetime
    zone: ZoneInfo
    word: str = ""  # what the topic is grouped by, or the item that is asked for
    manager: str = ""
    author: str = ""  # of whose messages it is, "" for everybody's
    person: Person | None = None  # who asks; None at the terminal

    @property
    def today(self) -> date:
        """The programme's."""
        return self.now.astimezone(ZoneInfo(self.desk.library.programme.zone)).date()

    def sight(self, view: View, author: str = "") -> Sight:
        """Of whom who asks may see by name."""
        return sight(view, self.person, self.desk.library.programme, self.today, author)

    async def seen(self, view: View) -> frozenset[str] | None:
        """The keys of these; None for everybody's."""
        found = self.sight(view)
        own = frozenset({self.person.key}) if self.person else frozenset()
        if found.within is not None:
            return own | {person.key for person in await self.desk.store.named(found.within)}
        return None if found.anybody else own

    @property
    def of_whom(self) -> str:
        return ", your team" if self.manager else ""

    @property
    def period(self) -> str:
        return f"{days(self.since, self.until, self.zone)}."
