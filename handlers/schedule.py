"""When campaigns fall due: their slots, in the zones of the people they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from content import audience
from content.calendars import instant
from content.campaigns import Cadence, Campaign, Slot, anniversary_slot, joined_slot, slots
from handlers.desk import Desk
from handlers.model import Person
from handlers.people import audience_of

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
A_YEAR = 365.2425  # days


def by_zone(desk: Desk, people: Sequence[Person]) -> dict[str, list[Person]]:
    """People by the zone whose clock their slots follow."""
    zones: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        zones[person.zone or desk.library.programme.zone].append(person)
    return zones


def due(
    desk: Desk, campaign: Campaign, zone: str, here: list[Person], after: str | None
) -> Iterator[tuple[Slot, list[Person]]]:
    """The slots up to now with the people each is for."""
    now = desk.clock.now()
    if not campaign.cadence.anniversary:
        yield from ((slot, here) for slot in _slots(desk, campaign, zone, after, now))
        return
    shared: dict[str, tuple[Slot, list[Person]]] = {}
    for slot, person in _anniversaries(desk, campaign.cadence, zone, here, after, now):
        shared.setdefault(slot.nominal, (slot, []))[1].append(person)
    yield from (shared[nominal] for nominal in sorted(shared))


def upcoming(desk: Desk, people: Sequence[Person], within: timedelta) -> list[tuple[datetime, str]]:
    """What comes to any of these people in the time ahead: (when, campaign title), soonest first."""
    now = desk.clock.now()
    coming: set[tuple[datetime, str]] = set()
    for campaign in desk.library.programme.campaigns:
        members = audience_of(audience.parse(campaign.audience), people)
        for zone, here in by_zone(desk, members).items():
            found = ahead(desk, campaign, zone, here, nominal(now - A_DAY, zone), now + within)
            coming |= {(slot.due_at, campaign.title) for slot, _ in found if slot.due_at > now}
    return sorted(coming)


def ahead(
    desk: Desk, campaign: Campaign, zone: str, here: Sequence[Person], after: str, until: datetime
) -> Iterator[tuple[Slot, Sequence[Person]]]:
    """The slots named after `after` and due up to `until`, with the people each is for; `here` lives in the zone."""
    if campaign.cadence.joined is not None:
        since = datetime.fromisoformat(after).date() - timedelta(days=campaign.cadence.joined) - A_WEEK
        joiners = (person for person in here if person.joined is not None and person.joined >= since)
        alone = ((joined_on(desk, campaign, person), (person,)) for person in joiners)
        yield from (one for one in alone if one[0].nominal > after and one[0].due_at <= until)
    elif campaign.cadence.anniversary:
        celebrating = [person for person in here if person.celebrates]
        for slot, person in _anniversaries(desk, campaign.cadence, zone, celebrating, after, until):
            yield slot, (person,)
    else:
        yield from ((slot, here) for slot in _slots(desk, campaign, zone, after, until))


def joined_on(desk: Desk, campaign: Campaign, person: Person) -> Slot:
    """The slot of somebody who joined, which has their name: others who join on that day have their own."""
    assert person.joined is not None
    assert campaign.cadence.joined is not None
    working_days = desk.library.programme.working_days
    zone, days = desk.zone(person), campaign.cadence.joined
    slot = joined_slot(person.joined, days, campaign.cadence.at, zone, working_days)
    return slot._replace(nominal=f"{slot.nominal} {person.key}")


def due_between(desk: Desk, campaign: Campaign, zone: str, after: datetime, until: datetime) -> bool:
    """Whether a campaign has a slot in this zone after one moment and up to another."""
    cadence, starts = campaign.cadence, campaign.starts
    if cadence.anniversary:  # somebody's day is every day
        cadence, starts = Cadence(repeat="daily", at=cadence.at), (after - A_DAY).date()
    working_days = desk.library.programme.working_days
    found = slots(cadence, starts, ZoneInfo(zone), nominal(after - A_DAY, zone), until, working_days)
    return any(slot.due_at > after for slot in found)


def monday_before(moment: datetime, zone: str, weeks: int = 0) -> datetime:
    """The beginning of the week of a moment where the zone's clocks are, or of a week after it."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=7 * weeks - local.weekday())
    return instant(datetime.combine(day, time(0)), ZoneInfo(zone))


def nominal(moment: datetime, zone: str) -> str:
    """A moment as a slot of this zone would be named."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")


def _slots(desk: Desk, campaign: Campaign, zone: str, after: str | None, until: datetime) -> Iterator[Slot]:
    working_days = desk.library.programme.working_days
    return slots(campaign.cadence, campaign.starts, ZoneInfo(zone), after, until, working_days)


def years_since(joined: date, slot: Slot) -> int:
    """How many years somebody celebrates in a slot, which may be some days after their own day."""
    return round((slot.due_at.date() - joined).days / A_YEAR)


def _anniversaries(
    desk: Desk, cadence: Cadence, zone: str, people: list[Person], after: str | None, until: datetime
) -> Iterator[tuple[Slot, Person]]:
    """Each person's own day, or the next working day that is no holiday of their site.

    People who share a day share its slot and are planned together.
    """
    rest = desk.library.programme.rest
    for person in people:
        if person.joined is not None:
            celebrated = partial(rest.working_day, site=person.site)
            slot = anniversary_slot(person.joined, cadence.at, ZoneInfo(zone), after, until, celebrated)
            if slot is not None:
                yield slot, person
