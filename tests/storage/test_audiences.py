"""An audience asked in the database names the people that its rule names one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from content.audience import parse
from handlers.model import Headcount, Person, Role
from handlers.people import audience_of
from storage.audiences import named
from storage.people import PERSON
from storage.store import Storage
from tests.storage.scene import MONDAY, change, person

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
