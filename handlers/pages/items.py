"""Questions: how hard each is, whether it tells who knows, and where people were certain and wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from content.cards import content_hash
from content.charts import Mark, Plot, bars
from handlers.learning import items as analysis
from handlers.learning.gathered import known, of_when
from handlers.learning.lessons import QUESTIONS, WRONG, Known
from handlers.lookups import Grouping
from handlers.numbers.counts import Answers, Sure
from handlers.numbers.definitions import CONFIDENTLY_WRONG, DIFFICULTY, DISCRIMINATION, TIME
from handlers.numbers.groups import FEWER, few
from handlers.numbers.intervals import discrimination, wilson
from handlers.numbers.sheets import shortened
from handlers.pages import findings, kept
from handlers.pages.asked import WITHIN
from handlers.pages.views import Data, Meaning, Section, View, Visitor

FILTERS: tuple[Grouping, ...] = ("standard", "clause")
WAITS = "Still counting: so many answers take a while. The questions will be here when you press."
MOST, BARS = 150, 20  # rows of the table and bars of the chart; the file has all


async def items(visitor: Visitor) -> View:
    asked = visitor.asked
    asks = ("questions", kept.today(visitor), visitor.manager, asked.begins, asked.ends)
    counted = await visitor.desk.counting.result(asks, partial(_counted, visitor), keep=True)
    if counted is None:
        return View("items", "Questions", filters=FILTERS, waits=WAITS)
    found = [answers for answers in counted.questions.rows if _serves(answers, asked.where)]
    found = sorted(found, key=_hardest)
    wrong = {
        content_hash(each.item): wilson(each.wrong, each.certain)
        for each in counted.wrong.rows
        if each.item and each.certain and not few(each.people)
    }
    shown = [answers for answers in found if not few(answers.people)]
    return View(
        "items",
        "Questions",
        sections=[
            Section(
                "items",
                "Every question that was met",
                says="The hardest first. People's first answers to each version; flags from 30 answers on."
                if found
                else "",
                plot=_chart(shown[:BARS]),
                header=(
                    "Question",
                    DIFFICULTY.short,
                    DISCRIMINATION.short,
                    CONFIDENTLY_WRONG.short,
                    TIME.short,
                    "To look at",
                ),
                rows=[_row(answers, wrong) for answers in found[:MOST]],
                data=[_data(answers, wrong) for answers in found],
                meanings=[
                    Meaning(each.name, each.formula)
                    for each in (DIFFICULTY, DISCRIMINATION, CONFIDENTLY_WRONG, TIME)
                ],
                total=len(found),
                opens=[_way(visitor, answers, wrong) for answers in found[:MOST]],
            )
        ],
        filters=FILTERS,
        note=_of_when(visitor, counted)
        if found
        else "Nobody has met a question in this period within these filters.",
    )


@dataclass(frozen=True)
class Counted:
    """Everybody's questions or a manager's people's, as they were counted at a moment."""

    at: datetime
    questions: Known[Answers]
    wrong: Known[Sure]


async def _counted(visitor: Visitor) -> Counted:
    asked, now = visitor.asked, visitor.desk.clock.now()
    period = (asked.begins, asked.ends, now)
    questions = await known(visitor.desk, QUESTIONS, *period, manager=visitor.manager)
    wrong = await known(visitor.desk, WRONG, *period, manager=visitor.manager)
    return Counted(now, questions, wrong)


def _of_when(visitor: Visitor, counted: Counted) -> str:
    if counted.questions.night is not None:
        return of_when(visitor.desk, counted.questions, visitor.asked.zone)
    return kept.note(visitor, counted.at)


def _way(visitor: Visitor, answers: Answers, wrong: Mapping[str, object]) -> str:
    """What is filtered by here are questions, and no answers."""
    if few(answers.people) or answers.version not in wrong:
        return ""
    return findings.way(visitor, "wrong", "item", answers.item.id, free=WITHIN)


def _serves(answers: Answers, where: Mapping[Grouping, str]) -> bool:
    standard, clause = where.get("standard"), where.get("clause")
    wholes = [each.whole for each in answers.item.clauses]
    standards = {f"{each.standard}:{each.edition}" for each in wholes}
    return (not standard or standard in standards) and (
        not clause or clause in {str(each) for each in wholes}
    )


def _hardest(answers: Answers) -> tuple[bool, float, str, str]:
    hidden = few(answers.people) or not answers.people
    return hidden, 1.0 if hidden else answers.right / answers.people, answers.item.id, answers.version


def _chart(shown: list[Answers]) -> Plot | None:
    if len(shown) < 2:
        return None
    marks = []
    for answers in shown:
        estimate = wilson(answers.right, answers.people)
        said = f"{estimate.value:.0%} of {answers.people:,}"
        marks.append(
            Mark(
                shortened(answers.item.title or answers.item.id, 40),
                estimate.value,
                estimate.low,
                estimate.high,
                said,
            )
        )
    ends = f"from {marks[0].value:.0%} to {marks[-1].value:.0%}"
    alt = f"Share right of the {len(marks)} hardest questions, {ends}. The table below has all."
    return bars("The hardest questions: share right", marks, alt)


def _row(answers: Answers, wrong: Mapping[str, object]) -> tuple[str, ...]:
    name = f"{shortened(answers.item.stem, 110)} ({answers.item.id})"
    if few(answers.people):
        return name, FEWER, "-", "-", "-", "-"
    value = discrimination(answers) if answers.people >= analysis.ENOUGH else None
    return (
        name,
        f"{wilson(answers.right, answers.people)} of {answers.people:,}",
        "-" if value is None else f"{value:.2f}",
        str(wrong.get(answers.version, "-")),
        analysis.lasted(answers.median_ms),
        ", ".join(short for short, _ in analysis.flags(answers)) or "-",
    )


def _data(answers: Answers, wrong: Mapping[str, object]) -> Data:
    hidden = few(answers.people)
    estimate = None if hidden or not answers.people else wilson(answers.right, answers.people)
    value = discrimination(answers) if answers.people >= analysis.ENOUGH else None
    return {
        "id": answers.item.id,
        "version": answers.version,
        "question": answers.item.stem,
        "clauses": ", ".join(str(clause) for clause in answers.item.clauses),
        "people": None if hidden else answers.people,
        "right": round(estimate.value, 4) if estimate else None,
        "low": round(estimate.low, 4) if estimate else None,
        "high": round(estimate.high, 4) if estimate else None,
        "discrimination": None if value is None else round(value, 3),
    }
