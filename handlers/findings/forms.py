"""The forms of a finding: opened from a number, its cause and action, its owner and date, the retest, and reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from content import audience
from content.cards import Block, Button, Buttons, Card, Choice, Input, Note
from content.markup import clean
from content.pieces import Clause, Message, Quiz
from handlers.desk import Desk
from handlers.findings import measures
from handlers.findings.cards import ASSIGN, PLAN, REOPEN, RETEST, linked_title
from handlers.findings.finding import Finding
from handlers.model import Person
from handlers.numbers.groups import SMALLEST

FILLED = "finding"  # the verb of every form here
NONE = "-"
MOST = 99  # of what one chooses from, beside "none"
TITLE, TEXT = 100, 1000  # characters
FURTHEST = timedelta(days=366 * 2)
OWNERS = audience.parse('role:manager or role:leader or role:"quality lead" or role:administrator')
Errors = dict[str, str]


async def opened(desk: Desk, asked: measures.Asked, groups: Sequence[tuple[str, str]]) -> Card:
    """About a number: what is counted is said by its name alone, and counted again when the form comes back."""
    name = measures.MEASURES[asked.about.metric].name
    choices = tuple(Choice(value=value, label=label) for value, label in groups[:MOST])
    first = choices[0].value if choices else ""
    whose = Input(id="group", label="Of whom or what", kind="choice", choices=choices, value=first)
    clauses = served(desk)
    blocks: tuple[Block, ...] = (
        Note(
            markdown=f"About the {name}, over the last {asked.days} days. The number, its interval and over how many "
            f"people it was counted are put in when you send this; fewer than {SMALLEST} are not counted."
        ),
        *((whose,) if choices else ()),
        Input(id="title", label="What is not as it should be", max_length=TITLE),
        _choice("clause", "The clause it is about", clauses[:MOST], clauses[0] if clauses else ""),
        Input(
            id="other_clause", label="Or another one, as ISO 9001:2015 7.3", optional=True, max_length=TITLE
        ),
        _paragraph("found", "What was found, in your words", "", optional=True),
        _paragraph("cause", "Its cause, if that is known", "", optional=True),
        _paragraph("action", "What is done about the cause, if that is decided", "", optional=True),
        *await given(desk),
    )
    return _form("Open a finding", f"about {asked}", desk.clock.now().isoformat(), blocks, back=False)


async def planned(desk: Desk, finding: Finding) -> Card:
    known = _actions(desk, finding.clause)
    linked = finding.linked or NONE
    listed = linked if linked in {value for value, _ in known} else NONE
    choices = tuple(
        Choice(value=value, label=label[:75]) for value, label in ((NONE, "Nothing of these"), *known)
    )
    blocks: tuple[Block, ...] = (
        _paragraph("cause", "What is the cause?", finding.words.cause),
        _paragraph("action", "What is done about the cause?", finding.words.action),
        Input(
            id="linked", label="What of it is done in Catchball", kind="choice", choices=choices, value=listed
        ),
        Input(
            id="other",
            label="Or the id of a campaign, a piece or a broadcast",
            value="" if listed != NONE else finding.linked,
            optional=True,
            max_length=TITLE,
        ),
    )
    return _form("Cause and action", PLAN, str(finding.version), blocks)


async def assigned(desk: Desk, finding: Finding) -> Card:
    return _form(
        "Owner and due date",
        ASSIGN,
        str(finding.version),
        tuple(await given(desk, finding.owner, finding.due)),
    )


def retest(desk: Desk, finding: Finding) -> Card:
    day = _day("on", "On which day (2027-03-31)", "")
    note = "The same people's next numbers, from when it was done to that day, are put beside those before."
    blocks: tuple[Block, ...] = (day, Note(markdown=note))
    if measures.MEASURES[finding.about.metric].again:
        how = (("same", "The same questions"), ("other", "Other questions of the same clause"))
        choices = tuple(Choice(value=value, label=label) for value, label in how)
        known = finding.retest if finding.retest in dict(how) else "same"
        what = Input(id="how", label="What they are asked", kind="choice", choices=choices, value=known)
        asked = "On that day, at half past nine where they are, the people behind the number are asked again."
        blocks = (day, what, Note(markdown=asked))
    return _form("See whether it helped", RETEST, str(finding.version), blocks)


async def reopened(desk: Desk, finding: Finding) -> Card:
    note = Note(
        markdown="It is open again, with what was tried kept: another cause and another action are wanted."
    )
    return _form(
        "It did not help",
        REOPEN,
        str(finding.version),
        (*await given(desk, finding.owner, finding.due), note),
    )


def served(desk: Desk) -> list[str]:
    """The clauses of the programme's standards that its pieces serve."""
    standards = {str(standard) for standard in desk.library.programme.standards}
    clauses = {c.whole for piece in desk.library.pieces.values() for c in piece.clauses}
    clauses |= {c.whole for item in desk.library.items.values() for c in item.clauses}
    return sorted(str(c) for c in clauses if f"{c.standard}:{c.edition}" in standards)


def clause_of(desk: Desk, values: Mapping[str, str], errors: Errors) -> Clause | None:
    """One of a standard of the programme: what was written, else what was chosen."""
    written = clean(values.get("other_clause", ""), TITLE)
    text = written or values.get("clause", "")
    for standard in desk.library.programme.standards:
        name, number = f"{standard} ", text.removeprefix(f"{standard} ").strip()
        if text.startswith(name) and number and len(number) <= 20:
            return Clause(standard=standard.standard, edition=standard.edition, clause=number)
    known = ", ".join(str(standard) for standard in desk.library.programme.standards)
    errors["other_clause" if written else "clause"] = (
        f"Write a standard of the programme and its clause: {known}."
    )
    return None


def text(values: Mapping[str, str], field: str, most: int, errors: Errors, *, needed: bool) -> str:
    words = clean(values.get(field, ""), len(values.get(field, "")) + 1)
    if needed and not words:
        errors[field] = "Write something first. Nothing was kept."
    elif len(words) > most:
        errors[field] = f"This has {len(words):,} characters; at most {most:,} fit. Nothing was kept."
    return words


def day(desk: Desk, person: Person, values: Mapping[str, str], field: str, errors: Errors) -> date | None:
    """From today on, by the clock of who writes it."""
    today = desk.clock.now().astimezone(desk.zone(person)).date()
    try:
        found = date.fromisoformat(values.get(field, "").strip())
    except ValueError:
        errors[field] = "Write a day like 2027-03-31."
        return None
    if not today <= found <= today + FURTHEST:
        errors[field] = f"The day must lie between {today} and {today + FURTHEST}."
    return found


async def owner(desk: Desk, values: Mapping[str, str], errors: Errors) -> Person | None:
    """Who was named by e-mail, else who was chosen."""
    written = values.get("owner_other", "").strip()
    found = await desk.store.person_by_email(written or values.get("owner", ""))
    if found is None or found.left_at is not None:
        if written:
            errors["owner_other"] = "Nobody here has this e-mail address."
        else:
            errors["owner"] = "Choose somebody who is here, or write an e-mail address below."
        return None
    return found


async def linked(desk: Desk, values: Mapping[str, str], errors: Errors) -> str:
    written = clean(values.get("other", ""), TITLE)
    chosen = written or values.get("linked", NONE)
    if chosen == NONE:
        return ""
    if not await linked_title(desk, chosen):
        errors["other" if written else "linked"] = "There is no campaign, piece or broadcast of this id."
    return chosen


async def given(desk: Desk, owner: str = "", due: date | None = None) -> Sequence[Input]:
    """To whom, and until when. owner: the key of whom it was given to."""
    people = [person for person in await desk.store.named(OWNERS) if person.email]
    people = sorted(people, key=lambda person: (person.name, person.email))[:MOST]
    known = await desk.store.person(owner) if owner else None
    emails = {person.email for person in people}
    choices = [Choice(value=p.email[:150], label=f"{p.name or p.email} ({p.email})"[:75]) for p in people]
    value = known.email if known and known.email in emails else NONE
    choices.insert(0, Choice(value=NONE, label="Somebody else, by e-mail"))
    other = known.email if known and known.email not in emails else ""
    return (
        Input(id="owner", label="Who owns it", kind="choice", choices=tuple(choices), value=value),
        Input(id="owner_other", label="Or an e-mail address", value=other, optional=True, max_length=200),
        _day("due", "Until when (2027-03-31)", str(due or "")),
    )


def _actions(desk: Desk, clause: Clause) -> list[tuple[str, str]]:
    """Campaigns, then what the packs have to say or ask about the clause."""
    found = [(campaign.id, f"Campaign: {campaign.title}") for campaign in desk.library.programme.campaigns]
    for piece in desk.library.pieces.values():
        about = {c.whole for c in piece.clauses}
        if isinstance(piece, Message | Quiz) and clause.whole in about:
            found.append((piece.id, f"{piece.kind.capitalize()}: {piece.title}"))
    return found[:MOST]


def _choice(name: str, label: str, values: Sequence[str], value: str) -> Input:
    choices = tuple(Choice(value=each, label=each[:75]) for each in values) or (
        Choice(value=NONE, label="None"),
    )
    return Input(id=name, label=label, kind="choice", choices=choices, value=value or NONE)


def _paragraph(name: str, label: str, value: str, *, optional: bool = False) -> Input:
    return Input(id=name, label=label, kind="paragraph", value=value, optional=optional, max_length=TEXT)


def _day(name: str, label: str, value: str) -> Input:
    return Input(id=name, label=label, value=value, max_length=10)


def _form(title: str, item: str, value: str, blocks: tuple[Block, ...], *, back: bool = True) -> Card:
    """value: when a new one was opened, or the version that was seen: what has changed since is not written over."""
    buttons = [Button(label="Save it", verb=FILLED, item=item, value=value, style="primary")]
    buttons += [Button(label="Back", verb="looked", inputs=False)] if back else []
    return Card(title=title, blocks=(*blocks, Buttons(buttons=tuple(buttons))))
