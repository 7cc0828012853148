"""What is typed: `idea` for one of one's own or one by its id, `ideas` for what waits, `my ideas` for one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from content.cards import Block, Button, Buttons, Card, Note, Text
from content.markup import escape
from handlers.desk import Desk
from handlers.events import Outcome, Said
from handlers.ideas import cards, proposing, reminding, steps
from handlers.ideas.deciders import in_words, promised
from handlers.ideas.idea import UNDECIDED, Idea, Page, Stage, Which
from handlers.model import Person
from handlers.moments import about as lasting
from handlers.numbers.sheets import shortened
from handlers.permissions import Sight, may, sight
from handlers.privacy.looks import Looked, each
from handlers.replies.letters import quoted

AT_ONCE = 4  # of one list: Teams takes six buttons a card, and two lead on
ID = re.compile(r"i-[0-9a-f]{10}", re.IGNORECASE)
NONE_YET = "You have sent none yet. Type `idea` and what you would do better, or `idea` alone for a form."
NOTHING: dict[Which, str] = {"open": "Nothing is open.", "closed": "Nothing has ended yet."}


async def one(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """`idea i-1a2b3c4d5e`: that one; `idea` and anything else: a new one."""
    if not ID.fullmatch(rest):
        return await proposing.begin(desk, person, said, rest)
    idea = await desk.store.ideas.one(rest.lower())
    if idea is None or not cards.involved(person, idea):
        return steps.sentence(steps.NOT_KNOWN)
    shown = reminding.piece(desk, idea)
    card = cards.compose(await cards.see(desk, idea, shown, person), person)
    if idea.anonymous and cards.own(person, idea):
        return Outcome(show=card)
    row = desk.answer(person, said.address, card, f"about:{idea.id}", piece=shown)
    there = Card(title="It is in the chat", blocks=(Note(markdown="Everything about it is there."),))
    return Outcome(show=there if said.direct else None, deliver=(row,))


async def listed(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """Everybody's for who decides, else one's own; `ideas closed`, `ideas 5` from the fifth on."""
    if not may(person, "decide ideas"):
        return await mine(desk, person, said, rest)
    which, start = _asked(rest)
    page = await desk.store.ideas.page(which, start, AT_ONCE)
    names, looked = await _names(desk, person, page.ideas)
    lines = [
        _line(desk, idea, "Somebody" if idea.anonymous else names.get(idea.person, "Somebody"))
        for idea in page.ideas
    ]
    opens = {n: idea for n, idea in enumerate(page.ideas, start + 1)}
    return Outcome(show=_list("ideas", which, start, page, lines, opens), looked=looked)


async def mine(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """One's own, as far as the memory still knows that they are; `my ideas closed`, `my ideas 5`."""
    which, start = _asked(rest)
    page = await desk.store.ideas.page(which, start, AT_ONCE, person=person.key)
    if not page.open and not page.closed:
        return steps.sentence(NONE_YET)
    lines = [_line(desk, idea, "You") for idea in page.ideas]
    opens = {n: idea for n, idea in enumerate(page.ideas, start + 1) if not idea.anonymous}
    return Outcome(show=_list("my ideas", which, start, page, lines, opens))


def _asked(rest: str) -> tuple[Which, int]:
    words = rest.lower().split()
    numbers = [int(word) for word in words if word.isdecimal() and len(word) < 8]
    return "closed" if "closed" in words else "open", max(numbers[0], 1) - 1 if numbers else 0


async def _names(
    desk: Desk, person: Person, ideas: Sequence[Idea]
) -> tuple[dict[str, str], tuple[Looked, ...]]:
    """Who had them, as far as who asks may see it in a list, and that they looked."""
    programme = desk.library.programme
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    may_see = sight("ideas", person, programme, today)
    keys = sorted({idea.person for idea in ideas if not idea.anonymous and idea.person != person.key} - {""})
    found = await desk.store.persons(keys)
    named = await _within(desk, may_see, list(found))
    own = {person.key: person.name or "You"}
    looked = each(may_see.look(person, "ideas"), named) if named else ()
    return own | {key: found[key].name or found[key].email or "Somebody" for key in named}, looked


async def _within(desk: Desk, may_see: Sight, keys: Sequence[str]) -> list[str]:
    if not may_see.anybody:
        return []
    if may_see.within is None:
        return list(keys)
    inside = {person.key for person in await desk.store.named(may_see.within)}
    return [key for key in keys if key in inside]


def _line(desk: Desk, idea: Idea, who: str) -> str:
    """One idea of a list, in Markdown."""
    who = f"{who[:60]}, without a name" if idea.anonymous else who[:60]
    return f"{escape(who)}: {_stands(desk, idea)}\n\n{quoted(shortened(idea.text, 200)).markdown}"


def _stands(desk: Desk, idea: Idea) -> str:
    waits = lasting(max(desk.clock.now() - idea.at, timedelta()))
    if idea.stage in UNDECIDED:
        return f"{idea.stage}, waits {waits}, to be decided by {in_words(promised(desk, idea))}"
    return f"{idea.stage}, until {idea.due}" if idea.stage is Stage.ACCEPTED else str(idea.stage)


def _list(
    words: str, which: Which, start: int, page: Page, lines: Sequence[str], opens: Mapping[int, Idea]
) -> Card:
    """opens: those that have a button; to one without a name nothing leads from the chat of who had it."""
    blocks: list[Block] = [Text(markdown=f"**{page.open:,} open, {page.closed:,} closed**")]
    blocks += [Text(markdown=f"**{n}.** {line}") for n, line in enumerate(lines, start + 1)]
    blocks += [] if lines else [Note(markdown=NOTHING[which])]
    row = [_said(f"Open {n}", f"idea {idea.id}") for n, idea in opens.items()]
    after = start + len(page.ideas)
    more = (page.open if which == "open" else page.closed) - after
    leads_on = [_said(f"{more} more", f"{words} {which} {after + 1}")] if more > 0 else []
    leads_on += [_said("Closed ones", f"{words} closed")] if which == "open" and page.closed else []
    blocks += [Buttons(buttons=tuple(each)) for each in (row, leads_on) if each]
    return Card(title=words.capitalize(), blocks=tuple(blocks))


def _said(label: str, words: str) -> Button:
    return Button(label=label, verb="said", value=words)
