"""An audience asked in the database names the people that its rule names one by one."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from content.audience import Audience, parse
from handlers.model import Headcount, Person, Role, SavedAudience
from handlers.people import audience_of
from handlers.ports import Taken
from storage.audiences import named
from storage.people import PERSON
from storage.store import Storage
from tests.storage.scene import ADA, LINUS, MONDAY, change, delivery, person, press, roster

PEOPLE = (
    person("Ada", team="Montage Straße", site="Plant 2", joined=date(2026, 3, 1), language="de"),
    person("Linus", team="MONTAGE STRASSE", roles=frozenset({Role.EMPLOYEE, Role.LEADER})),
    person("Marie", team="Ärzte", roles=frozenset({Role.QUALITY_LEAD}), joined=date(2020, 1, 1)),
    person("Grace", roles=frozenset({Role.LEADER, Role.AUDITOR}), site="plant 2", email="Grace@Example.org"),
    person("Tim", team="Production", language="fr"),
)
RULES = (
    "everyone",
    "not everyone",
    'team:"montage strasse"',
    'team:"ÄRZTE"',
    "team:Nowhere",
    "not team:Nowhere",
    'site:"PLANT 2" and language:de',
    'role:"Quality Lead" or role:auditor',
    "role:lead",
    "not role:leader and not team:production",
    "email:grace@example.org",
    "joined-since:2026-01-01",
    "not joined-since:2026-01-01",
    "not (team:Production or joined-since:2019-01-01) and role:leader",
)


@pytest.fixture
async def there(store: Storage) -> list[Person]:
    """They, and somebody who has left."""
    for each in PEOPLE:
        await store.commit(change(person=each))
    gone = person("Zoe", team="Production")
    await store.commit(change(person=gone))
    await store.commit(change(person=replace(gone, left_at=datetime(2026, 1, 1, tzinfo=UTC))))
    return list(await store.people())


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_names_the_same_people_in_the_database(
    store: Storage, there: list[Person], rule: str
) -> None:
    audience = parse(rule)
    with store._engine.connect() as connection:
        keys = set(connection.scalars(select(PERSON.c.key).where(named(connection, audience))))
    assert keys == {each.key for each in audience_of(audience, there)}
    assert (await store.outlook(audience, MONDAY)).people == len(keys)


async def test_heads_are_counted_by_role_site_and_team(store: Storage, there: list[Person]) -> None:
    assert await store.headcount() == Headcount(
        5,
        {
            "role": {"employee": 3, "leader": 2, "quality lead": 1, "auditor": 1},
            "site": {"Plant 2": 1, "plant 2": 1},
            "team": {"Montage Straße": 1, "MONTAGE STRASSE": 1, "Ärzte": 1, "Production": 1},
        },
    )


async def test_those_whom_a_rule_names_come_out_whole_and_are_counted_together(
    store: Storage, there: list[Person]
) -> None:
    rules = [parse(rule) for rule in RULES]
    assert [list(await store.named(rule)) for rule in rules] == [audience_of(rule, there) for rule in rules]
    assert list(await store.counted(rules)) == [len(audience_of(rule, there)) for rule in rules]
    assert list(await store.counted([])) == []


VALUES = ["montage straße", "ÄRZTE", "Plant 2", "leader", "quality lead", "de", "marie@example.org", "x"]
LEAVES = st.one_of(
    st.just("everyone"),
    st.dates(date(2019, 1, 1), date(2027, 1, 1)).map(lambda day: f"joined-since:{day}"),
    st.builds(
        lambda field, value: f'{field}:"{value}"',
        st.sampled_from(["team", "site", "role", "language", "email"]),
        st.sampled_from(VALUES),
    ),
)
ANY_RULE = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        inner.map(lambda one: f"not ({one})"),
        st.builds(lambda a, word, b: f"({a}) {word} ({b})", inner, st.sampled_from(["and", "or"]), inner),
    ),
    max_leaves=8,
).map(parse)


async def test_every_rule_that_both_know_names_the_same_people_in_both(
    store: Storage, there: list[Person]
) -> None:
    @settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(ANY_RULE)
    def in_both(rule: Audience) -> None:
        with store._engine.connect() as connection:
            keys = set(connection.scalars(select(PERSON.c.key).where(named(connection, rule))))
        assert keys == {each.key for each in audience_of(rule, there)}

    in_both()


async def test_who_acknowledged_a_broadcast_is_asked_of_the_log(store: Storage, there: list[Person]) -> None:
    rows = [delivery(each, campaign="broadcast-1") for each in there]
    await store.plan(roster(*rows, campaign="broadcast-1"), MONDAY)
    by_person = {row.person: row for row in rows}
    await store.commit(press(by_person["ada"]))
    await store.commit(press(by_person["tim"]))
    await store.commit(press(by_person["grace"], "cheered"))

    async def keys(rule: str) -> list[str]:
        return [each.key for each in await store.named(parse(rule))]

    assert await keys("acknowledged:broadcast-1") == ["ada", "tim"]
    assert await keys("not acknowledged:broadcast-1") == ["grace", "linus", "marie"]
    assert await keys("acknowledged:broadcast-1 and team:production") == ["tim"]
    assert await keys("acknowledged:broadcast-2") == []
    outlook = await store.outlook(parse("everyone"), MONDAY, parse("acknowledged:broadcast-1"))
    people = Counter[bool]()
    for group in outlook.groups:
        people[group.excluded] += group.people
    assert people == {True: 2, False: 3}


async def test_heads_are_counted_within_a_rule(store: Storage, there: list[Person]) -> None:
    found = await store.headcount(parse("role:leader"))
    assert found == Headcount(
        2,
        {
            "role": {"employee": 1, "leader": 2, "auditor": 1},
            "site": {"plant 2": 1},
            "team": {"MONTAGE STRASSE": 1},
        },
    )


def saved(name: str = "Shift leaders", rule: str = "role:leader", owner: str = "ada") -> SavedAudience:
    return SavedAudience(name, rule, owner, MONDAY)


async def test_a_saved_audience_is_its_owners_whatever_the_case_of_its_name(store: Storage) -> None:
    for each in (ADA, LINUS):
        await store.commit(change(person=each))
    await store.commit(change(keep=saved()))
    await store.commit(change(keep=saved("alle", "everyone", "linus")))
    with pytest.raises(Taken):
        await store.commit(change(keep=saved("SHIFT leaders", "everyone", "linus")))
    await store.commit(change(keep=saved("shift LEADERS", "team:x")))
    assert await store.saved_audiences() == [
        saved("alle", "everyone", "linus"),
        saved("shift LEADERS", "team:x"),
    ]


async def test_only_the_owner_forgets_a_saved_audience(store: Storage) -> None:
    await store.commit(change(keep=saved()))
    await store.commit(change(keep=saved(rule="", owner="linus")))
    assert len(await store.saved_audiences()) == 1
    await store.commit(change(keep=saved(rule="")))
    assert await store.saved_audiences() == []
    await store.commit(change(keep=saved(owner="linus")))


async def test_a_name_that_is_taken_leaves_no_trace_of_the_event(store: Storage) -> None:
    await store.commit(change(keep=saved()))
    late = change(keep=saved(owner="linus"), person=LINUS)
    with pytest.raises(Taken):
        await store.commit(late)
    assert await store.person("linus") is None
    assert await store.commit(replace(late, keep=None))
