"""Counts over answers: who was certain and wrong, what is right later, how items behave; on small examples."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.cards import content_hash
from handlers.learning.lessons import DELAYED_RECALL, QUESTIONS, WRONG, WRONG_BY_CLAUSE
from handlers.numbers.counts import Delayed
from handlers.numbers.intervals import discrimination
from storage.store import Storage
from tests.answering import A_DAY, AWARENESS, TRAINING, answered, item
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change

LABELS, KEYS, BADGE = item("labels"), item("keys", AWARENESS, TRAINING), item("badge", TRAINING)
PERIOD = (MONDAY - A_DAY, MONDAY + 200 * A_DAY)
FOUR = (ADA, LINUS, MARIE, GRACE)


async def people(store: Storage) -> None:
    for who in FOUR:
        await store.commit(change(person=who))


async def test_only_what_was_certain_counts_as_certain_and_wrong(store: Storage) -> None:
    await people(store)
    await answered(store, ADA, LABELS, "B", MONDAY, 3)
    await answered(store, ADA, LABELS, "B", MONDAY + A_DAY, 3)
    await answered(store, LINUS, LABELS, "C", MONDAY, 3)
    await answered(store, MARIE, LABELS, "A", MONDAY, 3)
    await answered(store, GRACE, LABELS, "B", MONDAY, 2)
    await answered(store, GRACE, LABELS, "B", MONDAY + A_DAY)
    (sure,) = await store.lessons.counted(WRONG, *PERIOD)
    assert (sure.group, sure.people, sure.certain, sure.wrong) == ("labels", 3, 4, 3)
    assert (sure.item, dict(sure.chosen)) == (LABELS, {"B": 2, "C": 1})
    (sure,) = await store.lessons.counted(WRONG, *PERIOD, manager="tim")
    assert (sure.people, sure.certain) == (2, 3)
    assert await store.lessons.counted(WRONG, MONDAY + 2 * A_DAY, PERIOD[1]) == []


async def test_an_answer_counts_for_each_clause_of_its_item(store: Storage) -> None:
    await people(store)
    await answered(store, ADA, KEYS, "B", MONDAY, 3)
    await answered(store, LINUS, BADGE, "A", MONDAY, 3)
    found = [
        (s.group, s.people, s.certain, s.wrong) for s in await store.lessons.counted(WRONG_BY_CLAUSE, *PERIOD)
    ]
    assert found == [("ISO 9001:2015 7.3", 1, 1, 1), ("ISO/IEC 27001:2022 A.6.3", 2, 2, 1)]


async def test_a_changed_item_is_counted_apart(store: Storage) -> None:
    await people(store)
    mended = LABELS.model_copy(update={"key": "B"})
    await answered(store, ADA, LABELS, "B", MONDAY, 3)
    await answered(store, LINUS, mended, "B", MONDAY, 3)
    found = {s.item.key: s.wrong for s in await store.lessons.counted(WRONG, *PERIOD) if s.item}
    assert found == {"A": 1, "B": 0}
    versions = {answers.version for answers in await store.lessons.counted(QUESTIONS, *PERIOD)}
    assert versions == {content_hash(LABELS), content_hash(mended)}


async def test_an_item_is_judged_by_first_answers_alone(store: Storage) -> None:
    await people(store)
    for number, (who, value) in enumerate(((ADA, "A"), (LINUS, "C"), (MARIE, "A"))):
        await answered(store, who, LABELS, value, MONDAY, after=timedelta(seconds=10 * (number + 1)))
    await answered(store, LINUS, LABELS, "A", MONDAY + A_DAY)
    (labels,) = await store.lessons.counted(QUESTIONS, *PERIOD)
    assert (labels.item, labels.people, labels.right, dict(labels.options)) == (
        LABELS,
        3,
        2,
        {"A": 2, "C": 1},
    )
    assert (labels.median_ms, labels.pairs, discrimination(labels)) == (20_000, 0, None)
    await answered(store, GRACE, LABELS, "A", MONDAY, after=timedelta(seconds=40))
    assert (await store.lessons.counted(QUESTIONS, *PERIOD))[0].median_ms == 25_000
    assert await store.lessons.counted(QUESTIONS, MONDAY + A_DAY, PERIOD[1]) == []


async def test_discrimination_is_the_correlation_with_the_rest(store: Storage) -> None:
    """Right here: Ada, Linus. Of two other items Ada has both right, Linus and Marie one, Grace none.

    With x = 1, 1, 0, 0 and y = 1, 1/2, 1/2, 0: (4 * 1.5 - 2 * 2) / sqrt((4 * 2 - 4) * (4 * 1.5 - 4)) = 0.7071.
    """
    await people(store)
    told = {ADA: "AAA", LINUS: "AAB", MARIE: "BBA", GRACE: "BBC"}
    for who, values in told.items():
        for question, value in zip((LABELS, KEYS, BADGE), values, strict=True):
            await answered(store, who, question, value, MONDAY)
    found = {answers.item.id: answers for answers in await store.lessons.counted(QUESTIONS, *PERIOD)}
    assert (found["labels"].pairs, discrimination(found["labels"])) == (4, pytest.approx(0.70711, abs=1e-5))
    assert discrimination(found["badge"]) == pytest.approx(0.0)
    ours = await store.lessons.counted(QUESTIONS, *PERIOD, manager="tim")
    assert {answers.people for answers in ours} == {2}


async def test_later_answers_fall_into_windows_and_one_of_each_counts(store: Storage) -> None:
    await people(store)
    for day, value in ((0, "B"), (2, "A"), (4, "A"), (8, "B"), (20, "A"), (45.9, "B"), (46, "A")):
        await answered(store, ADA, LABELS, value, MONDAY + day * A_DAY)
    for day, value in ((0, "A"), (14.9, "B")):
        await answered(store, LINUS, LABELS, value, MONDAY + day * A_DAY)
    await answered(store, LINUS, KEYS, "A", MONDAY + 15 * A_DAY)
    assert await store.lessons.counted(DELAYED_RECALL, *PERIOD) == [
        Delayed(0, 3, 2, 2, 2),
        Delayed(7, 2, 2, 1, 1),
        Delayed(30, 1, 1, 1, 0),
    ]
    assert await store.lessons.counted(DELAYED_RECALL, MONDAY + 19 * A_DAY, PERIOD[1]) == [
        Delayed(30, 1, 1, 1, 0)
    ]
    assert await store.lessons.counted(DELAYED_RECALL, *PERIOD, manager="nobody") == []
