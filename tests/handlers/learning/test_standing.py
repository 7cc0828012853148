"""Somebody's own progress: mastered, learning and new by clause, and when the next question comes."""

from __future__ import annotations

from datetime import timedelta

from content.campaigns import Campaign
from content.cards import Table
from content.limits import problems
from handlers.model import Person
from tests.answering import A_DAY, answered
from tests.conftest import SUNDAY, Company

ASKING = Campaign.model_validate(
    {
        "id": "questions",
        "title": "Two minutes",
        "questions": 1,
        "cadence": {"repeat": "weekly", "days": ["thu"], "at": "09:30"},
        "starts": "2026-11-02",
    }
)


async def progress(company: Company) -> str:
    shown = (await company.said("ada", "progress")).show
    assert shown is not None
    assert problems(shown) == ()
    return str(shown)


async def mastering(company: Company) -> Person:
    """Ada knows one question for good, has just failed another, and has not met the rest."""
    ada = await company.admit("ada")
    known, failed, *_ = company.library.items.values()
    for day in (80, 70, 40):
        await answered(company.store, ada, known, known.key, SUNDAY - day * A_DAY, 3)
    await answered(
        company.store, ada, failed, next(o for o in failed.options if o != failed.key), SUNDAY - A_DAY, 2
    )
    return ada


async def test_states_are_counted_by_clause_and_points_explained(company: Company) -> None:
    await mastering(company)
    shown = (await company.said("ada", "progress")).show
    assert shown is not None
    (table,) = [block for block in shown.blocks if isinstance(block, Table)]
    meant = len(company.library.items) - sum(
        i.audience == ("manager",) for i in company.library.items.values()
    )
    assert f"Mastered 1, Learning 1, New {meant - 2}." in str(shown)
    assert table.header == ("Clause", "Mastered", "Learning", "New")
    text = await progress(company)
    assert "**+7 points** for certainty from 4 answers" in text
    assert "Only you see this" in text


async def test_the_next_question_is_the_next_slot_in_which_something_is_worth_asking(
    company: Company,
) -> None:
    await company.admit("ada")
    company.run_campaigns(ASKING)
    text = await progress(company)
    assert "You have not answered a question yet" in text
    assert "likely on Thursday 26 November, 09:30" in text
    await company.said("ada", "pause 1 week")
    assert "likely on Thursday 3 December, 09:30" in await progress(company)


async def test_nobody_is_asked_before_something_is_due(company: Company) -> None:
    ada = await company.admit("ada")
    company.run_campaigns(ASKING)
    for question in company.library.items.values():
        for day in (30, 28, 17):
            await answered(company.store, ada, question, question.key, SUNDAY - timedelta(days=day), 3)
    text = await progress(company)
    assert "likely on Thursday" in text
    assert "November" not in text
    company.run_campaigns()
    assert "Your next question is due on" in await progress(company)
