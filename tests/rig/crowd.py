"""What people do in a run: they press, press again, type, pause and leave, and keep on until somebody answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.events import Change, Click, Incoming, Left, Said
from handlers.ports import Stranger
from tests.rig.loop import NOBODY
from tests.rig.plot import Act, Launch, Someone

if TYPE_CHECKING:
    from tests.rig.platforms import Copy
    from tests.rig.process import Process
    from tests.rig.town import Town

Subject = TypeVar("Subject")
PATIENCE = 3.0  # seconds until a platform takes no answer for a no
TRIES = 40


@dataclass
class Press:
    """told: when its person learnt that it was taken."""

    at: datetime
    copy: Copy
    verb: str
    item: str
    value: str
    told: datetime | None = None

    def __str__(self) -> str:
        told = f"told at {self.told:%d %T.%f}" if self.told else "never told"
        return f"{self.at:%d %T.%f} {self.copy.user} pressed {self.verb} {self.value} on {self.copy.message}, {told}"


@dataclass
class Told:
    """Something that was asked for under a key, and when it was confirmed."""

    key: str
    person: str
    what: str
    at: datetime
    confirmed: datetime | None = None

    def __str__(self) -> str:
        confirmed = f"confirmed at {self.confirmed:%d %T.%f}" if self.confirmed else "never confirmed"
        return f"{self.at:%d %T.%f} {self.person} {self.what}, {confirmed}"


@dataclass
class Crowd:
    town: Town
    chance: Random
    presses: list[Press] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    def sees(self, copy: Copy) -> None:
        """Most people press, some at once and some long after, and some press again."""
        if self.chance.random() < 0.75:
            for _ in range(self.chance.choice((1, 1, 1, 2, 3))):
                wait = self.chance.choice((1.0, 8.0, 60.0, 200.0, 3000.0)) * self.chance.random()
                self._soon(wait, self._presses, copy)

    def does(self, act: Act) -> None:
        wait = (act.at - self.town.clock.now()).total_seconds()
        self._soon(wait, self._acts, act)

    def launches(self, launch: Launch) -> None:
        now = self.town.clock.now()
        self._soon((launch.at - now).total_seconds(), self._launches, launch)
        if launch.recalled:
            self._soon((launch.recalled - now).total_seconds(), self._recalls, launch)

    def _soon(
        self, seconds: float, work: Callable[[Subject], Coroutine[Any, Any, object]], subject: Subject
    ) -> None:
        async def later() -> None:
            await asyncio.sleep(max(0.0, seconds))
            await work(subject)

        self.town.watch(self.town.loop.create_task(later(), context=NOBODY.copy()))

    async def _presses(self, copy: Copy) -> None:
        buttons = [button for button in copy.card.buttons() if button.verb != "said"]
        someone = self.town.people[copy.user]
        if not buttons or copy.removed:
            return
        button = self.chance.choice(buttons)
        values = {
            i.id: self.chance.choice(i.choices).value for i in copy.card.inputs() if i.kind == "options"
        }
        said = next(iter(values.values()), button.value)
        press = Press(self.town.clock.now(), copy, button.verb, button.item, said)
        self.presses.append(press)
        click = Click(
            self.town.new_id(), self.town.address(someone), button.verb, copy.delivery, copy.message,
            button.item, button.value, values,
        )  # fmt: skip
        if await self._until_answered(click, someone, new_keys=True):
            press.told = self.town.clock.now()

    async def _acts(self, act: Act) -> None:
        someone = self.town.people[act.person]
        side = next(side for side in self.town.sides if side.platform == someone.platform)
        if act.what == "blocks":
            side.refusing[act.person] = self.town.reason()
        elif act.what == "unblocks":
            side.refusing.pop(act.person, None)
        else:
            told = Told(self.town.new_id(), act.person, act.what, self.town.clock.now())
            self.told.append(told)
            address = self.town.address(someone)
            event: Incoming = Said(told.key, address, act.what)
            if act.what == "leaves":
                event = Left(told.key, address, gone=True)
            if await self._until_answered(event, someone):
                told.confirmed = self.town.clock.now()

    async def _until_answered(self, event: Incoming, someone: Someone, *, new_keys: bool = False) -> bool:
        """Whether it was taken. new_keys: whoever presses again makes a new event; others the platform repeats."""
        for _ in range(TRIES):
            with suppress(IndexError):
                process = self.chance.choice(self.town.running)
                twice = self.chance.random() < 0.1
                doors = [process, self.chance.choice(self.town.running)] if twice else [process]
                answers = await asyncio.gather(*(self._answered(door, event) for door in doors))
                if any(answer is not None for answer in answers):
                    return any(answers)
            await asyncio.sleep(self.chance.uniform(0.5, 1200.0))
            if new_keys and self.chance.random() < 0.7:
                event = replace(event, key=self.town.new_id())
        return False

    async def _answered(self, process: Process, event: Incoming) -> bool | None:
        """False: nobody is known there any more. None: no answer."""

        async def taken() -> bool:
            with suppress(Stranger):
                await process.dispatch(event)
                return True
            return False

        task = process.run(taken())
        await asyncio.wait({task}, timeout=PATIENCE)
        return task.result() if task.done() and task.exception() is None else None

    async def _launches(self, launch: Launch) -> None:
        broadcast = self._broadcast(launch)
        change = Change(inbox=launch.id, at=launch.at, step=Step(None, broadcast))
        await self._until_committed(Told(launch.id, "the leader", "launches", launch.at), change)

    def _broadcast(self, launch: Launch) -> Broadcast:
        message = self.town.library.piece("ask-for-what-you-need").model_copy(update={"id": launch.id})
        return Broadcast(launch.id, message, "everyone", "", launch.at)

    async def _recalls(self, launch: Launch) -> None:
        """Whoever sees the message out can take it back; so not before it was confirmed, which may take hours."""
        wait = 1.0
        while not any(told.key == launch.id and told.confirmed for told in self.told):
            await asyncio.sleep(wait)
            wait = min(60.0, 1.2 * wait)
        now = self.town.clock.now()
        back = step(self._broadcast(launch), Stage.WITHDRAWN)
        told = Told(f"recall of {launch.id}", "the leader", f"recalls {launch.id}", now)
        await self._until_committed(told, Change(inbox=told.key, at=now, step=back))

    async def _until_committed(self, told: Told, change: Change) -> None:
        self.told.append(told)
        for _ in range(TRIES):
            with suppress(IndexError):
                process = self.chance.choice(self.town.running)
                task = process.run(process.memory.commit(change))
                await asyncio.wait({task}, timeout=PATIENCE)
                for other in self.town.running:
                    other.looks()
                if task.done() and task.exception() is None:
                    told.confirmed = self.town.clock.now()
                    return
            await asyncio.sleep(self.chance.uniform(0.5, 600.0))
