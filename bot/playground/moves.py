"""Where the clock can be moved: what the page offers, and what it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.guard import Refused

FURTHEST = timedelta(days=366)  # a year of schedules at once is as much as anybody can look at
MORNING = time(9, 30)
NEXT_SLOTS = 2  # buttons for what comes next


def offers(slots: Sequence[tuple[datetime, str]], now: datetime, zone: str) -> list[dict[str, Any]]:
    """The buttons of the clock: a campaign's next slots, then fixed steps; times as ISO 8601 in UTC."""
    coming = sorted((at, title) for at, title in slots if at > now)
    found = [_offer(f"next: {title}", at, stands_for_time=True) for at, title in coming[:NEXT_SLOTS]]
    return [
        *found,
        _offer("+1 hour", now + timedelta(hours=1)),
        _offer("next morning 09:30", _next_morning(now, ZoneInfo(zone))),
        _offer("a week on", now + timedelta(days=7)),
    ]


def destination(wanted: str, now: datetime) -> datetime:
    """The UTC time a page asked for. Raises Refused (400) unless it is ahead, and by a year at most."""
    try:
        to = datetime.fromisoformat(wanted).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Refused(400, "`to` must be a time such as 2026-12-01T09:30:00+00:00.") from error
    if not now < to <= now + FURTHEST:
        raise Refused(400, "The clock moves forward only, and at most a year at once.")
    return to


def _offer(label: str, to: datetime, *, stands_for_time: bool = False) -> dict[str, Any]:
    """stands_for_time: the page adds the day and time to the label, in the reader's way of writing them."""
    return {"label": label, "to": to.isoformat(), "dated": stands_for_time}


def _next_morning(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(UTC)
