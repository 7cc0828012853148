"""Who decides ideas (quality leads, else administrators, and nobody their own), and by when whoever had one hears."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handlers.desk import Desk
from handlers.findings.reminding import LEADS, here
from handlers.ideas.idea import Idea
from handlers.model import Person


async def deciders(desk: Desk, had_it: str) -> list[Person]:
    """Who can see to it now, else whoever is paused and gets it afterwards.

    had_it: the key of who does not decide this one, "" for nobody.
    """
    there = [
        [p for p in await desk.store.named(rule) if p.key != had_it and p.address is not None]
        for rule in LEADS
    ]
    now = [[person for person in people if here(desk, person)] for people in there]
    return next(filter(None, (*now, *there)), [])


def promised(desk: Desk, idea: Idea) -> date:
    """The day by which it is decided, as whoever had it is told: a working day by the programme's clock."""
    programme = desk.library.programme
    day = idea.at.astimezone(ZoneInfo(programme.zone)).date()
    return programme.rest.working_day(day + timedelta(days=programme.ideas.decided_within), "")


def in_words(day: date) -> str:
    """ "Monday 7 December"."""
    return f"{day:%A} {day.day} {day:%B}"
