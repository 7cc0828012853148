"""What takes long to count goes on and is fetched later; some of it stays for whoever asks the same."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable

import pytest

from handlers.numbers import counting as counting_
from handlers.numbers.counting import KEPT, Counting


class Slow:
    """Counts how often it was asked to count, and has the answer when it is let go."""

    def __init__(self) -> None:
        self.asked = 0
        self.let_go = asyncio.Event()

    async def count(self) -> int:
        self.asked += 1
        await self.let_go.wait()
        return self.asked


async def result(counting: Counting, slow: Slow, asked: Hashable = "today", keep: bool = True) -> int | None:
    return await counting.result(asked, slow.count, keep=keep)


async def test_what_took_long_stays_for_whoever_asks_the_same_and_what_did_not_is_counted_anew() -> None:
    counting, slow = Counting(0.01), Slow()
    assert await result(counting, slow) is None
    slow.let_go.set()
    assert [await result(counting, slow) for _ in range(3)] == [1, 1, 1]
    assert [await result(counting, slow, "tomorrow") for _ in range(2)] == [2, 3]


async def test_what_took_a_moment_stays_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting_, "MOMENT", -1.0)  # everything does
    counting, slow = Counting(1, stays=0.2), Slow()
    slow.let_go.set()
    assert [await result(counting, slow) for _ in range(3)] == [1, 1, 1]
    await asyncio.sleep(0.25)
    assert [await result(counting, slow) for _ in range(2)] == [2, 2]
    assert [await result(counting, slow, "a card", keep=False) for _ in range(2)] == [3, 4]


async def test_a_card_has_its_count_once() -> None:
    counting, slow = Counting(0.01), Slow()
    assert await result(counting, slow, keep=False) is None
    slow.let_go.set()
    assert [await result(counting, slow, keep=False) for _ in range(2)] == [1, 2]


async def test_the_longest_kept_makes_room() -> None:
    counting, slow = Counting(0.01), Slow()
    for day in range(KEPT + 1):
        assert await result(counting, slow, day) is None
    slow.let_go.set()
    assert await result(counting, slow, 1) == slow.asked == KEPT + 1
    assert await result(counting, slow, 0) == KEPT + 2


async def test_what_took_a_moment_takes_no_place_from_what_took_long(monkeypatch: pytest.MonkeyPatch) -> None:
    counting, slow = Counting(0.01), Slow()
    for day in range(KEPT):
        assert await result(counting, slow, day) is None
    slow.let_go.set()
    assert await result(counting, slow, 0) == KEPT
    monkeypatch.setattr(counting_, "MOMENT", -1.0)
    for name in ("questions", "of a clause"):
        await result(counting, slow, name)
    assert [await result(counting, slow, day) for day in range(KEPT)] == [KEPT] * KEPT


async def test_what_went_wrong_is_not_kept() -> None:
    counting, ready = Counting(0.01), asyncio.Event()

    async def breaks() -> int:
        await ready.wait()
        raise OSError("the database is away")

    assert await counting.result("today", breaks, keep=True) is None
    ready.set()
    with pytest.raises(OSError, match="away"):
        await counting.result("today", breaks, keep=True)
    slow = Slow()
    slow.let_go.set()
    assert await result(counting, slow) == 1
