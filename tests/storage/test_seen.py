"""What read receipts prove: each delivery once, of this person there, up to the message and not beyond."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from handlers.model import Address, Delivery, Job, Person, Platform, Queue, Receipt, Status
from storage.deliveries import DELIVERY
from storage.store import Storage
from tests.storage.scene import MINUTE, MONDAY, change, claim, delivery, roster

HERE = Address(Platform.TEAMS, "tenant", "29:ada", "a:ada")
SENDS = Queue(Platform.TEAMS, "tenant", Job.SEND)
A_DAY = timedelta(days=1)


def somebody(name: str = "ada", workspace: str = "tenant") -> Person:
    at = Address(Platform.TEAMS, workspace, f"29:{name}", f"a:{name}")
    return Person(name, name.capitalize(), f"{name}@example.org", addresses=(at,))


async def sent(store: Storage, to: Person, *messages: str, days_ago: int = 0) -> list[str]:
    """A message each, sent under these names; their ids."""
    await store.commit(change(person=to))
    due = MONDAY - days_ago * A_DAY
    rows = [delivery(to, campaign=f"c{m}-{to.key}", due_at=due, expires_at=due + A_DAY) for m in messages]
    for row, message in zip(rows, messages, strict=True):
        await store.plan(roster(row, campaign=row.campaign, due_at=due), due)
        (mine,) = await claim(
            store, due, queue=Queue(to.addresses[-1].platform, to.addresses[-1].workspace, Job.SEND)
        )
        assert await store.settle(mine, "w", Status.SENT, due, receipt=Receipt(message))
    return [row.id for row in rows]


async def seen(store: Storage) -> dict[str, object]:
    """Delivery -> when it was seen, of those that were."""
    query = select(DELIVERY.c.id, DELIVERY.c.seen_at).where(DELIVERY.c.seen_at.is_not(None))
    return dict(await store._read(lambda c: c.execute(query).all()))


async def noted(store: Storage) -> list[str]:
    return [entry.delivery for entry in await store.entries() if entry.kind == "seen"]


async def test_everything_up_to_the_message_is_seen_and_nothing_after_it(store: Storage) -> None:
    first, second, third = await sent(store, somebody(), "998", "1000", "1002")
    assert await store.mark_seen(HERE, "1000", MONDAY)
    assert await seen(store) == {first: MONDAY, second: MONDAY}
    assert sorted(await noted(store)) == sorted([first, second])
    assert await store.mark_seen(HERE, "1002", MONDAY + MINUTE)
    assert await seen(store) == {first: MONDAY, second: MONDAY, third: MONDAY + MINUTE}
    assert len(await noted(store)) == 3
    assert (await store.verify()).broken is None


async def test_the_entry_says_what_was_seen_and_of_which_clause(store: Storage) -> None:
    (row,) = await sent(store, somebody(), "1000")
    await store.mark_seen(HERE, "1000", MONDAY)
    entry = next(entry for entry in await store.entries() if entry.kind == "seen")
    assert (entry.person, entry.delivery, entry.object_id) == ("ada", row, "why-quality")
    assert entry.clauses == ("ISO 9001:2015 7.3",)
    assert await store.done(row) == ()


async def test_a_receipt_that_comes_again_or_with_others_counts_once(store: Storage) -> None:
    (row,) = await sent(store, somebody(), "1000")
    again = [store.mark_seen(HERE, "1000", MONDAY + number * MINUTE) for number in range(20)]
    assert await asyncio.gather(*again) == [True] * 20
    assert await noted(store) == [row]
    assert await seen(store) == {row: MONDAY}


async def test_others_and_other_workspaces_have_seen_nothing(store: Storage) -> None:
    await sent(store, somebody("grace"), "1000")
    await sent(store, somebody("ada", "elsewhere"), "1001")
    (mine,) = await sent(
        store, Person("ada", addresses=(*somebody("ada", "elsewhere").addresses, HERE)), "1002"
    )
    await store.mark_seen(HERE, "2000", MONDAY)
    assert await noted(store) == [mine]


async def test_a_stranger_a_message_without_a_number_and_a_long_one_break_nothing(store: Storage) -> None:
    await sent(store, somebody(), "1000")
    nobody = Address(Platform.TEAMS, "tenant", "29:nobody")
    for address, message in ((nobody, "1000"), (HERE, "soon"), (HERE, "²"), (HERE, ""), (HERE, "9" * 5000)):
        assert await store.mark_seen(address, message, MONDAY)
    assert await seen(store) == {}


async def test_what_was_due_more_than_sixty_days_ago_is_not_looked_at(store: Storage) -> None:
    await sent(store, somebody(), "1000", days_ago=61)
    (row,) = await sent(store, somebody(), "1001", days_ago=59)
    await store.mark_seen(HERE, "1001", MONDAY)
    assert list(await seen(store)) == [row]


async def test_what_is_being_sent_just_now_is_told_so_that_it_is_asked_again(store: Storage) -> None:
    await store.commit(change(person=somebody()))
    row: Delivery = delivery(somebody())
    await store.plan(roster(row), MONDAY)
    (mine,) = await claim(store, MONDAY, queue=SENDS)
    assert await store.mark_seen(HERE, "1000", MONDAY) is False
    await store.settle(mine, "w", Status.SENT, MONDAY, receipt=Receipt("1000"))
    assert await store.mark_seen(HERE, "1000", MONDAY) is True
    assert list(await seen(store)) == [row.id]
