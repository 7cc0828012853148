"""The programme in time: audits, milestones, what leaders sent, the campaigns, and how many took part by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from content.campaigns import Campaign
from content.charts import Event, times
from content.packs import Library
from content.pieces import Milestone
from handlers.numbers.layers import Result
from handlers.numbers.metrics import PARTICIPATION
from handlers.pages import rates
from handlers.pages.views import Section, View, Visitor

MOST = 300  # messages of one period
AHEAD = timedelta(days=400)  # how far audits are shown after the period


async def programme(visitor: Visitor) -> View:
    asked, store = visitor.asked, visitor.desk.store
    results = await store.results(asked.begins, asked.ends, most=MOST)
    weeks = await store.tallies("week", asked.begins, asked.ends, manager=visitor.manager)
    today = visitor.desk.clock.now().astimezone(asked.zone).date()
    events = sorted(
        [*_audits(visitor), *_campaigns(visitor), *_messages(visitor, results)], key=lambda e: (e.day, e.row)
    )
    counted = {row: sum(event.row == row for event in events) for row in ROWS}
    alt = (
        "The programme in time: "
        + ", ".join(f"{n} {row.lower()}" for row, n in counted.items() if n)
        + ". The table below has each."
    )
    return View(
        "programme",
        "Programme",
        sections=[
            Section(
                "times",
                "What happens when",
                plot=times("The programme in time", _drawn(events), alt, today) if events else None,
                header=("Day", "What", "Name"),
                rows=[(_days(event), event.row, event.name) for event in reversed(events)],
                data=[
                    {"day": str(e.day), "until": str(e.until or ""), "what": e.row, "name": e.name}
                    for e in events
                ],
            ),
            Section(
                "weeks",
                "Participation by week",
                plot=rates.as_line("Participation by week", rates.marks(PARTICIPATION, weeks, str)),
                header=("Week", PARTICIPATION.short),
                rows=list(
                    zip((week.group for week in weeks), rates.shown(PARTICIPATION, weeks), strict=True)
                ),
                data=rates.data(weeks, str),
                meanings=[rates.meaning(PARTICIPATION)],
            ),
        ],
        note="" if events else "Nothing of the programme lies in this period.",
    )


AUDITS, MILESTONES, OF_TEAMS = "Audits", "Milestones of the programme", "Milestones of teams"
MESSAGES, KUDOS, CAMPAIGNS = "Messages of leaders", "Kudos to teams", "Campaigns"
ROWS = (AUDITS, MILESTONES, OF_TEAMS, MESSAGES, KUDOS, CAMPAIGNS)
BY_NAME = (AUDITS, MILESTONES, CAMPAIGNS)  # each has a line of its own
LINES = 24  # of a row's; what is further back shares one
CELEBRATED = {"programme": MILESTONES, "team": OF_TEAMS, "kudos": KUDOS}


def _drawn(events: Sequence[Event]) -> list[Event]:
    """Row by row; what has a line of its own has its name in the place of the row's."""
    found: list[Event] = []
    for row in ROWS:
        theirs = [event for event in events if event.row == row]
        names = list(dict.fromkeys(event.name for event in theirs))
        alone = names[-LINES:] if row in BY_NAME else []
        found += [event._replace(row=event.name) if event.name in alone else event for event in theirs]
    return found


def _days(event: Event) -> str:
    return f"{event.day} to {event.until}" if event.until else str(event.day)


def _audits(visitor: Visitor) -> list[Event]:
    first, last = visitor.asked.since, visitor.asked.last + AHEAD
    return [
        Event(AUDITS, audit.date, f"{standard}: {audit.kind}", marked=True)
        for standard in visitor.desk.library.programme.standards
        for audit in standard.audits
        if first <= audit.date <= last
    ]


def _campaigns(visitor: Visitor) -> list[Event]:
    """Within the period: what happens once on its day, and the rest from its start on, for that has no end."""
    asked, library = visitor.asked, visitor.desk.library
    found = []
    for campaign in library.programme.campaigns:
        once = campaign.cadence.once
        starts = once.date() if once else max(campaign.starts, asked.since)
        if asked.since <= starts <= asked.last:
            row = MILESTONES if once and _celebrates(library, campaign) else CAMPAIGNS
            found.append(Event(row, starts, campaign.title, None if once else asked.last))
    return found


def _celebrates(library: Library, campaign: Campaign) -> bool:
    pieces = [library.pieces.get(piece) for piece in campaign.pieces]
    return any(isinstance(piece, Milestone) and piece.scope == "programme" for piece in pieces)


def _messages(visitor: Visitor, results: Sequence[Result]) -> list[Event]:
    zone = visitor.asked.zone
    return [
        Event(
            CELEBRATED.get(result.milestone, MESSAGES),
            result.at.astimezone(zone).date(),
            result.title,
        )
        for result in results
    ]
