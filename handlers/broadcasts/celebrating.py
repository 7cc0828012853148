"""A milestone that a lead writes: the forms for it, and what they say, checked. What follows is as for a broadcast."""

from __future__ import annotations

from collections.abc import Mapping

from content.cards import Block, Card, Choice, Input, Note
from content.limits import problems
from content.markup import clean, flowing
from content.pieces import Milestone
from handlers import milestones
from handlers.broadcasts import forms
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk
from handlers.model import Person

NEW, TEMPLATE = "milestone", "milestone template"  # the forms that come back
MOST_TEAMS = 99  # Slack: options of one select, with everyone
NOT_PERSONAL = ("programme", "team")
NO_TEMPLATES = "The packs of this programme hold no milestones. Type `milestone` to write one."


async def new(desk: Desk, begun: Milestone | None = None) -> Card:
    """Everything a milestone needs, filled in with the words of one that is written already."""
    hint = Note(markdown="Type `milestone templates` to begin with one that is written already.")
    title, words = (begun.title, flowing(begun.text)) if begun else ("", "")
    blocks = (*_words(title, words), await what_for(desk), forms.at(""), *(() if begun else (hint,)))
    return forms.form(desk, "New milestone", NEW, blocks)


def text(desk: Desk, milestone: Milestone) -> Card:
    words = _words(milestone.title, milestone.text.replace("  \n", "\n"))
    return forms.form(desk, "Change the text", "text", words, back=True)


async def send(desk: Desk, broadcast: Broadcast) -> Card:
    blocks = (await what_for(desk, broadcast.audience), forms.at(broadcast.timing.at[:16]))
    return forms.form(desk, "For what and when", "send", blocks, back=True)


def templates(desk: Desk) -> Card | None:
    """Those of the packs for the programme and for teams; None where they have none."""
    found = sorted((piece for piece in desk.library.pieces.values() if begins(piece)), key=lambda m: m.title)
    if not found:
        return None
    choices = tuple(Choice(value=m.id, label=m.title[:75]) for m in found[: forms.TEMPLATES])
    which = Input(id="template", label="Begin with", kind="choice", choices=choices, value=choices[0].value)
    note = Note(markdown="You may change every word of it, and choose for what it is and when.")
    return forms.form(desk, "Milestones", TEMPLATE, (which, note), label="Next")


def begins(piece: object) -> bool:
    """Whether a lead may begin with it: a person's own day is nobody else's to send."""
    return isinstance(piece, Milestone) and piece.scope in NOT_PERSONAL


def written(
    desk: Desk, person: Person, known: object, values: Mapping[str, str], errors: dict[str, str]
) -> Milestone | None:
    """The milestone as it was filled in; what `values` does not name stays as it is known. None: see `errors`."""
    before = known if isinstance(known, Milestone) else None
    fields: dict[str, object] = {} if before else {"id": f"milestone-{desk.new_id()}", "scope": "programme"}
    for field, most in (("title", forms.MAX_TITLE), ("text", forms.MAX_TEXT)):
        if field not in values and before:
            continue
        words = values.get(field, "")
        if len(words) > most:
            errors[field] = f"This has {len(words)} characters; at most {most} fit."
        fields[field] = clean(words, most)
        if not fields[field]:
            errors[field] = f"A milestone needs a {field}."
    if "audience" in values:
        fields["scope"] = "programme" if values["audience"] in ("", "everyone") else "team"
    if errors:
        return None
    if "text" in fields:
        fields["text"] = str(fields["text"]).replace("\n", "  \n")  # Enter breaks the line
    milestone = Milestone.model_validate((before.model_dump() if before else {}) | fields)
    if too_much := problems(milestones.compose(milestone, person)):
        errors["text"] = " ".join(too_much)
    return milestone


async def teams(desk: Desk) -> list[tuple[str, int]]:
    """Those with somebody in them, the largest first."""
    there = (await desk.store.headcount()).groups["team"]
    named = [(name, people) for name, people in there.items() if name and '"' not in name]
    return sorted(named, key=lambda team: (-team[1], team[0]))


async def what_for(desk: Desk, chosen: str = "everyone") -> Input:
    people = (await desk.store.headcount()).people
    choices = [Choice(value="everyone", label=f"The whole programme: everyone ({people:,})")]
    choices += [
        Choice(value=f'team:"{name}"', label=f"{f'Team {name}'[:60]} ({people:,})")
        for name, people in (await teams(desk))[:MOST_TEAMS]
    ]
    if all(choice.value != chosen for choice in choices):
        choices.insert(1, Choice(value=chosen[:150], label=chosen[:75]))
    label = "What is it a milestone of? They get it"
    return Input(
        id="audience", label=label, kind="choice", choices=tuple(choices[: MOST_TEAMS + 1]), value=chosen
    )


def _words(title: str, words: str) -> tuple[Block, ...]:
    return (
        Input(id="title", label="Title", value=title, max_length=forms.MAX_TITLE),
        Input(
            id="text",
            label="What has been reached, and by whom",
            kind="paragraph",
            value=words,
            max_length=forms.MAX_TEXT,
            hint=forms.MARKUP,
        ),
    )
