"""Who gets the card of an idea, and who is reminded of it: whoever decides on its day, its owner on theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import count
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.pieces import Proposed, Waiting
from handlers.broadcasts.habits import OTHERWISE, in_working_time
from handlers.broadcasts.timing import place
from handlers.desk import Desk
from handlers.findings.reminding import A_WEEK, here
from handlers.ideas import cards
from handlers.ideas.deciders import deciders, promised
from handlers.ideas.idea import UNDECIDED, Idea, Stage
from handlers.model import Delivery, Person
from handlers.replies.incoming import quarter, row_for


async def look(desk: Desk) -> int:
    """Remind of everything that is due by now, each once however many processes look. Returns the rows written."""
    now, written = desk.clock.now(), 0
    for idea in await desk.store.ideas.to_remind(now):
        again = await next_look(desk, idea)
        rows = [await _reminder(desk, idea, person) for person in await _whom(desk, idea)]
        written += await desk.store.ideas.remind(idea, again, rows, now)
    return written


async def next_look(desk: Desk, idea: Idea) -> datetime | None:
    """The next moment after this one at which somebody is reminded, at ten where its owner is; None: never again."""
    owner = await desk.store.person(idea.owner) if idea.owner else None
    zone = desk.zone(owner) if owner else ZoneInfo(desk.library.programme.zone)
    now, rest = desk.clock.now(), desk.library.programme.rest
    for day in _days(desk, idea, now.astimezone(zone).date()):
        works = rest.working_day(day, owner.site if owner else "")
        at = instant(datetime.combine(works, time(OTHERWISE)), zone)
        if at > now:
            return at
    return None


def _days(desk: Desk, idea: Idea, today: date) -> Iterator[date]:
    """Without end, but for what is decided and done."""
    first = promised(desk, idea) if idea.stage in UNDECIDED else idea.due
    if first is None or idea.stage not in (*UNDECIDED, Stage.ACCEPTED):
        return
    past = max(0, (today - first).days // 7 - 1)
    yield from (first + number * A_WEEK for number in count(past))


async def _whom(desk: Desk, idea: Idea) -> list[Person]:
    """Its owner; of what is undecided, and in the place of an owner who is not here, whoever decides."""
    owner = await desk.store.person(idea.owner) if idea.stage is Stage.ACCEPTED else None
    if owner is not None and here(desk, owner):
        return [owner]
    return await deciders(desk, "" if idea.anonymous else idea.person)


def piece(desk: Desk, idea: Idea) -> Proposed:
    """Its title says nothing of what people wrote: it is in the ledger."""
    return Proposed(id=f"idea-{desk.new_id()}"[:64], title=f"Idea {idea.id}", idea=idea.id)


async def card_for(desk: Desk, idea: Idea, person: Person) -> Delivery:
    """The row that brings an idea to somebody. What has no name under it is handed over at the next quarter."""
    shown = piece(desk, idea)
    card = cards.compose(await cards.see(desk, idea, shown, person), person)
    new = idea.anonymous and idea.version == 1
    due_at = quarter(desk.clock.now()) if new else desk.clock.now()
    return row_for(desk, person, card, f"about:{idea.id}", due_at, shown)


async def told_to(desk: Desk, idea: Idea, person: Person) -> Delivery:
    """The row that tells who had it; of what has no name under it nothing leads from there to the idea."""
    if not idea.anonymous:
        return await card_for(desk, idea, person)
    card = cards.told(await cards.see(desk, idea, piece(desk, idea), person))
    return row_for(desk, person, card, f"told:{desk.new_id()}", desk.clock.now())


async def _reminder(desk: Desk, idea: Idea, person: Person) -> Delivery:
    zone, now = desk.zone(person), desk.clock.now()
    shown = Waiting(
        id=f"waiting-{idea.id}-{idea.version}-{now.astimezone(zone).date()}",
        title=f"Idea {idea.id}",
        idea=idea.id,
    )
    card = cards.compose(await cards.see(desk, idea, shown, person), person)
    due_at = in_working_time(now, zone, person.site, desk.library.programme.rest, place(idea.id, person.key))
    return row_for(desk, person, card, f"about:{idea.id}", due_at, shown)
