"""A sample as text: who was drawn, and what happened to each of them in the order of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from handlers.evidence.pack import ROSTER, TRAIL, Cell, Row, Source
from handlers.evidence.sample import Draw, Drawn, drawn

_FIRST = TRAIL.columns.index("at")  # what comes before it says who it is


def told(source: Source, draw: Draw) -> tuple[str, Sequence[Drawn]]:
    """The text, and who is in it. Times are in the zone of the scope."""
    scope = source.scope
    found = drawn(source.rows(ROSTER), draw)
    lines = [f"{scope.standard}, {scope.since} to {scope.until}: {draw}"]
    trails = source.trails([each.person for each in found])
    for number, each in enumerate(found, 1):
        lines += ["", *_person(number, each, trails[each.person], scope.zone)]
    if not found:
        lines.append("Nobody can be drawn: nobody under the standard was here in this period.")
    return "\n".join(lines) + "\n", found


def _person(number: int, each: Drawn, trail: Sequence[Row], zone: ZoneInfo) -> Iterator[str]:
    who = ", ".join(filter(None, (each.name, each.team, f"key {each.person}")))
    yield f"{number}. {who} (SHA-256 {each.digest})"
    for row in trail:
        yield _line(row, zone)
    if not trail:
        yield "   nothing of this standard is known of them in this period"


def _line(row: Row, zone: ZoneInfo) -> str:
    said: dict[str, Cell] = dict(zip(TRAIL.columns[_FIRST:], row, strict=True))
    at = said["at"]
    when = f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if isinstance(at, datetime) else ""
    event = said["event"] or "-"
    more = [
        *(str(said[name]) for name in ("title", "item", "value") if said[name]),
        *([f"right: {said['right']}"] if said["right"] else []),
        *([f"certainty {said['certainty']} of 3"] if said["certainty"] else []),
        *([str(said["reason"])] if said["reason"] else []),
        *([f"by the rule {said['audience rule']}"] if said["what"] in ("assigned", "excluded") else []),
        *([f"version {str(said['version'])[:12]}"] if said["version"] else []),
    ]
    return f"   {when}  {event:>10}  {said['what']:<13} {said['campaign']} {'; '.join(more)}".rstrip()
