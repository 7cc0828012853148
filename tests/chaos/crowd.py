"""What people do in a run: they read, press, press again, change their minds, and type; all of it is kept."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from handlers.ports import Clock
from tests.chaos.sides import Button, Drawn, Side
from tests.simulators.ledger import Sight

COUNTED = ("answered", "acknowledged")  # verbs that people press; what a leader decides is the leader's
LOOKS = 0.03  # seconds between two looks at the ledgers
READS_WITHIN = (0.02, 3.0)  # seconds
WORDS = ("help", "quiz", "progress")


@dataclass
class Press:
    """One press. told: when its person saw that it counted; what: what they saw."""

    at: datetime
    person: str
    delivery: str
    verb: str
    item: str
    value: str
    told: datetime | None = None
    what: str = ""

    def __str__(self) -> str:
        came = f"told {self.told:%T.%f}" if self.told else f"not told: {self.what[:60]!r}"
        return f"{self.at:%T.%f} {self.person} pressed {self.verb} {self.item} {self.value}, {came}"


@dataclass(frozen=True)
class Word:
    """Words that somebody typed. key: what names them in the product; taken: answered with a yes at least once."""

    at: datetime
    person: str
    key: str
    text: str
    statuses: list[int]
    ended: datetime

    @property
    def taken(self) -> bool:
        return any(status // 100 == 2 for status in self.statuses)

    def __str__(self) -> str:
        return f"{self.at:%T.%f} {self.person} typed {self.text!r}, answered {self.statuses} until {self.ended:%T.%f}"


@dataclass
class Crowd:
    """Everybody on both platforms. seed: of what they do. broken: errors of the rig's own, which end a run."""

    sides: Sequence[Side]
    clock: Clock
    seed: int
    presses: list[Press] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    broken: list[BaseException] = field(default_factory=list)
    _acting: set[asyncio.Task[None]] = field(default_factory=set)
    _looked_at: Counter[str] = field(default_factory=Counter)

    async def watch(self) -> None:
        """Until cancelled: whoever sees something new begins to act on it."""
        seen = [0 for _ in self.sides]
        while True:
            for number, side in enumerate(self.sides):
                for sight in side.ledger.sights[seen[number] :]:
                    self.begin(self._reads(side, sight))
                seen[number] = len(side.ledger.sights)
            await asyncio.sleep(LOOKS)

    def begin(self, act: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(act)
        self._acting.add(task)
        task.add_done_callback(self._done)

    @property
    def busy(self) -> int:
        """How many people are still at something."""
        return len(self._acting)

    async def leave(self) -> None:
        for task in self._acting:
            task.cancel()
        await asyncio.gather(*self._acting, return_exceptions=True)

    async def says(self, side: Side, user: str, within: float) -> None:
        """Words at some moment; typed anew until they are taken, as one does."""
        chance = Random(f"{self.seed} words of {user}")
        await asyncio.sleep(chance.uniform(0, within))
        text = chance.choice(WORDS)
        waits = _patience(chance)
        while True:
            at = self.clock.now()
            key, statuses = await side.types(user, text)
            self.words.append(Word(at, user, key, text, statuses, self.clock.now()))
            if self.words[-1].taken:
                return
            await asyncio.sleep(next(waits))

    async def press(self, side: Side, sight: Sight, card: Drawn, button: Button) -> Press:
        press = Press(self.clock.now(), sight.person, sight.delivery, button.verb, button.item, button.value)
        self.presses.append(press)
        told = await side.press(sight, card, button)
        press.told, press.what = self.clock.now() if told.yes else None, told.what
        return press

    async def insist(
        self, side: Side, sight: Sight, wanted: Callable[[Button], bool], chance: Random
    ) -> bool:
        """Press what is wanted until told that it counts, now and then another of it. False: nothing is."""
        card = side.card(sight)
        buttons = [button for button in side.buttons(card) if wanted(button)] if card else []
        if not buttons:
            return False
        button = chance.choice(buttons)
        waits = _patience(chance)
        while (await self.press(side, sight, card, button)).told is None:
            await asyncio.sleep(next(waits))
            button = chance.choice(buttons) if chance.random() < 0.2 else button
        for _ in range(chance.choice((0, 0, 0, 1, 2))):  # once more, or something else after all
            await self.press(side, sight, card, chance.choice(buttons))
        return True

    async def _reads(self, side: Side, sight: Sight) -> None:
        """Some at once, some later, some never."""
        self._looked_at[sight.person] += 1
        chance = Random(f"{self.seed} {sight.person} {self._looked_at[sight.person]}")
        await asyncio.sleep(chance.uniform(*READS_WITHIN))
        if chance.random() < 0.1:
            return
        while await self.insist(side, sight, lambda button: button.verb in COUNTED, chance):
            await asyncio.sleep(chance.uniform(0.05, 0.5))

    def _done(self, task: asyncio.Task[None]) -> None:
        self._acting.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.broken.append(error)


def _patience(chance: Random) -> Iterator[float]:
    """Seconds until the next try: who is not told the third time takes a while."""
    longest = 0.8
    while True:
        yield chance.uniform(0.1, longest)
        longest = min(4.0, longest * 1.5)
