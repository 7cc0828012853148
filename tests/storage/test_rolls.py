"""People one after the other: who is found, in which order, and what each was sent and did in a period."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from content.audience import Everyone, Has
from storage.store import Storage
from tests.answering import answered, item
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change

LABELS, KEYS = item("labels"), item("keys")
UNTIL = MONDAY + timedelta(days=30)


async def company(store: Storage) -> None:
    for who in (ADA, LINUS, MARIE, GRACE):
        await store.commit(change(inbox=f"made {who.key}", person=who))
    await answered(store, ADA, LABELS, "A", MONDAY + timedelta(days=1))
    await answered(store, ADA, KEYS, "B", MONDAY + timedelta(days=2))
    await answered(store, ADA, KEYS, "A", UNTIL + timedelta(days=1))


async def test_people_come_by_name_a_page_at_a_time_with_what_they_did_in_the_period(store: Storage) -> None:
    await company(store)
    lines = store.rolls.lines
    total, first = await lines(Everyone(), "", MONDAY, UNTIL, start=0, most=2)
    _, then = await lines(Everyone(), "", MONDAY, UNTIL, start=2, most=2)
    names = [line.name for line in (*first, *then)]
    assert (total, names) == (4, sorted(names, key=str.lower))
    ada = next(line for line in (*first, *then) if line.key == ADA.key)
    assert (ada.answers, ada.correct, ada.last_at) == (2, 1, MONDAY + timedelta(days=2))
    others = [line for line in (*first, *then) if line.key != ADA.key]
    assert all((line.sent, line.answers, line.last_at) == (0, 0, None) for line in others)


async def test_only_who_is_asked_for_is_found_and_nobody_who_has_left(store: Storage) -> None:
    await company(store)
    lines = store.rolls.lines
    total, found = await lines(Everyone(), ADA.name[:3].upper(), MONDAY, UNTIL, start=0, most=9)
    assert (total, [line.key for line in found]) == (1, [ADA.key])
    assert (await lines(Everyone(), "%", MONDAY, UNTIL, start=0, most=9))[0] == 0  # no wildcard
    _, team = await lines(Has("team", ADA.team), "", MONDAY, UNTIL, start=0, most=9)
    assert {line.team for line in team} == {ADA.team}
    gone = change(inbox="gone", person=replace(ADA, left_at=MONDAY), known=ADA)
    await store.commit(gone)
    assert (await lines(Everyone(), ADA.email, MONDAY, UNTIL, start=0, most=9)) == (0, [])
