"""Managers see aggregates of their own people, and of fewer than five nothing of what they did, whatever they ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from content.campaigns import Campaign
from content.cards import Card, Chart, Facts, Table
from content.programme import Names
from handlers.model import Role
from handlers.numbers.insights import TOPICS
from handlers.numbers.metrics import REACH
from tests.answering import A_DAY, answered
from tests.conftest import SUNDAY, Company
from tests.handlers.leading import drafted, press, works

WELCOME = Campaign.model_validate(
    {"id": "welcome", "title": "Welcome", "questions": 1, "cadence": {"joined": 0, "at": "10:00"}}
)
ASKED = [
    "",
    "team",
    "clause",
    "week",
    "campaign",
    "recall team",
    "recall site",
    "recall clause",
    "wrong",
    "wrong clause",
]
ASKED += ["findings", "items", "delayed", "induction", "replies", "ideas"]


@pytest.fixture
async def plant(company: Company) -> Company:
    """Hans has four people and Tim has six: all are right but for Hans' own, whom a look at Tim's must not show."""
    await works(company, 0)
    for boss in ("hans", "tim"):
        await company.admit(boss, roles=frozenset({Role.MANAGER}))
    await company.admit("olga", roles=frozenset({Role.QUALITY_LEAD}))
    company.run_campaigns(WELCOME, names=Names(not_acknowledged=("quality lead",)))
    questions = list(company.library.items.values())[:2]
    for boss, people, right in (("hans", 4, False), ("tim", 6, True)):
        for number in range(people):
            who = await company.admit(
                f"{boss}s{number}",
                team=f"Team {boss}",
                manager=f"{boss}@example.org",
                joined=date(2026, 11, 10),
            )
            await company.said(f"{boss}s{number}", f"idea Number {number}")
            for question in questions:
                wrong = next(letter for letter in question.options if letter != question.key)
                value = question.key if right else wrong
                await answered(company.store, who, question, value, SUNDAY - 5 * A_DAY, 3, campaign="welcome")
    preview = await drafted(company)
    await press(company, preview, "Send it")
    await company.go_on()
    company.clock.pass_by(timedelta(minutes=1))
    return company


async def card(company: Company, who: str, words: str) -> Card:
    shown = (await company.said(who, f"stats {words}")).show
    assert shown is not None
    return shown


async def test_a_manager_of_four_is_told_no_rate_of_what_they_did(plant: Company) -> None:
    for words in ASKED:
        shown = await card(plant, "hans", words)
        told = [
            cell
            for block in shown.blocks
            if isinstance(block, Table)
            for row in block.rows
            for name, cell in zip(block.header, row, strict=True)
            if name != REACH.short
        ]
        told += [f.value for b in shown.blocks if isinstance(b, Facts) for f in b.facts if f.label != "Reach"]
        assert [text for text in told if "%" in text] == [], words
        assert not [block for block in shown.blocks if isinstance(block, Chart)], words
        assert "Team tim" not in str(shown), words


async def test_a_manager_of_six_sees_them_alone(plant: Company) -> None:
    for words in ASKED:
        shown = str(await card(plant, "tim", words))
        assert [name for name in ("Team hans", "hanss", "Hanss", "Tims0") if name in shown] == [], words


async def test_the_small_team_takes_the_next_smallest_with_it(plant: Company) -> None:
    shown = await card(plant, "olga", "team")
    (table,) = (block for block in shown.blocks if isinstance(block, Table))
    out = [row[0] for row in table.rows if row[2] == "not shown"]
    assert len(out) == 2
    assert "Team hans" in out
    assert "from which they could be subtracted" in str(shown)


def test_every_topic_a_manager_may_ask_for_is_asked_here() -> None:
    theirs = {name for name, topic in TOPICS.items() if not topic.leaders}
    assert theirs <= {words.split()[0] for words in ASKED if words}
