"""What somebody will get this week, and what holds for them: everything that keeps us from being noise, on one card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from content import audience
from content.campaigns import Campaign, Slot
from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from content.pieces import Milestone
from handlers.balance import Week, reserved, turn, week_of
from handlers.desk import Desk
from handlers.model import Delivery, Person, Reason, Status
from handlers.people import audience_of
from handlers.roster import Saying, judge, suits
from handlers.schedule import A_DAY, A_WEEK, ahead, nominal

MOST = 12  # lines of what comes
LOOK_AHEAD = timedelta(days=92)
HOLIDAYS = 2
_WAITS = (Status.PENDING, Status.SENDING, Status.UNKNOWN, Status.RECONCILING)


@dataclass(frozen=True)
class Coming:
    """A slot for one person: when it comes, and why not at its own time, or why it does not come at all."""

    said: Saying
    at: datetime
    why: str = ""  # it is moved or, with `left_out`, does not come
    left_out: bool = False


async def week(desk: Desk, person: Person) -> Card:
    this = week_of(desk, person, desk.clock.now())
    theirs = await desk.store.deliveries_of(person.key, campaigns_only=True)
    waiting = [d for d in theirs if d.status in _WAITS and d.reason is not Reason.HELD]
    coming = await foreseen(desk, person, this)
    here = sum(this.since <= d.due_at < this.until for d in waiting)
    had = await desk.store.had(person.key, this.since, this.until) - here
    blocks: tuple[Block, ...] = (
        Text(markdown="\n\n".join(_listed(desk, person, this, waiting, coming))),
        Facts(facts=tuple(_facts(desk, person, this, max(had, 0)))),
        Buttons(buttons=tuple(_buttons(desk, person))),
        Note(markdown="What is mandatory goes first. Leaders' messages are not listed before they come."),
    )
    return Card(title="What you will get this week", blocks=blocks)


async def foreseen(desk: Desk, person: Person, this: Week) -> Sequence[Coming]:
    """What the plan will make of every slot of the rest of the week if nothing else comes, soonest first."""
    since = this.since - A_WEEK
    known = (await desk.store.celebrations([person.key], since, this.until + A_WEEK)).get(person.key, ())
    days = Counter(there.at.astimezone(desk.zone(person)).date() for there in known)
    found = [_coming(desk, person, said, days) for said in _sayings(desk, person, this)]
    most = desk.library.programme.at_most_a_week
    if most is not None:
        taken = await desk.store.had(person.key, this.since, this.until)
        places = most - taken - (await reserved(desk, this, [person]))[person.key]
        found = list(_within(found, this, places))
    return sorted(found, key=lambda coming: coming.at)


def _sayings(desk: Desk, person: Person, this: Week) -> list[Saying]:
    """Every slot of the rest of the week that is for this person, in the order in which they are planned."""
    now, found = desk.clock.now(), []
    for campaign in desk.library.programme.campaigns:
        whom = audience_of(audience.parse(campaign.audience), [person])
        for slot, _ in ahead(desk, campaign, this.zone, whom, nominal(now - A_DAY, this.zone), this.until):
            if whom and now < slot.due_at < this.until:
                found.append(_saying(desk, campaign, slot))
    return sorted(found, key=lambda said: said.due_at)


def _saying(desk: Desk, campaign: Campaign, slot: Slot) -> Saying:
    ids = campaign.pieces
    return Saying(
        campaign=campaign.id,
        slot=slot.nominal,
        due_at=slot.due_at,
        grace=campaign.grace,
        piece=desk.library.piece(ids[slot.number % len(ids)]) if ids else None,
        author="",
        audience=campaign.audience,
        title=campaign.title,
        mandatory=campaign.mandatory,
    )


def _coming(desk: Desk, person: Person, said: Saying, days: Counter[date]) -> Coming:
    """days: how many celebrations each has; one that comes is counted."""
    rested = suits(desk, said.due_at)(person)
    zone, rest = desk.zone(person), desk.library.programme.rest
    holidays = rest.holidays_between(said.due_at, rested, zone, person.site) if rested > said.due_at else {}
    why = (", ".join(dict.fromkeys(holidays.values())) or "your quiet hours") if rested > said.due_at else ""
    status, reason = judge(desk, person, said, said.piece, rested)
    if status is not Status.PENDING:
        return Coming(
            said, said.due_at, why if reason in (Reason.HOLIDAY, Reason.QUIET) else str(reason), True
        )
    if not isinstance(said.piece, Milestone):
        return Coming(said, rested, why)
    at = turn(desk, person, rested, days)
    if at is None:
        return Coming(said, rested, str(Reason.CELEBRATED), True)
    days[at.astimezone(zone).date()] += 1
    return Coming(said, at, why if at == rested else str(Reason.CELEBRATED))


def _within(found: Sequence[Coming], this: Week, places: int) -> Iterator[Coming]:
    """What is not mandatory takes the places that are left, first come first served."""
    for coming in found:
        if coming.left_out or coming.said.mandatory or not this.since <= coming.at < this.until:
            yield coming
        elif places > 0:
            places -= 1
            yield coming
        else:
            yield replace(coming, why=str(Reason.CAPPED), left_out=True)


def _listed(
    desk: Desk, person: Person, this: Week, waiting: Sequence[Delivery], coming: Sequence[Coming]
) -> Iterator[str]:
    if waiting:
        lines = [f"- {_short(desk, person, d.due_at)}: {escape(_title(d))}" for d in reversed(waiting[:MOST])]
        yield "**On its way to you**\n\n" + "\n".join(lines)
    sunday = (this.until - A_DAY / 2).astimezone(desk.zone(person))
    head = f"**Until Sunday {sunday.day} {sunday:%B}**"
    if not coming:
        yield f"{head}: nothing is planned."
        return
    lines = [f"- {_line(desk, person, one)}" for one in coming[:MOST]]
    if len(coming) > MOST:
        lines.append(f"- and {len(coming) - MOST} more")
    yield f"{head}\n\n" + "\n".join(lines)


def _line(desk: Desk, person: Person, coming: Coming) -> str:
    line = f"{_short(desk, person, coming.at)}: {escape(coming.said.title)}"
    if coming.left_out:
        return f"{line} (left out: {escape(coming.why)})"
    if coming.why:
        return f"{line} (moved from {_short(desk, person, coming.said.due_at)}: {escape(coming.why)})"
    return line


def _facts(desk: Desk, person: Person, this: Week, had: int) -> Iterator[Fact]:
    programme, now = desk.library.programme, desk.clock.now()
    most, quiet = programme.at_most_a_week, programme.quiet
    cap = f"{had} of at most {most}" if most else f"{had}, without a limit"
    yield Fact(label="Had this week", value=cap)
    paused = person.paused_until if person.paused(now) else None
    yield Fact(label="Pause", value=f"until {desk.local(paused, person)}" if paused else "none")
    nights = f"{quiet.begins:%H:%M} to {quiet.ends:%H:%M}" if quiet.begins != quiet.ends else "none"
    yield Fact(label="Quiet hours", value=nights)
    ahead_ = programme.rest.holidays_between(now, now + LOOK_AHEAD, desk.zone(person), person.site)
    named = [f"{day:%a} {day.day} {day:%b} {name}" for day, name in list(ahead_.items())[:HOLIDAYS]]
    site = f" ({person.site})" if person.site else ""
    yield Fact(label=f"Public holidays{site}", value=", ".join(named) or "none in the next three months")
    own = "yours too" if person.celebrates else "not your own"
    yield Fact(label="Celebrations", value=f"at most {programme.celebrations.most_a_day} a day, {own}")


def _buttons(desk: Desk, person: Person) -> Iterator[Button]:
    if person.paused(desk.clock.now()):
        yield Button(label="Resume", verb="said", value="resume")
    else:
        yield Button(label="Pause until tomorrow", verb="said", value="pause until tomorrow")
        yield Button(label="Pause 1 week", verb="said", value="pause 1 week")
    if person.celebrates:
        yield Button(label="Keep my milestones to me", verb="said", value="celebrate off")
    else:
        yield Button(label="Celebrate mine too", verb="said", value="celebrate on")


def _title(delivery: Delivery) -> str:
    return delivery.piece.title if delivery.piece is not None else delivery.card.title


def _short(desk: Desk, person: Person, moment: datetime) -> str:
    local = moment.astimezone(desk.zone(person))
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
