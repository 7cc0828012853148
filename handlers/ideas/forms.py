"""The forms of an idea: had, talked over, accepted with an owner and a date, declined with a reason, done."""

from __future__ import annotations

from collections.abc import Mapping

from content.cards import Block, Button, Buttons, Card, Choice, Input, Note
from handlers.desk import Desk
from handlers.findings.forms import given
from handlers.ideas.cards import ACCEPT, ASSIGN, CARRIED_OUT, DECLINE, SAY, SEEN_BY, Seen, listed
from handlers.ideas.deciders import deciders, in_words, promised
from handlers.ideas.idea import Idea
from handlers.model import Person
from handlers.permissions import may
from handlers.replies.letters import LONGEST, YES_NO, quoted

FILLED = "idea"  # the verb of every form here
NEW = "new"
NONE = "-"
WITHOUT_NAME = (
    "Without your name, who decides does not see who you are and cannot ask you anything, and no report says it. The "
    "database keeps whom to tell what becomes of it until it is done or declined, and then forgets it; whoever runs "
    "the server could look it up. It is handed over within a quarter of an hour. What you write may still tell who "
    "you are."
)


async def new(desk: Desk, person: Person, idea: Idea) -> Card:
    """idea: as it would be, for the day by which it is decided."""
    who = listed(tuple(each.name or each.email for each in await deciders(desk, person.key)))
    programme = desk.library.programme
    standards = [str(standard) for standard in programme.standards][:99]
    offered = ((NONE, "Nothing in particular"), *((each, each) for each in standards))
    choices = tuple(Choice(value=value[:150], label=label[:75]) for value, label in offered)
    told = f"It goes to {who}. You hear in this chat by {in_words(promised(desk, idea))} what becomes of it. {SEEN_BY}"
    about = Input(id="about", label="What it is about", kind="choice", choices=choices, value=NONE)
    unnamed = Input(id="anonymous", label="Without my name", kind="choice", choices=YES_NO, value="no")
    may_be = programme.anonymous_replies and not may(person, "decide ideas")
    blocks: tuple[Block, ...] = (
        _words("text", "What would you do better, and how?"),
        *((about,) if standards else ()),
        Note(markdown=told),
        *((unnamed, Note(markdown=WITHOUT_NAME)) if may_be else ()),
    )
    return _form("An idea", NEW, "Send it", desk.clock.now().isoformat(), blocks, back=False)


async def opened(desk: Desk, seen: Seen, which: str) -> Card:
    idea = seen.idea_now
    hears = "Whoever had it" if idea.anonymous else seen.name(idea.person)
    blocks: Mapping[str, tuple[Block, ...]] = {
        SAY: (_words("text", "What do you want to say or ask?"),),
        ACCEPT: (_words("text", f"What do you tell {seen.who}?", optional=True), *await given(desk)),
        ASSIGN: (*await given(desk, idea.owner, idea.due),),
        DECLINE: (_words("text", f"Why not? {hears} reads this."),),
        CARRIED_OUT: (_words("text", f"What came of it? {hears} reads this.", optional=True),),
    }
    shown = (quoted(idea.text), *blocks[which])
    return _form(_TITLES[which], which, _SENDS[which], str(idea.version), shown)


_TITLES = {
    SAY: "About the idea",
    ACCEPT: "Accept it",
    ASSIGN: "Owner and date",
    DECLINE: "Decline it",
    CARRIED_OUT: "It is done",
}
_SENDS = {SAY: "Send it", ACCEPT: "Accept", ASSIGN: "Save it", DECLINE: "Decline", CARRIED_OUT: "Save it"}


def _words(name: str, label: str, *, optional: bool = False) -> Input:
    return Input(id=name, label=label, kind="paragraph", optional=optional, max_length=LONGEST)


def _form(
    title: str, item: str, label: str, value: str, blocks: tuple[Block, ...], *, back: bool = True
) -> Card:
    """value: when a new one was opened, or the version that was seen."""
    buttons = [Button(label=label, verb=FILLED, item=item, value=value, style="primary")]
    buttons += [Button(label="Back", verb="looked", inputs=False)] if back else []
    return Card(title=title, blocks=(*blocks, Buttons(buttons=tuple(buttons))))
