"""Evidence in the chat: who may ask for it, how it is asked for, and how far it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from content.cards import Card
from handlers.api.requests import ACTIONS
from handlers.commands import COMMANDS
from handlers.events import Outcome
from handlers.evidence import jobs
from handlers.evidence.jobs import Job
from handlers.model import Role
from handlers.permissions import WHO_MAY
from tests.conftest import Company

STANDARD = "ISO 9001:2015"


@dataclass
class Notes:
    """Writes down what it is asked to make."""

    begun: list[Job] = field(default_factory=list)

    def begin(self, job: Job) -> None:
        self.begun.append(job)


@pytest.fixture
async def makers(company: Company) -> Notes:
    makers = Notes()
    company.furnish(replace(company.desk, makers=makers))
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("noor", roles=frozenset({Role.AUDITOR}))
    return makers


def words(outcome: Outcome) -> str:
    return str((outcome.show or outcome.form or Card(title="")).model_dump())


async def drawn(company: Company, who: str, typed: str) -> str:
    """On a slow machine they have to press until it is there."""
    while "Drawn by" not in (said := words(await company.said(who, typed))):
        await asyncio.sleep(0.1)
    return said


async def test_one_pack_is_made_at_a_time_and_whoever_asks_sees_how_far_it_is(
    company: Company, makers: Notes
) -> None:
    assert "Being made" in words(await company.said("marie", f"evidence {STANDARD} 2026"))
    again = words(await company.said("noor", 'evidence "iso 9001:2015" since 2026-01-01 until 2026-06-30'))
    assert "Being made" in again
    assert "How far is it?" in again
    (job,) = makers.begun
    assert (job.standard, job.since, job.until) == (STANDARD, "2026-01-01", "2026-11-22")
    await jobs.say(company.store, job, company.clock.now(), percent=42, step="answers")
    assert "42 %, answers" in words(await company.said("noor", "evidence"))
    await jobs.say(company.store, job, company.clock.now(), folder="/srv/evidence/x")
    assert "/srv/evidence/x" in words(await company.said("noor", "evidence"))
    await company.said("noor", f"evidence {STANDARD}")
    assert [each.person for each in makers.begun[1:]] == [
        (await company.store.person_by_email("noor@example.org")).key  # type: ignore[union-attr]
    ]
    assert makers.begun[1].since == "2025-11-23"


async def test_a_pack_whose_process_died_may_be_asked_for_again(company: Company, makers: Notes) -> None:
    await company.said("marie", f"evidence {STANDARD} 2026")
    company.clock.pass_by(jobs.SILENT + timedelta(seconds=1))
    assert "has stopped" in words(await company.said("marie", "evidence"))
    await company.said("marie", f"evidence {STANDARD} 2026")
    assert len(makers.begun) == 2


async def test_without_a_folder_the_chat_names_the_command(company: Company, makers: Notes) -> None:
    company.furnish(replace(company.desk, makers=None))
    said = words(await company.said("marie", f"evidence {STANDARD} 2026"))
    assert f'python -m bot evidence --standard "{STANDARD}" --since 2026-01-01 --until 2026-11-22' in said


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("evidence everything", "Name a standard with its edition"),
        ("evidence ISO 9001:1994", "There is nothing of ISO 9001"),
        (f"evidence {STANDARD} 2026-13", "a month is 01 to 12"),
        (f"evidence {STANDARD} in spring", "write a period"),
        (f"evidence {STANDARD} since 2026-05-01 until 2026-01-01", "ends before it begins"),
        (f"sample {STANDARD} 2026 n 0", "from 1 to 500"),
        ("sample", "For example"),
    ],
)
async def test_what_is_not_understood_is_told_with_what_to_type(
    company: Company, makers: Notes, typed: str, told: str
) -> None:
    assert told in words(await company.said("marie", typed))
    assert makers.begun == []


async def test_a_sample_shows_the_same_people_to_whoever_asks(company: Company, makers: Notes) -> None:
    for number in range(9):
        await company.admit(f"colleague{number}")
    typed = f"sample {STANDARD} 2026 seed 7 n 3"
    lead, auditor = [await drawn(company, who, typed) for who in ("marie", "noor")]
    assert lead == auditor
    assert lead.count("nothing") == 3
    other = await drawn(company, "marie", f"sample {STANDARD} 2026 seed 8 n 3")
    assert other != lead


async def test_an_auditor_may_see_numbers_and_evidence_and_nothing_else_that_others_may_not() -> None:
    theirs = {action for action, roles in WHO_MAY.items() if Role.AUDITOR in roles}
    everybody = {action for action, roles in WHO_MAY.items() if Role.EMPLOYEE in roles}
    assert theirs - everybody == {
        "see everybody's numbers",
        "see evidence",
        "see a sample by name",
        "see findings",
    }
    assert not theirs & {action.may for action in ACTIONS.values()}


async def test_whatever_an_auditor_types_writes_to_nobody_and_changes_nobody_else(
    company: Company, makers: Notes
) -> None:
    refused = ("broadcast", "templates", "audiences", "token", "milestone")
    for command in COMMANDS:
        outcome = await company.said("noor", command.words[0])
        assert (outcome.step, outcome.access, outcome.keep) == (None, None, None)
        assert command.words[0] not in refused or "Only a" in words(outcome), command.words[0]
