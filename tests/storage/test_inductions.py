"""Joiners of a period with the first thing they did of the induction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from storage.store import Storage
from tests.answering import A_DAY, answered, item
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change

LABELS = item("labels")
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


async def test_joiners_come_with_what_they_did_first_of_these_campaigns(store: Storage) -> None:
    began = {ADA: date(2026, 11, 2), LINUS: date(2026, 11, 23), MARIE: date(2026, 10, 31), GRACE: None}
    for who, day in began.items():
        await store.commit(change(person=replace(who, joined=day)))
    await answered(store, ADA, LABELS, "A", MONDAY - 3 * A_DAY, campaign="weekly-quiz")
    await answered(store, ADA, LABELS, "B", MONDAY, campaign="welcome")
    await answered(store, ADA, LABELS, "B", MONDAY + A_DAY, campaign="welcome")
    linus, ada = await store.inducted(["welcome", "first-week"], FIRST, LAST)
    assert (linus.name, linus.joined, linus.first_at, linus.sent) == (
        "Linus",
        LAST.replace(day=23),
        None,
        False,
    )
    assert (ada.name, ada.team, ada.first_at) == ("Ada", "assembly", MONDAY)
    assert await store.inducted(["other"], FIRST, LAST, manager="nobody") == []
    assert [joiner.first_at for joiner in await store.inducted(["other"], FIRST, LAST)] == [None, None]


async def test_who_has_left_since_is_still_a_joiner(store: Storage) -> None:
    await store.commit(change(person=replace(ADA, joined=FIRST, left_at=MONDAY)))
    (ada,) = await store.inducted([], FIRST, LAST)
    assert ada.left
