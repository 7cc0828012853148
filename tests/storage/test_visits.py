"""Visits to the page: a link opens it once, and what is kept of both opens nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from handlers.api.tokens import hashed
from handlers.numbers.visits import COARSE, IDLE, LASTS, Invitation, Visit
from storage.store import Storage
from tests.storage.scene import GRACE, LINUS, MONDAY, change

LINK, OTHER = hashed("link one"), hashed("link two")
VISIT, NEWER = hashed("visit one"), hashed("visit two")


async def invited(store: Storage, link: str, person: str = GRACE.key) -> None:
    assert await store.commit(change(inbox=f"asked {link}", invitation=Invitation(person, link)))


async def test_a_link_opens_the_page_once_for_its_person(store: Storage) -> None:
    await invited(store, LINK)
    assert await store.visits.one(LINK) is None  # a link is no visit
    assert await store.visits.enter(LINK, VISIT, MONDAY)
    assert await store.visits.one(VISIT) == Visit(GRACE.key, MONDAY, MONDAY)
    assert not await store.visits.enter(LINK, NEWER, MONDAY)
    assert not await store.visits.enter(VISIT, NEWER, MONDAY)  # and a visit no link
    assert await store.visits.one(NEWER) is None
    assert [entry.kind for entry in await store.entries(1)] == ["page entered"]


async def test_of_two_who_come_with_one_link_one_gets_in(store: Storage, second: Storage) -> None:
    await invited(store, LINK)
    came = await asyncio.gather(
        store.visits.enter(LINK, VISIT, MONDAY), second.visits.enter(LINK, NEWER, MONDAY)
    )
    assert sorted(came) == [False, True]
    assert [bool(await store.visits.one(visit)) for visit in (VISIT, NEWER)] == came


async def test_a_link_ends_after_ten_minutes_and_with_the_next_one(store: Storage) -> None:
    await invited(store, LINK)
    assert not await store.visits.enter(LINK, VISIT, MONDAY + timedelta(minutes=10))
    await invited(store, OTHER)
    assert not await store.visits.enter(LINK, VISIT, MONDAY)
    assert await store.visits.enter(OTHER, VISIT, MONDAY + timedelta(minutes=9, seconds=59))


async def test_visits_of_one_person_stand_beside_each_other_until_all_are_ended(store: Storage) -> None:
    for link, visit in ((LINK, VISIT), (OTHER, NEWER)):
        await invited(store, link)
        assert await store.visits.enter(link, visit, MONDAY)
    await store.visits.leave(VISIT)
    assert await store.visits.one(VISIT) is None
    await invited(store, hashed("linus"), LINUS.key)
    assert await store.visits.enter(hashed("linus"), hashed("his"), MONDAY)
    assert await store.commit(change(inbox="off", invitation=Invitation(GRACE.key)))
    assert await store.visits.one(NEWER) is None
    assert await store.visits.one(hashed("his")) is not None


async def test_a_visit_ends_by_its_age_or_when_nobody_is_there_and_its_row_with_a_later_one(
    store: Storage,
) -> None:
    await invited(store, LINK)
    await store.visits.enter(LINK, VISIT, MONDAY)
    known = await store.visits.one(VISIT)
    assert known is not None
    assert not known.over(MONDAY + IDLE)
    assert known.over(MONDAY + IDLE + COARSE)
    await store.visits.used(VISIT, MONDAY + IDLE)
    renewed = await store.visits.one(VISIT)
    assert renewed is not None
    assert not renewed.over(MONDAY + IDLE + COARSE)
    assert renewed.over(MONDAY + LASTS)
    assert await store.commit(
        change(inbox="later", at=MONDAY + LASTS, invitation=Invitation(LINUS.key, OTHER))
    )
    assert await store.visits.enter(OTHER, NEWER, MONDAY + LASTS)
    assert await store.visits.one(VISIT) is None
