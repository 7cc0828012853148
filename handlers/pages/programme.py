"""The programme in time: audits, what leaders sent, milestones, the campaigns, and how many took part by week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from content.charts import Event, times
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
    order = {row: place for place, row in enumerate(ROWS)}
    drawn = [_drawn(event) for event in sorted(events, key=lambda event: order[event.row])]
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
                plot=times("The programme in time", drawn, alt, today) if events else None,
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


AUDITS, MESSAGES, KUDOS, CAMPAIGNS = "Audits", "Messages of leaders", "Kudos to teams", "Campaigns"
ROWS = (AUDITS, MESSAGES, KUDOS, CAMPAIGNS)


def _drawn(event: Event) -> Event:
    """A campaign lasts, so each has a line of its own."""
    return event._replace(row=event.name) if event.row == CAMPAIGNS else event


def _days(event: Event) -> str:
    return f"{event.day} to {event.until}" if event.until else str(event.day)


def _audits(visitor: Visitor) -> list[Event]:
    first, last = visitor.asked.since, visitor.asked.last + AHEAD
    return [
        Event(AUDITS, audit.date, f"{standard}: {audit.kind}")
        for standard in visitor.desk.library.programme.standards
        for audit in standard.audits
        if first <= audit.date <= last
    ]


def _campaigns(visitor: Visitor) -> list[Event]:
    """From the day a campaign starts, or the first of the period; to its end, or the last of the period."""
    asked = visitor.asked
    found = []
    for campaign in visitor.desk.library.programme.campaigns:
        starts: date = max(campaign.starts, asked.since)
        if starts <= asked.last:
            found.append(Event(CAMPAIGNS, starts, campaign.title, asked.last))
    return found


def _messages(visitor: Visitor, results: Sequence[Result]) -> list[Event]:
    zone = visitor.asked.zone
    return [
        Event(
            KUDOS if result.id.startswith("kudos") else MESSAGES,
            result.at.astimezone(zone).date(),
            result.title,
        )
        for result in results
    ]
