"""Each press on a finding and each of its forms that came back: who may, what is missing, and the step it makes.

Clause 10.2 of ISO 9001:2015 and ISO/IEC 27001:2022 (and ISO 14001:2015), in our own words: `opened` reacts, `_planned`
keeps cause and action, `_done` says that it was done, `_retested` and `_judged` review whether it helped, and each step
is a record. That somebody else than its owner judges and closes is a rule of this house.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.cards import Card, Note
from content.pieces import BasePiece, Found
from handlers.broadcasts.writing import expired
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.findings import cards, forms, measures, reminding
from handlers.findings.cards import ASSIGN, DONE, HELPED, PLAN, REOPEN, RETEST, Seen
from handlers.findings.finding import OWNERS, About, Finding, Move, Number, Retest, Stage, Words
from handlers.model import Delivery, Lane, Person
from handlers.permissions import may, refusal
from handlers.shared import Done

ASKED_AT = time(9, 30)  # on the day of a retest, where each person is
EXPIRED = "This form was opened more than a day ago. Nothing was kept: type `finding` for a new one."
CHANGED = "It was changed after you opened the form. Nothing was kept: look at it again first."
NO_NUMBER = "There is no such number of five people or more in this time. Nothing was kept."
NOT_ITS_OWNER = "Whoever owns it cannot judge or close it: somebody else has to."
NOT_KNOWN = "This finding is not known here. Type `findings`."
NOT_YET = "There are no numbers after the action yet."


async def opened(desk: Desk, person: Person, click: Click) -> Outcome:
    """A new one. What it says of the number is counted here and now, whatever the form says."""
    if not may(person, "open a finding"):
        return sentence(refusal("open a finding"))
    if expired(click.value, desk.clock.now()):
        return sentence(EXPIRED)
    asked = measures.read(click.item.removeprefix("about "))
    if asked is None:
        return sentence(NOT_KNOWN)
    errors: forms.Errors = {}
    group, offered = click.values.get("group", measures.EVERYBODY), await measures.groups(desk, asked)
    about = measures.chosen(asked, group) if not offered or group in dict(offered) else None
    until = desk.clock.now()
    since = measures.beginning(desk, asked.days)
    before = await measures.count(desk, about, since, until) if about else None
    if about is None or before is None:
        errors["group" if offered else "title"] = NO_NUMBER
    finding = await _written(desk, person, click, errors)
    if errors or finding is None or about is None or before is None:
        return Outcome(errors=errors)
    finding = replace(finding, about=about, since=since, until=until, before=before)
    return await _taken(desk, person, click, Move(None, finding, "finding opened", before))


async def _written(desk: Desk, person: Person, click: Click, errors: forms.Errors) -> Finding | None:
    """What was filled in; the number still to be put in."""
    said = {
        "title": forms.text(click.values, "title", forms.TITLE, errors, needed=True),
        **{
            name: forms.text(click.values, name, forms.TEXT, errors, needed=False)
            for name in ("found", "cause", "action")
        },
    }
    clause = forms.clause_of(desk, click.values, errors)
    owner = await forms.owner(desk, click.values, errors)
    due = forms.day(desk, person, click.values, "due", errors)
    if errors or clause is None or owner is None or due is None:
        return None
    now = desk.clock.now()
    name = hashlib.sha256(f"{person.key}:{click.value}:{click.item}".encode()).hexdigest()[:8]
    return Finding(
        id=f"f-{name}",
        version=1,
        stage=Stage.PLANNED if said["cause"] and said["action"] else Stage.OPEN,
        about=About("participation"),
        clause=clause,
        since=now,
        until=now,
        before=Number(0, 0, 0, 0, 0),
        words=Words(**said),
        opener=person.key,
        owner=owner.key,
        due=due,
        opened_at=now,
    )


async def decide(desk: Desk, piece: BasePiece, click: Click, person: Person, done: Done) -> Outcome:
    """A press on the card: a form, or a step that needs none."""
    card = cards.compose(piece, person, done)
    offered = {(button.verb, button.value) for button in card.buttons()}
    if not isinstance(piece, Seen) or (click.verb, click.value) not in offered or click.verb == cards.LOOKED:
        return Outcome(show=card)
    finding = piece.finding_now
    if click.verb == cards.OPENS:
        return Outcome(form=await _form(desk, finding, click.value))
    if click.value == DONE:
        return await _done(desk, person, click, finding)
    if click.value == HELPED:
        return await _judged(desk, person, click, piece)
    return await _closed(desk, person, click, finding)


async def filled(desk: Desk, person: Person, click: Click, delivery: Delivery | None) -> Outcome:
    """A form came back: of a new finding, or of one whose card it was opened from."""
    if click.item.startswith("about "):
        return await opened(desk, person, click)
    piece = delivery.piece if delivery and delivery.person == person.key else None
    known = await desk.store.findings.one(piece.finding) if isinstance(piece, Found) else None
    if known is None or piece is None:
        return sentence(NOT_KNOWN)
    assert isinstance(piece, Found)
    seen = await cards.see(desk, known, piece, person)
    card = cards.compose(seen, person)
    if no := _why_not(seen, person, click, card):
        return Outcome(show=card.with_note(no))
    written = {PLAN: _planned, ASSIGN: _assigned, RETEST: _retested, REOPEN: _reopened}[click.item]
    return await written(desk, person, click, seen)


def _why_not(seen: Seen, person: Person, click: Click, card: Card) -> str:
    """Why what this form asks for cannot be done by this person now; empty: it can."""
    finding = seen.finding_now
    lead, owner = may(person, "open a finding"), person.key == finding.owner
    if click.item != PLAN and not lead:
        return refusal("open a finding")
    if not (lead or owner):
        return cards.NOT_FOR_YOU
    if click.item == REOPEN and owner:
        return NOT_ITS_OWNER
    offered = {(button.verb, button.value) for button in card.buttons()}
    if click.value != str(finding.version) or (cards.OPENS, click.item) not in offered:
        return CHANGED
    return ""


async def _form(desk: Desk, finding: Finding, which: str) -> Card:
    if which == PLAN:
        return await forms.planned(desk, finding)
    if which == ASSIGN:
        return await forms.assigned(desk, finding)
    return forms.retest(desk, finding) if which == RETEST else await forms.reopened(desk, finding)


async def _planned(desk: Desk, person: Person, click: Click, seen: Seen) -> Outcome:
    finding = seen.finding_now
    errors: forms.Errors = {}
    cause = forms.text(click.values, "cause", forms.TEXT, errors, needed=True)
    action = forms.text(click.values, "action", forms.TEXT, errors, needed=True)
    linked = await forms.linked(desk, click.values, errors)
    if errors:
        return Outcome(errors=errors)
    words = replace(finding.words, cause=cause, action=action)
    moved = _to(finding, Stage.PLANNED, words=words, linked=linked)
    return await _taken(desk, person, click, Move(finding, moved, "finding planned"))


async def _assigned(desk: Desk, person: Person, click: Click, seen: Seen) -> Outcome:
    given = await _given(desk, person, click)
    if isinstance(given, Outcome):
        return given
    owner, due = given
    moved = _to(seen.finding_now, seen.finding_now.stage, owner=owner.key, due=due)
    return await _taken(desk, person, click, Move(seen.finding_now, moved, "finding assigned"))


async def _done(desk: Desk, person: Person, click: Click, finding: Finding) -> Outcome:
    moved = _to(finding, Stage.DONE, done_at=desk.clock.now())
    return await _taken(desk, person, click, Move(finding, moved, "finding done"))


async def _retested(desk: Desk, person: Person, click: Click, seen: Seen) -> Outcome:
    finding = seen.finding_now
    errors: forms.Errors = {}
    again = measures.MEASURES[finding.about.metric].again
    how: Retest = "other" if click.values.get("how") == "other" else "same"
    on = forms.day(desk, person, click.values, "on", errors)
    if errors or on is None:
        return Outcome(errors=errors)
    at = await _first(desk, finding, on)
    if at <= desk.clock.now():
        return Outcome(errors={"on": "Half past nine of this day has passed: choose a later one."})
    moved = _to(finding, Stage.RETEST, retest=how if again else "next", retest_at=at, asked=False)
    return await _taken(desk, person, click, Move(finding, moved, "finding retest"))


async def _judged(desk: Desk, person: Person, click: Click, seen: Seen) -> Outcome:
    finding = seen.finding_now
    if not seen.after:
        return Outcome(show=cards.compose(seen, person).with_note(NOT_YET))
    moved = _to(finding, Stage.EFFECTIVE, after=seen.after, judged_at=desk.clock.now(), judged_by=person.key)
    return await _taken(desk, person, click, Move(finding, moved, "finding effective", seen.after))


async def _reopened(desk: Desk, person: Person, click: Click, seen: Seen) -> Outcome:
    """It did not help: open again, for another cause and action. The number it was judged by is in the trail."""
    finding = seen.finding_now
    given = await _given(desk, person, click)
    if isinstance(given, Outcome):
        return given
    owner, due = given
    moved = _to(
        finding,
        Stage.NOT_EFFECTIVE,
        owner=owner.key,
        due=due,
        round=finding.round + 1,
        done_at=None,
        retest="",
        retest_at=None,
    )
    return await _taken(desk, person, click, Move(finding, moved, "finding not effective", seen.after))


async def _closed(desk: Desk, person: Person, click: Click, finding: Finding) -> Outcome:
    moved = _to(finding, Stage.CLOSED, closed_at=desk.clock.now(), closed_by=person.key)
    return await _taken(desk, person, click, Move(finding, moved, "finding closed"))


async def _given(desk: Desk, person: Person, click: Click) -> tuple[Person, date] | Outcome:
    errors: forms.Errors = {}
    owner = await forms.owner(desk, click.values, errors)
    due = forms.day(desk, person, click.values, "due", errors)
    return (owner, due) if owner and due and not errors else Outcome(errors=errors)


async def _first(desk: Desk, finding: Finding, on: date) -> datetime:
    """When the day's half past nine comes to the first of its people; the next numbers are read at the programme's."""
    home = desk.library.programme.zone
    keys = (
        list(await desk.store.findings.whom(finding)) if measures.MEASURES[finding.about.metric].again else []
    )
    zones = {home}
    for start in range(0, len(keys), reminding.AT_ONCE):
        persons = await desk.store.persons(keys[start : start + reminding.AT_ONCE])
        zones |= {person.zone or home for person in persons.values()}
    return min(instant(datetime.combine(on, ASKED_AT), ZoneInfo(zone)) for zone in zones).astimezone(UTC)


def _to(finding: Finding, stage: Stage, **fields: object) -> Finding:
    return replace(finding, stage=stage, version=finding.version + 1, **fields)  # type: ignore[arg-type]


async def _taken(desk: Desk, person: Person, click: Click, move: Move) -> Outcome:
    """The step, its card as this person sees it, and a card for whoever has something to do now."""
    finding = replace(move.finding, look_at=await reminding.next_look(desk, move.finding))
    move = replace(move, finding=finding)
    told = [other for other in await _concerned(desk, move) if other.key != person.key]
    rows = [await reminding.card_for(desk, finding, other, Lane.REMINDER) for other in told]
    if move.known is None:
        rows.append(await reminding.card_for(desk, finding, person, Lane.INTERACTIVE, click.address))
        shown = sentence("It is open. Its card is in the chat, and its owner has one as well.").show
    else:
        shown = cards.compose(await cards.see(desk, finding, reminding.piece(desk, finding), person), person)
    refresh = tuple(await desk.store.cards_about(finding.id))
    return Outcome(finding=move, show=shown, deliver=tuple(rows), refresh=refresh)


async def _concerned(desk: Desk, move: Move) -> list[Person]:
    """Its owner when it becomes theirs; the lead when it is done."""
    finding, known = move.finding, move.known
    theirs = finding.stage in OWNERS and (
        known is None or known.owner != finding.owner or known.stage not in OWNERS
    )
    if theirs:
        owner = await desk.store.person(finding.owner)
        return [owner] if owner else []
    return await reminding.leads(desk, finding) if finding.stage in (Stage.DONE, Stage.EFFECTIVE) else []


def sentence(markdown: str) -> Outcome:
    return Outcome(show=Card(title="Findings", blocks=(Note(markdown=markdown),)))
