"""How far messages got: each layer counted, nobody twice, each broadcast beside its author's earlier ones."""

from __future__ import annotations

from datetime import timedelta

from content.audience import parse
from handlers.broadcasts.stages import Broadcast, Step
from handlers.model import Address, Delivery, Job, Person, Platform, Queue, Reason, Receipt, Status
from handlers.numbers.layers import Reading, Result
from storage.store import Storage
from tests.storage.scene import (
    ADA,
    GRACE,
    LINUS,
    MARIE,
    MESSAGE,
    MINUTE,
    MONDAY,
    change,
    claim,
    delivery,
    press,
    roster,
)

KIM = Person(
    "kim", "Kim", team="office", manager="tim", addresses=(Address(Platform.TEAMS, "tenant", "29:kim"),)
)
CAST = (ADA, LINUS, MARIE, GRACE, KIM)
A_WEEK = timedelta(weeks=1)


async def launched(
    store: Storage, name: str = "b1", weeks_ago: int = 0, author: str = "grace"
) -> list[Delivery]:
    """A broadcast that everybody has got, but for Marie, who is paused."""
    at = MONDAY - weeks_ago * A_WEEK
    for who in CAST:
        await store.commit(change(person=who))
    await store.commit(change(step=Step(None, Broadcast(name, MESSAGE, "everyone", author, at)), actor=GRACE))
    rows = [
        delivery(who, campaign=name, due_at=at, expires_at=at + A_WEEK, author=author)
        for who in CAST
        if who is not MARIE
    ]
    paused = delivery(
        MARIE, campaign=name, due_at=at, status=Status.SKIPPED, reason=Reason.PAUSED, author=author
    )
    await store.plan(roster(*rows, paused, campaign=name, due_at=at, author=author), at)
    for queue in (Queue(Platform.SLACK, "T1", Job.SEND), Queue(Platform.TEAMS, "tenant", Job.SEND)):
        for row in await claim(store, at, queue=queue):
            await store.settle(row, "w", Status.SENT, at, receipt=Receipt(f"10{row.id[1:]}"))
    return [found for row in rows if (found := await store.delivery(row.id))]


async def test_each_layer_is_counted_and_nobody_twice(store: Storage) -> None:
    ada, linus, _, kim = await launched(store)
    await store.commit(press(ada))
    await store.commit(press(ada, "answered", item="check", value="A", correct=True))
    await store.commit(press(linus, "answered", item="check", value="B", correct=False))
    await store.mark_seen(KIM.addresses[0], kim.receipt, MONDAY)
    await store.mark_seen(KIM.addresses[0], kim.receipt, MONDAY)
    await store.commit(press(kim))
    found = await store.headway("b1", MONDAY)
    assert found.places == {Platform.SLACK: Reading(3, 2), Platform.TEAMS: Reading(1, 1)}
    assert (found.seen, found.acknowledged, found.answered, found.understood) == (3, 2, 2, 1)
    assert found.roster == 5
    assert found.states == {(Status.SENT, Reason.NONE): 4, (Status.SKIPPED, Reason.PAUSED): 1}


async def test_an_answer_to_another_question_shows_no_understanding(store: Storage) -> None:
    ada, *_ = await launched(store)
    await store.commit(press(ada, "answered", item="0", value="A", correct=True))
    found = await store.headway("b1", MONDAY)
    assert (found.seen, found.answered, found.understood) == (1, 0, 0)


async def test_half_had_acknowledged_within_the_middle_of_their_times(store: Storage) -> None:
    rows = await launched(store)
    assert await store.time_to_acknowledge("b1") is None
    for row, minutes in zip(rows, (30, 1, 10), strict=False):
        did = press(row)
        await store.commit(change(delivery=row, remember=did.remember, at=MONDAY + minutes * MINUTE))
    assert await store.time_to_acknowledge("b1") == 10 * MINUTE
    assert await store.time_to_acknowledge("nothing") is None


async def test_results_are_of_one_author_and_the_latest_first(store: Storage) -> None:
    for name, weeks_ago, author in (
        ("b3", 3, "grace"),
        ("b2", 2, "marie"),
        ("b1", 1, "grace"),
        ("b0", 0, "grace"),
    ):
        rows = await launched(store, name, weeks_ago, author)
        await store.commit(press(rows[0]))
    since, until = MONDAY - 4 * A_WEEK, MONDAY + MINUTE
    hers = await store.results(since, until, author="grace")
    assert [result.id for result in hers] == ["b0", "b1", "b3"]
    assert hers[0] == Result("b0", "Why quality", "grace", "Grace", MONDAY, 5, 4, 4, 1, 0, 0)
    earlier = await store.results(since, until, author="grace", before="b1", most=5)
    assert [result.id for result in earlier] == ["b3"]
    assert [result.id for result in await store.results(since, until, most=2)] == ["b0", "b1"]
    assert [result.id for result in await store.results(MONDAY, until)] == ["b0"]
    assert await store.people_reached(since, until) == {"grace": 4, "marie": 4}
    assert await store.people_reached(MONDAY + MINUTE, until) == {}


async def test_a_draft_and_what_nobody_has_yet_are_no_result(store: Storage) -> None:
    await store.commit(
        change(step=Step(None, Broadcast("b1", MESSAGE, "everyone", "grace", MONDAY)), actor=GRACE)
    )
    assert await store.results(MONDAY - A_WEEK, MONDAY + A_WEEK) == []


async def test_who_has_not_acknowledged_is_who_has_it_and_is_still_here(store: Storage) -> None:
    ada, *_ = await launched(store)
    await store.commit(press(ada))
    grace, kim, linus = ((name.lower(), name) for name in ("Grace", "Kim", "Linus"))
    assert await store.unacknowledged("b1") == (3, [grace, kim, linus])
    assert await store.unacknowledged("b1", most=1) == (3, [grace])
    assert await store.unacknowledged("b1", manager="tim") == (2, [kim, linus])
    assert await store.unacknowledged("b1", within=parse("email:linus@example.org")) == (1, [linus])
    gone = Person(**{**vars(LINUS), "left_at": MONDAY})
    await store.commit(change(person=gone, known=LINUS))
    assert await store.unacknowledged("b1", manager="tim") == (1, [kim])
