"""The platforms in a run: what leaves a process meets a fault by the seed, and what arrived is on a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Literal

from content.cards import Card
from handlers.model import Job, Platform, Reason, Receipt
from handlers.pace import Pace
from handlers.ports import TryLater, Undeliverable, Unknown
from tests.rig.loop import NOBODY, VirtualClock

GIVES_UP = 10.0  # seconds after which a client hangs up, as in bot/slack/chat.py and bot/teams/connector.py
STILL_ACCEPTS = 45.0  # at most so long after that: what a quarantine of 60 s allows for, after a call of 15 s


class Fault(StrEnum):
    """What becomes of a call; whether its message arrived stands apart."""

    NONE = "went well"
    THROTTLED = "429"
    NO_CONNECTION = "no connection"
    TOKEN = "401, the token is replaced"
    NEW_TOKEN = "401 for a new token"
    RESET = "connection reset"
    BROKEN = "5xx"
    SURPRISE = "an error nobody named"
    HUNG = "no answer"
    TOO_LARGE = "413"
    REFUSED = "refused"


DOUBTFUL = {Fault.RESET, Fault.BROKEN, Fault.SURPRISE, Fault.HUNG}
WEIGHTS = {
    Fault.THROTTLED: 4,
    Fault.NO_CONNECTION: 2,
    Fault.TOKEN: 2,
    Fault.NEW_TOKEN: 1,
    Fault.RESET: 6,
    Fault.BROKEN: 6,
    Fault.SURPRISE: 2,
    Fault.HUNG: 6,
    Fault.TOO_LARGE: 1,
}


@dataclass
class Copy:
    """A message as it stands on somebody's screen."""

    message: str
    delivery: str
    user: str
    card: Card
    at: datetime
    removed: datetime | None = None
    redrawn: list[datetime] = field(default_factory=list)  # as it was at these moments, in order of arrival

    def __str__(self) -> str:
        gone = f", taken away at {self.removed:%d %T.%f}" if self.removed else ""
        return f"{self.at:%d %T.%f} {self.user} was shown {self.message}: {self.card.title!r}{gone}"


@dataclass
class Call:
    """One message that left a process. heard: what came back to it; unheard: whether that leaves a doubt."""

    process: str
    delivery: str
    user: str
    at: datetime
    fault: Fault
    arrives: datetime | None
    heard: str = "nothing"
    unheard: bool = True

    def __str__(self) -> str:
        arrives = f"arrives at {self.arrives:%T.%f}" if self.arrives else "never arrives"
        return f"{self.at:%d %T.%f} {self.process} called: {self.fault}, {arrives}, heard {self.heard}"


@dataclass
class Side:
    """One platform. rate: of faults among calls; tells: whether a delivery can be looked for."""

    platform: Platform
    tells: bool
    paces: Mapping[Job, Pace]
    clock: VirtualClock
    chance: Random
    rate: float
    shown: Callable[[Copy], None] = lambda copy: None
    refusing: dict[str, Reason] = field(default_factory=dict)
    copies: list[Copy] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def post(self, process: str, user: str, card: Card, delivery: str) -> tuple[Call, asyncio.Future[object]]:
        """A message leaves. The future is what the platform answers: a receipt or an exception, or never."""
        fault = Fault.REFUSED if user in self.refusing else self._drawn()
        takes = self.chance.uniform(0.02, 1.5)
        accepted = fault is Fault.NONE or (fault in DOUBTFUL and self.chance.random() < 0.6)
        arrives_in = takes * self.chance.random()
        if (
            accepted and fault is not Fault.NONE and self.chance.random() < 0.5
        ):  # late: after the client heard
            heard = GIVES_UP if fault is Fault.HUNG else takes
            arrives_in = heard + self.chance.uniform(0.0, STILL_ACCEPTS)
        now = self.clock.now()
        arrives = now + timedelta(seconds=arrives_in) if accepted else None
        call = Call(process, delivery, user, now, fault, arrives)
        self.calls.append(call)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[object] = loop.create_future()
        message = f"{self.platform}-{len(self.calls)}"
        if accepted:
            loop.call_later(arrives_in, self._show, Copy(message, delivery, user, card, now), context=NOBODY)
        if fault is not Fault.HUNG:
            said = self._answer(fault, user, message)
            loop.call_later(max(takes, 0.0), _set, answer, said, context=NOBODY)
        return call, answer

    def look(self, delivery: str, since: datetime) -> Receipt | Literal["absent", "cannot tell"]:
        if not self.tells:
            return "cannot tell"
        for copy in self.copies:
            if copy.delivery == delivery and copy.removed is None and copy.at >= since:
                return Receipt(copy.message, f"D-{copy.user}")
        return "absent"

    def remove(self, message: str) -> None:
        for copy in self.copies:
            if copy.message == message and copy.removed is None:
                copy.removed = self.clock.now()

    def redraw(self, message: str, drawn_at: datetime) -> bool:
        """Another card in the place of one. True: it arrives late, and nobody is told that it did."""
        late = self.chance.random() < self.rate / 2
        takes = GIVES_UP + self.chance.uniform(0.0, STILL_ACCEPTS) if late else 0.0
        asyncio.get_running_loop().call_later(takes, self._redrawn, message, drawn_at, context=NOBODY)
        return late

    def _redrawn(self, message: str, drawn_at: datetime) -> None:
        for copy in self.copies:
            if copy.message == message and copy.removed is None:
                copy.redrawn.append(drawn_at)

    def putting_off(self) -> TryLater | None:
        """What a call that posts nothing may meet."""
        if self.chance.random() >= self.rate / 2:
            return None
        after = timedelta(seconds=self.chance.uniform(1, 90))
        return TryLater(after, "429", whole_workspace=self.chance.random() < 0.5)

    def _drawn(self) -> Fault:
        if self.chance.random() >= self.rate:
            return Fault.NONE
        return self.chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]

    def _show(self, copy: Copy) -> None:
        copy.at = self.clock.now()
        self.copies.append(copy)
        self.shown(copy)

    def _answer(self, fault: Fault, user: str, message: str) -> object:
        match fault:
            case Fault.NONE:
                return Receipt(message, f"D-{user}")
            case Fault.THROTTLED:
                after = timedelta(seconds=self.chance.choice((1, 5, 30, 30, 60, 900)))
                return TryLater(after, "429", whole_workspace=True)
            case Fault.NO_CONNECTION:
                return TryLater(timedelta(seconds=10), "no connection")
            case Fault.TOKEN:
                return TryLater(timedelta(), "401: the token is replaced")
            case Fault.NEW_TOKEN:
                return TryLater(timedelta(minutes=1), "401: a new token is refused", whole_workspace=True)
            case Fault.TOO_LARGE:
                return Undeliverable(Reason.TOO_LARGE, "413")
            case Fault.REFUSED:
                return Undeliverable(self.refusing.get(user, Reason.REFUSED), "refused")
            case Fault.SURPRISE:
                return ValueError("a surprise")
        return Unknown(str(fault))


def _set(answer: asyncio.Future[object], said: object) -> None:
    if not answer.done():
        answer.set_result(said)
