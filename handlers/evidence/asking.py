"""What evidence is asked for, in the chat and on the page: a standard, a period, and for a sample its seed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from content.audience import EVERYONE, Everyone, parse
from handlers.desk import Desk
from handlers.evidence import jobs
from handlers.evidence.jobs import Job, Makers
from handlers.evidence.pack import Scope
from handlers.evidence.sample import MOST, Draw
from handlers.model import Person
from handlers.numbers.periods import EXAMPLES, BadPeriod, read
from handlers.permissions import Sight, sight
from handlers.privacy.looks import Looked, each

ACTION = "see evidence"
_TYPED = re.compile(
    r"(?P<standard>.+?:\d{4})(?P<period>(?:\s+(?!(?:seed|n|by)\s)\S+)*)"
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
    """ "ISO 9001:2015", with a period as in `stats`. Without, the last 365 days. Raises NotUnderstood."""
    found = _TYPED.fullmatch(words.replace('"', "").replace("“", "").replace("”", "").strip())
    if found is None:
        raise NotUnderstood("Name a standard with its edition, and a period.")
    there = {each.casefold(): each for each in await standards(desk)}
    standard = there.get(found["standard"].casefold())
    if standard is None:
        raise NotUnderstood(f"There is nothing of {found['standard']} here.")
    since, until = _days(desk, found["period"].split())
    n = int(found["n"] or Draw().n)
    if not 0 < n <= MOST:
        raise NotUnderstood(f"A sample has from 1 to {MOST} people.")
    draw = Draw(found["seed"] or Draw().seed, n, bool(found["team"]))
    return Asked(scope_of(desk, person, standard, since, until), draw)


async def begin(desk: Desk, makers: Makers, person: Person, asked: Asked) -> None:
    """Have a pack made in the background, unless one is under way."""
    scope, draw = asked.scope, asked.draw
    now = desk.clock.now()
    job = Job(
        desk.new_id(),
        scope.standard,
        str(scope.since),
        str(scope.until),
        person.key,
        now.isoformat(),
        person.email,
        draw.seed,
        draw.n,
        draw.by_team,
    )
    if await jobs.take(desk.store, job, now):
        makers.begin(job)


def command(name: str, asked: Asked) -> str:
    """The same in a terminal."""
    scope, draw = asked.scope, asked.draw
    more = (
        f" --seed {draw.seed} --n {draw.n}{' --by-team' if draw.by_team else ''}" if name == "sample" else ""
    )
    return f'python -m bot {name} --standard "{scope.standard}" --since {scope.since} --until {scope.until}{more}'


def scope_of(desk: Desk, person: Person | None, standard: str, since: date, until: date) -> Scope:
    """With the names that who asks may see: `handlers.permissions.sight`. person: None at the terminal."""
    programme = desk.library.programme
    rules = {str(each): each.audience for each in programme.standards}
    seen = sight_of(desk, person)
    named = (seen.within or Everyone()) if seen.anybody else None
    return Scope(
        standard, since, until, ZoneInfo(programme.zone), parse(rules.get(standard, EVERYONE)), named
    )


def sight_of(desk: Desk, person: Person | None) -> Sight:
    return sight("sample", person, desk.library.programme, today(desk))


def looks(
    desk: Desk, person: Person | None, asked: Asked, what: str, drawn: Iterable[str]
) -> tuple[Looked, ...]:
    """What the ledger is told: that somebody looked, and at whom of a sample by name."""
    scope, seen = asked.scope, sight_of(desk, person)
    words = f"{scope.standard} {scope.since} {scope.until}"
    look = seen.look(person, what, words)
    return each(look, drawn) if seen.anybody else (replace(look, exception="", why=""),)


def _days(desk: Desk, words: Sequence[str]) -> tuple[date, date]:
    """The first and the last day, by the programme's clock."""
    zone = ZoneInfo(desk.library.programme.zone)
    try:
        period, left = read(words, desk.clock.now(), zone)
    except BadPeriod as mistake:
        raise NotUnderstood(str(mistake)) from mistake
    if left:
        raise NotUnderstood(f"After the standard write a period: {EXAMPLES}.")
    if period is None:
        return year_before(today(desk)), today(desk)
    last = period.until - timedelta(microseconds=1)
    return period.since.astimezone(zone).date(), last.astimezone(zone).date()


def today(desk: Desk) -> date:
    """By the programme's clock."""
    return desk.clock.now().astimezone(ZoneInfo(desk.library.programme.zone)).date()


def year_before(day: date) -> date:
    """The first day of a year that ends on this one."""
    before = day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else date(day.year - 1, 2, 28)
    return date.fromordinal(before.toordinal() + 1)
