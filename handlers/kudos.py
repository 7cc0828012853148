"""Kudos: anybody thanks a team for an improvement; everybody else of the team gets it at once, and may cheer."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from content.cards import Block, Button, Buttons, Card, Choice, Input, Note, Text
from content.markup import clean, escape
from content.pieces import Milestone
from handlers.broadcasts import authored, celebrating, forms, warnings, writing
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Person, Room
from handlers.permissions import may, refusal
from handlers.schedule import monday_before

GIVEN = "kudos"  # the verb of the form that comes back
MOST_A_WEEK = 3  # of one person: more of them say less
LONGEST = 300  # characters: a sentence or two
LATELY = timedelta(days=30)
A_CARD = 5  # Teams takes six buttons: one leads to the older ones
MOST = 100  # of what one can go back to
ENOUGH = (
    f"You have given {MOST_A_WEEK} kudos this week. More would say less: the next can be given on Monday."
)
NO_TEAMS = "There is no team with people in it yet. Whoever runs Catchball names them in the list of people."
UNKNOWN = "These kudos are not known. Type `kudos recent` for those of the last 30 days."


async def answer(desk: Desk, person: Person, words: str) -> Outcome:
    """The form; `recent`: those of the last weeks that this person may withdraw; `withdraw ID`: one of them."""
    which, _, rest = words.partition(" ")
    if which.lower() == "recent":
        return await _recent(desk, person, int(rest) if rest.isdecimal() else 0)
    if which.lower() == "withdraw":
        return await _withdraw(desk, person, rest.strip())
    if no := await _not_now(desk, person):
        return _sentence("Kudos", no)
    teams = await celebrating.teams(desk)
    return Outcome(form=_form(desk, teams)) if teams else _sentence("Kudos", NO_TEAMS)


async def given(desk: Desk, person: Person, click: Click) -> Outcome:
    """The form came back. Sent twice it is given once: its moment is part of the name."""
    if writing.expired(click.value, desk.clock.now()):
        return _sentence("Kudos", writing.EXPIRED.replace("`broadcast`", "`kudos`"))
    if no := await _not_now(desk, person):
        return _sentence("Kudos", no)
    name = click.values.get("other", "").strip() or click.values.get("team", "")
    people = {team.lower(): (team, size) for team, size in await celebrating.teams(desk)}
    team, size = people.get(name.lower(), ("", 0))
    others = size - (team == person.team)
    words, errors = click.values.get("text", ""), {}
    if not team:
        errors["other" if click.values.get("other", "").strip() else "team"] = (
            "Nobody is in a team of this name."
        )
    elif not others:
        errors["team"] = "Nobody but you is in this team."
    if len(words) > LONGEST:
        errors["text"] = f"This has {len(words)} characters; at most {LONGEST} fit."
    elif not clean(words, LONGEST):
        errors["text"] = "Say in a sentence what got better."
    kudos = _kudos(desk, person, click, team, others)
    if not errors and (why := await warnings.second(desk, kudos.audience)):
        errors["team"] = f"{why} Kudos go out without that: ask a leader to celebrate it as a milestone."
    return Outcome(errors=errors) if errors else await _sent(desk, person, click, kudos)


def _kudos(desk: Desk, person: Person, click: Click, team: str, others: int) -> Broadcast:
    name = hashlib.sha256(f"{person.key}:{click.value}".encode()).hexdigest()[:16]
    words = escape(clean(click.values.get("text", ""), LONGEST))
    message = Milestone(
        id=f"kudos-{name}",
        title=f"Kudos from {clean(person.name, 100) or 'a colleague'}",
        text=f"{words or '-'}\n\n*For the team {escape(team)}*",
        scope="kudos",
    )
    return Broadcast(
        id=message.id,
        message=message,
        audience=f'team:"{team}"',
        author=person.key,
        at=desk.clock.now(),
        people=others,
    )


async def _sent(desk: Desk, person: Person, click: Click, kudos: Broadcast) -> Outcome:
    card = authored.compose(await authored.watch(desk, kudos, person), person)
    row = writing.preview(desk, person, click.address, kudos, card)
    who = "1 person" if kudos.people == 1 else f"{kudos.people:,} people"
    note = f"They are on their way to {who}. In the chat you see who cheers, and can withdraw them."
    shown = Card(title="Thank you for saying so", blocks=(Note(markdown=note),))
    return Outcome(show=shown, deliver=(row,), step=Step(None, kudos))


async def _recent(desk: Desk, person: Person, skip: int) -> Outcome:
    """The newest first, of everybody for who may withdraw them, else their own."""
    everybodys = may(person, "withdraw kudos")
    since, author = desk.clock.now() - LATELY, "" if everybodys else person.key
    found = [k for k in await desk.store.kudos(since, MOST, author) if k.stage is not Stage.WITHDRAWN]
    here = found[skip : skip + A_CARD]
    blocks: list[Block] = []
    for kudos in here:
        sender = await desk.store.person(kudos.author)
        assert isinstance(kudos.message, Milestone)
        said = f"**{escape(sender.name if sender else '') or 'Somebody'}**, {desk.local(kudos.at, person)}"
        withdraw = Button(label="Withdraw", verb="said", value=f"kudos withdraw {kudos.id}")
        blocks += [Text(markdown=f"{said}\n\n{kudos.message.text}"), Buttons(buttons=(withdraw,))]
    if len(found) > skip + A_CARD:
        older = Button(label="Older ones", verb="said", value=f"kudos recent {skip + A_CARD}")
        blocks.append(Buttons(buttons=(older,)))
    if not here:
        blocks.append(Note(markdown="There are none of the last 30 days that you could withdraw."))
    return Outcome(show=Card(title="Kudos", blocks=tuple(blocks)))


async def _withdraw(desk: Desk, person: Person, name: str) -> Outcome:
    known = await desk.store.broadcast(name)
    if known is None or not isinstance(known.message, Milestone) or known.message.scope != "kudos":
        return _sentence("Kudos", UNKNOWN)
    if known.author != person.key and not may(person, "withdraw kudos"):
        return _sentence("Kudos", refusal("withdraw kudos"))
    if known.stage is Stage.WITHDRAWN:
        return _sentence("Kudos", "They have been withdrawn already.")
    taken = step(known, Stage.WITHDRAWN)
    shown = _sentence(
        "Kudos", "Withdrawn: nobody else gets them, and whoever has them can no longer cheer."
    ).show
    return Outcome(show=shown, step=taken, refresh=tuple(await desk.store.cards_about(known.id)))


async def _not_now(desk: Desk, person: Person) -> str:
    """Why no kudos can be given now, in a sentence; empty: they can."""
    if desk.store.room() is Room.NONE:
        return writing.NO_ROOM.replace("`broadcast`", "`kudos`")
    monday = monday_before(desk.clock.now(), str(desk.zone(person)))
    return ENOUGH if len(await desk.store.kudos(monday, MOST_A_WEEK, person.key)) >= MOST_A_WEEK else ""


def _form(desk: Desk, teams: Sequence[tuple[str, int]]) -> Card:
    """With more teams than a choice takes the others are written."""
    most = celebrating.MOST_TEAMS
    choices = tuple(
        Choice(value=name[:150], label=f"{name[:60]} ({people:,})") for name, people in teams[:most]
    )
    other = Input(id="other", label="Or another team, by its name", optional=True, max_length=100)
    blocks: tuple[Block, ...] = (
        Input(id="team", label="Which team", kind="choice", choices=choices, value=choices[0].value),
        *((other,) if len(teams) > most else ()),
        Input(id="text", label="What got better", kind="paragraph", max_length=LONGEST),
        Note(markdown="Everybody of the team gets it at once, under your name."),
    )
    return forms.form(desk, "Kudos to a team", "", blocks, label="Send it", verb=GIVEN)


def _sentence(title: str, markdown: str) -> Outcome:
    return Outcome(show=Card(title=title, blocks=(Note(markdown=markdown),)))
