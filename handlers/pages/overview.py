"""The first page: how far it gets, who answers, how that goes by week, and what stands in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from content.charts import Mark, bars
from handlers.ideas import rates as improving
from handlers.model import Status, Tally
from handlers.numbers.metrics import METRICS, PARTICIPATION
from handlers.numbers.scope import Scope
from handlers.pages import findings, rates
from handlers.pages.asked import WITHIN
from handlers.pages.evidence import evidence
from handlers.pages.views import Meaning, Section, View, Visitor
from handlers.permissions import may

NONE = "none"
FINDINGS = 20  # open ones in the table


async def overview(visitor: Visitor) -> View:
    asked, store = visitor.asked, visitor.desk.store
    total = (
        await store.tallies("all", asked.begins, asked.ends, manager=visitor.manager, where=asked.where)
    )[0]
    past = asked.before
    before = (await store.tallies("all", past.begins, past.ends, manager=visitor.manager, where=asked.where))[
        0
    ]
    weeks = await store.tallies("week", asked.begins, asked.ends, manager=visitor.manager, where=asked.where)
    teams = await store.tallies("team", asked.begins, asked.ends, manager=visitor.manager, where=asked.where)
    return View(
        "overview",
        "Overview",
        figures=[
            replace(
                rates.figure(metric, total, before, asked.days),
                opens=findings.of_total(visitor, metric, total),
            )
            for metric in METRICS
        ],
        sections=[
            *_audits(visitor),
            _weeks(weeks),
            _teams(visitor, teams),
            *await _findings(visitor),
            *await _ideas(visitor),
            states(total),
        ],
        filters=WITHIN,
        evidence=await evidence(visitor),
        note=""
        if total.audience
        else "Nothing was planned in this period within these filters. Choose a longer period.",
    )


def states(total: Tally, name: str = "states", title: str = "What became of every delivery") -> Section:
    """Every state with its reason; they add up to what was planned."""
    found = sorted(total.by_status.items(), key=lambda entry: (-entry[1], entry[0]))
    rows = [(_state(status, str(reason)), number) for (status, reason), number in found]
    missed = [
        Mark(words, n, said=f"{n:,}")
        for (words, n), ((status, _), _) in zip(rows, found, strict=True)
        if status is not Status.SENT
    ]
    plot = None
    if missed:
        alt = (
            "Deliveries that did not get there: "
            + ", ".join(f"{mark.said} {mark.label}" for mark in missed[:8])
            + "."
        )
        plot = bars("Deliveries that did not get there, by reason", missed[:12], alt, share=False)
    return Section(
        name,
        title,
        says=f"{total.audience:,} planned; the numbers below add up to it." if total.audience else "",
        plot=plot,
        header=("State", "Deliveries"),
        rows=[(words, f"{n:,}") for words, n in rows],
        data=[
            {"state": str(status), "reason": str(reason), "deliveries": n} for (status, reason), n in found
        ],
    )


def _state(status: Status, reason: str) -> str:
    return f"{status}: {reason}" if reason else str(status)


def _weeks(weeks: Sequence[Tally]) -> Section:
    return Section(
        "weeks",
        "Participation by week",
        plot=rates.as_line("Participation by week", rates.marks(PARTICIPATION, weeks, str)),
        header=("Week", *(metric.short for metric in METRICS)),
        rows=rates.table(weeks, str),
        data=rates.data(weeks, str),
        meanings=[rates.meaning(metric) for metric in METRICS],
    )


def _teams(visitor: Visitor, teams: Sequence[Tally]) -> Section:
    def name(group: str) -> str:
        return group or NONE

    return Section(
        "teams",
        "By team",
        says="The lowest participation first.",
        plot=rates.as_bars("Participation by team", rates.marks(PARTICIPATION, teams, name)),
        header=("Team", *(metric.short for metric in METRICS)),
        rows=rates.table(teams, name, lambda team: visitor.asked.query(team=team) if team else ""),
        data=rates.data(teams, name),
        meanings=[rates.meaning(metric) for metric in METRICS],
        opens=findings.of_rates(visitor, "team", teams),
    )


def _audits(visitor: Visitor) -> list[Section]:
    today: date = visitor.desk.clock.now().astimezone(visitor.asked.zone).date()
    ahead = sorted(
        (audit.date, str(standard), audit.kind)
        for standard in visitor.desk.library.programme.standards
        for audit in standard.audits
        if audit.date >= today
    )
    if not ahead:
        return []
    day, standard, kind = ahead[0]
    left = (day - today).days
    when = "today" if not left else f"in {left:,} day{'' if left == 1 else 's'}"
    return [
        Section(
            "audits",
            f"Next audit: {standard}, {kind}, {when} ({day})",
            says="What people will know by then is on the clause map.",
        )
    ]


async def _findings(visitor: Visitor) -> list[Section]:
    """What is being put right, due first; of who may see everybody's."""
    if not may(visitor.person, "see findings"):
        return []
    desk = visitor.desk
    today = desk.clock.now().astimezone(visitor.asked.zone).date()
    page = await desk.store.findings.page("open", today, 0, FINDINGS)
    owners = await desk.store.persons([finding.owner for finding in page.findings])
    names = {key: owner.name for key, owner in owners.items()}
    rows = [
        (
            finding.words.title,
            str(finding.clause),
            f"{finding.stage}{', overdue' if finding.overdue(today) else ''}",
            str(finding.due),
            names.get(finding.owner, "name not known"),
        )
        for finding in page.findings
    ]
    counts = (
        f"{page.counts['open']:,} open, {page.counts['overdue']:,} overdue, {page.counts['closed']:,} closed."
    )
    says = f"{counts} Type “findings” in the chat for their cards." + (
        " The way to a new one is beside each number." if may(visitor.person, findings.OPEN) else ""
    )
    return [
        Section(
            "findings",
            "Findings",
            says=says,
            header=("Finding", "Clause", "Stage", "Due", "Owner"),
            rows=rows,
            total=page.counts["open"],
        )
    ]


async def _ideas(visitor: Visitor) -> list[Section]:
    """How many people had in these days, and where they stand; of who may see everybody's."""
    if visitor.manager:
        return []
    desk, asked = visitor.desk, visitor.asked
    scope = Scope(desk, desk.clock.now(), asked.begins, asked.ends, asked.zone, person=visitor.person)
    found = await improving.counted(scope)
    said = "; ".join(f"{label.lower()}: {value}" for label, value in improving.facts(found))
    stages = improving.stages_of(found)
    return [
        Section(
            "ideas",
            "Ideas",
            says=f"{said[0].upper()}{said[1:]}. Of everybody, without these filters. “ideas” in the chat has them.",
            header=("Stage", "Ideas"),
            rows=[(stage, f"{number:,}") for stage, number in stages],
            data=[{"stage": stage, "ideas": number} for stage, number in stages],
            meanings=[Meaning(each.name, each.formula) for each in improving.DEFINED],
        )
    ]
