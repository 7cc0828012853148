"""Who is reminded of a finding, and when: its owner before it is due, on the day and weekly after it; else the lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Literal

from content import audience
from content.calendars import instant
from content.pieces import Due, Found
from handlers.broadcasts.habits import OTHERWISE, in_working_time
from handlers.broadcasts.timing import place
from handlers.desk import REQUEST_LASTS, Desk
from handlers.findings import cards
from handlers.findings.finding import OWNERS, Finding, Stage
from handlers.model import Address, Delivery, Lane, Person
from handlers.permissions import may

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
ANSWERED = timedelta(
    days=7
)  # from the day on which people are asked again to when somebody is asked to judge
AT_ONCE = 500  # people
Why = Literal["soon", "today", "overdue", "retest", "judge", "close"]
_WHY: dict[Stage, Why] = {Stage.DONE: "retest", Stage.RETEST: "judge", Stage.EFFECTIVE: "close"}
LEADS = (audience.parse('role:"quality lead"'), audience.parse("role:administrator"))


async def look(desk: Desk) -> int:
    """Remind of everything that is due by now, each once however many processes look. Returns the rows written."""
    now, written = desk.clock.now(), 0
    for finding in await desk.store.findings.to_remind(now):
        again = await next_look(desk, finding)
        rows = [await _reminder(desk, finding, person) for person in await _whom(desk, finding)]
        written += await desk.store.findings.remind(finding, again, rows, now)
    return written


async def next_look(desk: Desk, finding: Finding) -> datetime | None:
    """The next moment after this one at which somebody is reminded, at ten where its owner is; None: never again."""
    owner = await desk.store.person(finding.owner)
    zone = desk.zone(owner or Person(""))
    now, rest = desk.clock.now(), desk.library.programme.rest
    if finding.stage is Stage.CLOSED:
        return None
    for day in _days(finding, now.astimezone(zone).date()):
        works = rest.working_day(day, owner.site if owner else "")
        at = instant(datetime.combine(works, time(OTHERWISE)), zone)
        just_given = day < finding.due and at - finding.opened_at < A_DAY
        if at > now and not just_given:
            return at
    return None


def _days(finding: Finding, today: date) -> Iterator[date]:
    """Without end."""
    if finding.stage in OWNERS:
        first = finding.due - A_WEEK
    elif finding.stage is Stage.RETEST and finding.retest_at:
        first = (finding.retest_at + (ANSWERED if finding.retest != "next" else timedelta())).date()
    else:
        first = today + A_WEEK
    past = max(0, (today - first).days // 7 - 1)
    yield from (first + number * A_WEEK for number in count(past))


async def _whom(desk: Desk, finding: Finding) -> list[Person]:
    """Whose turn it is; in the place of an owner who is not here now the lead."""
    owner = await desk.store.person(finding.owner)
    if finding.stage in OWNERS and owner is not None and here(desk, owner):
        return [owner]
    return await leads(desk, finding)


async def leads(desk: Desk, finding: Finding) -> list[Person]:
    """Who opened it; if they are not here or own it themselves, who else may: quality leads, else administrators."""
    opener = await desk.store.person(finding.opener)
    found = [opener] if opener else []
    for rule in LEADS:
        fit = [p for p in found if p.key != finding.owner and may(p, "open a finding") and here(desk, p)]
        if fit:
            return fit
        found = list(await desk.store.named(rule))
    return [p for p in found if p.key != finding.owner and here(desk, p)]


def here(desk: Desk, person: Person) -> bool:
    """Whether somebody can see to something now."""
    return person.left_at is None and not person.paused(desk.clock.now()) and person.address is not None


def piece(desk: Desk, finding: Finding) -> Found:
    """Its title says nothing of what people wrote: it is in the ledger."""
    return Found(
        id=f"finding-{desk.new_id()}"[:64],
        title=f"Finding {finding.id}",
        clauses=(finding.clause,),
        finding=finding.id,
    )


async def card_for(
    desk: Desk, finding: Finding, person: Person, lane: Lane, address: Address | None = None
) -> Delivery:
    """The card of a finding for somebody; it is not lost in a pause, but comes when that ends."""
    now = desk.clock.now()
    paused = person.paused_until if person.paused(now) and lane is Lane.REMINDER else None
    return await _row(desk, finding, person, piece(desk, finding), lane, paused or now, address)


async def _reminder(desk: Desk, finding: Finding, person: Person) -> Delivery:
    zone, now = desk.zone(person), desk.clock.now()
    today, rest = now.astimezone(zone).date(), desk.library.programme.rest
    late: Why = "today" if today == finding.due else "overdue" if today > finding.due else "soon"
    shown = Due(
        id=f"due-{finding.id}-{finding.version}-{today}",
        title=f"Finding {finding.id}",
        clauses=(finding.clause,),
        finding=finding.id,
        why=_WHY.get(finding.stage, late),
    )
    due_at = in_working_time(now, zone, person.site, rest, place(finding.id, person.key))
    return await _row(desk, finding, person, shown, Lane.REMINDER, due_at)


async def _row(
    desk: Desk,
    finding: Finding,
    person: Person,
    shown: Found,
    lane: Lane,
    due_at: datetime,
    address: Address | None = None,
) -> Delivery:
    known = address and next((a for a in person.addresses if a.same_as(address)), address)
    return Delivery(
        id=desk.new_id(),
        person=person.key,
        campaign="",
        slot=f"about:{finding.id}",
        piece=shown,
        card=cards.compose(await cards.see(desk, finding, shown, person), person),
        address=known or person.address,
        due_at=due_at,
        expires_at=due_at + REQUEST_LASTS,
        lane=lane,
    )
