"""An idea as it stands: the words, what was said about it and decided, and what can be done with it now, by whom."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict

from content.cards import Block, Button, Buttons, Card, Fact, Facts, Note, Text
from content.markup import escape
from content.pieces import BasePiece, Proposed, Waiting
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.ideas.deciders import deciders, in_words, promised
from handlers.ideas.idea import OPEN, UNDECIDED, Idea, Stage, Trace
from handlers.model import Person
from handlers.numbers.sheets import shortened
from handlers.permissions import may
from handlers.replies.letters import quoted
from handlers.shared import Done

WEIGHS = "weighs"  # opens the form that its value names
ACCEPT, ASSIGN, DECLINE, SAY, CARRIED_OUT = "accept", "assign", "decline", "say", "done"
SAID = 6  # of what was said about it on one card
TITLE = "An idea"
SEEN_BY = "Quality leads and administrators see it, and nobody else; when it is accepted its owner, too."
NOT_FOR_YOU = "Only who had this idea, who decides it and who owns it see it."


class Seen(Proposed):
    """An idea as it stands by now: made to be shown, and never kept."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    idea_now: Idea
    names: dict[str, str]  # key -> name
    moments: tuple[str, ...]  # when each step of the trail was taken
    deciders: tuple[str, ...]  # the names of who would decide it now
    promised: date
    late: bool = False  # whether that has passed
    waits: bool = False  # whether this card came because it waits

    def name(self, key: str) -> str:
        return (self.names.get(key, "") or "somebody")[:60]

    @property
    def who(self) -> str:
        """Whoever had it, in a sentence about them."""
        return "whoever had it" if self.idea_now.anonymous else self.name(self.idea_now.person)


async def as_it_stands(desk: Desk, piece: Proposed, person: Person, done: Done = ()) -> Proposed:
    idea = await desk.store.ideas.one(piece.idea)
    return await see(desk, idea, piece, person) if idea else piece


async def see(desk: Desk, idea: Idea, piece: Proposed, person: Person) -> Seen:
    """With the names of all but of who had it without one."""
    keys = {idea.owner, idea.decided_by, *(step.actor for step in idea.trail)}
    keys |= set() if idea.anonymous else {idea.person}
    people = await desk.store.persons(sorted(keys - {""}))
    zone = desk.zone(person)
    decide = await deciders(desk, "" if idea.anonymous else idea.person)
    return Seen(
        **{name: getattr(piece, name) for name in Proposed.model_fields if name != "kind"},
        idea_now=idea,
        names={key: each.name or each.email for key, each in people.items()},
        moments=tuple(f"{step.at.astimezone(zone):%Y-%m-%d %H:%M}" for step in idea.trail),
        deciders=tuple(each.name or each.email for each in decide),
        promised=promised(desk, idea),
        late=desk.clock.now().astimezone(zone).date() > promised(desk, idea),
        waits=isinstance(piece, Waiting),
    )


def own(person: Person, idea: Idea) -> bool:
    return bool(idea.person) and person.key == idea.person


def decides(person: Person, idea: Idea) -> bool:
    """Nobody decides their own."""
    return may(person, "decide ideas") and not own(person, idea)


def involved(person: Person, idea: Idea) -> bool:
    """Whether somebody may see an idea."""
    return own(person, idea) or may(person, "decide ideas") or person.key == idea.owner


def compose(piece: BasePiece, person: Person, done: Done = ()) -> Card:
    if not isinstance(piece, Seen):
        return Card(title=piece.title)
    idea = piece.idea_now
    if not involved(person, idea):
        return Card(title=TITLE, blocks=(Note(markdown=NOT_FOR_YOU),))
    card = told(piece) if own(person, idea) else _to_others(piece)
    buttons = _buttons(piece, person)
    rows = tuple(Buttons(buttons=buttons[start : start + 2]) for start in range(0, len(buttons), 2))
    again = (
        () if idea.anonymous and own(person, idea) else (Note(markdown=f"`idea {idea.id}` shows it again."),)
    )
    return card.model_copy(update={"blocks": (*card.blocks, *rows, *again)})


def react(piece: BasePiece, click: Click, person: Person, done: Done) -> Outcome:
    """Every press here needs the memory: see `handlers.ideas.steps`."""
    return Outcome(show=compose(piece, person, done))


def told(piece: Seen) -> Card:
    """To who had it: what became of it, and by when they hear more."""
    idea = piece.idea_now
    last = idea.trail[-1]
    title = _OWN[idea.stage]
    if idea.stage in OPEN and last.kind == "idea discussed" and last.actor not in ("", idea.person):
        title = f"{piece.name(last.actor)} writes about your idea"
    blocks = (quoted(idea.text), *_facts(piece), *_said(piece), Note(markdown=_to_hear(piece)))
    return Card(title=title, blocks=blocks, summary=f"{title}: {shortened(idea.text, 120)}")


def _to_others(piece: Seen) -> Card:
    idea = piece.idea_now
    title = "An idea, without a name" if idea.anonymous else f"An idea from {piece.name(idea.person)}"
    if piece.waits and idea.stage in UNDECIDED:
        title = f"Still undecided: {title[0].lower()}{title[1:]}"
    elif piece.waits and idea.stage is Stage.ACCEPTED:
        title = f"To be done: {title[0].lower()}{title[1:]}"
    blocks = (quoted(idea.text), *_facts(piece), *_said(piece), Note(markdown=_next(piece)))
    return Card(title=title, blocks=blocks, summary=f"{title}: {shortened(idea.text, 120)}")


_HEARS = "You hear in this chat by {by} what becomes of it."
_LATE = "You were to hear by {by} what becomes of it: whoever decides is reminded every week."
_OWN = {
    Stage.PROPOSED: "Your idea",
    Stage.DISCUSSED: "Your idea",
    Stage.ACCEPTED: "Your idea is accepted",
    Stage.DECLINED: "Your idea is declined",
    Stage.DONE: "Your idea is done",
}


def _facts(piece: Seen) -> tuple[Block, ...]:
    idea = piece.idea_now
    facts = [Fact(label="Stage", value=str(idea.stage))]
    facts += [Fact(label="About", value=idea.about)] if idea.about else []
    if idea.stage is Stage.ACCEPTED and idea.due:
        facts.append(Fact(label="Owner", value=f"{piece.name(idea.owner)}, until {idea.due}"))
    return (Facts(facts=tuple(facts)),)


def _said(piece: Seen) -> list[Block]:
    """What was said and decided, each with who and when; the idea itself stands above."""
    steps = list(zip(piece.idea_now.trail, piece.moments, strict=True))[1:]
    hidden = len(steps) - SAID
    blocks: list[Block] = [Note(markdown=f"{hidden} earlier steps are not shown here.")] if hidden > 0 else []
    for step, at in steps[-SAID:]:
        blocks.append(Text(markdown=f"**{escape(piece.name(step.actor))} {_did(piece, step)}**, {at}"))
        blocks += [quoted(step.text)] if step.text else []
    return blocks


def _did(piece: Seen, step: Trace) -> str:
    return {
        "idea discussed": "writes",
        "idea accepted": "accepted it",
        "idea assigned": "gave it to somebody",
        "idea declined": "declined it",
        "idea done": "says that it is done",
    }.get(step.kind, "had it")


def _to_hear(piece: Seen) -> str:
    idea = piece.idea_now
    if idea.stage in UNDECIDED:
        have = "have" if len(piece.deciders) > 1 else "has"
        unnamed = ", without your name," if idea.anonymous else ""
        hears = (_LATE if piece.late else _HEARS).format(by=in_words(piece.promised))
        return f"{listed(piece.deciders)} {have} it{unnamed} to decide. {hears} {SEEN_BY}"
    if idea.stage is Stage.ACCEPTED:
        return f"{escape(piece.name(idea.owner))} sees to it. You hear when it is done."
    return "Thank you for it." if idea.stage is Stage.DONE else "Thank you for it. The next one is welcome."


def _next(piece: Seen) -> str:
    """What has to happen now, and who can do it."""
    idea, who = piece.idea_now, escape(piece.who)
    if idea.stage in UNDECIDED:
        hears = f"{who[0].upper()}{who[1:]} was told to hear by {in_words(piece.promised)}"
        back = " and cannot write back" if idea.anonymous else ""
        several = "The first of " if len(piece.deciders) > 1 else ""
        return f"{hears}{back}. {several}{listed(piece.deciders)} decides."
    if idea.stage is Stage.ACCEPTED:
        return f"{escape(piece.name(idea.owner))} says when it is done; then {who} hears it."
    return f"{who[0].upper()}{who[1:]} was told."


def listed(names: tuple[str, ...]) -> str:
    """ "Marie", "Marie and Rosa", "Marie, Rosa and 2 others"."""
    if not names:
        return "whoever decides ideas"
    shown = [escape(name[:60]) for name in names]
    shown = [*shown[:2], f"{len(shown) - 2} others"] if len(shown) > 3 else shown
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))


def _buttons(piece: Seen, person: Person) -> tuple[Button, ...]:
    """At most four: what this person can do with it at this stage."""
    idea = piece.idea_now
    lead, owner, theirs = decides(person, idea), person.key == idea.owner, own(person, idea)
    offered: list[Button] = []
    if idea.stage in UNDECIDED and lead:
        offered.append(Button(label="Accept it", verb=WEIGHS, value=ACCEPT, style="primary"))
    if idea.stage is Stage.ACCEPTED and (lead or owner):
        offered.append(Button(label="It is done", verb=WEIGHS, value=CARRIED_OUT, style="primary"))
    if idea.stage in OPEN and (lead or owner):
        offered.append(
            Button(label="Comment" if idea.anonymous else "Ask or comment", verb=WEIGHS, value=SAY)
        )
    elif idea.stage in OPEN and theirs and not idea.anonymous:
        offered.append(Button(label="Add to it", verb=WEIGHS, value=SAY))
    if idea.stage is Stage.ACCEPTED and lead:
        offered.append(Button(label="Owner and date", verb=WEIGHS, value=ASSIGN))
    if idea.stage in OPEN and lead:
        offered.append(Button(label="Decline it", verb=WEIGHS, value=DECLINE))
    return tuple(offered)
