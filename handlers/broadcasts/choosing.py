"""Choosing who gets a broadcast: the fields of its form, and what comes back in them as rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from content.audience import EVERYONE, Audience, BadAudience, Everyone, Named, Not, all_of
from content.cards import Block, Choice, Input
from content.limits import CHOICE_VALUE
from content.markup import clean
from content.names import Names, resolved
from content.pieces import Exclusion
from handlers.broadcasts.audiences import HINT, LONGEST_RULE, names, settled
from handlers.broadcasts.grants import NotGranted, both, granted, nobody, within
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk
from handlers.model import Headcount, Person, Role

MOST_CHOICES = 100  # Slack: options of one select
LONGEST_WHY = 200


async def audience_inputs(desk: Desk, person: Person, values: Mapping[str, str]) -> tuple[Block, ...]:
    """Who gets it and who does not, filled in with `values`; only what is granted to the author is offered.

    Nothing where nothing is granted: `handlers.broadcasts.grants.granted` says so before a form is opened.
    """
    grant = granted(desk, person)
    if grant is None:
        return ()
    choices = tuple(await _choices(desk, grant))
    known = {choice.value for choice in choices}
    before = values.get("audience", "")
    return (
        Input(
            id="audience",
            label="Who gets it",
            kind="choice",
            choices=choices,
            value=before if before in known else EVERYONE,
        ),
        _line("rule", "Or a rule, in the place of that", values, HINT),
        _line(
            "except",
            "Except (a rule)",
            values,
            "such as email:ada@example.org or acknowledged:broadcast-1a2b",
        ),
        _line(
            "why",
            "Why they are left out",
            values,
            "It stands beside each of them in the record.",
            LONGEST_WHY,
        ),
    )


async def chosen(
    desk: Desk, person: Person, values: Mapping[str, str], errors: dict[str, str]
) -> tuple[str, tuple[Exclusion, ...]]:
    """The canonical rule, within what is granted, and who is left out; mistakes go into `errors` by input id.

    A choice means those of it whom the author may write to, as it was counted; a rule is refused if it goes beyond.
    """
    try:
        rule = await _audience(desk, person, values)
    except (BadAudience, NotGranted) as mistake:
        errors["rule" if _given(values, "rule") else "audience"] = str(mistake)
        return "", ()
    exclusions = await _exclusions(desk, rule, values, errors)
    return str(rule), exclusions


async def _audience(desk: Desk, person: Person, values: Mapping[str, str]) -> Audience:
    written = _given(values, "rule")
    if written:
        return await within(desk, person, await settled(desk, written))
    grant = granted(desk, person)
    if grant is None:
        raise NotGranted(await nobody(desk))
    return both(await settled(desk, _given(values, "audience") or EVERYONE), grant)


async def _exclusions(
    desk: Desk, rule: Audience, values: Mapping[str, str], errors: dict[str, str]
) -> tuple[Exclusion, ...]:
    written, why = _given(values, "except"), clean(values.get("why", ""), LONGEST_WHY)
    if not written:
        return ()
    if not why:
        errors["why"] = "Say why they are left out: it stands in the record."
    try:
        excluded = await settled(desk, written)
    except BadAudience as mistake:
        errors["except"] = str(mistake)
        return ()
    people, left = await desk.store.counted([rule, all_of(rule, Not(excluded))])
    if people and not left:
        errors["except"] = f"This leaves out all {people:,} of them. Leave out fewer."
    return (Exclusion(rule=str(excluded), why=why),) if not errors else ()


async def _choices(desk: Desk, grant: Audience) -> list[Choice]:
    """Everybody, saved audiences, standards, then roles, sites and teams with somebody in them, the largest first."""
    there = await desk.store.headcount(grant)
    everyone = "Everyone" if isinstance(grant, Everyone) else "Everyone you may write to"
    known = await names(desk)
    rules = dict(_by_name(known))
    counted = await desk.store.counted([both(rule, grant) for rule in rules.values()])
    listed = [
        Choice(value=str(named), label=_label(_WORDS[named.field], named.name, people))
        for named, people in zip(rules, counted, strict=True)
        if people
    ]
    found = [Choice(value=EVERYONE, label=f"{everyone} ({there.people:,})"), *listed, *_groups(there)]
    return [choice for choice in found if len(choice.value) <= CHOICE_VALUE][:MOST_CHOICES]


_WORDS = {"audience": "Audience", "standard": "Works under"}


def _by_name(known: Names) -> Iterator[tuple[Named, Audience]]:
    """Each saved audience, and each edition of a standard that not everybody works under, as a rule without names."""
    for name in known["audience"]:
        try:
            yield Named("audience", name), resolved(Named("audience", name), known)
        except BadAudience:  # it names a standard that is gone
            continue
    for name, rule in known["standard"].items():
        if ":" in name and not isinstance(rule, Everyone):
            yield Named("standard", name), rule


def _groups(there: Headcount) -> Iterator[Choice]:
    for word in ("role", "site", "team"):
        groups = sorted(there.groups[word].items(), key=lambda group: (-group[1], group[0]))
        for name, people in groups:
            if name != Role.EMPLOYEE and '"' not in name:
                yield Choice(value=f'{word}:"{name}"', label=_label(word.capitalize(), name, people))


def _label(word: str, name: str, people: int) -> str:
    return f"{f'{word} {name}'[:60]} ({people:,})"


def _line(id_: str, label: str, values: Mapping[str, str], hint: str, longest: int = LONGEST_RULE) -> Input:
    value = values.get(id_, "")[:longest]
    return Input(id=id_, label=label, value=value, hint=hint, optional=True, max_length=longest)


def filled_in(broadcast: Broadcast) -> dict[str, str]:
    """The fields as they would be filled in for what was chosen: the rule in full, and the first exclusion."""
    values = {"rule": "" if broadcast.audience == EVERYONE else broadcast.audience}
    for each in broadcast.exclusions[:1]:
        values |= {"except": each.rule, "why": each.why}
    return values


def _given(values: Mapping[str, str], id_: str) -> str:
    return values.get(id_, "").strip()
