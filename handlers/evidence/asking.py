"""What is typed for evidence in the chat: a standard, a period, and for a sample its seed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from content.audience import EVERYONE, parse
from handlers.desk import Desk
from handlers.evidence.pack import Scope
from handlers.evidence.sample import MOST, Draw
from handlers.model import Person

_TYPED = re.compile(
    r"(?P<standard>.+?:\d{4})(?:\s+(?P<first>\d{4}(?:-\d\d-\d\d)?)(?:\s+(?:to\s+)?(?P<last>\d{4}-\d\d-\d\d))?)?"
    r"(?:\s+seed\s+(?P<seed>\S{1,40}))?(?:\s+n\s+(?P<n>\d{1,3}))?(?P<team>\s+by team)?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asked:
    scope: Scope
    draw: Draw


class NotUnderstood(Exception):
    """The message says what is not there."""


async def standards(desk: Desk) -> Sequence[str]:
    """Those of the programme first, then those of what was shown once."""
    own = [str(each) for each in desk.library.programme.standards]
    return list(dict.fromkeys((*own, *await desk.store.standards())))


async def understood(desk: Desk, person: Person, words: str) -> Asked:
    """ "ISO 9001:2015", with a year, a first day, or two days. Without, the last 365 days. Raises NotUnderstood."""
    found = _TYPED.fullmatch(words.replace('"', "").replace("“", "").replace("”", "").strip())
    if found is None:
        raise NotUnderstood("Name a standard with its edition, and a year or two days.")
    there = {each.casefold(): each for each in await standards(desk)}
    standard = there.get(found["standard"].casefold())
    if standard is None:
        raise NotUnderstood(f"There is nothing of {found['standard']} here.")
    since, until = _days(desk, person, found["first"], found["last"])
    n = int(found["n"] or Draw().n)
    if not 0 < n <= MOST:
        raise NotUnderstood(f"A sample has from 1 to {MOST} people.")
    draw = Draw(found["seed"] or Draw().seed, n, bool(found["team"]))
    return Asked(scope_of(desk, standard, since, until), draw)


def scope_of(desk: Desk, standard: str, since: date, until: date, *, by_name: bool = True) -> Scope:
    programme = desk.library.programme
    rules = {str(each): each.audience for each in programme.standards}
    zone = desk.zone(Person("", zone=programme.zone))
    return Scope(standard, since, until, zone, parse(rules.get(standard, EVERYONE)), by_name)


def _days(desk: Desk, person: Person, first: str | None, last: str | None) -> tuple[date, date]:
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    try:
        if first is None:
            return _year_before(today), today
        if len(first) == 4:
            return date(int(first), 1, 1), date(int(first), 12, 31)
        since, until = date.fromisoformat(first), date.fromisoformat(last) if last else today
    except ValueError:
        raise NotUnderstood("A day is written like 2026-11-23.") from None
    if since > until:
        raise NotUnderstood(f"{since} comes after {until}.")
    return since, until


def _year_before(day: date) -> date:
    """The first day of a year that ends on this one."""
    before = day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)
    return date.fromordinal(before.toordinal() + 1)
