"""Names in an audience: what `standard:"ISO 14001"` or `audience:"shift leaders"` stands for takes its place."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from content.audience import (
    NAMES,
    Acknowledged,
    AllOf,
    AnyOf,
    Audience,
    BadAudience,
    Named,
    Not,
    all_of,
    any_of,
    leaves,
    parse,
)
from content.mistakes import suggestion

Names = Mapping[str, Mapping[str, Audience]]
"""Word (`standard`, `audience`) -> name -> the rule it stands for. A word that is not there is left as it is."""


def resolved(rule: Audience, names: Names) -> Audience:
    """The rule with what each name stands for in its place; raises BadAudience for a name that there is not.

    What a name stands for may have names in it, but never itself: a saved audience is kept without others.
    """
    match rule:
        case Named(field, name) if field in names:
            return resolved(_meant(field, name, names[field]), names)
        case Not(inner):
            return Not(resolved(inner, names))
        case AllOf(rules):
            return all_of(*(resolved(each, names) for each in rules))
        case AnyOf(rules):
            return any_of(*(resolved(each, names) for each in rules))
    return rule


def written(expression: str, names: Collection[str] = ()) -> Audience:
    """An audience of a programme, which is looked at before any database is there. Raises BadAudience.

    names: the words that may stand for another one here.
    """
    rule = parse(expression)
    for leaf in leaves(rule):
        if isinstance(leaf, Acknowledged):
            raise BadAudience(f"{leaf} can be used for a broadcast only, and not in a programme")
        if isinstance(leaf, Named) and leaf.field not in names:
            raise BadAudience(f"{leaf} cannot be used here: write what it stands for")
    return rule


def _meant(field: str, name: str, known: Mapping[str, Audience]) -> Audience:
    wanted = name.casefold()
    for there, rule in known.items():
        if there.casefold() == wanted:
            return rule
    listed = f"there are {', '.join(known)}{suggestion(name, known)}" if known else "there is none yet"
    raise BadAudience(f'there is no {_WHAT[field]} "{name}"; {listed}')


_WHAT = dict(zip(NAMES, ("standard of the programme", "saved audience"), strict=True))
