"""What people ask for themselves: to be left alone for a while, celebrated or not, and where to be written to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from content.cards import Block, Button, Buttons, Card, Note, Text
from handlers.desk import Desk
from handlers.events import Outcome, Said
from handlers.model import Participation, Person, Platform

LONGEST_PAUSE = timedelta(days=90)
PAUSES = {"day": 1, "days": 1, "week": 7, "weeks": 7}


async def pause(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    until = pause_until(rest or "1 week", desk.clock.now().astimezone(desk.zone(person)))
    if until is None:
        return sentence(
            "For how long?",
            "Type `pause 1 day`, `pause 2 weeks`, `pause until tomorrow` or `pause until 2026-12-24`. "
            f"{LONGEST_PAUSE.days} days is the longest; it ends by itself.",
        )
    blocks: tuple[Block, ...] = (
        Text(
            markdown=f"Nothing reaches you before **{desk.local(until, person)}**. Then it goes on by itself."
        ),
        Buttons(buttons=(Button(label="Resume now", verb="said", value="resume"),)),
    )
    return Outcome(
        show=Card(title="Paused", blocks=blocks),
        person=replace(person, paused_until=until),
        remember=(Participation(verb="paused", value=until.isoformat()),),
    )


def pause_until(text: str, now: datetime) -> datetime | None:
    """When a pause ends: "1 day", "2 weeks", "until tomorrow", "until 2026-12-24" (that morning, local).

    None: not understood.
    """
    words = text.lower().split()
    until: datetime | None = None
    if len(words) == 2 and words[0].isdigit() and words[1] in PAUSES:
        days = min(int(words[0]), 999) * PAUSES[words[1]]
        until = now + timedelta(days=days)
    elif words == ["until", "tomorrow"]:
        until = datetime.combine(now.date() + timedelta(days=1), time(0), now.tzinfo)
    elif len(words) == 2 and words[0] == "until":
        try:
            until = datetime.combine(date.fromisoformat(words[1]), time(0), now.tzinfo)
        except ValueError:
            return None
    if until is None or not now < until <= now + LONGEST_PAUSE:
        return None
    return until


async def resume(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    if not person.paused(desk.clock.now()):
        return sentence("You are not paused", "Everything reaches you as planned.")
    return Outcome(
        show=sentence("Welcome back", "Everything reaches you again from now on.").show,
        person=replace(person, paused_until=None),
        remember=(Participation(verb="resumed"),),
    )


async def celebrate(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """Personal milestones are opt-in, in both directions."""
    on = rest.lower() not in ("off", "no", "stop")
    text = (
        "Your own milestones, such as a work anniversary, are celebrated. Type `celebrate off` to stop that."
        if on
        else "Your own milestones stay yours. Type `celebrate on` to change that."
    )
    return Outcome(
        show=sentence("Celebrations " + ("on" if on else "off"), text).show,
        person=replace(person, celebrates=on),
        remember=(Participation(verb="opted in" if on else "opted out", value="celebrations"),),
    )


async def prefer(desk: Desk, person: Person, said: Said, rest: str) -> Outcome:
    """Which platform to write to, for people who are on several."""
    on = [address.platform for address in person.addresses]
    if len(set(on)) == 1:
        return sentence("There is one place only", f"Everything reaches you in {on[0].capitalize()}.")
    if rest.lower() not in on:
        names = " or ".join(f"`prefer {platform}`" for platform in dict.fromkeys(on))
        return sentence("Where shall I write to you?", f"Type {names}.")
    platform = Platform(rest.lower())
    return Outcome(
        show=sentence("Noted", f"From now on everything reaches you in {platform.capitalize()}.").show,
        person=replace(person, preferred=platform),
    )


def sentence(title: str, markdown: str) -> Outcome:
    return Outcome(show=Card(title=title, blocks=(Note(markdown=markdown),)))
