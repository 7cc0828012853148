"""Nights are kept as sums: the newest whole, of the others what is history; and reckoned of some people at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.learning.nightly import BOTH, WHOLE
from handlers.numbers.counts import Remembered, Sums
from storage.store import Storage
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change
from tests.storage.test_recalls import BANK, GROUPS, TODAY, company

A_DAY = timedelta(days=1)


def row(name: str, people: int = 8, team: str = "") -> Remembered:
    sums = Sums(people, 2.0, 1.5, 4.0, 3.0, 2.25)
    return Remembered(name, sums, Sums(people, 1.0, 0.5, 1.0, 0.5, 0.25), 10**10, people + 1, team)


async def test_a_night_comes_back_as_it_was_kept_and_is_there_with_its_whole(store: Storage) -> None:
    nights = store.nights
    await nights.keep(MONDAY, {"clause": [row("7.3"), row("5.2")], BOTH: [row("7.3", 3, "Paint")]})
    assert await nights.newest() is None
    await nights.keep(MONDAY, {WHOLE: [row("")]})
    assert await nights.newest() == MONDAY
    assert await nights.of("clause", [MONDAY], "7.3") == {MONDAY: [row("7.3")]}
    assert (await nights.of(BOTH, [MONDAY]))[MONDAY] == [row("7.3", 3, "Paint")]
    assert {each.name for each in (await nights.of("clause", [MONDAY]))[MONDAY]} == {"5.2", "7.3"}


async def test_of_the_nights_that_are_over_the_history_stays(store: Storage) -> None:
    nights = store.nights
    moments = [MONDAY - 800 * A_DAY, MONDAY - A_DAY, MONDAY, MONDAY + timedelta(hours=2)]
    for at in moments:
        rows = [row(f"team {number}") for number in range(700)]
        await nights.keep(
            at, {"clause": [row("7.3"), row("5.2", 4)], "team": rows, BOTH: [row("7.3", 9, "Paint")]}
        )
        await nights.keep(at, {"site": [row("Lyon")], WHOLE: [row("", 2)]})
    await nights.clear(moments[-1], MONDAY - timedelta(hours=1), MONDAY - 731 * A_DAY)
    assert await nights.nights(MONDAY - 1000 * A_DAY) == [moments[1], moments[3]]
    clauses = await nights.of("clause", moments)
    assert {at: [each.name for each in found] for at, found in clauses.items()} == {
        moments[1]: ["7.3"],  # of fewer than five people nothing is history
        moments[3]: ["5.2", "7.3"],
    }
    teams = await nights.of("team", moments)
    assert [(at, len(found)) for at, found in teams.items()] == [(moments[3], 700)]


async def test_a_process_that_died_before_the_whole_leaves_no_night(store: Storage) -> None:
    await store.nights.keep(MONDAY, {"clause": [row("7.3")], "team": [row("Paint")], WHOLE: [row("")]})
    await store.nights.keep(MONDAY + A_DAY, {"clause": [row("7.3")], "team": [row("Paint")]})
    assert await store.nights.newest() == MONDAY
    await store.nights.keep(MONDAY + 2 * A_DAY, {WHOLE: [row("")]})
    await store.nights.clear(MONDAY + 2 * A_DAY, MONDAY + 2 * A_DAY, MONDAY - A_DAY)
    assert await store.nights.of("team", [MONDAY, MONDAY + A_DAY]) == {}


async def test_some_people_are_looked_at_by_item_team_and_site(store: Storage) -> None:
    await company(store)
    assert await store.nights.belonging() == sorted((who.team, who.key) for who in (ADA, GRACE, LINUS, MARIE))
    await store.commit(change(inbox="moved", person=replace(LINUS, site="Lyon"), known=LINUS))
    seen = await store.nights.parts([ADA.key, LINUS.key], BANK, TODAY, GROUPS, lambda found: found)
    assert [(each.group, each.team, each.site, each.now.m) for each in seen.found] == [
        ("7.3", ADA.team, "Berlin", 2.0),
        ("7.3", LINUS.team, "Lyon", 1.0),
    ]
    assert sorted((cell.group, cell.site, cell.people) for cell in seen.cells) == [
        (ADA.team, "Berlin", 1),
        (LINUS.team, "Lyon", 1),
    ]
    whole = (await store.recalls(BANK, "item", TODAY, GROUPS)).found
    rest = await store.nights.parts([GRACE.key, MARIE.key], BANK, TODAY, GROUPS, lambda found: found)
    parts = [each.now for each in (*seen.found, *rest.found) if each.group == "7.3"]
    assert sum(parts[1:], parts[0]).all == pytest.approx(
        next(each.now.all for each in whole if each.group == "7.3")
    )


async def test_many_memories_are_seen_without_counting_them_all(store: Storage) -> None:
    await company(store)  # four of them
    store.nights.at_once = 4
    assert not await store.nights.many()
    store.nights.at_once = 3
    assert await store.nights.many()
