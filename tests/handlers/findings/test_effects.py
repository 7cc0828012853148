"""Before and after: what is counted, of whom, and when a difference is more than noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from content.campaigns import Campaign
from content.packs import Library
from content.pieces import Quiz
from handlers.findings import measures, retesting
from handlers.findings.effect import BETTER, SAME, WORSE, effect, number
from handlers.model import Delivery, Person, Reason, Status
from handlers.numbers import names
from tests.answering import A_DAY, answered, item
from tests.conftest import Company
from tests.handlers.findings.correcting import (
    CALIPER,
    asked_again,
    fills,
    opened,
    planned,
    presses,
    sees,
    shop,
    the_one,
)
from tests.handlers.leading import MONDAY_TEN, facts, labels, pass_by

MONDAYS = Campaign.model_validate(
    {
        "id": "mondays",
        "title": "M",
        "pieces": [CALIPER],
        "cadence": {"repeat": "weekly", "days": ("mon",), "at": "11:00"},
        "starts": "2026-11-02",
        "audience": 'not (role:manager or role:administrator or role:auditor) and not role:"quality lead"',
    }
)


def test_the_interval_of_a_difference_is_newcombes() -> None:
    """His own example: 56 of 70 and 48 of 80 differ by 20 points, 5.24 to 33.39 (method 10, table II)."""
    found = effect(number(48, 80, 80), number(56, 70, 70)).difference
    assert [round(value, 4) for value in found] == [0.2, 0.0524, 0.3339]


@pytest.mark.parametrize(
    ("before", "after", "low_is_good", "says"),
    [
        ((20, 100), (60, 100), False, BETTER),
        ((60, 100), (20, 100), False, WORSE),
        ((60, 100), (20, 100), True, BETTER),
        ((20, 100), (60, 100), True, WORSE),
        ((50, 100), (55, 100), False, SAME),
        ((1, 5), (3, 5), False, SAME),
        ((5, 5), (5, 5), False, SAME),
    ],
)
def test_what_a_difference_says(
    before: tuple[int, int], after: tuple[int, int], low_is_good: bool, says: str
) -> None:
    first, second = number(*before, before[1]), number(*after, after[1])
    assert effect(first, second, low_is_good).says == says


def test_many_answers_of_few_people_are_no_larger_a_sample() -> None:
    assert number(50, 100, 10).low == pytest.approx(number(5, 10, 10).low)


@pytest.mark.parametrize(
    "words",
    [
        "participation by team 90",
        "acknowledgement of broadcast-1 30",
        "wrong by item 90",
        "recall by clause 90",
        "delayed 365",
        "induction 90",
    ],
)
def test_a_number_reads_as_it_is_written(words: str) -> None:
    asked = measures.read(words)
    assert asked is not None
    assert str(asked) == words


async def test_others_of_the_same_clause_are_asked_where_that_is_wanted(company: Company) -> None:
    """Who has met them all gets nothing, and a row that says so."""
    people = await shop(company)
    other = item("other-caliper", *company.library.items[CALIPER].clauses)
    pieces = {**company.library.pieces, other.id: Quiz(id=other.id, title="Other", items=(other,))}
    company.library = Library(pieces, company.library.programme)
    company.furnish(replace(company.desk, library=company.library))
    await answered(company.store, people[0], other, "A", MONDAY_TEN - timedelta(days=200))
    await asked_again(company, how="other")
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    rows = await retests(company, people)
    assert [(d.status, d.reason) for d in rows[:1]] == [(Status.SKIPPED, Reason.NOTHING)]
    assert [[i.id for i in d.piece.items] for d in rows[1:] if isinstance(d.piece, Quiz)] == [[other.id]] * 7
    named = await names.campaigns(company.desk, [rows[0].campaign])
    assert named[rows[0].campaign] == f"Asked again: {(await the_one(company)).words.title}"


async def retests(company: Company, people: Sequence[Person]) -> list[Delivery]:
    return [
        delivery
        for person in people
        for delivery in await company.store.deliveries_of(person.key)
        if delivery.campaign.startswith("retest-")
    ]


async def test_who_answered_the_same_in_another_team_is_not_asked_again(company: Company) -> None:
    people = await shop(company)
    for number_ in range(6):
        who = await company.admit(f"sales{number_}", team="Sales")
        await answered(company.store, who, company.library.items[CALIPER], "A", MONDAY_TEN - 10 * A_DAY, 3)
    found = await opened(company, "accuracy by team 90", group="Production")
    assert sorted(await company.store.findings.whom(found)) == sorted(person.key for person in people)


async def test_a_small_team_is_no_choice_and_takes_the_next_smallest_with_it(company: Company) -> None:
    await shop(company)
    for team, people in (("Paint", 4), ("Sales", 6)):
        for number_ in range(people):
            await company.admit(f"{team.lower()}{number_}", team=team)
    company.run_campaigns(MONDAYS)
    await company.plan.tick()
    await pass_by(company, timedelta(hours=3))
    asked = measures.read("participation by team 90")
    assert asked is not None
    assert [value for value, _ in await measures.groups(company.desk, asked)] == ["-", "Production"]


async def test_a_recall_is_checked_by_what_the_same_people_answer(company: Company) -> None:
    people = await shop(company)
    found = await opened(company, "recall by clause 90")
    assert found.before.people == 8
    assert 0 < found.before.low < found.before.share < found.before.high < 1
    assert await company.store.findings.whom(found) == {p.key: [CALIPER] for p in people}


async def test_certain_and_wrong_counts_only_the_certain_and_less_is_better(company: Company) -> None:
    people = await shop(company)
    found = await opened(company, "wrong by item 90", group=CALIPER)
    assert (found.before.part, found.before.of) == (6, 8)
    await planned(company)
    await presses(company, "kurt", "It is done")
    await fills(company, "marie", "See whether it helped", on="2026-12-07")
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    for row in await retests(company, people):
        owner = await company.store.person(row.person)
        assert owner is not None
        await company.answer(owner.addresses[0].user, row, "B", "Certain")
    seen = await sees(company, "marie")
    assert facts(seen)["After it"].startswith("0% (0-32%), 0 of 8 certain answers")
    assert "better than noise" in str(seen)


async def test_of_participation_the_same_peoples_next_numbers_are_put_beside(company: Company) -> None:
    """Six got the question and two answered it; after the action all of them do. Who joined since does not count."""
    await shop(company, people=6, right=0)
    company.run_campaigns(MONDAYS)
    await company.plan.tick()
    await pass_by(company, timedelta(hours=3))
    await answer_all(company, 2)
    found = await opened(company, "participation by team 90", group="Production", owner="kurt@example.org")
    assert (found.before.part, found.before.of) == (2, 6)
    await planned(company)
    await presses(company, "kurt", "It is done")
    form = await fills(company, "marie", "See whether it helped", on="2026-12-09")
    assert form.errors == {}
    assert (await the_one(company)).retest == "next"
    await company.admit("newcomer", team="Production")
    await pass_by(company, timedelta(days=17), step=7 * A_DAY)
    assert "It helped" in labels(await sees(company, "marie"))
    assert facts(await sees(company, "marie"))["After it"].startswith("0%")
    await answer_all(company, 9)
    seen = await sees(company, "marie")
    assert facts(seen)["After it"].endswith("12 of 12 deliveries, 6 people")
    assert "better than noise" in str(seen)


async def answer_all(company: Company, most: int) -> None:
    """So many people answer everything that they have."""
    for person in [p for p in await company.store.people() if p.email.startswith("p")][:most]:
        for row in await company.store.deliveries_of(person.key):
            if (
                row.campaign == "mondays"
                and row.status is Status.SENT
                and not await company.store.done(row.id)
            ):
                await company.answer(person.addresses[0].user, row, "B")


async def test_who_is_away_on_the_day_has_a_row_that_says_why(company: Company) -> None:
    people = await shop(company)
    await company.said("p3", "pause until 2026-12-20")
    await asked_again(company)
    await company.admit("p4", team="Sales")
    await pass_by(company, timedelta(days=14), step=7 * A_DAY)
    rows = await retests(company, people)
    ends = [(d.status, d.reason) for d in rows]
    assert len(rows) == 8
    assert ends.count((Status.SENT, Reason.NONE)) == 7
    assert ends.count((Status.SKIPPED, Reason.PAUSED)) == 1


async def test_a_plan_that_was_interrupted_asks_nobody_twice(company: Company) -> None:
    await shop(company)
    await asked_again(company)
    company.clock.pass_by(timedelta(days=14))
    (due,) = await company.store.findings.to_ask(company.clock.now())
    assert await company.plan.tick() >= 8
    assert await company.store.findings.to_ask(company.clock.now()) == []
    said, named = await retesting.saying(company.desk, due)
    assert await company.plan._write(said, company.library.programme.zone, named) == 0


async def test_the_numbers_of_corrective_action(company: Company) -> None:
    await shop(company)
    nothing = str((await company.said("marie", "stats findings")).show)
    assert "No finding was open" in nothing
    await opened(company)
    company.clock.pass_by(timedelta(days=30))
    shown = (await company.said("marie", "stats findings")).show
    assert shown is not None
    assert facts(shown) | {"Findings open": "1", "Findings overdue": "1"} == facts(shown)
    assert "open, overdue" in str(shown)
    assert "1 overdue" in str((await company.said("marie", "findings overdue")).show)
    assert "no findings" not in str((await company.said("kurt", "stats findings")).show)


async def test_a_finding_is_opened_from_the_card_of_a_number(company: Company) -> None:
    await shop(company)
    for words, about in (
        ("stats", "finding about participation by team"),
        ("stats clause 30", "finding about participation by clause 30"),
        ("stats recall", "finding about recall by clause"),
        ("stats wrong", "finding about wrong by item 90"),
        ("stats wrong clause", "finding about wrong by clause 90"),
        ("stats delayed", "finding about delayed 365"),
        ("stats induction 30", "finding about induction 30"),
    ):
        shown = (await company.said("marie", words)).show
        assert shown is not None
        said = [b.value for b in shown.buttons()]
        assert about in said, words
        form = (await company.said("marie", about)).form
        assert form is not None
        for who in ("olga", "kurt"):
            other = (await company.said(who, words)).show
            assert other is not None
            assert other.buttons() == ()
    asked = await company.said("marie", "finding")
    assert asked.show is not None
    assert len(asked.show.buttons()) == 6


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("stats this quarter", "finding about participation by team 53"),
        ("stats since 2026-11-01 clause", "finding about participation by clause 22"),
        ("stats wrong this year", "finding about wrong by item 326"),
        ("stats last quarter", ""),
        ("stats 2025", ""),
        ("stats 2026-10", ""),
        ("stats until 2026-11-01", ""),
        ("stats today", ""),
        ("stats wrong last month", ""),
    ],
)
async def test_a_finding_is_offered_over_the_days_that_are_shown_or_not_at_all(
    company: Company, words: str, about: str
) -> None:
    await shop(company)
    shown = (await company.said("marie", words)).show
    assert shown is not None
    said = [b.value for b in shown.buttons() if b.value.startswith("finding")]
    assert (about in said) if about else said == []
