"""Induction: whether joiners did something of it within 48 hours of their first day, for auditors ask exactly that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.markup import escape
from handlers.numbers.counts import Joiner
from handlers.numbers.definitions import INDUCTION
from handlers.numbers.groups import FEWER, few
from handlers.numbers.intervals import wilson
from handlers.numbers.scope import Scope
from handlers.numbers.sheets import Sheet, bars
from handlers.privacy.looks import Looked, each

IN_TIME = timedelta(hours=48)
WITHIN, LATER, NEVER, OPEN = "within 48 h", "later", "not at all", "48 h not over yet"
STATES = (WITHIN, LATER, NEVER, OPEN)


async def induction(scope: Scope) -> Sheet:
    programme = scope.desk.library.programme
    title = f"Induction{scope.of_whom}"
    campaigns = [campaign for campaign in programme.campaigns if campaign.cadence.joined is not None]
    if not campaigns:
        none = "No campaign of this programme counts from people's first day (`cadence: { joined: 0 }`)."
        return Sheet(title=title, says=(none,))
    ends = scope.until - timedelta(microseconds=1)  # the period may end with a day, at the midnight after it
    first, last = (moment.astimezone(scope.zone).date() for moment in (scope.since, ends))
    found = await scope.desk.store.inducted(
        [campaign.id for campaign in campaigns], first, last, manager=scope.manager
    )
    states = [state(joiner, scope.now, programme.zone) for joiner in found]
    over = [
        done for joiner, done in zip(found, states, strict=True) if is_over(joiner, scope.now, programme.zone)
    ]
    titles = escape(", ".join(campaign.title for campaign in campaigns))
    notes = (
        f"First days from {first} to {last}, also of who has left since. Counted: answered or acknowledged, of "
        f"{titles}, within 48 hours from the beginning of the first day where they are.",
    )
    if not found:
        return Sheet(title=title, says=("Nobody's first day lies in this period.",), notes=notes)
    named = await _named(scope, found)
    if few(len(found)) and not named:
        return Sheet(title=title, says=(f"{FEWER.capitalize()} joined, so nothing is counted.",), notes=notes)
    return Sheet(
        title=title,
        facts=_facts(states, over),
        header=("Who", "First day", "When they did", "Team") if named else (),
        rows=tuple(_row(who, done) for who, done in zip(found, states, strict=True) if who in named),
        narrow=3 if named else 0,
        looked=_looked(scope, named),
        charts=bars("People by when they did", _counts(states), unit=""),
        notes=notes,
        data=tuple({"state": name, "people": number} for name, number in _counts(states)),
    )


async def _named(scope: Scope, found: Sequence[Joiner]) -> Sequence[Joiner]:
    """Those whom who asks may see by name."""
    seen = await scope.seen("induction")
    return [joiner for joiner in found if seen is None or joiner.person in seen]


def _looked(scope: Scope, named: Sequence[Joiner]) -> tuple[Looked, ...]:
    if not named:
        return ()
    look = scope.sight("induction").look(scope.person, "stats induction")
    return each(look, (joiner.person for joiner in named))


def state(joiner: Joiner, now: datetime, zone: str) -> str:
    """`zone` is for who has none of their own."""
    if joiner.first_at is not None:
        return WITHIN if joiner.first_at < _ends(joiner, zone) else LATER
    return NEVER if is_over(joiner, now, zone) else OPEN


def is_over(joiner: Joiner, now: datetime, zone: str) -> bool:
    """Whether their 48 hours are: until then nobody can be late, and who was fast would make the share look better."""
    return now >= _ends(joiner, zone)


def _ends(joiner: Joiner, zone: str) -> datetime:
    return instant(datetime.combine(joiner.joined, time(0)), ZoneInfo(joiner.zone or zone)) + IN_TIME


def _counts(states: Sequence[str]) -> list[tuple[str, int]]:
    counted = Counter(states)
    return [(name, counted[name]) for name in STATES]


def _facts(states: Sequence[str], over: Sequence[str]) -> tuple[tuple[str, str], ...]:
    in_time = over.count(WITHIN)
    share = f"{wilson(in_time, len(over))}, {in_time} of {len(over)}" if over else "no data yet"
    return (
        ("People whose first day it was", str(len(states))),
        (INDUCTION.name.capitalize(), share),
        *((name.capitalize(), str(number)) for name, number in _counts(states) if number),
    )


def _row(joiner: Joiner, done: str) -> tuple[str, ...]:
    why = "" if joiner.first_at or joiner.sent else ", nothing has reached them"
    left = ", left" if joiner.left else ""
    return joiner.name or "name not known", f"{joiner.joined}", f"{done}{why}{left}", joiner.team or "none"
