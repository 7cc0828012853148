"""Saved audiences: `audiences` lists them with how many people they are now, and a form saves one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from content.audience import (
    Acknowledged,
    AllOf,
    AnyOf,
    Audience,
    BadAudience,
    Everyone,
    Not,
    all_of,
    any_of,
    leaves,
    parse,
)
from content.cards import Block, Button, Buttons, Card, Input, Note, Table, Text
from content.markup import clean, escape
from content.names import Names, resolved
from content.programme import by_standard
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Person, SavedAudience
from handlers.numbers.groups import SMALLEST
from handlers.permissions import may, refusal

SAVE = "audience"  # the verb of the form, and of the button under the number
LONGEST_NAME, LONGEST_RULE = 40, 1000
MOST = 40  # of all authors together: a table that every platform takes
SHOWN = 120  # characters of a rule in it
FORGETTABLE = 4  # buttons beside "Save another one"
HINT = (
    'everyone, team:Production, site:"Plant 2", role:leader, language:de, joined-since:2026-01-01, '
    'standard:"ISO 14001", audience:"a saved one", acknowledged:broadcast-1a2b; and, or, not, parentheses'
)


async def names(desk: Desk) -> Names:
    """What may stand for an audience at this moment: the programme's standards, and the saved ones."""
    saved = {each.name: parse(each.rule) for each in await desk.store.saved_audiences()}
    return {"standard": by_standard(desk.library.programme.standards), "audience": saved}


async def settled(desk: Desk, expression: str) -> Audience:
    """An audience as somebody writes it, without names and with nothing in it that is not there.

    Raises BadAudience.
    """
    rule = resolved(parse(expression), await names(desk))
    for leaf in leaves(rule):
        if isinstance(leaf, Acknowledged):
            sent = await desk.store.headway(leaf.campaign, desk.clock.now())
            if not sent.roster:
                raise BadAudience(
                    f"Nothing was sent under {leaf.campaign}: its id stands on a broadcast's card."
                )
            await _many_enough(desk, rule)
    return rule


async def _many_enough(desk: Desk, rule: Audience) -> None:
    """In works-council mode a rule must not tell whether one person has acknowledged something.

    So whether they are named has to depend on that for several: `acknowledged:x or not email:ada@example.org` would
    name everybody, or everybody but Ada.
    """
    if desk.library.programme.works_council is None:
        return
    depends = all_of(_at_the(rule, most=True), Not(_at_the(rule, most=False)))
    (people,) = await desk.store.counted([depends])
    if people < SMALLEST:
        raise BadAudience(
            f"Individual views are off: a rule may ask of {SMALLEST} people or more what they have `acknowledged:`."
        )


def _at_the(rule: Audience, *, most: bool) -> Audience:
    """Whom the rule can name at the most or at the least, whatever anybody has acknowledged."""
    match rule:
        case Acknowledged():
            return Everyone() if most else Not(Everyone())
        case Not(inner):
            return Not(_at_the(inner, most=not most))
        case AllOf(rules):
            return all_of(*(_at_the(each, most=most) for each in rules))
        case AnyOf(rules):
            return any_of(*(_at_the(each, most=most) for each in rules))
    return rule


async def answer(desk: Desk, person: Person, rest: str) -> Outcome:
    """`audiences`, `audiences new`, `audiences forget NAME`."""
    if not may(person, "broadcast"):
        return _said("Saved audiences", refusal("broadcast"))
    word, _, name = rest.partition(" ")
    if word.lower() == "new":
        return Outcome(form=_form())
    saved = await desk.store.saved_audiences()
    if word.lower() != "forget":
        return Outcome(show=await _list(desk, person, saved))
    own = next((each for each in saved if _same(each.name, name) and each.owner == person.key), None)
    if own is None:
        return _said("Nothing was forgotten", f"There is no audience “{escape(name[:80])}” that you saved.")
    left = [each for each in saved if each != own]
    forgotten = SavedAudience(own.name, "", person.key, desk.clock.now())
    return Outcome(show=await _list(desk, person, left), keep=forgotten)


async def submitted(desk: Desk, person: Person, click: Click) -> Outcome:
    """The form came back: its mistakes, or how many people it would be; after that it is saved."""
    if not may(person, "broadcast"):
        return _said("Saved audiences", refusal("broadcast"))
    named, _, expression = click.value.partition(" = ")
    name = " ".join(clean(click.values.get("name", named), LONGEST_NAME + 1).split())
    expression = click.values.get("rule", expression)
    errors: dict[str, str] = {}
    rule = await _checked(desk, person, name, expression, errors)
    if errors:
        return Outcome(errors=errors) if click.values else _said("Not saved", " ".join(errors.values()))
    (people,) = await desk.store.counted([await settled(desk, rule)])
    if click.values:
        save = Button(label="Save it", verb=SAVE, value=f"{name} = {rule}", style="primary")
        blocks: tuple[Block, ...] = (Text(markdown=escape(rule)), Buttons(buttons=(save,)))
        return Outcome(show=Card(title=f"{name}: {_people(people)}", blocks=blocks))
    kept = SavedAudience(name, rule, person.key, desk.clock.now())
    use = f'The form of a message offers it, and a rule calls it audience:"{escape(name)}".'
    saved = Card(title=f"Saved: {name}, {_people(people)}", blocks=(Text(markdown=use),))
    return Outcome(show=saved, keep=kept)


async def _checked(desk: Desk, person: Person, name: str, expression: str, errors: dict[str, str]) -> str:
    """The rule as it would be kept: without other saved ones, but with standards, whose people may change."""
    saved = await desk.store.saved_audiences()
    there = next((each for each in saved if _same(each.name, name)), None)
    if not name or len(name) > LONGEST_NAME or {'"', "="} & set(name):
        errors["name"] = f'A name has 1 to {LONGEST_NAME} characters, and neither " nor = in it.'
    elif there is not None and there.owner != person.key:
        errors["name"] = "Somebody else has saved an audience under this name. Choose another one."
    elif there is None and len(saved) >= MOST:
        errors["name"] = f"{MOST} audiences are saved, and more are not kept. Forget one that nobody needs."
    try:
        await settled(desk, expression)
        rule = str(resolved(parse(expression), {"audience": {each.name: parse(each.rule) for each in saved}}))
    except BadAudience as mistake:
        errors["rule"] = str(mistake)
        return ""
    if len(rule) > LONGEST_RULE:
        errors["rule"] = f"Written out this has {len(rule):,} characters; at most {LONGEST_RULE:,} are kept."
    return rule


def _form() -> Card:
    how_many = Button(label="How many are they?", verb=SAVE, style="primary")
    return Card(
        title="Save an audience",
        blocks=(
            Input(id="name", label="Name", max_length=LONGEST_NAME),
            Input(id="rule", label="Who belongs to it", max_length=LONGEST_RULE, hint=HINT),
            Buttons(buttons=(how_many,)),
        ),
    )


async def _list(desk: Desk, person: Person, saved: Sequence[SavedAudience]) -> Card:
    new = Button(label="Save another one" if saved else "Save one", verb="said", value="audiences new")
    if not saved:
        nothing = "None yet. A saved audience can be chosen for a message by its name."
        return Card(title="Saved audiences", blocks=(Note(markdown=nothing), Buttons(buttons=(new,))))
    counts = await _counts(desk, saved)
    owners = {each.owner: await desk.store.person(each.owner) for each in saved}
    rows = tuple(
        (each.name, counts[each.name], _owner(owners[each.owner], person), _short(each.rule))
        for each in saved
    )
    own = [each.name for each in saved if each.owner == person.key]
    forget = (
        Button(label=f"Forget {name}", verb="said", value=f"audiences forget {name}")
        for name in own[:FORGETTABLE]
    )
    return Card(
        title="Saved audiences",
        blocks=(
            Table(header=("Name", "People now", "Saved by", "Who"), rows=rows),
            Buttons(buttons=(new, *forget)),
            Note(markdown="`audiences forget NAME` forgets one that you saved."),
        ),
    )


async def _counts(desk: Desk, saved: Sequence[SavedAudience]) -> Mapping[str, str]:
    """How many each is; a dash where it names a standard that the programme no longer has."""
    known, rules = await names(desk), {}
    for each in saved:
        try:
            rules[each.name] = resolved(parse(each.rule), known)
        except BadAudience:
            continue
    counted = await desk.store.counted(list(rules.values()))
    found = dict(zip(rules, counted, strict=True))
    return {each.name: f"{found[each.name]:,}" if each.name in found else "–" for each in saved}


def _owner(owner: Person | None, person: Person) -> str:
    if owner is None:
        return "not known"
    return "you" if owner.key == person.key else owner.name or "not known"


def _short(rule: str) -> str:
    return rule if len(rule) <= SHOWN else f"{rule[: SHOWN - 1]}…"


def _same(one: str, other: str) -> bool:
    return one.casefold() == other.strip().casefold()


def _people(count: int) -> str:
    return f"{count:,} {'person' if count == 1 else 'people'}"


def _said(title: str, markdown: str) -> Outcome:
    return Outcome(show=Card(title=title, blocks=(Note(markdown=markdown),)))
