"""Spans, moments and counts in the words of somebody who waits for something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


def about(span: timedelta) -> str:
    """ "less than a minute", "about 9 min", "about 2 h 10 min", "about 3 days"."""
    minutes = -(-span // MINUTE)  # rounded up: nobody minds what comes early
    if minutes <= 1:
        return "less than a minute"
    if minutes < 60:
        return f"about {minutes} min"
    if minutes < 48 * 60:
        hours, rest = divmod(-(-minutes // 10) * 10, 60)
        return f"about {hours} h {rest} min" if rest else f"about {hours} h"
    return f"about {-(-minutes // (24 * 60))} days"


def clock(moment: datetime, now: datetime) -> str:
    """ "10:42", "08:00 tomorrow", "08:00 on Monday 30 November", in the zone of `now`."""
    local = moment.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{local:%H:%M} tomorrow" if days == 1 else f"{local:%H:%M} on {local:%A} {local.day} {local:%B}"


def until(
    since: datetime,
    last_at: datetime | None,
    held: int,
    held_until: datetime | None,
    holidays: bool = False,
) -> str:
    """How long it takes until everybody has it, and whom quiet hours hold up how long, or a holiday of some."""
    said = [_span(since, last_at)] if last_at else []
    if held and held_until:
        who = f"{held:,} of them when" if last_at else "when"
        rest = "quiet hours or public holiday end" if holidays else "quiet hours end"
        said.append(f"{who} their {rest}, the last at {_by(held_until, since)}")
    return "; ".join(said)


def _span(since: datetime, ends: datetime) -> str:
    """ "about 9 min, until 10:42": the card that says it may be looked at later."""
    span = ends.astimezone(UTC) - since.astimezone(UTC)
    return about(span) + (f", until {_by(ends, since)}" if span > MINUTE else "")


def _by(moment: datetime, since: datetime) -> str:
    """Rounded up, as a span is."""
    return clock(moment + MINUTE - timedelta.resolution, since)


def by_reason(counts: Mapping[str, int]) -> str:
    """ "5 not installed, 3 paused", the most frequent first; only the reason where there is one."""
    ordered = sorted(counts.items(), key=lambda count: (-count[1], count[0]))
    return (
        ", ".join(f"{number:,} {reason}" for reason, number in ordered) if len(ordered) > 1 else ordered[0][0]
    )
