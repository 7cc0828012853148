"""What a night learnt from answers comes back as it was kept; and answers are read person by person, some at a time."""

from __future__ import annotations

from datetime import timedelta

from handlers.learning.lessons import DELAYED_RECALL, EVERY, QUESTIONS, WRONG, WRONG_BY_CLAUSE, Known
from handlers.numbers.counts import Answers, Delayed, Some, Sure
from storage.store import Storage
from tests.answering import A_DAY, AWARENESS, TRAINING, answered, item
from tests.storage.scene import ADA, GRACE, LINUS, MARIE, MONDAY, change

LABELS = item("labels", AWARENESS, TRAINING)
NIGHT = MONDAY + timedelta(hours=15)
SINCE = MONDAY - 90 * A_DAY
ROWS = {
    QUESTIONS: [Answers(LABELS, "a" * 64, 6, 4, {"A": 4, "C": 2}, 20_500.5, 5, 4.0, 2.5, 2.0, 1.75)],
    WRONG: [Sure("labels", 5, 7, 3, LABELS, {"B": 2, "C": 1})],
    WRONG_BY_CLAUSE: [Sure("ISO 9001:2015 7.3", 5, 7, 3)],
    DELAYED_RECALL: [Delayed(0, 9, 6, 5, 5), Delayed(7, 4, 3, 2, 1)],
}


async def test_a_night_comes_back_as_it_was_kept_and_only_the_newest_is(store: Storage) -> None:
    assert await store.lessons.newest(QUESTIONS) is None
    await store.lessons.keep({kind: Known([], SINCE, MONDAY, MONDAY) for kind in EVERY})
    await store.lessons.keep({kind: Known(ROWS[kind], SINCE, MONDAY, NIGHT) for kind in EVERY})
    for kind in EVERY:
        assert await store.lessons.newest(kind) == Known(ROWS[kind], SINCE, MONDAY, NIGHT)


async def test_people_who_did_something_are_gone_through_some_at_a_time(store: Storage) -> None:
    for who in (ADA, GRACE, LINUS, MARIE):
        await store.commit(change(person=who))
    for who in (ADA, LINUS, MARIE):
        await answered(store, who, LABELS, "A", MONDAY)
    first, second, third = sorted(who.key for who in (ADA, LINUS, MARIE))
    assert await store.lessons.following("", 2) == Some("", second)
    assert await store.lessons.following(second, 2) == Some(second, third)
    assert await store.lessons.following(third, 2) is None
    sums = QUESTIONS.sums(SINCE)
    await store.lessons.add(Some("", second), None, NIGHT, [sums])
    assert [row.people for row in await store.lessons.found(sums)] == [2]
    await store.lessons.add(Some(second, third), None, NIGHT, [sums])
    assert [row.people for row in await store.lessons.found(sums)] == [3]
    assert first < second


async def test_an_answer_on_the_first_moment_of_the_period_counts_and_one_on_its_end_does_not(
    store: Storage,
) -> None:
    await store.commit(change(person=ADA))
    await answered(store, ADA, LABELS, "A", MONDAY, 3)
    for kind in (QUESTIONS, WRONG, WRONG_BY_CLAUSE, DELAYED_RECALL):
        assert await store.lessons.counted(kind, MONDAY, MONDAY + A_DAY)
        assert not await store.lessons.counted(kind, MONDAY - A_DAY, MONDAY)
        assert not await store.lessons.counted(kind, MONDAY + timedelta(milliseconds=1), MONDAY + A_DAY)
