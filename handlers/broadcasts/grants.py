"""Whom an author may write to: what the programme's `authors` grants them, and a sentence where it is not enough."""

from __future__ import annotations

from content.audience import AllOf, Audience, Everyone, Has, Not, all_of, any_of, parse
from handlers.desk import Desk
from handlers.model import Person, Role
from handlers.people import subject

NAMED = 3  # administrators that a sentence names at most


class NotGranted(Exception):
    """An author may not write to these people; the message says why, and whom to ask."""


def granted(desk: Desk, person: Person) -> Audience | None:
    """Everybody whom this author may write to, by all the entries that fit them; None: nobody.

    Without `authors` in the programme everybody who may write at all may write to everyone.
    """
    authors = desk.library.programme.authors
    if not authors:
        return Everyone()
    theirs = [parse(each.may) for each in authors if parse(each.who).matches(subject(person))]
    if any(isinstance(may, Everyone) for may in theirs):
        return Everyone()
    return any_of(*theirs) if theirs else None


async def within(desk: Desk, person: Person, rule: Audience) -> Audience:
    """The rule within what is granted, so that it holds also for who moves before it is sent.

    Raises NotGranted when the rule names somebody outside of that now.
    """
    grant = granted(desk, person)
    if grant is None:
        raise NotGranted(await nobody(desk))
    if isinstance(grant, Everyone):
        return rule
    people, outside = await desk.store.counted([rule, all_of(rule, Not(grant))])
    if outside:
        few = f"{outside:,} of these {people:,} people are"
        raise NotGranted(
            f"{few if people > 1 else 'This person is'} outside of what you may write to ({grant}). "
            f"Choose others, or ask {await _whom(desk)}."
        )
    return both(rule, grant)


def both(rule: Audience, grant: Audience) -> Audience:
    """Who fits the two of them, without `everyone` beside the other and without saying one thing twice."""
    if isinstance(grant, Everyone) or grant in (rule.rules if isinstance(rule, AllOf) else (rule,)):
        return rule
    return grant if isinstance(rule, Everyone) else all_of(rule, grant)


async def nobody(desk: Desk) -> str:
    """The sentence for an author whom no entry fits."""
    return f"You may not write to anybody: no entry under `authors` fits you. Ask {await _whom(desk)}."


async def _whom(desk: Desk) -> str:
    there = await desk.store.named(Has("role", Role.ADMINISTRATOR))
    names = [person.name for person in there if person.name][:NAMED]
    return " or ".join(names) if names else "an administrator"
