"""How far a broadcast has come, and in which words its author sees that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from handlers.broadcasts.forecast import Paces, Terms, arrivals, last
from handlers.broadcasts.outlook import Group, Line
from handlers.model import Job, Platform, Queue, Reason, Status
from handlers.moments import by_reason, clock, until
from handlers.numbers.groups import FEWER, few
from handlers.numbers.layers import Reading, reading

OPEN = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING)
NOT_REACHED = {
    Status.FAILED: "failed",
    Status.SKIPPED: "left out",
    Status.EXPIRED: "too late",
    Status.CANCELLED: "not sent",
}


@dataclass(frozen=True)
class Headway:
    """One broadcast as it stands; the numbers of `states` add up to its roster.

    Of those SENT, after a recall: `leaving` are still to be taken away, `gone` are, `stayed` could not be.
    waits: those PENDING, leaves: those leaving, anew: those whose card is drawn anew, by the queue they are in. While a
    roster is being written they are fewer than their states say: it is not known yet where all of them will be.
    places: those SENT by platform, and how many of them are known to have seen it. answered, understood: its question,
    and right. few: what people did is not told, because they are too few.
    """

    states: Mapping[tuple[Status, Reason], int] = field(default_factory=dict)
    acknowledged: int = 0
    cheered: int = 0
    last_sent_at: datetime | None = None
    withdrawn: bool = False
    leaving: int = 0
    gone: int = 0
    stayed: int = 0
    waits: tuple[Group, ...] = ()
    leaves: tuple[Group, ...] = ()
    anew: tuple[Group, ...] = ()  # whose cards are still to be drawn anew in their place
    lines: Mapping[Queue, Line] = field(default_factory=dict)
    places: Mapping[Platform, Reading] = field(default_factory=dict)
    answered: int = 0
    understood: int = 0
    few: bool = False

    @property
    def seen(self) -> int:
        """At least so many: on some platforms it is not known before somebody presses something."""
        return sum(place.seen for place in self.places.values())

    @property
    def roster(self) -> int:
        return sum(self.states.values())

    @property
    def complete(self) -> bool:
        """Whether everything has come to its end: nothing changes any more but for what people do with it."""
        return bool(self.states or self.withdrawn) and not self.of(*OPEN) and not self.leaving

    def of(self, *statuses: Status) -> int:
        return sum(number for (status, _), number in self.states.items() if status in statuses)


def discreet(headway: Headway) -> Headway:
    """The same for who may not find out what one person did."""
    if not few(headway.of(Status.SENT)):
        return headway
    return replace(headway, acknowledged=0, cheered=0, places={}, answered=0, understood=0, few=True)


def words(
    headway: Headway, now: datetime, terms: Terms, asked: bool, checked: bool = False, cheer: bool = False
) -> str:
    """Markdown: what has been reached, and a line for every state with somebody in it; in the zone of `now`.

    asked: whether the message asks to be acknowledged; checked: whether there is a question under it; cheer: whether
    it is a milestone that can be cheered.
    """
    if headway.withdrawn:
        head, lines = _taken_back(headway, now), list(_leaving(headway, now, terms))
    else:
        head, lines = _sent(headway, now), list(_waiting(headway, now, terms))
    lines += [*_anew(headway, now, terms), *_not_reached(headway)]
    if headway.few:
        lines.append(f"What they did with it is not told of {FEWER}")
    elif headway.of(Status.SENT) and not headway.withdrawn:
        lines += _layers(headway, asked, checked)
        lines += [f"👏 {headway.cheered:,} cheered"] if cheer else []
    return "\n\n".join([f"**{head}**", *(["\n".join(f"- {line}" for line in lines)] if lines else [])])


def _layers(headway: Headway, asked: bool, checked: bool) -> Iterator[str]:
    if headway.places:
        yield f"Seen: {reading(headway.places)}"
    if asked:
        yield f"{headway.acknowledged:,} acknowledged"
    if checked:
        yield f"{headway.understood:,} understood it, of {headway.answered:,} who answered its question"


def _sent(headway: Headway, now: datetime) -> str:
    said = f"{headway.of(Status.SENT):,} of {headway.roster:,} sent"
    if not headway.complete:
        return f"{said} by {now:%H:%M}"
    last_one = f", the last one at {clock(headway.last_sent_at, now)}" if headway.last_sent_at else ""
    return f"Complete: {said}{last_one}"


def _taken_back(headway: Headway, now: datetime) -> str:
    """Of those who have it, had it, or are just getting it."""
    reached = headway.of(Status.SENT, *OPEN)
    if not reached:
        return "Complete: stopped before anybody had it"
    said = f"{headway.gone:,} of {reached:,} taken away"
    return f"Complete: {said}" if headway.complete else f"{said} by {now:%H:%M}"


def _waiting(headway: Headway, now: datetime, terms: Terms) -> Iterator[str]:
    waiting, sending = headway.of(Status.PENDING), headway.of(Status.SENDING)
    doubtful = headway.of(Status.UNKNOWN, Status.RECONCILING)
    if waiting:
        yield f"{waiting:,} waiting{_how_long(headway.waits, waiting, headway, Job.SEND, now, terms)}"
    if sending:
        yield f"{sending:,} being sent"
    if doubtful:
        yield f"{doubtful:,} in doubt: whether they arrived is being found out"


def _leaving(headway: Headway, now: datetime, terms: Terms) -> Iterator[str]:
    stopped, under_way = headway.states.get((Status.CANCELLED, Reason.RECALLED), 0), headway.of(*OPEN)
    if stopped:
        yield f"{stopped:,} stopped before they were sent"
    if under_way:
        yield f"{under_way:,} on their way at that moment, to be taken away when they arrive"
    if headway.leaving:
        takes = _how_long(headway.leaves, headway.leaving, headway, Job.WITHDRAW, now, terms)
        yield f"{headway.leaving:,} being taken away{takes}"
    if headway.stayed:
        yield f"{headway.stayed:,} could not be taken away; pressed, they say that they were withdrawn"


def _anew(headway: Headway, now: datetime, terms: Terms) -> Iterator[str]:
    """After a correction, and when it is over."""
    people = sum(group.people for group in headway.anew)
    if people and not headway.withdrawn:
        takes = _how_long(headway.anew, people, headway, Job.EDIT, now, terms)
        yield f"{people:,} cards being brought up to date{takes}"


def _how_long(
    groups: tuple[Group, ...], people: int, headway: Headway, job: Job, now: datetime, terms: Terms
) -> str:
    """ " (about 9 min)"; nothing while it is not known where all of these people are."""
    found = list(arrivals(groups, headway.lines, job, now, now, terms))
    if sum(arrival.people for arrival in found) != people:
        return ""
    held = sum(arrival.people for arrival in found if arrival.held)
    ends = (last(found, held=held_up, zone=now) for held_up in (False, True))
    limits = _limits(groups, terms.paces, job) if job is not Job.SEND else ""
    holidays = any(arrival.holiday for arrival in found)
    return f" ({until(now, next(ends), held, next(ends), holidays)}{limits})"


def _limits(groups: tuple[Group, ...], paces: Paces, job: Job) -> str:
    """ "; about 48 a minute in Slack", where a minute is not enough."""
    said = ""
    for platform in dict.fromkeys(group.platform for group in groups):
        pace = paces.get(platform, {}).get(job) if platform else None
        people = sum(group.people for group in groups if group.platform is platform)
        if platform and pace and people > pace.most * 60:
            said += f"; about {pace.most * 60:.0f} a minute in {platform.capitalize()}"
    return said


def _not_reached(headway: Headway) -> Iterator[str]:
    """Each state in which somebody did not get it, with its reasons, the most frequent first."""
    for status, name in NOT_REACHED.items():
        reasons = {
            str(reason): number
            for (found, reason), number in headway.states.items()
            if found is status and reason is not Reason.RECALLED
        }
        if reasons:
            yield f"{sum(reasons.values()):,} {name}: {by_reason(reasons)}"
