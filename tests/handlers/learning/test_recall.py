"""Recall by group: what was not met stands beside what was, and few people are never shown alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.cards import Table
from content.limits import problems
from handlers.learning.recall import folded
from handlers.model import Role
from handlers.numbers.counts import Remembered, Sums
from tests.answering import answered
from tests.conftest import SUNDAY, Company

LEAD = frozenset({Role.QUALITY_LEAD})


def row(name: str, people: int, met: bool = True) -> Remembered:
    sums = Sums(people, people, people * 0.8, people, people * 0.8, people * 0.64)
    return Remembered(name, sums if met else Sums(), Sums(), people * 10, people)


def test_small_teams_are_one_row() -> None:
    found = folded([row("Sales", 8), row("Board", 3), row("Lab", 4)], "teams")
    assert [(each.name, each.people) for each in found] == [
        ("Sales", 8),
        ("fewer than 5 people (2 teams)", 7),
    ]


def test_a_small_team_alone_takes_the_next_smallest_along_so_that_it_cannot_be_subtracted() -> None:
    found = folded([row("Sales", 8), row("Lab", 6), row("Board", 3)], "teams")
    assert [(r.name, r.people) for r in found] == [
        ("Sales", 8),
        ("fewer than 5 people (1 team), with Lab", 9),
    ]


def test_a_large_team_of_which_few_have_met_anything_is_small() -> None:
    few = Remembered("Lab", row("", 2).now, Sums(), 200, 20)
    found = folded([few, row("Sales", 8), row("Night shift", 9, met=False)], "teams")
    assert [each.name for each in found] == ["Night shift", "fewer than 5 people (1 team), with Sales"]


async def staff(company: Company, **teams: int) -> None:
    """Marie runs the quality programme; the others have answered two questions a month ago, mostly rightly."""
    await company.admit("marie", team="Quality", roles=LEAD)
    items = list(company.library.items.values())[:2]
    for team, people in teams.items():
        for number in range(people):
            name = f"{team}{number}"
            who = await company.admit(name, team=team, site="Berlin", manager="grace@example.org")
            for question in items:
                value = question.key if number else next(o for o in question.options if o != question.key)
                await answered(company.store, who, question, value, SUNDAY - timedelta(days=30), 2)


async def table(company: Company, words: str, who: str = "marie") -> dict[str, tuple[str, ...]]:
    shown = (await company.said(who, words)).show
    assert shown is not None
    assert problems(shown) == ()
    (found,) = [block for block in shown.blocks if isinstance(block, Table)] or [Table(header=(), rows=())]
    return {name: cells for name, *cells in found.rows}  # type: ignore[misc]


async def test_a_clause_that_nobody_has_met_is_in_the_table(company: Company) -> None:
    await staff(company, sales=6)
    found = await table(company, "stats recall clause")
    asked = {str(c.whole) for i in company.library.items.values() for c in i.clauses}
    assert set(found) == asked
    not_met = {name: cells for name, cells in found.items() if cells[0] == "not met yet"}
    assert all(
        tuple(cells)[1:3] == ("-", "0") and cells[3].startswith("0% of ") for cells in not_met.values()
    )
    assert 0 < len(not_met) < len(found)
    some = next(cells for name, cells in found.items() if name not in not_met)
    assert some[2] == "6"
    assert some[0] > some[1]  # by the audit in spring less is remembered


async def test_pairs_that_were_never_met_are_coverage(company: Company) -> None:
    """Six people and Marie have as many questions as the bank holds for them; six have met two."""
    await staff(company, sales=6)
    shown = str((await company.said("marie", "stats recall team")).show)
    pairs = sum(
        7 * (not {"everybody", "operations", "office"}.isdisjoint(i.audience))
        for i in company.library.items.values()
    )
    assert f"{12 / pairs:.0%} of {pairs}" in shown


async def test_teams_of_few_are_not_shown_alone(company: Company) -> None:
    await staff(company, sales=6, board=2, lab=4)
    found = await table(company, "stats recall team")
    assert set(found) == {"sales", "fewer than 5 people (3 teams)"}
    assert found["fewer than 5 people (3 teams)"][2] == "6"


async def test_what_fewer_than_five_have_met_has_no_number(company: Company) -> None:
    await staff(company, sales=4)
    found = await table(company, "stats recall standard")
    assert "fewer than 5 people" in {cells[0] for cells in found.values()}
    assert "%" not in str([cells for cells in found.values() if cells[0] == "fewer than 5 people"])
    everybody = await table(company, "stats recall team")
    assert next(iter(everybody.values()))[0] == "fewer than 5 people"


async def test_a_manager_sees_their_own_people_only(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.MANAGER}), team="Board")
    await staff(company, sales=6)
    marie = await company.store.person_by_email("marie@example.org")
    assert marie is not None
    await answered(
        company.store, marie, next(iter(company.library.items.values())), "A", SUNDAY - timedelta(days=3)
    )
    assert set(await table(company, "stats recall team", "grace")) == {"sales"}


@pytest.mark.parametrize("word", ["clause", "team", "site", "standard"])
async def test_nothing_answered_is_nothing_met(company: Company, word: str) -> None:
    await company.admit("marie", roles=LEAD, team="sales", site="Berlin")
    for number in range(5):
        await company.admit(f"p{number}", team="sales", site="Berlin")
    found = await table(company, f"stats recall {word}")
    assert {cells[0] for cells in found.values()} == {"not met yet"}
