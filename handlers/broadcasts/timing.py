"""When a broadcast reaches whom: at one moment, at each person's own local time, spread out, and again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.campaigns import WEEKDAYS, Cadence, slots
from content.pieces import Timing
from handlers.broadcasts.stages import Broadcast
from handlers.schedule import nominal

GRACE = timedelta(hours=72)  # how late a broadcast is still worth showing
GRACE_OF_A_DAY = timedelta(hours=16)  # longer than a night's quiet hours
SLICES = 12  # parts in which a forecast looks at people who are spread over a time


def begins(broadcast: Broadcast) -> datetime:
    """When its author lets it begin: at its time, or as soon as it is sent."""
    return datetime.fromisoformat(broadcast.timing.at) if broadcast.timing.at else broadcast.at


def grace(broadcast: Broadcast) -> timedelta:
    """How late it is still worth showing; of one that comes every day no second one on the same day."""
    return GRACE_OF_A_DAY if broadcast.timing.repeat == "daily" else GRACE


def first(timing: Timing, zones: Iterable[str], now: datetime) -> datetime:
    """When the first of it falls due, never in the past; zones: of everybody it is for, all of them named."""
    if not timing.at:
        return now
    at = datetime.fromisoformat(timing.at)
    if timing.local:
        at = min((instant(at.replace(tzinfo=None), ZoneInfo(zone)) for zone in zones), default=at)
    return max(at, now)


def slot_of(broadcast: Broadcast, zone: str) -> str:
    """The nominal local time of what falls due next; zone: of who has not said when."""
    timing = broadcast.timing
    return broadcast.slot or (timing.at[:16] if timing.at else nominal(broadcast.at, timing.zone or zone))


def due_at(broadcast: Broadcast, slot: str, zone: str, person: str) -> datetime:
    """When this person's falls due, before their quiet hours; zone: the person's. In UTC."""
    timing, at = broadcast.timing, broadcast.at
    if timing.local:
        at = max(at, instant(datetime.fromisoformat(slot), ZoneInfo(zone)))
    return at + place(broadcast.id, person) * timedelta(minutes=timing.spread)


def again(broadcast: Broadcast, slot: str, zones: Iterable[str]) -> tuple[str, datetime] | None:
    """The slot after this one and when it falls due for the first zone; None where it was the last."""
    timing = broadcast.timing
    if not timing.repeat or not timing.at:
        return None
    starts = datetime.fromisoformat(timing.at[:16])
    end = datetime.combine(timing.until, time.max) if timing.until else starts + timedelta(days=366 * 5)
    home = ZoneInfo(timing.zone)
    days: dict[str, dict[str, object]] = {
        "weekly": {"days": (WEEKDAYS[starts.weekday()],)},
        "monthly": {"day": starts.day},
    }
    fields = {"repeat": timing.repeat, "at": starts.time(), **days.get(timing.repeat, {})}
    cadence = Cadence.model_validate(fields)
    found = next(slots(cadence, starts.date(), home, slot, end.replace(tzinfo=home)), None)
    if found is None:
        return None
    local = datetime.fromisoformat(found.nominal)
    moments = [instant(local, ZoneInfo(zone)) for zone in zones] if timing.local else []
    return found.nominal, min(moments, default=found.due_at)


def slices(timing: Timing) -> list[timedelta]:
    """How much later than the first the parts of the many come, each as large as the others."""
    spread = timedelta(minutes=timing.spread)
    parts = SLICES if spread else 1
    return [spread * (2 * number + 1) / (2 * parts) for number in range(parts)] if spread else [timedelta()]


def place(broadcast: str, person: str) -> float:
    """Where in the time that it is spread over a person's comes: from 0 to 1, the same whenever it is asked."""
    digest = hashlib.sha256(f"{broadcast}:{person}".encode()).digest()
    return int.from_bytes(digest[:4]) / 2**32
