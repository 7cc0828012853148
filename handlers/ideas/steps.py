"""Each press on an idea and each of its forms that came back: who may, what is missing, and the step it makes."""

from __future__ import annotations

from dataclasses import replace

from content import improvement
from content.cards import Card, Note
from content.pieces import BasePiece, Proposed
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.findings.forms import Errors
from handlers.findings.forms import day as a_day
from handlers.findings.forms import owner as an_owner
from handlers.findings.forms import text as a_text
from handlers.ideas import cards, forms, reminding
from handlers.ideas.cards import ACCEPT, ASSIGN, CARRIED_OUT, DECLINE, SAY, Seen
from handlers.ideas.deciders import deciders
from handlers.ideas.idea import UNDECIDED, Idea, Kind, Move, Stage, Trace
from handlers.model import Delivery, Person
from handlers.permissions import refusal
from handlers.replies.letters import LONGEST
from handlers.shared import Done

NOT_KNOWN = "This idea is not known here. Type `ideas` or `my ideas`."
MEANWHILE = "That cannot be done any more: look at what became of it meanwhile. Nothing was kept."


async def decide(desk: Desk, piece: BasePiece, click: Click, person: Person, done: Done) -> Outcome:
    """A press on the card: each opens a form."""
    card = cards.compose(piece, person, done)
    if not isinstance(piece, Seen) or (click.verb, click.value) not in _offered(card):
        return Outcome(show=card)
    return Outcome(form=await forms.opened(desk, piece, click.value))


async def filled(desk: Desk, person: Person, click: Click, delivery: Delivery | None) -> Outcome:
    """A form came back of an idea that is known, from its card. What can be done is decided by how it stands now."""
    piece = delivery.piece if delivery and delivery.person == person.key else None
    known = await desk.store.ideas.one(piece.idea) if isinstance(piece, Proposed) else None
    if known is None or not isinstance(piece, Proposed):
        return sentence(NOT_KNOWN)
    seen = await cards.see(desk, known, piece, person)
    card = cards.compose(seen, person)
    if not cards.involved(person, known):
        return Outcome(show=card)
    if click.item in (ACCEPT, ASSIGN, DECLINE) and not cards.decides(person, known):
        return Outcome(show=card.with_note(refusal("decide ideas")))
    if (cards.WEIGHS, click.item) not in _offered(card):
        return Outcome(show=card.with_note(MEANWHILE))
    errors: Errors = {}
    words = a_text(click.values, "text", LONGEST, errors, needed=click.item in (SAY, DECLINE))
    if click.item in (ACCEPT, ASSIGN):
        return await _given(desk, person, click, known, words, errors)
    if errors:
        return Outcome(errors=errors)
    now = desk.clock.now()
    if click.item == SAY:
        stage = Stage.DISCUSSED if known.stage in UNDECIDED else known.stage
        return await taken(desk, person, known, _to(known, stage), "idea discussed", words)
    decided = {"decided_at": known.decided_at or now, "decided_by": known.decided_by or person.key}
    if click.item == DECLINE:
        return await taken(
            desk, person, known, _ended(desk, known, Stage.DECLINED, **decided), "idea declined", words
        )
    assert click.item == CARRIED_OUT
    return await taken(desk, person, known, _ended(desk, known, Stage.DONE), "idea done", words)


async def _given(
    desk: Desk, person: Person, click: Click, known: Idea, words: str, errors: Errors
) -> Outcome:
    """To an owner, until a day: accepted with it, or given to another one."""
    owner = await an_owner(desk, click.values, errors)
    due = a_day(desk, person, click.values, "due", errors)
    if errors or owner is None or due is None:
        return Outcome(errors=errors)
    fields = {"owner": owner.key, "due": due}
    if click.item == ASSIGN:
        return await taken(desk, person, known, _to(known, known.stage, **fields), "idea assigned", "")
    fields |= {"decided_at": desk.clock.now(), "decided_by": person.key}
    return await taken(desk, person, known, _to(known, Stage.ACCEPTED, **fields), "idea accepted", words)


def _to(known: Idea, stage: Stage, **fields: object) -> Idea:
    return replace(known, stage=stage, version=known.version + 1, **fields)  # type: ignore[arg-type]


def _ended(desk: Desk, known: Idea, stage: Stage, **fields: object) -> Idea:
    """What has no name under it forgets whose it was."""
    whose = "" if known.anonymous else known.person
    return _to(known, stage, person=whose, ended_at=desk.clock.now(), **fields)


async def taken(desk: Desk, person: Person, known: Idea, idea: Idea, kind: Kind, words: str) -> Outcome:
    """The step, its card as this person sees it, and a card for whoever hears of it or has something to do now."""
    trace = Trace(desk.clock.now(), kind, person.key, words)
    idea = replace(idea, trail=(*known.trail, trace))
    idea = replace(idea, look_at=await reminding.next_look(desk, idea))
    rows = [
        await reminding.card_for(desk, idea, other) for other in await _concerned(desk, known, idea, person)
    ]
    had_it = await desk.store.person(known.person) if known.person else None
    hears = had_it is not None and had_it.left_at is None and had_it.key != person.key
    if had_it is not None and hears and kind != "idea assigned":
        rows.append(await reminding.told_to(desk, idea, had_it))
    clauses = improvement.record(desk.library.programme.standards, idea.about)
    seen = await cards.see(desk, idea, reminding.piece(desk, idea), person)
    return Outcome(
        idea=Move(known, idea, kind, words, clauses),
        show=cards.compose(seen, person),
        deliver=tuple(rows),
        refresh=tuple(await desk.store.cards_about(idea.id)),
    )


async def _concerned(desk: Desk, known: Idea, idea: Idea, person: Person) -> list[Person]:
    """Beside who had it: a new owner; and when who had it writes, the owner, or whoever took part or decides."""
    keys: list[str] = []
    if idea.owner != known.owner or (idea.stage is Stage.ACCEPTED and cards.own(person, known)):
        keys = [idea.owner]
    elif cards.own(person, known):
        took_part = dict.fromkeys(step.actor for step in known.trail[1:])
        keys = [key for key in took_part if key not in ("", known.person)]
        keys = keys or [each.key for each in await deciders(desk, known.person)]
    told = "" if known.anonymous else known.person  # by a card of their own
    people = [await desk.store.person(key) for key in keys if key not in (person.key, told)]
    return [each for each in people if each is not None and each.left_at is None]


def _offered(card: Card) -> set[tuple[str, str]]:
    return {(button.verb, button.value) for button in card.buttons()}


def sentence(markdown: str) -> Outcome:
    return Outcome(show=Card(title="Ideas", blocks=(Note(markdown=markdown),)))
