"""What an evidence pack counts, in the cases that a year made by chance does not have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from zoneinfo import ZoneInfo

from sqlalchemy import update

from content.audience import Everyone
from handlers.evidence.pack import ROSTER, Counts, Row, Scope
from storage.deliveries import DELIVERY
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    MONDAY,
    QUIZ,
    QUIZ_CARD,
    TRAINING,
    change,
    delivery,
    press,
    roster,
    settled,
)

DAYS = (date(2026, 1, 1), date(2026, 12, 31), ZoneInfo("Europe/Berlin"), Everyone(), Everyone())


async def counted(store: Storage, standard: str) -> tuple[Counts, Sequence[Row]]:
    return await store.evidence(
        Scope(standard, *DAYS),
        lambda source: (source.counts(), list(chain.from_iterable(source.rows(ROSTER)))),
    )


async def test_what_was_taken_away_again_asks_nobody_to_acknowledge_it(store: Storage) -> None:
    await store.commit(change(person=ADA))
    row = delivery(ADA)
    await store.plan(roster(row), MONDAY)
    await store.commit(press(await settled(store, row.id)))
    (before, _) = await counted(store, "ISO 9001:2015")
    assert (before.all.to_acknowledge, before.all.acknowledged, before.all.active) == (1, 1, 1)
    await store._writer.submit(lambda c: c.execute(update(DELIVERY).values(withdrawn=True)))
    (after, _) = await counted(store, "ISO 9001:2015")
    assert (after.all.to_acknowledge, after.all.acknowledged, after.all.active) == (0, 0, 1)


async def test_who_answers_before_their_first_day_is_on_the_roster(store: Storage) -> None:
    early = replace(ADA, joined=date(2027, 2, 1))
    await store.commit(change(person=early))
    row = delivery(early, campaign="on-demand", slot="e1", piece=QUIZ, card=QUIZ_CARD)
    await store.commit(change(deliver=(row,)))
    sent = await settled(store, row.id)
    await store.commit(press(sent, "answered", item="0", value="A", correct=True, clauses=(TRAINING,)))
    counts, rows = await counted(store, "ISO/IEC 27001:2022")
    assert [person for person, *_ in rows] == [early.key]
    assert (counts.rows[ROSTER.name], counts.all.answers) == (1, 1)
