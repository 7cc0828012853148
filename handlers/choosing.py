"""To whom: the choices that a form offers, with how many people each of them is."""

from __future__ import annotations

from collections.abc import Iterator

from content.cards import Block, Choice, Input
from handlers.desk import Desk
from handlers.model import Headcount, Person, Role
from handlers.stages import Broadcast

MOST_CHOICES = 100  # Slack: options of one select


async def audience_inputs(desk: Desk, person: Person, known: Broadcast | None = None) -> tuple[Block, ...]:
    choices = tuple(_choices(await desk.store.headcount()))
    chosen = known.audience if known else "everyone"
    if all(choice.value != chosen for choice in choices):
        choices = (Choice(value=chosen[:150], label=chosen[:75]), *choices[: MOST_CHOICES - 1])
    return (Input(id="audience", label="Who gets it", kind="choice", choices=choices, value=chosen),)


def _choices(there: Headcount) -> Iterator[Choice]:
    """Everybody, then roles, sites and teams with somebody in them, the largest first."""
    yield Choice(value="everyone", label=f"Everyone ({there.people:,})")
    groups = [
        (word, name, people)
        for word in ("role", "site", "team")
        for name, people in sorted(there.groups[word].items(), key=lambda group: (-group[1], group[0]))
        if name != Role.EMPLOYEE and '"' not in name
    ]
    for word, name, people in groups[: MOST_CHOICES - 1]:
        label = f"{word.capitalize()} {name}"
        yield Choice(value=f'{word}:"{name}"', label=f"{label[:60]} ({people:,})")
