"""When campaigns fall due: their slots, in the zones of the people they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from content import audience
from content.calendars import instant
from content.campaigns import WEEKDAYS, Cadence, Campaign, Slot, anniversary_slot, joined_slot, slots
from handlers.desk import Desk
from handlers.model import Person
from handlers.people import audience_of

A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)


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
    shared: dict[Slot, list[Person]] = defaultdict(list)
    for slot, person in _anniversaries(campaign.cadence, zone, here, after, now):
        shared[slot].append(person)
    yield from sorted(shared.items(), key=lambda entry: entry[0])


def upcoming(desk: Desk, people: Sequence[Person], within: timedelta) -> list[tuple[datetime, str]]:
    """What comes to any of these people in the time ahead: (when, campaign title), soonest first."""
    now = desk.clock.now()
    coming: set[tuple[datetime, str]] = set()
    for campaign in desk.library.programme.campaigns:
        members = audience_of(audience.parse(campaign.audience), people)
        for zone, here in by_zone(desk, members).items():
            if campaign.cadence.joined is not None:
                found = [joined_on(desk, campaign, person) for person in here if person.joined is not None]
            elif campaign.cadence.anniversary:
                celebrating = [person for person in here if person.celebrates]
                found = [
                    s for s, _ in _anniversaries(campaign.cadence, zone, celebrating, None, now + within)
                ]
            else:
                found = list(_slots(desk, campaign, zone, nominal(now - A_DAY, zone), now + within))
            coming |= {(s.due_at, campaign.title) for s in found if now < s.due_at <= now + within}
    return sorted(coming)


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
    working_days = WEEKDAYS if campaign.cadence.anniversary else desk.library.programme.working_days
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


def _anniversaries(
    cadence: Cadence, zone: str, people: list[Person], after: str | None, until: datetime
) -> Iterator[tuple[Slot, Person]]:
    """Each person's own day; people who share a day share its slot and are planned together."""
    for person in people:
        if person.joined is not None:
            slot = anniversary_slot(person.joined, cadence.at, ZoneInfo(zone), after, until)
            if slot is not None:
                yield slot, person
