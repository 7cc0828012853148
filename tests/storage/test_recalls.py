"""What is remembered is reckoned in the database as in Python, over people, of what is meant for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from content.audience import Has
from content.programme import Learning
from handlers.learning.memory import day_of, recall
from handlers.learning.questions import rules
from handlers.model import Person, Role
from handlers.numbers.counts import Cell, Meant, Sums, kinds_of
from storage.store import Storage
from tests.answering import answered, item
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change

NOW = MONDAY + timedelta(days=60)
TODAY, AUDIT = day_of(NOW), day_of(NOW) + 45
LABELS, KEYS, BUDGET = item("labels"), item("keys"), item("budget", audience=("manager",))
EVERYBODY, MANAGERS = kinds_of(["everybody"]), kinds_of(["manager"])
GROUPS = rules(Learning(), NOW)
BANK = (
    Meant("labels", "7.3", EVERYBODY, AUDIT),
    Meant("keys", "7.3", EVERYBODY, None),
    Meant("budget", "7.1", MANAGERS, AUDIT),
    Meant("never", "9.9", EVERYBODY, AUDIT),
)


async def company(store: Storage) -> None:
    """Ada has met two, Linus and Grace one each, Marie none; Grace leads."""
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(person=replace(who, site="Berlin" if who is not MARIE else "Lyon")))
    await answered(store, ADA, LABELS, "A", MONDAY, 3)
    await answered(store, ADA, LABELS, "A", MONDAY + timedelta(days=4), 3)
    await answered(store, ADA, KEYS, "B", MONDAY + timedelta(days=9), 1)
    await answered(store, LINUS, LABELS, "C", MONDAY + timedelta(days=2), 2)
    await answered(store, GRACE, BUDGET, "A", MONDAY + timedelta(days=3), 2)


async def remembered(store: Storage, who: Person, name: str, day: float) -> float:
    memory = (await store.memories([who.key]))[who.key][name]
    return memory.recall(day)


async def test_the_curve_of_the_database_is_the_one_of_the_rules(store: Storage) -> None:
    await company(store)
    _, found = await store.recalls(BANK, "item", TODAY, GROUPS)
    lead, awareness = found
    ada = [await remembered(store, ADA, name, TODAY) for name in ("labels", "keys")]
    linus = await remembered(store, LINUS, "labels", TODAY)
    a = sum(ada)
    expected = Sums(2, 3, a + linus, 2 * 2 + 1, 2 * a + linus, a * a + linus * linus)
    assert awareness.group == "7.3"
    assert awareness.now.all == pytest.approx(expected.all)
    assert (lead.group, lead.now.people) == ("7.1", 1)
    assert lead.now.r == pytest.approx(await remembered(store, GRACE, "budget", TODAY))


async def test_the_audit_counts_for_what_has_one(store: Storage) -> None:
    await company(store)
    _, (_, awareness) = await store.recalls(BANK, "item", TODAY, GROUPS)
    ada, linus = [await remembered(store, who, "labels", AUDIT) for who in (ADA, LINUS)]
    expected = Sums(2, 2, ada + linus, 2, ada + linus, ada * ada + linus * linus)
    assert awareness.audit.all == pytest.approx(expected.all)


async def test_a_day_before_the_last_answer_is_certain(store: Storage) -> None:
    await company(store)
    _, (_, awareness) = await store.recalls(BANK, "item", day_of(MONDAY) - 5, GROUPS)
    assert awareness.now.r == pytest.approx(3 * recall(1.0, 0))


async def test_people_are_counted_where_they_belong_whether_they_have_met_anything_or_not(
    store: Storage,
) -> None:
    await company(store)
    once = [meant._replace(group="") for meant in BANK]
    cells, found = await store.recalls(once, "team", TODAY, GROUPS)
    told = kinds_of(["everybody", "operations", "office"])
    assert sorted(cells) == [
        Cell("assembly", told, 2),
        Cell("board", told | MANAGERS, 1),
        Cell("quality", told, 1),
    ]
    assert [(each.group, each.now.people, each.now.m) for each in found] == [
        ("assembly", 2, 3),
        ("board", 1, 1),
    ]
    _, found = await store.recalls(once, "site", TODAY, GROUPS)
    assert [(each.group, each.now.people, each.now.m) for each in found] == [("Berlin", 3, 4)]


async def test_what_is_no_longer_meant_for_somebody_does_not_count(store: Storage) -> None:
    await company(store)
    await store.commit(change(person=replace(GRACE, roles=frozenset({Role.EMPLOYEE})), known=GRACE))
    _, found = await store.recalls(BANK, "item", TODAY, GROUPS)
    assert [each.group for each in found] == ["7.3"]


async def test_who_has_left_is_not_counted_and_a_manager_sees_their_own(store: Storage) -> None:
    await company(store)
    cells, found = await store.recalls(BANK, "item", TODAY, GROUPS, manager="tim")
    assert sum(cell.people for cell in cells) == 2
    assert [(each.group, each.now.people) for each in found] == [("7.3", 2)]
    await store.commit(change(person=replace(LINUS, left_at=MONDAY), known=LINUS))
    cells, found = await store.recalls(BANK, "item", TODAY, GROUPS, manager="tim")
    assert (sum(cell.people for cell in cells), found[0].now.people) == (1, 1)


async def test_a_bank_without_items_and_a_second_question_are_answered_too(store: Storage) -> None:
    await company(store)
    assert (await store.recalls((), "item", TODAY, GROUPS)).found == ()
    for _ in range(3):  # the table that is made for the question is gone afterwards
        assert len((await store.recalls(BANK, "item", TODAY, GROUPS)).found) == 2


@pytest.mark.parametrize(
    ("joined", "role", "team"),
    [
        (date(2020, 1, 1), Role.EMPLOYEE, "Production"),
        (date(2026, 10, 26), Role.LEADER, "production"),
        (date(2026, 10, 25), Role.MANAGER, "Sales"),
        (None, Role.ADMINISTRATOR, ""),
    ],
)
async def test_python_and_the_database_put_people_into_the_same_groups(
    store: Storage, joined: date | None, role: Role, team: str
) -> None:
    """The 90th day after the first is 23 January 2027 for who began on 25 October."""
    at = datetime(2027, 1, 23, 9, 0, tzinfo=UTC)
    learning = Learning.model_validate(
        {"groups": {"operations": "team:Production", "office": "not team:Production"}}
    )
    who = replace(ADA, joined=joined, roles=frozenset({Role.EMPLOYEE, role}), team=team)
    await store.commit(change(person=who))
    cells, _ = await store.recalls((), "item", TODAY, rules(learning, at))
    from handlers.people import subject

    belongs = [
        "everybody",
        *(name for name, rule in rules(learning, at).items() if rule.matches(subject(who))),
    ]
    assert cells == [Cell("", kinds_of(belongs), 1)]  # type: ignore[arg-type]
    assert ("new joiner" in belongs) is (joined == date(2026, 10, 26))


async def test_recall_by_item_and_team_adds_up_to_recall_by_item_and_tells_of_those_alone_who_are_asked_for(
    store: Storage,
) -> None:
    await company(store)
    await store.commit(change(inbox="moved", person=replace(LINUS, team="Paint"), known=LINUS))
    cells = (await store.recalls(BANK, "item and team", TODAY, GROUPS)).found
    whole = {each.group: each.now for each in (await store.recalls(BANK, "item", TODAY, GROUPS)).found}
    assert {(each.group, each.team, each.now.people) for each in cells} == {
        ("7.3", ADA.team, 1),
        ("7.3", "Paint", 1),
        ("7.1", GRACE.team, 1),
    }
    for group, sums in whole.items():
        parts = [each.now for each in cells if each.group == group]
        assert sum(parts[1:], parts[0]).all == pytest.approx(sums.all)
    asked = await store.recalls(BANK, "item and team", TODAY, GROUPS, people=Has("team", "Paint"))
    assert [(each.group, each.team, each.now.people) for each in asked.found] == [("7.3", "Paint", 1)]
    assert sum(cell.people for cell in asked.cells) == 1
