"""Recall in one night after the other, as a section: of the clause or the standard that is chosen, or of everything."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from content.charts import Mark
from handlers.learning import trend
from handlers.learning.nightly import WHOLE, By
from handlers.lookups import EVERYBODY
from handlers.numbers.definitions import RECALL
from handlers.pages.rates import as_line
from handlers.pages.views import Meaning, Section, Visitor

TITLE = "Recall over time"


async def over_time(visitor: Visitor) -> tuple[Section, ...]:
    """Nothing for a manager, or where a team, a site or a role is chosen: nights are kept of everybody."""
    desk, where = visitor.desk, visitor.asked.where
    if visitor.manager or visitor.asked.people != EVERYBODY:
        return ()
    by: By = "clause" if "clause" in where else "standard" if "standard" in where else WHOLE
    name = where.get("clause") or where.get("standard", "")
    line = await trend.nights(desk, by, name, desk.clock.now())
    if len(line) < 2:
        return ()
    zone = ZoneInfo(desk.library.programme.zone)
    nights = [(f"{at.astimezone(zone):%Y-%m-%d}", estimate, people) for at, estimate, people in line]
    marks = [
        Mark(day, each.value, each.low, each.high, f"{each.value:.0%} of {people:,}")
        for day, each, people in nights
    ]
    return (
        Section(
            "nights",
            f"{TITLE}: {name or 'everything'}",
            says="A year at most, of everybody who was here; a question that is asked anew raises it.",
            plot=as_line(TITLE, marks),
            header=("Night", "Recall", "n"),
            rows=[(day, str(each), f"{people:,}") for day, each, people in nights],
            data=[
                {
                    "night": day,
                    RECALL.name: round(each.value, 4),
                    "low": round(each.low, 4),
                    "high": round(each.high, 4),
                    "n": people,
                }
                for day, each, people in nights
            ],
            meanings=[Meaning(RECALL.name, RECALL.formula)],
        ),
    )
