"""The clause map: recall and participation of each clause in each team, and what is remembered on the audit's day."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from content.charts import Cell as Field
from content.charts import heat
from handlers.learning.nightly import BOTH
from handlers.learning.remembered import known
from handlers.lookups import Grouping
from handlers.numbers.counts import Remembered, Sums
from handlers.numbers.definitions import RECALL, RECALL_AT_AUDIT
from handlers.numbers.groups import FEWER, NOT_SHOWN, SMALLEST, few, hidden_cells
from handlers.numbers.intervals import Estimate, mean, wilson
from handlers.numbers.metrics import PARTICIPATION
from handlers.pages import findings, kept
from handlers.pages.nights import over_time
from handlers.pages.views import Cell as Words
from handlers.pages.views import Choice, Data, Meaning, Section, View, Visitor

FILTERS: tuple[Grouping, ...] = ("standard", "clause", "team", "site", "role")
TEAMS, CLAUSES = 12, 40  # columns and rows of one map; the table has as many, the file has all
ALL, NONE = "all teams", "none"
WAITS = "Still counting: so many answers take some seconds. The map will be here when you press."
NONE_MET = "Nobody has met anything of these clauses in this period within these filters."
MAPS: Mapping[str, tuple[str, Meaning]] = {
    "audit": ("Recall at the next audit", Meaning(RECALL_AT_AUDIT.name, RECALL_AT_AUDIT.formula)),
    "recall": ("Recall today", Meaning(RECALL.name, RECALL.formula)),
    "participation": ("Participation", Meaning(PARTICIPATION.name, PARTICIPATION.means)),
}


@dataclass(frozen=True)
class Known:
    """One field: a share, of how many people, and of how many of what was counted; of few people there is none."""

    estimate: Estimate | None
    people: int
    n: int


Map = Mapping[tuple[str, str], Known]  # (clause, team); ALL is the total of a line


@dataclass(frozen=True)
class Counted:
    """Maps, as they were counted at a moment, and of each what is left out."""

    at: datetime
    maps: Mapping[str, tuple[Map, frozenset[tuple[str, str]]]]


async def clauses(visitor: Visitor) -> View:
    """One of the maps: what will be known at the audits, what is known, who takes part."""
    chosen = visitor.asked.map if visitor.asked.map in MAPS else next(iter(MAPS))
    title, meaning = MAPS[chosen]
    view = View(
        "clauses",
        "Clause map",
        filters=FILTERS,
        maps=[Choice(name, each[0]) for name, each in MAPS.items()],
        map=chosen,
    )
    counted = await _counted(visitor, chosen)
    if counted is None:
        return replace(view, waits=WAITS)
    section = _section(chosen, title, *counted.maps[chosen], meaning)
    section = replace(section, opens=[_way(visitor, chosen, row) for row in section.rows])
    if not section.rows:
        return replace(view, note=NONE_MET)
    more = () if chosen == "participation" else await over_time(visitor)
    return replace(view, sections=[section, *more], note=kept.note(visitor, counted.at))


async def _counted(visitor: Visitor, chosen: str) -> Counted | None:
    """What takes long is counted once a day: by then people have forgotten a little more."""
    desk, asked = visitor.desk, visitor.asked
    within = (visitor.manager, str(asked.people), asked.where.get("standard"), asked.where.get("clause"))
    today = kept.today(visitor)
    if chosen == "participation":
        asks = ("participation", today, *within, asked.begins, asked.ends)
        return await desk.counting.result(asks, partial(_participations, visitor), keep=True)
    return await desk.counting.result(("recall", today, *within), partial(_recalls, visitor), keep=True)


def _way(visitor: Visitor, chosen: str, row: Sequence[str | Words]) -> str:
    """From the number of all teams. What is filtered by clauses leaves the recall of each as it is."""
    clause, of_all = str(row[0]), row[1]
    if of_all in (FEWER, NOT_SHOWN):
        return ""
    if chosen == "participation":
        return findings.way(visitor, "participation", "clause", clause)
    return findings.way(visitor, "recall", "clause", clause, free=("standard", "clause"))


async def _recalls(visitor: Visitor) -> Counted:
    """Of the audits and of today, whatever the period: what is remembered is remembered now."""
    desk, asked, now = visitor.desk, visitor.asked, visitor.desk.clock.now()
    found = await known(desk, BOTH, now, manager=visitor.manager, people=asked.people)
    rows = [row for row in found.rows if _served(row.name, asked.where)]
    maps = {"audit": _summed(rows, True), "recall": _summed(rows, False)}
    return Counted(found.night or now, {name: (each, await _left_out(each)) for name, each in maps.items()})


def _summed(rows: Sequence[Remembered], at_audit: bool) -> Map:
    found: dict[tuple[str, str], Sums] = defaultdict(Sums)
    for row in rows:
        sums = row.audit if at_audit else row.now
        found[row.name, row.team or NONE] = sums
        found[row.name, ALL] += sums  # nobody is in two teams
    return {
        place: Known(mean(sums) if sums.people >= SMALLEST else None, sums.people, sums.people)
        for place, sums in found.items()
        if sums.people
    }


def _served(name: str, where: Mapping[Grouping, str]) -> bool:
    standard, clause = where.get("standard"), where.get("clause")
    return not (standard and not name.startswith(f"{standard} ")) and not (clause and name != clause)


async def _participations(visitor: Visitor) -> Counted:
    now, asked, store = visitor.desk.clock.now(), visitor.asked, visitor.desk.store
    period, where = (asked.begins, asked.ends), asked.within(FILTERS).where
    fields = await store.taken_part(*period, manager=visitor.manager, where=where)
    total = await store.tallies("clause", *period, manager=visitor.manager, where=where)
    active = {
        **{(each.clause, each.team or NONE): _active(*each[2:]) for each in fields},
        **{(t.group, ALL): _active(t.reached, t.active, t.people_reached) for t in total},
    }
    known = {place: each for place, each in active.items() if each.people}
    return Counted(now, {"participation": (known, await _left_out(known))})


def _active(reached: int, active: int, people: int) -> Known:
    return Known(wilson(active, reached) if reached and not few(people) else None, people, reached)


def _section(name: str, title: str, known: Map, out: frozenset[tuple[str, str]], meaning: Meaning) -> Section:
    """The lowest clauses first, and of the teams the largest; few people, and what gives them away, are left out."""
    rows, columns = _clauses(known), _teams(known)

    def words(row: str, column: str, short: bool = False) -> str:
        each = known.get((row, column))
        if each is None:
            return "" if short else "-"
        if each.estimate is None:
            return "few" if short else FEWER
        if (row, column) in out:
            return "-" if short else NOT_SHOWN
        return f"{each.estimate.value:.0%}" if short else f"{each.estimate} of {each.n:,}"

    def field(row: str, column: str) -> Field:
        each = known.get((row, column))
        value = each.estimate.value if each and each.estimate and (row, column) not in out else None
        return Field(row, column, value, words(row, column, short=True), words(row, column))

    fields = [field(row, column) for row in rows[:CLAUSES] for column in [ALL, *columns[:TEAMS]]]
    return Section(
        name,
        title,
        says="The lowest clause first, the largest team first. The stronger the colour, the more."
        if rows
        else "",
        plot=heat(f"{title} by clause and team", fields, _alt(title, known, rows, columns)) if rows else None,
        header=("Clause", ALL.capitalize(), *columns[:TEAMS]),
        rows=[
            (row, words(row, ALL), *(words(row, column) for column in columns[:TEAMS]))
            for row in rows[:CLAUSES]
        ],
        data=[
            _data(meaning.name, row, column, known.get((row, column)), (row, column) in out)
            for row in rows
            for column in (ALL, *columns)
        ],
        meanings=[meaning],
        note=_cut(rows, columns),
        total=len(rows),
    )


def _clauses(known: Map) -> list[str]:
    names = {row for row, _ in known}

    def lowest(row: str) -> tuple[bool, float, str]:
        each = known.get((row, ALL))
        estimate = each.estimate if each else None
        return estimate is None, estimate.value if estimate else 0.0, row

    return sorted(names, key=lowest)


def _teams(known: Map) -> list[str]:
    sizes: dict[str, int] = {}
    for (_, team), each in known.items():
        if team != ALL:
            sizes[team] = max(sizes.get(team, 0), each.people)
    return sorted(sizes, key=lambda team: (-sizes[team], team))


async def _left_out(known: Map) -> frozenset[tuple[str, str]]:
    """As if each team had a total of all clauses, too: a share of them is on other pages."""
    rows, columns = _clauses(known), [*_teams(known), ALL]
    table = [
        [known[row, column].people if (row, column) in known else 0 for column in columns] for row in rows
    ]
    table.append([sum(column) for column in zip(*table, strict=True)])
    out = await asyncio.to_thread(hidden_cells, table)
    return frozenset((rows[row], columns[column]) for row, column in out if row < len(rows))


def _alt(title: str, known: Map, rows: Sequence[str], columns: Sequence[str]) -> str:
    lowest = known.get((rows[0], ALL))
    said = f" The lowest is {rows[0]} at {lowest.estimate.value:.0%}." if lowest and lowest.estimate else ""
    return f"{title}: {len(rows)} clauses by {len(columns)} teams.{said} The table below has all of it."


def _cut(rows: Sequence[str], columns: Sequence[str]) -> str:
    if len(rows) <= CLAUSES and len(columns) <= TEAMS:
        return ""
    clauses, teams = min(len(rows), CLAUSES), min(len(columns), TEAMS)
    return (
        f"{clauses} of {len(rows)} clauses and {teams} of {len(columns)} teams are shown; the file has all."
    )


def _data(called: str, row: str, column: str, each: Known | None, out: bool) -> Data:
    estimate = each.estimate if each and not out else None
    return {
        "clause": row,
        "team": column,
        called: round(estimate.value, 4) if estimate else None,
        "low": round(estimate.low, 4) if estimate else None,
        "high": round(estimate.high, 4) if estimate else None,
        "n": each.n if each and estimate else None,
    }
