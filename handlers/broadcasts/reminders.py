"""Who has not acknowledged a message is reminded of it, and in the end their manager hears of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from content.cards import Card
from content.pieces import Message, Reminder
from content.programme import Reminders
from handlers import messages
from handlers.broadcasts import escalations, following
from handlers.broadcasts.habits import LOOK_BACK, suiting
from handlers.broadcasts.stages import Broadcast, Stage
from handlers.broadcasts.timing import place
from handlers.desk import Desk
from handlers.events import Click, Outcome
from handlers.model import Delivery, Look, Person, Silent
from handlers.shared import Done, shared

LEASE = timedelta(minutes=10)  # a look takes less; after a crash it is taken again then
APART = timedelta(minutes=15)  # two looks at one broadcast: what falls due in between is seen to together
WHILE_PAUSED = timedelta(hours=1)
AT_ONCE = 250  # people


@shared
def compose(piece: Reminder, person: Person, done: Done = ()) -> Card:
    return _as_reminder(messages.compose(piece.message, person, done))


def react(piece: Reminder, click: Click, person: Person, done: Done) -> Outcome:
    """The same as on the message itself: `done` is what was done with that."""
    outcome = messages.react(piece.message, click, person, done)
    return replace(outcome, show=_as_reminder(outcome.show) if outcome.show else None)


def _as_reminder(card: Card) -> Card:
    return card.model_copy(
        update={"title": f"Reminder: {card.title}", "summary": f"Reminder: {card.notification}"}
    )


async def pointless(desk: Desk, delivery: Delivery) -> bool:
    """Whether what a reminder or an escalation asks for has been done since it was planned."""
    if delivery.reminds:
        return any(did.verb == messages.ACKNOWLEDGED for did in await desk.store.done(delivery.id))
    return await escalations.answered(desk, delivery)


async def both(desk: Desk, delivery: Delivery) -> tuple[Delivery, tuple[str, ...]]:
    """The delivery that a press counts on, and the ids of the other cards that show what was done with it."""
    if delivery.reminds:
        first = await desk.store.delivery(delivery.reminds) or delivery
        others = (first.id, *await desk.store.reminders_of(first.id))
        return first, tuple(id_ for id_ in others if id_ != delivery.id)
    rule = desk.library.programme.reminders
    sent_at = delivery.sent_at
    if rule is None or sent_at is None or desk.clock.now() < sent_at + timedelta(hours=rule.after):
        return delivery, ()  # nobody was reminded of it yet, so that most presses ask for nothing more
    return delivery, tuple(await desk.store.reminders_of(delivery.id))


@dataclass(frozen=True)
class Follow:
    """One look at a broadcast: who falls due for a reminder, who for an escalation, and when to look next."""

    desk: Desk
    rule: Reminders

    async def up(self, look: Look) -> int:
        """How many reminders and escalations it put into the outbox."""
        now = self.desk.clock.now()
        broadcast = await self.desk.store.broadcast(look.campaign)
        if broadcast is None or _over(broadcast, now):
            await self.desk.store.put_off(look, None)
            return 0
        if broadcast.stage is Stage.PAUSED:
            await self.desk.store.put_off(look, now + WHILE_PAUSED)
            return 0
        if not await self.desk.store.put_off(look, now + LEASE):
            return 0
        silent, more_come = await self.desk.store.silent(look)
        due = [each for each in silent if self._remind_at(each) <= now and not each.waits]
        written = await self._remind(broadcast, look, [s for s in due if s.reminders < self.rule.most])
        written += await self._escalate(broadcast, look, silent)
        await self.desk.store.put_off(replace(look, at=now + LEASE), self._next(silent, more_come))
        return written

    def _remind_at(self, silent: Silent) -> datetime:
        return silent.since + timedelta(hours=self.rule.after)

    def _escalate_at(self, silent: Silent) -> datetime | None:
        """None: not yet, or never."""
        if self.rule.escalate_after is None or silent.reminders < self.rule.most:
            return None
        return silent.since + timedelta(hours=self.rule.escalate_after)

    def _next(self, silent: Sequence[Silent], more_come: bool) -> datetime | None:
        """None: nobody is waited for any more. Who gets it from now on is not due before `after` hours are over."""
        now = self.desk.clock.now()
        moments = [now + timedelta(hours=self.rule.after)] if more_come else []
        for each in silent:
            if each.reminders < self.rule.most:  # those due now were reminded in this look, and wait
                moments.append(max(self._remind_at(each), now + APART))
            elif (at := self._escalate_at(each)) and (at > now or each.waits):
                moments.append(max(at, now + APART))
        return min(moments, default=None)

    async def _remind(self, broadcast: Broadcast, look: Look, due: Sequence[Silent]) -> int:
        store, now = self.desk.store, self.desk.clock.now()
        written = 0
        for start in range(0, len(due), AT_ONCE):
            some = due[start : start + AT_ONCE]
            keys = [each.person for each in some]
            persons, habits = await store.persons(keys), await store.habits(keys, now - LOOK_BACK)
            rows = [
                self._reminder(broadcast, look, each, persons[each.person], habits.get(each.person, ()))
                for each in some
                if each.person in persons
            ]
            written += await store.follow_up(rows, now) if rows else 0
        return written

    def _reminder(
        self, broadcast: Broadcast, look: Look, silent: Silent, person: Person, habit: Sequence[datetime]
    ) -> Delivery:
        programme, message = self.desk.library.programme, broadcast.message
        assert isinstance(message, Message)
        number = silent.reminders + 1
        piece = reminder(message, number)
        now, zone = self.desk.clock.now(), self.desk.zone(person)
        where = place(broadcast.id, person.key)
        due_at = suiting(now, zone, person.site, habit, programme.rest, where)
        row = following.row(self.desk, broadcast, person, due_at)
        return replace(
            row,
            slot=f"{look.slot} reminder {number}",
            piece=piece,
            card=compose(piece, person),
            reminds=silent.delivery,
        )

    async def _escalate(self, broadcast: Broadcast, look: Look, silent: Sequence[Silent]) -> int:
        """To each manager whose people have all had the time that a reminder gives them."""
        now = self.desk.clock.now()
        theirs: dict[str, list[Silent]] = defaultdict(list)
        for each in silent:
            theirs[each.manager].append(each)
        ripe = [
            key
            for key, people in theirs.items()
            if key and all((at := self._escalate_at(s)) and at <= now and not s.waits for s in people)
        ]
        if not ripe:
            return 0
        persons = await self.desk.store.persons(sorted(ripe))
        rows = [
            await escalations.row(self.desk, broadcast, look.slot, manager, self.rule.by_name)
            for manager in persons.values()
            if manager.left_at is None
        ]
        return await self.desk.store.follow_up(rows, now) if rows else 0


async def look(desk: Desk) -> int:
    """Every look that is due. Returns the rows written."""
    now = desk.clock.now()
    rule = desk.library.programme.reminders
    written = 0
    for due in await desk.store.looks(now):
        if rule is None:  # it was in the programme when this was planned
            await desk.store.put_off(due, None)
        else:
            written += await Follow(desk, rule).up(due)
    return written


def first_look(desk: Desk, broadcast: Broadcast) -> datetime | None:
    """When somebody looks for the first time who has not acknowledged what is planned now."""
    rule = desk.library.programme.reminders
    asks = isinstance(broadcast.message, Message)
    return broadcast.at + timedelta(hours=rule.after) if rule and asks else None


def reminder(message: Message, number: int) -> Reminder:
    return Reminder(
        id=f"reminder-{number}-{message.id}"[:64],
        title=message.title,
        clauses=message.clauses,
        message=message,
        number=number,
    )


def _over(broadcast: Broadcast, now: datetime) -> bool:
    """Whether nobody is to acknowledge it any more."""
    message = broadcast.message
    if broadcast.stage is Stage.WITHDRAWN or not isinstance(message, Message):
        return True
    return not message.acknowledge or messages.closed(message, now)
