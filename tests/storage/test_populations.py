"""The roster of a pack says where people belonged on its last day; where that is not known, where they belong now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest

from content.audience import Audience, Everyone, Has
from handlers.evidence.pack import BELONGING_KEPT, NOW, ROSTER, THEN, Cell, Scope
from handlers.model import Person, Role
from storage.store import Storage
from tests.storage.scene import ADA, GRACE, LINUS, MONDAY, change

A_DAY = timedelta(days=1)
LEADS = frozenset({Role.EMPLOYEE, Role.QUALITY_LEAD})
WHERE = ("team", "site", "manager", "roles")


async def roster(
    store: Storage, until: datetime, audience: Audience | None = None, named: Audience | None = None
) -> Mapping[str, Mapping[str, Cell]]:
    """Of a year up to and with this day."""
    days = (date(2026, 1, 1), until.date())
    scope = Scope(
        "ISO 9001:2015", *days, ZoneInfo("Europe/Berlin"), audience or Everyone(), named or Everyone()
    )
    rows = await store.evidence(scope, lambda source: list(chain.from_iterable(source.rows(ROSTER))))
    return {str(row[0]): dict(zip(ROSTER.columns, row, strict=True)) for row in rows}


def where(row: Mapping[str, Cell]) -> Sequence[Cell]:
    return [row[name] for name in WHERE] + [row[ROSTER.columns[-1]]]


@pytest.fixture
async def moved(store: Storage) -> Storage:
    """Ada goes from Assembly to Paint on the 10th day and leads quality there from the 20th on; Linus leaves."""
    await store.keep_value(BELONGING_KEPT, MONDAY.isoformat())
    ada = replace(ADA, team="Assembly", site="Berlin", manager="tim")
    lead = replace(LINUS, team="Assembly", roles=LEADS)
    for who in (ada, lead, GRACE):
        await store.commit(change(person=who))
    paint = replace(ada, team="Paint", manager="rosa")
    await _then(store, ada, paint, 10)
    await _then(store, paint, replace(paint, roles=LEADS, site="Lyon"), 20)
    gone = replace(lead, left_at=MONDAY + 15 * A_DAY, roles=frozenset({Role.EMPLOYEE}))
    await _then(store, lead, gone, 15)
    return store


async def _then(store: Storage, before: Person, now: Person, days: int) -> None:
    await store.commit(change(person=now, known=before, at=MONDAY + days * A_DAY))


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (5, ["Assembly", "Berlin", "tim", "employee", THEN]),
        (9, ["Assembly", "Berlin", "tim", "employee", THEN]),
        (10, ["Paint", "Berlin", "rosa", "employee", THEN]),
        (19, ["Paint", "Berlin", "rosa", "employee", THEN]),
        (20, ["Paint", "Lyon", "rosa", "employee, quality lead", THEN]),
        (60, ["Paint", "Lyon", "rosa", "employee, quality lead", THEN]),
        (-5, ["Paint", "Lyon", "rosa", "employee, quality lead", NOW]),  # before anything was kept
    ],
)
async def test_somebody_stands_where_they_belonged_on_the_last_day(
    moved: Storage, days: int, expected: Sequence[str]
) -> None:
    found = await roster(moved, MONDAY + days * A_DAY)
    assert where(found[ADA.key]) == expected
    assert where(found[GRACE.key]) == ["board", "", "", "employee, leader", expected[-1]]


async def test_who_has_left_stands_as_on_their_own_last_day(moved: Storage) -> None:
    """Leaving takes every role away."""
    found = (await roster(moved, MONDAY + 60 * A_DAY))[LINUS.key]
    assert where(found) == ["Assembly", LINUS.site, LINUS.manager, "employee, quality lead", THEN]


async def test_who_works_under_the_standard_is_decided_as_of_that_day_and_whose_name_is_shown_as_of_today(
    moved: Storage,
) -> None:
    paint = Has("team", "Paint")
    for days, under in ((5, "no"), (12, "yes")):
        found = (await roster(moved, MONDAY + days * A_DAY, audience=paint, named=paint))[ADA.key]
        assert (found["under the standard"], found["name"]) == (under, ADA.name)


async def test_where_nothing_was_kept_yet_it_is_as_of_now_and_says_so(store: Storage) -> None:
    await store.commit(change(person=ADA))
    await _then(store, ADA, replace(ADA, team="Paint"), 3)
    assert where((await roster(store, MONDAY))[ADA.key])[0::4] == ["Paint", NOW]


async def test_two_changes_at_one_moment_and_one_of_a_name_alone_are_told_apart(store: Storage) -> None:
    await store.keep_value(BELONGING_KEPT, MONDAY.isoformat())
    await store.commit(change(person=ADA))
    first, second = replace(ADA, team="Paint"), replace(ADA, team="Lab")
    await _then(store, ADA, first, 3)
    await _then(store, first, second, 3)
    await _then(store, second, replace(second, name="Ada Quist"), 4)
    assert [(each.until, each.team) for each in await store.belonged(ADA.key)] == [
        (MONDAY + 3 * A_DAY, ADA.team)
    ]
    assert where((await roster(store, MONDAY))[ADA.key])[0] == ADA.team


async def test_an_erasure_leaves_where_somebody_belonged_under_their_key(moved: Storage) -> None:
    assert await moved.erase(ADA.key, MONDAY + 30 * A_DAY) is not None
    for days in (60, 25):
        found = (await roster(moved, MONDAY + days * A_DAY))[ADA.key]
        assert where(found) == ["Paint", "Lyon", "rosa", "employee, quality lead", THEN]
        assert found["name"] == ""
