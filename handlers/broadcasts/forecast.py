"""What will become of a broadcast: who gets it, when the last of them has it, and who will not and why.

Arithmetic alone, on what the memory has counted; nothing here asks anybody. A forecast says what the plan and the
drain would do if nothing changed: the queues keep their pace, nobody pauses, nobody installs or blocks anything.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from content.holidays import Holidays
from content.pieces import Count, Forecast
from content.rest import Quiet, Rest
from handlers.broadcasts.outlook import Group, Line, Outlook
from handlers.model import Job, Platform, Queue, Reason
from handlers.pace import Pace

A_MOMENT = timedelta(seconds=1)
NEVER = Rest(Quiet.model_validate({"from": time(0), "until": time(0)}), Holidays())
Paces = Mapping[Platform, Mapping[Job, Pace]]
"""How fast each platform that we are connected to may be called for each job; unnamed: as fast as it goes."""


@dataclass(frozen=True)
class Terms:
    """What holds for everybody. zone: of those who have none of their own."""

    paces: Paces
    rest: Rest
    zone: str

    def of(self, group: Group) -> tuple[ZoneInfo, str]:
        """Where these people rest: their zone and their site."""
        return ZoneInfo(group.zone or self.zone), group.site

    def holiday(self, group: Group, since: datetime, until: datetime) -> bool:
        """Whether a holiday is among what holds these people up from one moment to another."""
        return bool(self.rest.holidays_between(since, until, *self.of(group)))


class Arrival(NamedTuple):
    """So many people have it by then; `held`: after a rest that they would else have had it in, `holiday`: on one."""

    platform: Platform
    people: int
    at: datetime
    held: bool
    holiday: bool
    begins: datetime  # the first of them has it soon after


@dataclass(frozen=True)
class _Load:
    """What is served one by one from `ready` on, with so many calls each; of others where there is no group."""

    ready: datetime
    people: int
    calls: int
    group: Group | None = None
    expires: datetime | None = None
    held: bool = False
    holiday: bool = False


def forecast(
    outlook: Outlook,
    at: datetime,
    now: datetime,
    grace: timedelta,
    terms: Terms,
    moments: Callable[[Group], Sequence[datetime]] | None = None,
) -> Forecast:
    """For a broadcast that goes out at that moment; the moments come back in the zone of `at`.

    moments: where not all of it goes out at once, when the equal parts of a group's people are due.
    """
    zone, at, now = at, at.astimezone(UTC), now.astimezone(UTC)  # within a zone the clock on the wall counts
    without = Counter[Reason]()
    planned = []
    for group, moment in _parts(outlook, moments or (lambda group: [at])):
        due_at = terms.rest.over(moment, *terms.of(group))
        reason = _reason(group, due_at, terms)
        if reason:
            without[reason] += group.people
        else:
            planned.append(replace(group, due_at=due_at))
    found = list(arrivals(planned, outlook.lines, Job.SEND, at, now, terms, grace))
    in_time = sum(arrival.people for arrival in found)
    without[Reason.THROTTLED] += sum(group.people for group in planned) - in_time
    places = Counter[Platform]()
    for arrival in found:
        places[arrival.platform] += arrival.people
    return Forecast(
        places=_counts(places),
        without=_counts(without),
        first_at=min((arrival.begins for arrival in found), default=None),
        last_at=last(found, held=False, zone=zone),
        held=sum(arrival.people for arrival in found if arrival.held),
        held_until=last(found, held=True, zone=zone),
        holidays=any(arrival.holiday for arrival in found),
    )


def arrivals(
    groups: Iterable[Group],
    lines: Mapping[Queue, Line],
    job: Job,
    at: datetime,
    now: datetime,
    terms: Terms,
    grace: timedelta | None = None,
) -> Iterator[Arrival]:
    """When those who are due get theirs; who would get it later than the grace after they were due does not."""
    if job is not Job.SEND:  # what nobody is rung up by does not wait for the morning
        terms = replace(terms, rest=NEVER)
    queues: dict[Queue, list[Group]] = defaultdict(list)
    for group in groups:
        if group.platform is not None:
            queues[Queue(group.platform, group.workspace, job)].append(group)
    for queue, served in queues.items():
        line, pace = lines.get(queue, Line()), terms.paces.get(queue.platform, {}).get(job)
        others = [_Load(each.due_at, each.deliveries, 1) for each in line.ahead]
        if pace and pace.first_contact > 1:
            others += [_Load(each.due_at, each.first_contacts, pace.first_contact - 1) for each in line.ahead]
        ours = [_load(group, at, now, pace, grace, terms) for group in served]
        for load, begins, moment in _served([*others, *ours], *_speed(line, pace, now), terms):
            if load.group:
                yield Arrival(queue.platform, load.people, moment, load.held, load.holiday, begins)


def _parts(
    outlook: Outlook, moments: Callable[[Group], Sequence[datetime]]
) -> Iterator[tuple[Group, datetime]]:
    for group in outlook.groups:
        due = moments(group)
        for number, moment in enumerate(due):
            people = group.people * (number + 1) // len(due) - group.people * number // len(due)
            if people:
                yield replace(group, people=people), moment


def last(found: Sequence[Arrival], *, held: bool, zone: datetime) -> datetime | None:
    """When the last of those who are held up, or are not, has it; in the zone of another moment."""
    moments = [arrival.at for arrival in found if arrival.held is held]
    return max(moments).astimezone(zone.tzinfo) if moments else None


def _served(
    loads: Iterable[_Load], opens: datetime, rate: float | None, terms: Terms
) -> Iterator[tuple[_Load, datetime, datetime]]:
    """Each load with the moments at which its first and its last is served, in parts where a rest comes in between.

    In the order in which they fall due; of two that fall due together the one that was there before. What is left of
    a load when it expires is not served.
    """
    waiting = [(load.ready, number, load) for number, load in enumerate(loads) if load.people]
    heapq.heapify(waiting)
    clock, number = opens, len(waiting)
    while waiting:
        ready, _, load = heapq.heappop(waiting)
        begins = max(clock, ready)
        if load.expires and begins > load.expires:
            continue
        people, again = _until_rest(load, begins, rate, terms)
        if people:
            clock = begins + timedelta(seconds=people * load.calls / rate) if rate else begins
            yield replace(load, people=people), begins, clock
        if people < load.people:
            number += 1
            holiday = load.holiday or (load.group is not None and terms.holiday(load.group, begins, again))
            rest = replace(load, ready=again, people=load.people - people, held=True, holiday=holiday)
            heapq.heappush(waiting, (again, number, rest))


def _until_rest(load: _Load, begins: datetime, rate: float | None, terms: Terms) -> tuple[int, datetime]:
    """How many of a load are served before their rest, and when the others may be."""
    if load.group is None:
        return load.people, begins
    where = terms.of(load.group)
    over = terms.rest.over(begins, *where)
    if over > begins:
        return 0, over
    stop = min(filter(None, (terms.rest.next(begins, *where), load.expires)), default=None)
    if stop is None or not rate:
        return load.people, begins
    room = 1 + int((stop - begins).total_seconds() * rate / load.calls)
    return min(load.people, room), terms.rest.over(stop + A_MOMENT, *where)


def _load(
    group: Group, at: datetime, now: datetime, pace: Pace | None, grace: timedelta | None, terms: Terms
) -> _Load:
    due_at, since = group.due_at or at, max(at, now)
    waited = due_at > since and terms.rest.over(due_at - A_MOMENT, *terms.of(group)) == due_at
    return _Load(
        ready=max(due_at, now).astimezone(UTC),
        people=group.people,
        calls=pace.first_contact if pace and not group.met else 1,
        group=group,
        expires=(due_at + grace).astimezone(UTC) if grace is not None else None,
        held=waited,
        holiday=waited and terms.holiday(group, since, due_at),
    )


def _speed(line: Line, pace: Pace | None, now: datetime) -> tuple[datetime, float | None]:
    """From when on and how fast a queue moves: at its present rate, or at the one that it will begin with."""
    opens = max(line.gauge.again, now) if line.gauge else now
    if pace is None:
        return opens.astimezone(UTC), None
    rate = line.gauge.rate if line.gauge and line.gauge.rate else pace.start
    return opens.astimezone(UTC), min(max(rate, pace.least), pace.most)


def _reason(group: Group, due_at: datetime, terms: Terms) -> Reason:
    """Why these people will probably not get it, as `handlers.roster` and the platform will say; "": they will."""
    if group.excluded:
        return Reason.EXCLUDED
    if group.paused_until is not None and due_at < group.paused_until:
        return Reason.PAUSED
    if group.platform is None:
        return Reason.NOT_INSTALLED
    return group.refused if group.platform in terms.paces else Reason.THROTTLED


def _counts(found: Counter[Platform] | Counter[Reason]) -> tuple[Count, ...]:
    """The largest first."""
    ordered = sorted(found.items(), key=lambda count: (-count[1], count[0]))
    return tuple(Count(name=str(name), people=people) for name, people in ordered if people)
