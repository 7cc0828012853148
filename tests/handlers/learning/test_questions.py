"""A slot of questions: each person's own, from what they remember and what they have not met."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from content.campaigns import Campaign
from content.cards import Button
from content.pieces import Quiz
from content.programme import Learning
from handlers.learning.memory import day_of
from handlers.learning.questions import grouping
from handlers.model import Delivery, Reason, Role, Status
from handlers.quiz import ANSWERED, EXPLAINED
from tests.conftest import Company

TUESDAY = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
WEEK = timedelta(days=7)


def asking(company: Company, questions: int = 1, **rules: object) -> Company:
    """A question every Tuesday and Thursday at 09:30."""
    campaign = {
        "id": "weekly-quiz",
        "title": "Two minutes",
        "questions": questions,
        "cadence": {"repeat": "weekly", "days": ["tue", "thu"], "at": "09:30"},
        "starts": "2026-11-02",
    }
    learning = Learning.model_validate(rules.pop("learning", {}))
    company.run_campaigns(Campaign.model_validate(campaign), learning=learning, **rules)
    return company


def items_of(delivery: Delivery) -> list[str]:
    assert isinstance(delivery.piece, Quiz)
    return [item.id for item in delivery.piece.items]


async def on(company: Company, moment: datetime) -> None:
    await company.plan.tick()
    company.clock.move(moment)
    await company.go_on()


async def test_each_person_is_asked_what_is_most_worth_asking_them(company: Company) -> None:
    asking(company)
    for name in ("ada", "tim"):
        await company.admit(name)
    company.clock.move(TUESDAY - timedelta(days=1))
    await company.said("tim", "quiz")
    await company.drain.everything()
    first = await company.latest("tim")
    await company.answer("tim", first, company.library.items[items_of(first)[0]].key)
    await on(company, TUESDAY)
    ada, tim = [items_of(await company.latest(name)) for name in ("ada", "tim")]
    assert ada == items_of(first)
    assert tim != ada


async def test_an_answer_renews_the_memory_in_its_own_transaction(company: Company) -> None:
    ada = await company.admit("ada")
    asking(company)
    await on(company, TUESDAY)
    delivery = await company.latest("ada")
    assert await company.store.memories([ada.key]) == {}
    (item,) = items_of(delivery)
    await company.answer("ada", delivery, "B", "Certain")
    guess = Button(label="A guess", verb=ANSWERED, item=item, value="1")
    await company.press("ada", delivery, guess, values={f"option-{item}": "C"})
    memory = (await company.store.memories([ada.key]))[ada.key][item]
    assert (memory.answers, memory.met) == (1, day_of(TUESDAY))
    (answer,) = await company.store.done(delivery.id)
    assert (answer.item, answer.value, answer.certainty) == (item, "B", 3)


async def test_what_is_wrong_comes_back_before_what_is_right(company: Company) -> None:
    asking(company, questions=2, learning={"new_a_week": 2})
    await company.admit("ada")
    await on(company, TUESDAY)
    delivery = await company.latest("ada")
    wrong, right = items_of(delivery)
    items = company.library.items
    letters = sorted(items[wrong].options)
    await company.answer("ada", delivery, next(letter for letter in letters if letter != items[wrong].key))
    await company.answer("ada", await company.latest("ada"), items[right].key)
    await on(company, TUESDAY + timedelta(days=2))
    assert items_of(await company.latest("ada"))[0] == wrong


async def test_a_missed_quiz_is_neither_wrong_nor_doubled_up(company: Company) -> None:
    asking(company)
    ada = await company.admit("ada")
    await on(company, TUESDAY)
    asked = [items_of(await company.latest("ada"))]
    for days in (2, 7, 9, 14):
        await on(company, TUESDAY + timedelta(days=days))
        asked.append(items_of(await company.latest("ada")))
    assert [len(items) for items in asked] == [1] * 5
    assert len({item for (item,) in asked[:4]}) == 4  # what waits in the chat is not asked again
    assert asked[4] == asked[0]  # but after two weeks
    assert await company.store.memories([ada.key]) == {}


async def test_how_answers_are_scored_is_explained_once(company: Company) -> None:
    asking(company)
    await company.admit("ada")
    await on(company, TUESDAY)
    first = await company.latest("ada")
    assert EXPLAINED in str(first.card)
    await company.answer("ada", first, "A")
    await on(company, TUESDAY + timedelta(days=2))
    assert EXPLAINED not in str((await company.latest("ada")).card)


async def test_who_has_nothing_to_be_asked_is_on_the_roster_all_the_same(company: Company) -> None:
    asking(company, learning={"new_a_week": 0})
    for name in ("ada", "tim"):
        await company.admit(name)
    await on(company, TUESDAY)
    found = Counter((d.status, d.reason) for d in await company.store.outbox() if d.campaign)
    assert found == Counter({(Status.SKIPPED, Reason.NOTHING): 2})
    (tally,) = await company.store.tallies("all", TUESDAY - WEEK, TUESDAY + WEEK)
    assert tally.audience == 2


async def test_people_who_are_asked_the_same_share_one_card(company: Company) -> None:
    asking(company)
    for name in ("ada", "tim", "zoe"):
        await company.admit(name)
    await on(company, TUESDAY)
    rows = [d for d in await company.store.outbox() if d.campaign == "weekly-quiz"]
    assert len(rows) == 3
    assert rows[0].piece is rows[1].piece is rows[2].piece


async def test_a_plan_that_was_interrupted_asks_nobody_twice(company: Company) -> None:
    """What was planned first stands, though other items would be chosen now."""
    asking(company)
    await company.admit("ada")
    await on(company, TUESDAY)
    await company.answer("ada", await company.latest("ada"), "A")
    for _ in range(2):
        await company.plan.tick()
        await company.drain.everything()
    assert sum(d.campaign == "weekly-quiz" for d in await company.store.outbox()) == 1


async def test_groups_come_from_roles_from_the_first_day_and_from_the_programmes_rules(
    company: Company,
) -> None:
    asking(company, learning={"groups": {"operations": "team:Production", "office": "not team:Production"}})
    ada = await company.admit("ada", team="Production", joined=date(2020, 1, 1))
    tim = await company.admit("tim", team="Sales", joined=date(2026, 10, 1), roles=frozenset({Role.MANAGER}))
    groups = grouping(company.desk)
    assert groups(ada, TUESDAY) == {"everybody", "operations"}
    assert groups(tim, TUESDAY) == {"everybody", "office", "manager", "new joiner"}
