"""Somebody has an idea: typed after the word or filled into the form; who sees it, and what they get to know of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from content import improvement
from content.cards import Card, Note
from handlers.broadcasts.writing import expired
from handlers.desk import Desk
from handlers.events import Click, Outcome, Said
from handlers.findings.forms import Errors
from handlers.findings.forms import text as a_text
from handlers.ideas import cards, forms, reminding, steps
from handlers.ideas.deciders import deciders
from handlers.ideas.idea import Idea, Move, Stage, Trace
from handlers.model import Address, Person
from handlers.permissions import may
from handlers.replies.letters import LONGEST, NOT_ANONYMOUS

MOST = 10  # undecided ideas of one person
NOBODY = "There is nobody yet who decides ideas. Ask an administrator to give somebody the role quality lead."
ENOUGH = f"You have {MOST} ideas that are not decided yet. Send the next one when one of them is."
SOMEBODY_ELSE = (
    "You decide ideas, and somebody else decides yours: send it with your name, so that they can see that. Nothing "
    "was kept."
)
EXPIRED = "This form was opened more than a day ago. Nothing was kept: type `idea` for a new one."
IN_CHAT = "Your idea is in the chat, with who sees it and by when you hear of it."


async def begin(desk: Desk, person: Person, said: Said, words: str) -> Outcome:
    """The form; or at once what was typed, in one's own name and about nothing in particular."""
    if no := await _not_now(desk, person):
        return steps.sentence(no)
    idea = _idea(desk, person, anonymous=False, about="", name=f"{person.key}:{said.key}")
    if not words:
        return Outcome(form=await forms.new(desk, person, idea))
    errors: Errors = {}
    text = a_text({"text": words}, "text", LONGEST, errors, needed=True)
    if errors:
        return steps.sentence(errors["text"])
    return await _proposed(desk, person, said.address, idea, text, direct=said.direct)


async def filled(desk: Desk, person: Person, click: Click) -> Outcome:
    """The form came back. Sent twice it is one idea: the moment at which it was opened is part of its name."""
    if expired(click.value, desk.clock.now()):
        return steps.sentence(EXPIRED)
    if no := await _not_now(desk, person):
        return steps.sentence(no)
    errors: Errors = {}
    text = a_text(click.values, "text", LONGEST, errors, needed=True)
    anonymous = click.values.get("anonymous") == "yes"
    if anonymous and not desk.library.programme.anonymous_replies:
        errors["text"] = NOT_ANONYMOUS.replace("replies", "ideas")
    elif anonymous and may(person, "decide ideas"):
        errors["text"] = SOMEBODY_ELSE
    if errors:
        return Outcome(errors=errors)
    standards = [str(standard) for standard in desk.library.programme.standards]
    about = next((each for each in standards if each == click.values.get("about")), "")
    name = desk.new_id() if anonymous else f"{person.key}:{click.value}"
    idea = _idea(desk, person, anonymous=anonymous, about=about, name=name)
    return await _proposed(desk, person, click.address, idea, text, direct=True)


def _idea(desk: Desk, person: Person, *, anonymous: bool, about: str, name: str) -> Idea:
    now = desk.clock.now()
    return Idea(
        id=f"i-{hashlib.sha256(name.encode()).hexdigest()[:10]}",
        version=1,
        stage=Stage.PROPOSED,
        person=person.key,
        anonymous=anonymous,
        about=about,
        at=_hour(now) if anonymous else now,
    )


async def _proposed(
    desk: Desk, person: Person, address: Address, idea: Idea, text: str, *, direct: bool
) -> Outcome:
    """Kept, on its way to who decides it, and a card for who had it; direct: something is shown beside it at once."""
    trace = Trace(idea.at, "idea proposed", "" if idea.anonymous else person.key, text)
    idea = replace(idea, trail=(trace,))
    idea = replace(idea, look_at=await reminding.next_look(desk, idea))
    whom = await deciders(desk, "" if idea.anonymous else person.key)
    rows = [await reminding.card_for(desk, idea, each) for each in whom]
    clauses = improvement.record(desk.library.programme.standards, idea.about)
    move = Move(None, idea, "idea proposed", text, clauses)
    piece = reminding.piece(desk, idea)
    seen = await cards.see(desk, idea, piece, person)
    if idea.anonymous:
        return Outcome(idea=move, deliver=tuple(rows), show=cards.told(seen))
    rows.append(desk.answer(person, address, cards.compose(seen, person), f"about:{idea.id}", piece=piece))
    shown = Card(title="Thank you for your idea", blocks=(Note(markdown=IN_CHAT),)) if direct else None
    return Outcome(idea=move, deliver=tuple(rows), show=shown)


async def _not_now(desk: Desk, person: Person) -> str:
    """Why no idea can be taken in now, in a sentence; empty: it can."""
    if not await deciders(desk, person.key):
        return NOBODY
    page = await desk.store.ideas.page("open", 0, MOST, person=person.key)
    undecided = sum(idea.decided_at is None for idea in page.ideas)
    return ENOUGH if undecided >= MOST else ""


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
