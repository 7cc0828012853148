"""A finding as it stands: what was found, by which number, what is done about it, whether it helped, and every step."""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import ConfigDict

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from content.pieces import BasePiece, Due, Found
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.findings import measures
from handlers.findings.effect import Effect, effect, in_words
from handlers.findings.finding import OWNERS, Finding, Number, Stage, Trace
from handlers.model import Person
from handlers.numbers.groups import FEWER
from handlers.numbers.sheets import shortened
from handlers.permissions import may
from handlers.shared import Done

OPENS = "finds"  # opens the form that its value names
MOVES = "moves"  # a step that needs no form: its value names it
LOOKED = "looked"
PLAN, ASSIGN, RETEST, REOPEN = "plan", "assign", "retest", "reopen"
DONE, HELPED, CLOSE = "done", "helped", "close"
BEGINS = timedelta(minutes=10)  # before a retest its day is no longer changed: its rows may be being written
STEPS = 15  # of the trail on one card
NOT_FOR_YOU = "Only who owns this finding, the quality lead, an auditor and an administrator see it."


class Seen(Found):
    """A finding as it stands by now: made to be shown, and never kept."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    finding_now: Finding
    label: str  # what the number is of
    names: dict[str, str]  # key -> name
    today: date
    moments: tuple[str, ...]  # when each step of the trail was taken
    period: str
    linked: str = ""  # the title of what is done in Catchball
    retest_on: str = ""
    ready: bool = False  # whether the numbers after the action can be judged by now
    movable: bool = False  # whether that day can still be another one
    after: Number | None = None
    handed_on: bool = False  # whether its owner cannot be reached now
    due_for: str = ""  # why this card came

    def name(self, key: str) -> str:
        return escape((self.names.get(key, "") or "somebody")[:40])


async def as_it_stands(desk: Desk, piece: Found | Due, person: Person, done: Done = ()) -> Found:
    finding = await desk.store.findings.one(piece.finding)
    return await see(desk, finding, piece, person) if finding else piece


async def see(desk: Desk, finding: Finding, piece: Found, person: Person) -> Seen:
    keys = {finding.opener, finding.owner, finding.judged_by, finding.closed_by}
    people = await desk.store.persons(sorted(filter(None, {*keys, *(step.actor for step in finding.trail)})))
    now, zone = desk.clock.now(), desk.zone(person)
    owner = people.get(finding.owner)
    after = finding.after
    if after is None and finding.stage is Stage.RETEST:
        after = await measures.count_again(desk, finding)
    local = [finding.since.astimezone(zone), finding.until.astimezone(zone)]
    return Seen(
        **{name: getattr(piece, name) for name in Found.model_fields if name != "kind"},
        finding_now=finding,
        label=measures.label(desk, finding.about),
        names={key: each.name or each.email for key, each in people.items()},
        today=now.astimezone(zone).date(),
        moments=tuple(f"{step.at.astimezone(zone):%Y-%m-%d %H:%M}" for step in finding.trail),
        period=f"{local[0]:%Y-%m-%d} to {local[1]:%Y-%m-%d}",
        linked=await linked_title(desk, finding.linked),
        retest_on=f"{finding.retest_at.astimezone(zone):%Y-%m-%d}" if finding.retest_at else "",
        ready=finding.retest_at is not None and finding.retest_at <= now,
        movable=finding.retest_at is not None and finding.retest_at - now > BEGINS,
        after=after,
        handed_on=owner is None or owner.left_at is not None or owner.paused(now),
        due_for=piece.why if isinstance(piece, Due) else "",
    )


async def linked_title(desk: Desk, linked: str) -> str:
    """Of a campaign, a piece or a broadcast; "" where there is none of this id."""
    if not linked:
        return ""
    campaigns = {campaign.id: campaign.title for campaign in desk.library.programme.campaigns}
    if linked in campaigns:
        return campaigns[linked]
    if linked in desk.library.pieces:
        return desk.library.piece(linked).title
    broadcast = await desk.store.broadcast(linked)
    return broadcast.message.title if broadcast else ""


def involved(person: Person, finding: Finding) -> bool:
    """Whether somebody may see a finding."""
    return may(person, "see findings") or person.key == finding.owner


def compose(piece: BasePiece, person: Person, done: Done = ()) -> Card:
    if not isinstance(piece, Seen):
        return Card(title=piece.title)
    finding = piece.finding_now
    if not involved(person, finding):
        return Card(title=piece.title, blocks=(Note(markdown=NOT_FOR_YOU),))
    title = f"{_head(piece)}: {finding.words.title}"
    blocks: list[Block] = [Facts(facts=_facts(piece)), *_words(finding), *_effect(piece)]
    blocks.append(Text(markdown=_trail(piece)))
    blocks.append(Note(markdown=_next(piece, person)))
    buttons = _buttons(piece, person)
    blocks += [Buttons(buttons=buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    blocks.append(Note(markdown=f"`finding {finding.id}` shows it again."))
    return Card(title=title, blocks=tuple(blocks), summary=title)


def react(piece: BasePiece, click: Click, person: Person, done: Done) -> Outcome:
    """Every press here needs the memory: see `handlers.findings.steps`."""
    return Outcome(show=compose(piece, person, done))


def found(piece: Seen) -> Effect | None:
    """What the numbers before and after say."""
    finding = piece.finding_now
    measure = measures.MEASURES[finding.about.metric]
    return effect(finding.before, piece.after, measure.low_is_good) if piece.after else None


def _head(piece: Seen) -> str:
    finding = piece.finding_now
    late = (piece.today - finding.due).days
    if finding.stage in OWNERS and late > 0:
        return f"Overdue by {late} {'day' if late == 1 else 'days'}"
    if finding.stage in OWNERS and piece.due_for:
        return "Due today" if late == 0 else f"Due in {-late} {'day' if late == -1 else 'days'}"
    return "Finding"


def _facts(piece: Seen) -> tuple[Fact, ...]:
    finding = piece.finding_now
    measure = measures.MEASURES[finding.about.metric]
    stage = str(finding.stage) + (f", attempt {finding.round}" if finding.round > 1 else "")
    facts = [
        Fact(
            label=piece.label[:1].upper() + piece.label[1:300],
            value=measures.in_words(finding.before, measure),
        ),
        Fact(label="Counted", value=piece.period),
        Fact(label="Clause", value=str(finding.clause)),
        Fact(label="Stage", value=stage),
        Fact(label="Owner", value=piece.names.get(finding.owner, "somebody")[:80]),
        Fact(label="Due", value=str(finding.due)),
    ]
    if finding.linked:
        facts.append(Fact(label="Done in Catchball", value=f"{piece.linked[:100]} ({finding.linked})"))
    if finding.retest_at:
        again = {"same": "the same questions", "other": "other questions of the clause"}
        what = again.get(finding.retest, "the next numbers of the same people")
        facts.append(Fact(label="Looked at again", value=f"{piece.retest_on}, {what}"))
    if piece.after:
        facts.append(Fact(label="After it", value=measures.in_words(piece.after, measure)))
    elif finding.stage is Stage.RETEST:
        facts.append(Fact(label="After it", value=f"{FEWER} so far"))
    return tuple(facts)


def _words(finding: Finding) -> list[Block]:
    words = finding.words
    parts = (("What was found", words.found), ("Cause", words.cause), ("Action", words.action))
    return [Text(markdown=f"**{name}:** {escape(said)}") for name, said in parts if said]


def _effect(piece: Seen) -> list[Block]:
    judged = found(piece)
    if judged is None:
        return []
    says = in_words(judged)
    return [
        Text(
            markdown=f"**Before and after: {says}.** The numbers say so much; whether it helped a person judges."
        )
    ]


def _trail(piece: Seen) -> str:
    steps = list(zip(piece.finding_now.trail, piece.moments, strict=True))
    hidden = len(steps) - STEPS
    lines = [f"- {hidden} earlier steps stand in the log"] if hidden > 0 else []
    lines += [f"- {at}: {_step(piece, step)}" for step, at in steps[-STEPS:]]
    return "\n".join(["**What became of it**", "", *lines])


def _step(piece: Seen, step: Trace) -> str:
    counted = f", {step.number.share:.0%} of {step.number.people:,} people" if step.number else ""
    given = step.kind in ("finding opened", "finding assigned", "finding not effective")
    to = f", to {piece.name(step.owner)} until {step.due}" if given else ""
    return f"{step.kind.removeprefix('finding ')} by {piece.name(step.actor)}{to}{counted}"


def _next(piece: Seen, person: Person) -> str:
    """What has to happen now, and who can do it."""
    finding = piece.finding_now
    if finding.stage in OWNERS and piece.handed_on:
        return f"{piece.name(finding.owner)} has left or is paused: somebody else should own it."
    return _NEXT[finding.stage].format(owner=piece.name(finding.owner), on=piece.retest_on)


_NEXT = {
    Stage.OPEN: "{owner} looks for the cause and says what is done about it.",
    Stage.NOT_EFFECTIVE: "It did not help, so it is open again: {owner} looks for another cause and another action.",
    Stage.PLANNED: "{owner} says when it is done.",
    Stage.DONE: "The quality lead sets the day on which it is looked at whether it helped.",
    Stage.RETEST: "On {on} it is looked at whether it helped; then somebody else than {owner} judges.",
    Stage.EFFECTIVE: "Somebody else than {owner} closes it.",
    Stage.CLOSED: "It is closed. Its numbers, words and steps are kept.",
}


def _buttons(piece: Seen, person: Person) -> tuple[Button, ...]:
    """At most five: what this person can do with it at this stage."""
    finding = piece.finding_now
    lead, owner = may(person, "open a finding"), person.key == finding.owner
    offered: list[Button] = []
    if finding.stage in OWNERS and (lead or owner):
        offered.append(Button(label="Cause and action", verb=OPENS, value=PLAN))
        if finding.stage is Stage.PLANNED:
            offered.insert(0, Button(label="It is done", verb=MOVES, value=DONE, style="primary"))
    if finding.stage in OWNERS and lead:
        offered.append(Button(label="Owner and due date", verb=OPENS, value=ASSIGN))
    if finding.stage is Stage.DONE and lead:
        offered.append(Button(label="See whether it helped", verb=OPENS, value=RETEST, style="primary"))
    if finding.stage is Stage.RETEST and lead and piece.ready and not owner:
        if piece.after:
            offered.append(Button(label="It helped", verb=MOVES, value=HELPED, style="primary"))
        offered.append(Button(label="It did not help", verb=OPENS, value=REOPEN))
    if finding.stage is Stage.RETEST:
        offered.append(Button(label="How is it now?", verb=LOOKED))
    if finding.stage is Stage.RETEST and lead and piece.movable:
        offered.append(Button(label="Another day", verb=OPENS, value=RETEST))
    if finding.stage is Stage.EFFECTIVE and lead and not owner:
        offered.append(Button(label="Close it", verb=MOVES, value=CLOSE, style="primary"))
    return tuple(offered)


def listed(finding: Finding, today: date, owner: str) -> str:
    """One line of a list, in Markdown."""
    late = " **overdue**," if finding.overdue(today) else ""
    return (
        f"**{escape(shortened(finding.words.title, 80))}**\n\n{finding.clause}:{late} {finding.stage}, "
        f"{escape(owner[:60])}, due {finding.due}"
    )
