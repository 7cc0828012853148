"""The clause map: recall and participation of each clause in each team, and what is remembered on the audit's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from content.charts import Cell as Field
from content.charts import heat
from handlers.learning.memory import day_of
from handlers.learning.questions import rules
from handlers.learning.recall import banked
from handlers.learning.selection import audits_ahead
from handlers.lookups import Grouping
from handlers.model import Tally
from handlers.numbers.counts import Meant, Recalls, Sums
from handlers.numbers.definitions import RECALL, RECALL_AT_AUDIT
from handlers.numbers.groups import FEWER, NOT_SHOWN, few, hidden_cells
from handlers.numbers.intervals import Estimate, mean, wilson
from handlers.numbers.metrics import PARTICIPATION
from handlers.pages.views import Data, Meaning, Section, View, Visitor

FILTERS: tuple[Grouping, ...] = ("standard", "clause", "team", "site", "role")
TEAMS, CLAUSES = 14, 60  # columns and rows of one map; the table has as many, the file has all
ALL, NONE = "all", "none"


@dataclass(frozen=True)
class Known:
    """One field: how sure a share is, of how many people, and of how many of what was counted."""

    estimate: Estimate | None
    people: int
    n: int


Map = Mapping[tuple[str, str], Known]  # (clause, team); ALL is the total of a line


async def clauses(visitor: Visitor) -> View:
    now, later = await _recalls(visitor)
    active = await _participation(visitor)
    sections = [
        _section(
            "audit",
            RECALL_AT_AUDIT.name,
            "Recall at the next audit",
            later,
            Meaning(RECALL_AT_AUDIT.name, RECALL_AT_AUDIT.formula),
        ),
        _section("recall", RECALL.name, "Recall today", now, Meaning(RECALL.name, RECALL.formula)),
        _section(
            "participation",
            PARTICIPATION.name,
            "Participation",
            active,
            Meaning(PARTICIPATION.name, PARTICIPATION.means),
        ),
    ]
    return View(
        "clauses",
        "Clause map",
        sections=[section for section in sections if section.rows],
        filters=FILTERS,
        note=""
        if any(section.rows for section in sections)
        else "Nobody has met a question of these clauses yet.",
    )


async def _recalls(visitor: Visitor) -> tuple[Map, Map]:
    """Of today and of the audits, whatever the period: what is remembered is remembered now."""
    desk, asked, now = visitor.desk, visitor.asked, visitor.desk.clock.now()
    today, programme = day_of(now), desk.library.programme
    bank = [
        meant
        for meant in banked(desk.library.items.values(), "clause", audits_ahead(programme, today))
        if _served(meant, asked.where)
    ]
    groups = rules(programme.learning, now)
    fields = await desk.store.recalls(
        bank, "item and team", today, groups, manager=visitor.manager, people=asked.people
    )
    total = await desk.store.recalls(
        bank, "item", today, groups, manager=visitor.manager, people=asked.people
    )
    return _known(fields, total, audit=False), _known(fields, total, audit=True)


def _served(meant: Meant, where: Mapping[Grouping, str]) -> bool:
    standard, clause = where.get("standard"), where.get("clause")
    return not (standard and not meant.group.startswith(f"{standard} ")) and not (
        clause and meant.group != clause
    )


def _known(fields: Recalls, total: Recalls, *, audit: bool) -> Map:
    found: dict[tuple[str, str], Sums] = {}
    for each in fields.found:
        found[each.group, each.team or NONE] = each.audit if audit else each.now
    for each in total.found:
        found[each.group, ALL] = each.audit if audit else each.now
    return {
        place: Known(mean(sums) if sums.people else None, sums.people, sums.people)
        for place, sums in found.items()
    }


async def _participation(visitor: Visitor) -> Map:
    asked, tallies = visitor.asked, visitor.desk.store.tallies
    within = asked.within(FILTERS).where
    fields = await tallies(
        "clause", asked.begins, asked.ends, manager=visitor.manager, where=within, across="team"
    )
    total = await tallies("clause", asked.begins, asked.ends, manager=visitor.manager, where=within)
    return {
        **{(tally.group, tally.across or NONE): _active(tally) for tally in fields},
        **{(tally.group, ALL): _active(tally) for tally in total},
    }


def _active(tally: Tally) -> Known:
    of = PARTICIPATION.of(tally)
    estimate = wilson(PARTICIPATION.part(tally), of) if of else None
    return Known(estimate, PARTICIPATION.people(tally), of)


def _section(name: str, called: str, title: str, known: Map, meaning: Meaning) -> Section:
    """The lowest clauses first, and of the teams the largest; few people, and what gives them away, are left out."""
    known = {place: each for place, each in known.items() if each.estimate is not None}
    rows, columns = _clauses(known), _teams(known)
    out = _left_out(known, rows, columns)

    def words(row: str, column: str, short: bool = False) -> str:
        each = known.get((row, column))
        if each is None or each.estimate is None:
            return "" if short else "-"
        if few(each.people):
            return "few" if short else FEWER
        if (row, column) in out:
            return "-" if short else NOT_SHOWN
        return f"{each.estimate.value:.0%}" if short else f"{each.estimate} of {each.n:,}"

    fields = []
    for row in rows[:CLAUSES]:
        for column in [ALL, *columns][: TEAMS + 1]:
            each = known.get((row, column))
            hidden = each is None or each.estimate is None or few(each.people) or (row, column) in out
            value = None if hidden or each is None or each.estimate is None else each.estimate.value
            fields.append(Field(row, column, value, words(row, column, short=True), words(row, column)))
    return Section(
        name,
        title,
        says="The lowest clause first, the largest team first. Lighter is less." if rows else "",
        plot=heat(f"{title} by clause and team", fields, _alt(title, known, rows, columns)) if rows else None,
        header=("Clause", ALL.capitalize(), *columns[:TEAMS]),
        rows=[
            (row, words(row, ALL), *(words(row, column) for column in columns[:TEAMS]))
            for row in rows[:CLAUSES]
        ],
        data=[
            _data(called, row, column, known.get((row, column)), (row, column) in out)
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
        shown = each is not None and each.estimate is not None and not few(each.people)
        return not shown, each.estimate.value if each and each.estimate else 0.0, row

    return sorted(names, key=lowest)


def _teams(known: Map) -> list[str]:
    sizes: dict[str, int] = {}
    for (_, team), each in known.items():
        if team != ALL:
            sizes[team] = max(sizes.get(team, 0), each.people)
    return sorted(sizes, key=lambda team: (-sizes[team], team))


def _left_out(known: Map, rows: Sequence[str], columns: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Clauses overlap and have no total of their own, so each row is looked at with its own total."""
    out = set()
    for row in rows:
        line = [known[row, column].people if (row, column) in known else 0 for column in (*columns, ALL)]
        table = [line, line]  # a table of one row and its total
        out |= {(row, (*columns, ALL)[column]) for _, column in hidden_cells(table)}
    return frozenset(out)


def _alt(title: str, known: Map, rows: Sequence[str], columns: Sequence[str]) -> str:
    lowest = next((known[row, ALL] for row in rows if (row, ALL) in known), None)
    said = (
        f" The lowest is {rows[0]} at {lowest.estimate.value:.0%}."
        if lowest and lowest.estimate and not few(lowest.people)
        else ""
    )
    return f"{title}: {len(rows)} clauses by {len(columns)} teams.{said} The table below has all of it."


def _cut(rows: Sequence[str], columns: Sequence[str]) -> str:
    if len(rows) <= CLAUSES and len(columns) <= TEAMS:
        return ""
    clauses, teams = min(len(rows), CLAUSES), min(len(columns), TEAMS)
    return (
        f"{clauses} of {len(rows)} clauses and {teams} of {len(columns)} teams are shown; the file has all."
    )


def _data(called: str, row: str, column: str, each: Known | None, out: bool) -> Data:
    shown = each is not None and each.estimate is not None and not few(each.people) and not out
    estimate = each.estimate if each and shown else None
    return {
        "clause": row,
        "team": column,
        called: round(estimate.value, 4) if estimate else None,
        "low": round(estimate.low, 4) if estimate else None,
        "high": round(estimate.high, 4) if estimate else None,
        "n": each.n if each and estimate else None,
    }
