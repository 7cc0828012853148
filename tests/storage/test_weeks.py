"""How much people had in a week, and what was celebrated with them."""

from __future__ import annotations

from datetime import timedelta

from content.pieces import Milestone
from handlers.model import Celebration, Receipt, Status
from storage.store import Storage
from storage.weeks import AT_ONCE
from tests.storage.scene import ADA, CARD, LINUS, MINUTE, MONDAY, change, claim, delivery, roster

YEARS = Milestone(id="years", title="Years", scope="personal", text="So many years.")
A_DAY = timedelta(days=1)
WEEK = (MONDAY - A_DAY / 3, MONDAY + 7 * A_DAY)


async def test_what_was_sent_or_may_be_counts_and_nothing_else(store: Storage) -> None:
    rows = [
        delivery(ADA, slot="waits"),
        delivery(ADA, slot="skipped", status=Status.SKIPPED),
        delivery(ADA, slot="later", due_at=MONDAY + 8 * A_DAY),
        delivery(LINUS, slot="waits"),
    ]
    for row in rows:
        await store.plan(roster(row, slot=f"{row.slot} {row.person}"), MONDAY)
    assert await store.had("ada", *WEEK) == 1
    assert await store.had("nobody", *WEEK) == 0
    assert await store.full(["ada", "linus"], *WEEK, 1) == {"ada", "linus"}


async def test_a_celebration_is_there_when_it_was_sent_or_will_be(store: Storage) -> None:
    await store.commit(change(person=ADA))
    waits = delivery(ADA, slot="waits", piece=YEARS, card=CARD, due_at=MONDAY + A_DAY)
    sent = delivery(ADA, slot="sent", piece=YEARS, card=CARD, expires_at=MONDAY + 9 * A_DAY)
    left_out = delivery(ADA, slot="left out", piece=YEARS, card=CARD, status=Status.SKIPPED)
    for row in (waits, sent, left_out, delivery(ADA, slot="a message")):
        await store.plan(roster(row, slot=row.slot), MONDAY)
    for taken in await claim(store, MONDAY + MINUTE):
        assert await store.settle(taken, "w", Status.SENT, MONDAY + 3 * A_DAY, receipt=Receipt(taken.id))
    found = await store.celebrations(["linus", "ada"], *WEEK)
    assert set(found) == {"ada"}
    assert set(found["ada"]) == {
        Celebration(waits.id, MONDAY + A_DAY, Status.PENDING),
        Celebration(sent.id, MONDAY + 3 * A_DAY, Status.SENT),
    }
    assert await store.celebrations(["ada"], MONDAY, MONDAY + A_DAY) == {}
    assert len((await store.celebrations(["ada"], MONDAY + 2 * A_DAY, MONDAY + 4 * A_DAY))["ada"]) == 1


async def test_however_many_people_are_asked_about_at_once(store: Storage) -> None:
    row = delivery(ADA, piece=YEARS, card=CARD)
    await store.plan(roster(row), MONDAY)
    crowd = [*(f"p{number}" for number in range(AT_ONCE)), "ada"]
    assert list(await store.celebrations(crowd, *WEEK)) == ["ada"]
