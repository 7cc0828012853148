"""What keeps us from being noise: how much comes in a week, what is mandatory first, and how many celebrations a day.

It is counted before a roster is written, so two processes that plan two campaigns at the same moment may go one
beyond it; celebrations are counted once more when they are sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from content import audience
from content.calendars import instant
from content.campaigns import Campaign
from content.pieces import Milestone
from handlers.desk import Desk
from handlers.model import Delivery, Person, Status
from handlers.people import audience_of
from handlers.roster import Saying, Weighed, due_to, suits
from handlers.schedule import A_DAY, A_WEEK, ahead, by_zone, monday_before, nominal

A_MINUTE = timedelta(minutes=1)
DAYS = 5  # working days that a celebration waits for its turn
_MAYBE = (Status.SENT, Status.UNKNOWN, Status.RECONCILING)


class Week(NamedTuple):
    """A week of a zone, from Monday's first moment to the next."""

    zone: str
    since: datetime
    until: datetime


async def weighed(desk: Desk, named: Sequence[Person], said: Saying) -> Weighed:
    """Who of a roster has had enough for the week, and whose celebration comes on another day."""
    rested = due_to(desk, said)
    moved = await _moved(desk, named, said, rested)

    def due_at(person: Person) -> datetime:
        return moved.get(person.key) or rested(person)

    return Weighed(await _full(desk, named, said, due_at), moved)


def week_of(desk: Desk, person: Person, moment: datetime) -> Week:
    """The person's own week that a moment falls into."""
    zone = person.zone or desk.library.programme.zone
    return Week(zone, monday_before(moment, zone), monday_before(moment, zone, weeks=1))


async def _full(
    desk: Desk, named: Sequence[Person], said: Saying, due_at: Callable[[Person], datetime]
) -> frozenset[str]:
    """The keys of those who have had enough for the week that this would fall into.

    What is mandatory has its places in it, also what is still to come; of the rest the first is kept.
    """
    most = desk.library.programme.at_most_a_week
    if most is None or said.mandatory:
        return frozenset()
    known: dict[tuple[str, datetime], Week] = {}
    weeks: dict[Week, list[Person]] = defaultdict(list)
    for person in named:
        when = person.zone, due_at(person)
        if when not in known:
            known[when] = week_of(desk, person, when[1])
        weeks[known[when]].append(person)
    found: set[str] = set()
    for week, people in weeks.items():
        held = await reserved(desk, week, people)
        left: dict[int, list[str]] = defaultdict(list)
        for person in people:
            left[most - held[person.key]].append(person.key)
        for places, keys in left.items():
            found |= await desk.store.full(keys, week.since, week.until, places) if places > 0 else set(keys)
    return frozenset(found)


async def reserved(desk: Desk, week: Week, people: Sequence[Person]) -> Counter[str]:
    """How many places in a week of theirs these people of its zone need for what is mandatory and not planned yet."""
    held, now = Counter[str](), desk.clock.now()
    for campaign in desk.library.programme.campaigns:
        if not campaign.mandatory:
            continue
        after = await _planned(desk, campaign, week)
        for slot, whom in ahead(desk, campaign, week.zone, people, after, week.until):
            if campaign.cadence.joined is None or slot.due_at > now:  # else `Plan` has planned it before
                _hold(desk, held, week, audience_of(audience.parse(campaign.audience), whom), slot.due_at)
    for broadcast in await desk.store.launched(week.until):
        named = {person.key for person in await desk.store.named(audience.parse(broadcast.audience))}
        _hold(desk, held, week, [person for person in people if person.key in named], broadcast.at)
    return held


async def _planned(desk: Desk, campaign: Campaign, week: Week) -> str:
    """The name of a slot after which a campaign's are still to be planned."""
    begins = nominal(desk.clock.now() - A_MINUTE, week.zone)
    if campaign.cadence.joined is not None:
        return begins
    planned = await desk.store.last_slot(campaign.id, week.zone)
    return max(planned, nominal(week.since - A_WEEK, week.zone)) if planned is not None else begins


def _hold(desk: Desk, held: Counter[str], week: Week, people: Sequence[Person], moment: datetime) -> None:
    due_at = suits(desk, moment)
    held.update(person.key for person in people if week.since <= due_at(person) < week.until)


async def _moved(
    desk: Desk, named: Sequence[Person], said: Saying, rested: Callable[[Person], datetime]
) -> dict[str, datetime | None]:
    """When a celebration comes to those who have enough of them on its day: on the first working day that has room."""
    pieces = said.chosen.values() if said.chosen is not None else (said.piece,)
    if not any(isinstance(piece, Milestone) for piece in pieces):
        return {}
    found: dict[str, datetime | None] = {}
    for zone, here in by_zone(desk, named).items():
        since = _midnight(min(map(rested, here)), zone)
        known = await desk.store.celebrations([person.key for person in here], since, since + 3 * A_WEEK)
        for person in here:
            days = Counter(there.at.astimezone(ZoneInfo(zone)).date() for there in known.get(person.key, ()))
            at = turn(desk, person, rested(person), days)
            if at != rested(person):
                found[person.key] = at
    return found


def turn(desk: Desk, person: Person, moment: datetime, days: Counter[date]) -> datetime | None:
    """When a celebration of this moment comes, given how many each day has; at the same time of day, unless that is
    quiet then. None: not within so many working days.
    """
    zone, programme = desk.zone(person), desk.library.programme
    at = moment.astimezone(zone).time()
    for _ in range(DAYS + 1):
        day = moment.astimezone(zone).date()
        if days[day] < programme.celebrations.most_a_day:
            return moment
        later = programme.rest.working_day(day + A_DAY, person.site)
        moment = programme.rest.over(instant(datetime.combine(later, at), zone), zone, person.site)
    return None


async def too_many(desk: Desk, delivery: Delivery, person: Person) -> datetime | None:
    """The next day for a celebration of which there were enough today; None: it may be sent now.

    Of several that are being sent at once those that are named first go first, so that each process finds the same.
    """
    if not isinstance(delivery.piece, Milestone):
        return None
    now, zone = desk.clock.now(), desk.zone(person)
    today = _midnight(now, str(zone))
    known = await desk.store.celebrations([person.key], today - 2 * A_WEEK, today + A_DAY)
    sent = [
        there.delivery for there in known.get(person.key, ()) if there.at >= today and there.status in _MAYBE
    ]
    goes = [there.delivery for there in known.get(person.key, ()) if there.status is Status.SENDING]
    if (
        len(sent) + sum(other < delivery.id for other in goes)
        < desk.library.programme.celebrations.most_a_day
    ):
        return None
    tomorrow = desk.library.programme.rest.working_day(now.astimezone(zone).date() + A_DAY, person.site)
    return suits(desk, instant(datetime.combine(tomorrow, time(0)), zone))(person)


def _midnight(moment: datetime, zone: str) -> datetime:
    day = moment.astimezone(ZoneInfo(zone)).date()
    return instant(datetime.combine(day, time(0)), ZoneInfo(zone))
