"""What another system asks on behalf of an author: the presses of the chat, without its cards."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.api.asks import Ask, NotAllowed, NotFound, Outrun, Standing, Wrong
from handlers.broadcasts import approvals, authored, drafts, warnings, writing
from handlers.broadcasts.headway import discreet
from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.desk import Desk
from handlers.events import Change, Outcome
from handlers.model import Delivery, Person
from handlers.permissions import may, refusal

NOT_FOUND = (
    "There is no such broadcast, or it is not yours. GET /api/v1/broadcasts lists those that you wrote."
)
READ_AGAIN = "Read it again, and decide on what it says now."
NO_VERSION = (
    "Say which version was looked at, here or in If-Match: an approval is for that version and no other."
)
LISTED = 100


Decision = Callable[[Desk, Person, Broadcast, str], Awaitable[Outcome]]


@dataclass(frozen=True)
class Action:
    """may: of whom it is asked; stages: at which it can be done; decide: the use case that the chat has too."""

    may: str
    stages: tuple[Stage, ...]
    decide: Decision


async def _send(desk: Desk, person: Person, known: Broadcast, remark: str) -> Outcome:
    if no := await approvals.why_not(desk, person, known):
        raise Outrun(no)
    return await approvals.let_go(desk, person, known)


async def _approve(desk: Desk, person: Person, known: Broadcast, remark: str) -> Outcome:
    return await approvals.approve(desk, person, known, approvals.request(known))


async def _send_back(desk: Desk, person: Person, known: Broadcast, remark: str) -> Outcome:
    return await approvals.send_back(desk, person, known, remark, approvals.request(known))


def _to(stage: Stage) -> Decision:
    return lambda desk, person, known, remark: authored.stepped(desk, person, known, stage)


async def _withdraw(desk: Desk, person: Person, known: Broadcast, remark: str) -> Outcome:
    """What nobody has yet is discarded."""
    stage = Stage.WITHDRAWN if known.out else Stage.DISCARDED
    return await authored.stepped(desk, person, known, stage)


_OPEN = (Stage.DRAFT, Stage.WAITING, Stage.SCHEDULED, Stage.PAUSED)
ACTIONS: Mapping[str, Action] = {
    "send": Action("broadcast", (Stage.DRAFT,), _send),
    "approve": Action("approve", (Stage.WAITING,), _approve),
    "send-back": Action("approve", (Stage.WAITING,), _send_back),
    "take-back": Action("broadcast", (Stage.WAITING, Stage.SCHEDULED), _to(Stage.DRAFT)),
    "pause": Action("broadcast", (Stage.SCHEDULED,), _to(Stage.PAUSED)),
    "go-on": Action("broadcast", (Stage.PAUSED,), _to(Stage.SCHEDULED)),
    "withdraw": Action("broadcast", _OPEN, _withdraw),
}


@dataclass(frozen=True)
class Requests:
    """wake: called after a commit that put something into the outbox."""

    desk: Desk
    wake: Callable[[], None]

    async def create(self, ask: Ask, values: Mapping[str, str]) -> Standing:
        """A draft, and its author's card about it in the chat, where they can go on. Asked twice it is the same one."""
        _allowed(ask.person, "broadcast")
        id_ = f"broadcast-{hashlib.sha256(ask.key.encode()).hexdigest()[:12]}"
        known = await self.desk.store.broadcast(id_) if await self.desk.store.arrived(ask.key) else None
        if known is not None:
            return await self._standing(known)
        drafted = replace(await self._drafted(ask.person, None, values), id=id_)
        rows = await self._preview(ask.person, drafted)
        if not await self._kept(ask, Outcome(step=Step(None, drafted), deliver=rows)):
            drafted = await self._own(ask.person, id_)
        return await self._standing(drafted)

    async def change(self, ask: Ask, broadcast: str, values: Mapping[str, str]) -> Standing:
        """Another version of a draft."""
        _allowed(ask.person, "broadcast")
        known = await self._own(ask.person, broadcast)
        if await self.desk.store.arrived(ask.key):
            return await self._standing(known)
        await self._as_seen(ask, known, (Stage.DRAFT,))
        drafted = await self._drafted(ask.person, known, values)
        cards = await self.desk.store.cards_about(known.id)
        outcome = Outcome(step=Step(known, drafted), refresh=tuple(cards))
        return await self._after(ask, known, outcome)

    async def written(self, person: Person) -> Sequence[Broadcast]:
        """Their own, the latest first."""
        _allowed(person, "broadcast")
        return await self.desk.store.broadcasts_of(person.key, LISTED)

    async def seen(self, person: Person, broadcast: str) -> Standing:
        """One's own; who may approve sees what waits for that, and what was decided."""
        return await self._standing(await self._visible(person, broadcast))

    async def foreseen(self, person: Person, broadcast: str) -> Standing:
        """The same with a forecast of this moment; nothing is kept of it."""
        known = await self._visible(person, broadcast)
        if known.out or known.stage is Stage.DISCARDED:
            raise Outrun(f"{await self._stands(known)} A forecast is made before that.")
        return await self._standing(await drafts.foresee(self.desk, known, self.desk.zone(person)))

    async def act(self, ask: Ask, broadcast: str, name: str, remark: str = "") -> Standing:
        """One of ACTIONS."""
        action = ACTIONS[name]
        _allowed(ask.person, action.may)
        known = await (self._asked(ask) if action.may == "approve" else self._own)(ask.person, broadcast)
        if await self.desk.store.arrived(ask.key):
            return await self._standing(known)
        await self._as_seen(ask, known, action.stages)
        outcome = await action.decide(self.desk, ask.person, known, remark)
        return await self._after(ask, known, outcome)

    def _asked(self, ask: Ask) -> Callable[[Person, str], Awaitable[Broadcast]]:
        if ask.version is None:
            raise Wrong(NO_VERSION, {"version": NO_VERSION})
        return self._others

    async def _drafted(self, person: Person, known: Broadcast | None, values: Mapping[str, str]) -> Broadcast:
        drafted = await drafts.changed(self.desk, person, known, values)
        if not isinstance(drafted, Broadcast):
            raise Wrong("Some fields have to be different; see `fields`. Nothing was kept.", drafted)
        return drafted

    async def _preview(self, person: Person, drafted: Broadcast) -> tuple[Delivery, ...]:
        if person.address is None:
            return ()
        card = authored.compose(await authored.watch(self.desk, drafted, person), person)
        return (writing.preview(self.desk, person, person.address, drafted, card),)

    async def _visible(self, person: Person, broadcast: str) -> Broadcast:
        found = await self.desk.store.broadcast(broadcast)
        if found is not None and found.author == person.key and may(person, "broadcast"):
            return found
        waits_or_was_decided = found is not None and (found.stage is Stage.WAITING or bool(found.approver))
        if found is None or not (may(person, "approve") and waits_or_was_decided):
            raise NotFound(NOT_FOUND)
        return found

    async def _own(self, person: Person, broadcast: str) -> Broadcast:
        found = await self.desk.store.broadcast(broadcast)
        if found is None or found.author != person.key:
            raise NotFound(NOT_FOUND)
        return found

    async def _others(self, person: Person, broadcast: str) -> Broadcast:
        found = await self._visible(person, broadcast)
        if not_allowed := approvals.refused(person, found):
            raise NotAllowed(not_allowed)
        return found

    async def _as_seen(self, ask: Ask, known: Broadcast, stages: Sequence[Stage]) -> None:
        if known.stage not in stages:
            raise Outrun(f"{await self._stands(known)} {READ_AGAIN}")
        if ask.version not in (None, known.version):
            seen = f"It was changed meanwhile: you have seen version {ask.version}, and it is at {known.version}."
            raise Outrun(f"{seen} {READ_AGAIN}")

    async def _after(self, ask: Ask, known: Broadcast, outcome: Outcome) -> Standing:
        """Commit it. Of two who decide at once one is first, and the other is told what was decided."""
        kept = await self._kept(ask, outcome)
        now = await self.desk.store.broadcast(known.id)
        assert now is not None
        if not kept and not await self.desk.store.arrived(ask.key):
            raise Outrun(f"Somebody else was faster. {await self._stands(now)} {READ_AGAIN}")
        return await self._standing(now)

    async def _kept(self, ask: Ask, outcome: Outcome) -> bool:
        change = Change(
            inbox=ask.key,
            at=self.desk.clock.now(),
            actor=ask.person,
            deliver=outcome.deliver,
            step=outcome.step,
            refresh=outcome.refresh,
        )
        kept = await self.desk.store.commit(change)
        if kept:
            self.wake()
        return kept

    async def _standing(self, broadcast: Broadcast) -> Standing:
        desk = self.desk
        approver = await desk.store.person(broadcast.approver) if broadcast.approver else None
        standing = Standing(broadcast, approver.name if approver else "")
        if broadcast.stage in (Stage.DRAFT, Stage.WAITING):
            second = await warnings.second(desk, broadcast.audience)
            return replace(standing, second=second, warnings=await warnings.of(desk, broadcast))
        found = await desk.store.headway(broadcast.id, desk.clock.now())
        return replace(standing, headway=discreet(found) if desk.library.programme.works_council else found)

    async def _stands(self, broadcast: Broadcast) -> str:
        """In a sentence."""
        approver = await self.desk.store.person(broadcast.approver) if broadcast.approver else None
        who = (approver.name if approver else "") or "Somebody"
        if broadcast.stage is Stage.DRAFT and broadcast.remark:
            return f"{who} sent it back: {broadcast.remark}"
        approved = f"{who} approved it. " if broadcast.approver and broadcast.out else ""
        return f"{approved}{_STANDS[broadcast.stage]}"


_STANDS = {
    Stage.DRAFT: "It is a draft.",
    Stage.WAITING: "It waits for a second person to approve it.",
    Stage.SCHEDULED: "It has been let go.",
    Stage.PAUSED: "It is paused.",
    Stage.WITHDRAWN: "It has been withdrawn.",
    Stage.DISCARDED: "It has been discarded.",
}


def _allowed(person: Person, action: str) -> None:
    if not may(person, action):
        raise NotAllowed(refusal(action))
