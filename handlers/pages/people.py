"""People by name, for who may: what each was sent and did. Whoever looks is written down, with whom they saw."""

from __future__ import annotations

from collections.abc import Sequence

from content.audience import Audience, all_of
from handlers.pages.asked import OF_PEOPLE
from handlers.pages.rolls import Line
from handlers.pages.views import Data, Meaning, Section, View, Visitor

A_PAGE = 50
HEADER = (
    "Name",
    "Team",
    "Site",
    "First day",
    "Sent",
    "Acknowledged",
    "Answers",
    "Right",
    "Last did something",
)
MEANINGS = (
    Meaning("sent", "deliveries of campaigns and broadcasts that reached this person in the period"),
    Meaning("acknowledged", "of the messages sent to them that ask for it"),
    Meaning("answers, right", "questions answered in the period, and how many of these rightly"),
)


async def people(visitor: Visitor, within: Audience | None) -> tuple[View, Sequence[str]]:
    """And the keys of whom it shows. within: nobody else may be seen by name."""
    asked = visitor.asked
    named = asked.people if within is None else all_of(asked.people, within)
    total, found = await visitor.desk.store.rolls.lines(
        named, asked.words, asked.begins, asked.ends, start=asked.start, most=A_PAGE
    )
    section = Section(
        "people",
        f"{total:,} {'person' if total == 1 else 'people'}",
        says="By name. No one is ranked.",
        header=HEADER,
        rows=[_row(visitor, line) for line in found],
        data=[_data(line) for line in found],
        meanings=MEANINGS,
        total=total,
    )
    note = "" if found else "Nobody is found within these filters."
    return View("people", "People", sections=[section], filters=OF_PEOPLE, note=note, finds=True), [
        line.key for line in found
    ]


def _row(visitor: Visitor, line: Line) -> tuple[str, ...]:
    last = line.last_at.astimezone(visitor.asked.zone).date() if line.last_at else "-"
    return (
        line.name or line.email or "name not known",
        line.team or "-",
        line.site or "-",
        str(line.joined or "-"),
        f"{line.sent:,}",
        f"{line.acknowledged:,} of {line.asked:,}",
        f"{line.answers:,}",
        f"{line.correct:,}" if line.answers else "-",
        str(last),
    )


def _data(line: Line) -> Data:
    return {
        "name": line.name,
        "e-mail": line.email,
        "team": line.team,
        "site": line.site,
        "first day": str(line.joined or ""),
        "sent": line.sent,
        "asked to acknowledge": line.asked,
        "acknowledged": line.acknowledged,
        "answers": line.answers,
        "right": line.correct,
        "last did something": line.last_at.isoformat() if line.last_at else "",
    }
