"""What somebody asks for and may see: whose numbers, over which days, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.desk import Desk
from handlers.model import Person


@dataclass(frozen=True)
class Scope:
    """manager: whose people it is about, "" for everybody; by_name: whether who asks may see individuals."""

    desk: Desk
    now: datetime
    since: datetime
    until: datetime
    zone: ZoneInfo
    word: str = ""  # what the topic is grouped by, or the item that is asked for
    manager: str = ""
    by_name: bool = False
    author: str = ""  # of whose messages it is, "" for everybody's
    person: Person | None = None  # who asks; None at the terminal

    @property
    def of_whom(self) -> str:
        return ", your team" if self.manager else ""

    @property
    def period(self) -> str:
        return f"{self.since.astimezone(self.zone):%Y-%m-%d} to {self.until.astimezone(self.zone):%Y-%m-%d}."
