"""What takes long on a page is counted once a day, and kept until the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.pages.views import Visitor

A_MINUTE = timedelta(minutes=1)


def today(visitor: Visitor) -> date:
    """The programme's."""
    desk = visitor.desk
    return desk.clock.now().astimezone(ZoneInfo(desk.library.programme.zone)).date()


def note(visitor: Visitor, counted: datetime) -> str:
    """Nothing where it was counted just now."""
    if visitor.desk.clock.now() - counted < A_MINUTE:
        return ""
    return f"Counted on {visitor.desk.local(counted, visitor.person)}; it is counted anew tomorrow."
