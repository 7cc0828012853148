"""What is known ahead of a broadcast: where its people are, what waits before them, who will not be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from content.audience import parse
from handlers.broadcasts.outlook import Ahead, Group, Line
from handlers.model import Address, Lane, Person, Platform, Reason, Receipt, Status
from handlers.pace import Pace
from storage.outlooks import REMEMBERED
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    GRACE,
    LINUS,
    MINUTE,
    MONDAY,
    SENDS,
    change,
    claim,
    delivery,
    person,
    press,
    roster,
)

EVERYONE = parse("everyone")
IN_TEAMS = Address(Platform.TEAMS, "tenant", "29:ada", "a:1")


async def known(store: Storage, *people: Person) -> None:
    for each in people:
        await store.commit(change(person=each))


async def groups(store: Storage) -> set[Group]:
    return set((await store.outlook(EVERYONE, MONDAY)).groups)


async def refused(store: Storage, who: Person = ADA, reason: Reason = Reason.BLOCKED, **more: object) -> None:
    """A delivery that the platform refused."""
    row = delivery(who, slot=f"{reason}", **more)
    await store.plan(roster(row, slot=row.slot), MONDAY)
    (taken,) = await claim(store, MONDAY + MINUTE)
    assert await store.settle(taken, "w", Status.FAILED, MONDAY, reason=reason)


async def test_people_of_whom_the_same_is_known_are_one_group(store: Storage) -> None:
    paused = replace(GRACE, paused_until=MONDAY + timedelta(days=1))
    rested = replace(LINUS, paused_until=MONDAY)
    await known(store, ADA, rested, paused, person("Tim", addresses=(), zone="Asia/Tokyo", site="Tokyo"))
    here = Group(1, Platform.SLACK, "T1", met=False)
    assert await groups(store) == {
        replace(here, people=2),
        replace(here, paused_until=MONDAY + timedelta(days=1)),
        Group(1, None, zone="Asia/Tokyo", site="Tokyo"),
    }


@pytest.mark.parametrize("preferred", [None, Platform.SLACK, Platform.TEAMS, Platform.PLAYGROUND])
async def test_of_several_addresses_it_is_the_one_that_is_written_to(
    store: Storage, preferred: Platform | None
) -> None:
    for addresses in ((*ADA.addresses, IN_TEAMS), (IN_TEAMS, *ADA.addresses)):
        ada = replace(ADA, addresses=addresses, preferred=preferred)
        await known(store, ada)
        (group,) = await groups(store)
        assert ada.address is not None
        assert (group.platform, group.workspace) == (ada.address.platform, ada.address.workspace)
        assert group.met is bool(ada.address.conversation)


async def test_a_refusal_that_nothing_followed_is_remembered_with_its_reason(store: Storage) -> None:
    await known(store, ADA, LINUS)
    await refused(store)
    assert {group.refused for group in await groups(store)} == {Reason.BLOCKED, Reason.NONE}


async def test_the_last_refusal_counts(store: Storage) -> None:
    await known(store, ADA)
    await refused(store, reason=Reason.NOT_INSTALLED)
    await refused(store, reason=Reason.DISABLED)
    assert [group.refused for group in await groups(store)] == [Reason.DISABLED]


@pytest.mark.parametrize("reason", [Reason.TOO_LARGE, Reason.UNCERTAIN])
async def test_a_refusal_of_the_card_says_nothing_of_the_person(store: Storage, reason: Reason) -> None:
    await known(store, ADA)
    await refused(store, reason=reason)
    assert [group.refused for group in await groups(store)] == [Reason.NONE]


async def test_a_refusal_is_forgotten_once_something_arrives(store: Storage) -> None:
    await known(store, ADA)
    await refused(store)
    later = delivery(ADA, slot="later", due_at=MONDAY + MINUTE)
    await store.plan(roster(later, slot="later"), MONDAY)
    (taken,) = await claim(store, MONDAY + MINUTE)
    await store.settle(taken, "w", Status.SENT, MONDAY + MINUTE, receipt=Receipt("1"))
    assert [group.refused for group in await groups(store)] == [Reason.NONE]


async def test_a_refusal_is_forgotten_once_the_person_does_anything(store: Storage) -> None:
    await known(store, ADA)
    before = delivery(ADA, slot="before", due_at=MONDAY - MINUTE)
    await store.plan(roster(before, slot="before"), MONDAY - MINUTE)
    (taken,) = await claim(store, MONDAY)
    await store.settle(taken, "w", Status.SENT, MONDAY - MINUTE, receipt=Receipt("1"))
    await refused(store)
    sent = await store.delivery(before.id)
    assert sent is not None
    await store.commit(press(replace(sent, sent_at=MONDAY + MINUTE)))
    assert [group.refused for group in await groups(store)] == [Reason.NONE]


async def test_a_refusal_at_another_address_or_long_ago_says_nothing(store: Storage) -> None:
    await known(store, ADA)
    await refused(
        store, replace(ADA, addresses=(replace(IN_TEAMS, platform=Platform.SLACK, workspace="T1"),))
    )
    assert [group.refused for group in await groups(store)] == [Reason.NONE]
    ago = MONDAY - REMEMBERED - MINUTE
    await refused(store, reason=Reason.NOBODY, due_at=ago)
    assert [group.refused for group in await groups(store)] == [Reason.NONE]


async def test_what_waits_ahead_is_counted_by_when_it_falls_due(store: Storage) -> None:
    await known(store, ADA)
    tomorrow = MONDAY + timedelta(days=1)
    met = replace(LINUS, addresses=(replace(LINUS.addresses[0], conversation="D1"),))
    rows = (
        delivery(ADA, lane=Lane.REMINDER, due_at=MONDAY - MINUTE),
        delivery(met),
        delivery(GRACE, due_at=tomorrow),
        delivery(replace(GRACE, key="tim"), status=Status.SKIPPED, reason=Reason.PAUSED),
        delivery(replace(GRACE, key="tom"), lane=Lane.INTERACTIVE),
    )
    await store.plan(roster(*rows), MONDAY)
    await store.throttle(SENDS, MONDAY, tomorrow, Pace(start=5, most=20))
    (line,) = (await store.outlook(EVERYONE, MONDAY)).lines.values()
    assert set(line.ahead) == {Ahead(MONDAY, 2, 1), Ahead(tomorrow, 1, 1)}
    assert line.gauge is not None
    assert (line.gauge.rate, line.gauge.again) == (5, tomorrow)


async def test_a_queue_that_never_moved_has_no_gauge(store: Storage) -> None:
    await known(store, ADA)
    assert (await store.outlook(EVERYONE, MONDAY)).lines == {SENDS: Line()}
