"""What is learnt from answers, asked in chat: every topic with and without data, and who may see it."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from content.campaigns import Campaign
from content.cards import Card
from content.limits import problems
from handlers.learning import delayed
from handlers.learning.induction import LATER, NEVER, OPEN, WITHIN, state
from handlers.learning.items import flags
from handlers.learning.lessons import QUESTIONS
from handlers.model import Person, Role
from handlers.numbers.counting import Counting
from handlers.numbers.counts import Joiner
from handlers.numbers.definitions import DEFINITIONS
from handlers.numbers.insights import TOPICS
from tests.answering import A_DAY, answered, item
from tests.conftest import SUNDAY, Company

EVERY = [
    "recall",
    "recall team",
    "wrong",
    "wrong clause",
    "wrong 30",
    "items",
    "items overdue-caliper",
    "delayed",
]
EVERY += ["delayed 30", "induction", "induction 30", "recall site", "recall standard", "items 3000"]
EVERY += ["messages", "messages 30", "message", "leaders"]
WELCOME = Campaign.model_validate(
    {"id": "welcome", "title": "Welcome", "questions": 1, "cadence": {"joined": 0, "at": "10:00"}}
)


async def cast(company: Company, people: int = 0) -> list[Person]:
    await company.admit("marie", team="Quality", roles=frozenset({Role.QUALITY_LEAD}))
    await company.admit("grace", team="Board", roles=frozenset({Role.MANAGER}))
    await company.admit("olga", roles=frozenset({Role.AUDITOR}))
    company.run_campaigns(WELCOME)
    return [
        await company.admit(f"p{n}", team="Sales", manager="grace@example.org", joined=date(2026, 11, 1 + n))
        for n in range(people)
    ]


async def asked(company: Company, words: str, who: str = "marie") -> str:
    shown = (await company.said(who, words)).show
    assert shown is not None
    assert problems(shown) == ()
    return str(shown)


async def test_every_topic_answers_without_data(company: Company) -> None:
    await cast(company)
    for words in EVERY:
        assert "Type `stats" not in await asked(company, f"stats {words}"), words


async def test_every_topic_fits_a_card_with_data(company: Company) -> None:
    people = await cast(company, 6)
    for number, question in enumerate(company.library.items.values()):
        for who in people:
            for day in (40, 30, 5):
                value = sorted(question.options)[(number + day) % 3]
                await answered(
                    company.store, who, question, value, SUNDAY - day * A_DAY, 3, campaign="welcome"
                )
    for words in EVERY:
        assert "fewer than" not in await asked(company, f"STATS {words}", "grace"), words
        await asked(company, f"stats {words}")


@pytest.mark.parametrize("topic", TOPICS)
async def test_an_employee_gets_the_polite_sentence(company: Company, topic: str) -> None:
    await company.admit("ada")
    assert "Only a quality lead, an auditor" in await asked(company, f"stats {topic}", "ada")


@pytest.mark.parametrize(
    "words", ["recall 30", "recall moon", "wrong item clause", "delayed 0", "induction x"]
)
async def test_what_is_not_understood_gets_what_may_be_typed(company: Company, words: str) -> None:
    await cast(company)
    assert f"Type `stats {words.split()[0]}`" in await asked(company, f"stats {words}")


async def test_the_groupings_and_days_of_before_go_on(company: Company) -> None:
    await cast(company)
    assert "begin with the first delivery" in await asked(company, "stats clause 30")
    assert "`stats team`" in await asked(company, "stats nonsense")
    assert "`stats recall`" in await asked(company, "stats nonsense")


async def test_what_few_were_certain_and_wrong_of_is_not_shown(company: Company) -> None:
    people = await cast(company, 5)
    question = item("labels", stem="A pallet carries two labels. " * 9)
    for who, value in zip(people[:4], "BBCA", strict=True):
        await answered(company.store, who, question, value, SUNDAY - A_DAY, 3)
    assert "Nothing to show yet" in await asked(company, "stats wrong")
    await answered(company.store, people[4], question, "B", SUNDAY - A_DAY, 3)
    shown = await asked(company, "stats wrong")
    assert "80% (4 of 5)" in shown
    assert "B (3): Wait" in shown
    assert "(ISO 9001:2015 7.3)" in shown
    assert "80% (4 of 5)" in await asked(company, "stats wrong clause")


async def test_an_item_with_few_answers_is_not_judged_and_one_with_many_is(company: Company) -> None:
    people = await cast(company, 27) + [await company.admit(f"q{n}") for n in range(3)]
    question = item("labels")
    for who in people[:29]:
        await answered(company.store, who, question, "A", SUNDAY - A_DAY)
    assert "too few answers (29) to judge" in await asked(company, "stats items")
    await answered(company.store, people[29], question, "B", SUNDAY - A_DAY)
    (found,) = await company.store.lessons.counted(QUESTIONS, SUNDAY - 2 * A_DAY, SUNDAY)
    words = {word for word, _ in flags(found)}
    assert words == {"dead B", "dead C", "very easy"}
    one = await asked(company, "stats items labels")
    assert "97% (83-99%)" in one
    assert "A (the key) 96.7%" in one
    assert "30 s" in one


async def test_delayed_recall_is_a_line_with_what_was_right_at_first(company: Company) -> None:
    for who in await cast(company, 5):
        await answered(company.store, who, item("labels"), "B", SUNDAY - 50 * A_DAY)
        await answered(company.store, who, item("labels"), "A", SUNDAY - 20 * A_DAY)
    shown = await asked(company, "stats delayed")
    assert "first 0%, 30 days 100%" in shown
    assert "('20 to 45 days after', '100% (57-100%)', '0%', '5')" in shown
    assert "no answers yet" in shown
    assert all(
        one.ends <= other.begins for one, other in zip(delayed.WINDOWS, delayed.WINDOWS[1:], strict=False)
    )


async def test_joiners_are_named_to_the_lead_and_counted_for_others(company: Company) -> None:
    people = await cast(company, 6)
    began = SUNDAY.replace(day=1, hour=10)
    await answered(company.store, people[0], item("labels"), "A", began, campaign="welcome")
    await answered(company.store, people[1], item("labels"), "A", began + 9 * A_DAY, campaign="welcome")
    await answered(company.store, people[2], item("labels"), "A", began, campaign="weekly-quiz")
    named = await asked(company, "stats induction")
    assert "17% (3-56%), 1 of 6" in named
    for words in ("'P0', '2026-11-01', 'within 48 h'", "'P1', '2026-11-02', 'later'"):
        assert words in named
    for who in ("olga", "grace"):
        counted = await asked(company, "stats induction", who)
        assert "1 of 6" in counted
        assert "P1" not in counted


async def test_fewer_than_five_joiners_are_not_counted_for_who_may_not_see_them_by_name(
    company: Company,
) -> None:
    await cast(company, 4)
    assert "Fewer than 5 people joined" in await asked(company, "stats induction", "grace")
    assert "'P3'" in await asked(company, "stats induction")


def test_the_48_hours_begin_with_the_first_day_where_somebody_is() -> None:
    """Monday 2 November begins in Auckland on Sunday at 11:00 UTC, so the two days end on Tuesday at 11:00."""
    ends = SUNDAY.replace(day=3, hour=11)
    joiner = Joiner("ada", "Ada", "", "Pacific/Auckland", date(2026, 11, 2), False, None, False)
    assert state(joiner, ends - timedelta(seconds=1), "Europe/Berlin") == OPEN
    assert state(joiner, ends, "Europe/Berlin") == NEVER
    assert state(joiner._replace(first_at=ends - timedelta(seconds=1)), ends, "UTC") == WITHIN
    assert state(joiner._replace(first_at=ends), ends, "UTC") == LATER


async def test_a_programme_without_induction_says_so(company: Company) -> None:
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    assert "No campaign of this programme counts from" in await asked(company, "stats induction")


async def test_what_takes_long_is_there_when_it_is_asked_for_again() -> None:
    counting, ready, counted = Counting(0.01), asyncio.Event(), []

    async def count() -> Card:
        counted.append(1)
        await ready.wait()
        return Card(title="Counted")

    assert await counting.result("recall", count) is None
    assert await counting.result("recall", count) is None
    ready.set()
    assert await counting.result("recall", count) == Card(title="Counted")
    assert counted == [1]


def test_every_number_has_a_name_of_its_own() -> None:
    assert len({definition.name for definition in DEFINITIONS}) == len(DEFINITIONS)
