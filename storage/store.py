"""The memory of the house: `handlers.ports.Store` on SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from functools import partial
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, Engine

from content.audience import Audience, Everyone
from handlers.api.tokens import Token
from handlers.broadcasts.headway import Headway
from handlers.broadcasts.outlook import Outlook
from handlers.broadcasts.stages import Broadcast
from handlers.events import Change
from handlers.learning.calibration import Given
from handlers.learning.memory import Memory
from handlers.model import (
    Address,
    Answering,
    Celebration,
    Claim,
    Delivery,
    Headcount,
    Look,
    Participation,
    Person,
    Places,
    Platform,
    Queue,
    Reason,
    Receipt,
    Refresh,
    Room,
    Roster,
    SavedAudience,
    Silent,
    Status,
    Watch,
    Withdrawal,
)
from handlers.pace import Pace
from handlers.ports import Full
from storage import (
    audiences,
    broadcasts,
    changes,
    corrections,
    deliveries,
    ends,
    followups,
    headways,
    histories,
    memories,
    outbox,
    outlooks,
    paces,
    pauses,
    people,
    presses,
    rechecks,
    refreshes,
    rosters,
    saved,
    seen,
    tokens,
    values,
    weeks,
    withdrawals,
)
from storage.checkpoints import Checkpoints
from storage.contents import Hashes
from storage.deliveries import DELIVERY
from storage.ends import End
from storage.engine import connect
from storage.findings import Findings
from storage.gathering import Work
from storage.ideas import Ideas
from storage.ledger import Ledger
from storage.lessons import Lessons
from storage.nights import Nights
from storage.privacy import Privacy
from storage.reader import Reader
from storage.replies import Replies
from storage.rolls import Rolls
from storage.schema import migrate
from storage.seen import Read
from storage.space import Space
from storage.trouble import Trouble
from storage.visits import Visits
from storage.writer import Writer

T = TypeVar("T")
_D = DELIVERY.c
NOBODY = Address(Platform.PLAYGROUND, "", "")


class Storage(Privacy):
    """Writes go through one writer and are durable when awaited; reads see everything written before them.

    Several of these may share a database: processes, hosts (PostgreSQL), or both.
    """

    def __init__(self, engine: Engine, version: str) -> None:
        """`version` is the software's, as the ledger notes it. The schema must be there: see `open`."""
        self.space = Space.beside(engine)
        super().__init__(engine, Trouble(self.space))
        self._ledger = Ledger(version)
        self._writer = Writer(engine, self._trouble)
        self._reader = Reader(engine, self._trouble)
        self._settle: Work[End, bool] = lambda c, ends_: ends.settle(c, ends_, self._ledger)
        self._see: Work[Read, bool] = lambda c, reads: seen.mark(c, reads, self._ledger)
        self._answer: Work[Change, bool] = lambda c, changes_: changes.answers(c, changes_, self._ledger)
        self.replies = Replies(self._read)
        self.findings = Findings(self._read, self._write, self._ledger)
        self.ideas = Ideas(self._read, self._write, self._ledger)
        self.rolls = Rolls(self._read)
        self.nights = Nights(self._read, self._write)
        self.lessons = Lessons(self._read, self._write)
        self.visits = Visits(self._read, self._write, self._ledger)
        self.checkpoints = Checkpoints(self._read, self._write)

    @classmethod
    def open(cls, url: str, *, version: str) -> Storage:
        """Connect and bring the schema up to date.

        Raises NewerSchema, ValueError for a URL that cannot be used, OSError or SQLAlchemyError.
        """
        with ExitStack() as undo:
            engine = connect(url)
            undo.callback(engine.dispose)
            migrate(engine)
            storage = cls(engine, version)
            undo.pop_all()
        return storage

    def close(self) -> None:
        """Finish what was submitted and let go of the database."""
        self._writer.close()
        self._reader.close()
        self._readers.shutdown()
        self._engine.dispose()

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._writer.submit(work)

    def room(self) -> Room:
        return self.space.room()

    async def recount(self) -> None:
        """Make the rollups anew from their rows."""
        await self._writer.submit(rechecks.repair)

    # people

    async def person(self, key: str) -> Person | None:
        return await self._read(partial(people.by_key, key=key))

    async def person_at(self, address: Address) -> Person | None:
        return await self._reader.gather(people.at, address)

    async def person_by_email(self, email: str) -> Person | None:
        return await self._read(partial(people.by_email, email=email))

    async def people(self) -> Sequence[Person]:
        return await self._read(people.here)

    async def zones(self) -> Sequence[str]:
        return await self._read(people.zones)

    async def named(self, rule: Audience) -> Sequence[Person]:
        return await self._read(partial(audiences.people, rule=rule))

    async def counted(self, rules: Sequence[Audience]) -> Sequence[int]:
        return await self._read(partial(audiences.counted, rules=rules))

    async def headcount(self, rule: Audience = Everyone()) -> Headcount:  # noqa: B008  a frozen value
        return await self._read(partial(audiences.headcount, rule=rule))

    async def saved_audiences(self) -> Sequence[SavedAudience]:
        return await self._read(saved.every)

    # what comes in

    async def delivery(self, delivery_id: str) -> Delivery | None:
        return (await self.pressed(NOBODY, delivery_id))[1]

    async def done(self, delivery_id: str) -> tuple[Participation, ...]:
        return (await self.pressed(NOBODY, delivery_id))[2]

    async def pressed(self, address: Address, delivery_id: str) -> presses.Pressed:
        return await self._reader.gather(presses.look, presses.Press(address, delivery_id))

    async def commit(self, change: Change) -> bool:
        if self.space.look() is Room.NONE and not (change.step and change.step.takes_back):
            raise Full
        if changes.is_answer(change):
            return await self._writer.gather(self._answer, change)
        try:
            await self._writer.submit(lambda c: changes.commit(c, change, self._ledger))
            new = True
        except changes.Repeat:
            new = False
        if change.step and change.step.takes_back:
            await self._tell_recalled(change.step.broadcast.id)
        elif change.step:
            await self._tell_paused(change.step.broadcast.id, change.at)
        if change.step and change.step.shows:
            await self._writer.submit(
                partial(corrections.follow, broadcast=change.step.broadcast.id, at=change.at)
            )
        return new

    async def mark_seen(self, address: Address, message: str, at: datetime) -> bool:
        return await self._writer.gather(self._see, Read(address, message, at))

    async def _tell_paused(self, broadcast: str, at: datetime) -> None:
        """Neither a pause nor its end is confirmed before every row knows."""
        while await self._writer.submit(partial(pauses.tell, broadcast=broadcast, now=at)):
            pass

    async def _tell_recalled(self, broadcast: str) -> None:
        """Every row; then as much of the rest as is done in no time."""
        step = partial(rosters.tell_recalled, broadcast=broadcast)
        start = await self._writer.submit(partial(step, start=0))
        while start:
            start = await self._writer.submit(partial(step, start=start))
        if self.room() is not Room.NONE:
            await self._writer.submit(
                partial(rosters.follow_recall, broadcast=broadcast, ledger=self._ledger)
            )

    async def arrived(self, key: str) -> bool:
        return await self._read(partial(changes.arrived, key=key))

    # other systems

    async def token(self, token: str) -> Token | None:
        return await self._read(partial(tokens.of, token=token))

    async def token_of(self, person: str) -> Token | None:
        return await self._read(partial(tokens.of_person, person=person))

    async def make_token(self, person: str, token: str, at: datetime) -> None:
        await self._writer.submit(lambda c: tokens.make(c, person, token, at, self._ledger))

    async def exchange(self, code: str, token: str, at: datetime) -> bool:
        return await self._writer.submit(lambda c: tokens.exchange(c, code, token, at, self._ledger))

    async def token_used(self, token: str, at: datetime) -> None:
        await self._writer.submit(lambda c: tokens.used(c, token, at))

    # the plan

    async def last_slot(self, campaign: str, zone: str) -> str | None:
        return await self._read(lambda c: rosters.last_slot(c, campaign, zone))

    async def plan(self, roster: Roster, at: datetime) -> int:
        """In chunks, each its own transaction, so that nobody's answer waits behind a hundred thousand rows.

        Interrupted, also by a disk that fills up under it, the slot stays open: the next call for it writes what is
        missing.
        """
        hashes, log = Hashes(), self._ledger
        if not await self._writer.submit(lambda c: rosters.open_roster(c, roster, at, log, hashes)):
            return 0
        written = 0
        deliveries_ = iter(roster.deliveries)
        while chunk := list(islice(deliveries_, rosters.CHUNK)):
            if self.space.look() is Room.NONE:
                raise Full
            work = partial(rosters.write_chunk, roster=roster, chunk=chunk, at=at, ledger=log, hashes=hashes)
            written += await self._writer.submit(work)
        await self._writer.submit(lambda c: rosters.close_roster(c, roster, at))
        return written

    async def finished(self, campaign: str, since: datetime) -> Sequence[tuple[str, str]]:
        return await self._read(lambda c: rosters.finished(c, campaign, since))

    async def memories(self, people: Sequence[str]) -> Mapping[str, Mapping[str, Memory]]:
        return await self._read(partial(memories.of, people=people))

    async def every_answer(self, take: Callable[[Given], None]) -> None:
        """In their order, each given to `take` in a thread of the readers."""

        def read(connection: Connection) -> None:
            for answer in histories.given(connection):
                take(answer)

        await self._read(read)

    async def asked(
        self, people: Sequence[str], campaign: str, since: datetime
    ) -> Mapping[str, Mapping[str, datetime]]:
        return await self._read(partial(memories.asked, people=people, campaign=campaign, since=since))

    async def joiners(self, since: date) -> Sequence[Person]:
        return await self._read(partial(people.joiners, since=since))

    async def launched(self, now: datetime) -> Sequence[Broadcast]:
        return await self._read(partial(broadcasts.launched, now=now))

    async def broadcast(self, broadcast: str) -> Broadcast | None:
        return await self._read(partial(broadcasts.of, broadcast=broadcast))

    async def broadcasts_of(self, author: str, limit: int = 20) -> Sequence[Broadcast]:
        return await self._read(partial(broadcasts.of_author, author=author, limit=limit))

    async def kudos(self, since: datetime, limit: int, author: str = "") -> Sequence[Broadcast]:
        return await self._read(lambda c: broadcasts.kudos(c, since, limit, author))

    async def kudos_given(self, since: datetime, until: datetime) -> int:
        return await self._read(lambda c: broadcasts.kudos_given(c, since, until))

    async def finish_steps(self, now: datetime) -> None:
        for broadcast in await self._read(pauses.unfinished):
            await self._tell_paused(broadcast, now)
        for broadcast in await self._read(rosters.unfinished_recalls):
            step = partial(rosters.follow_recall, broadcast=broadcast, ledger=self._ledger)
            while await self._writer.submit(step):
                pass
        for broadcast in await self._read(partial(corrections.closing, now=now)):
            await self._writer.submit(
                partial(corrections.close, broadcast=broadcast, at=now, ledger=self._ledger)
            )
        for broadcast in await self._read(corrections.unfinished):
            while await self._writer.submit(partial(corrections.follow, broadcast=broadcast, at=now)):
                pass

    async def full(
        self, people: Sequence[str], since: datetime, until: datetime, most: int
    ) -> frozenset[str]:
        return await self._read(partial(weeks.full, people=people, since=since, until=until, most=most))

    async def cards_about(self, broadcast: str) -> Sequence[str]:
        return await self._read(partial(deliveries.about, broadcast=broadcast))

    async def busy(self, audience: Audience, since: datetime, until: datetime, most: int) -> int:
        return await self._read(lambda c: weeks.busy(c, audience, since, until, most))

    async def outlook(self, audience: Audience, now: datetime, excluded: Audience | None = None) -> Outlook:
        return await self._read(partial(outlooks.outlook, audience=audience, now=now, excluded=excluded))

    async def had(self, person: str, since: datetime, until: datetime) -> int:
        return await self._read(partial(weeks.had, person=person, since=since, until=until))

    async def celebrations(
        self, people: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Sequence[Celebration]]:
        return await self._read(partial(weeks.celebrations, people=people, since=since, until=until))

    async def headway(self, broadcast: str, now: datetime) -> Headway:
        return await self._read(partial(headways.headway, broadcast=broadcast, now=now))

    # following up

    async def looks(self, now: datetime) -> Sequence[Look]:
        return await self._read(partial(followups.due, now=now))

    async def put_off(self, look: Look, until: datetime | None) -> bool:
        return await self._writer.submit(partial(followups.put_off, look=look, until=until))

    async def silent(self, look: Look) -> tuple[Sequence[Silent], bool]:
        return await self._read(lambda c: (followups.silent(c, look), followups.on_the_way(c, look)))

    async def persons(self, keys: Sequence[str]) -> Mapping[str, Person]:
        return await self._read(partial(people.by_keys, keys=keys))

    async def habits(self, people: Sequence[str], since: datetime) -> Mapping[str, Sequence[datetime]]:
        return await self._read(partial(followups.habits, people=people, since=since))

    async def follow_up(self, rows: Sequence[Delivery], at: datetime) -> int:
        hashes, written = Hashes(), 0
        for start in range(0, len(rows), rosters.CHUNK):
            if self.space.look() is Room.NONE:
                raise Full
            chunk = rows[start : start + rosters.CHUNK]
            work = partial(followups.write, rows=chunk, at=at, ledger=self._ledger, hashes=hashes)
            written += await self._writer.submit(work)
        return written

    async def reminders_of(self, delivery: str) -> Sequence[str]:
        return await self._read(partial(followups.of, delivery=delivery))

    async def answering(self, campaign: str, slot: str, manager: str) -> Answering:
        return await self._read(lambda c: followups.answering(c, campaign, slot, manager))

    # the outbox

    async def waiting(self, now: datetime) -> Sequence[Queue]:
        return await self._read(partial(outbox.waiting, now=now))

    async def claim(
        self, queue: Queue, now: datetime, owner: str, lease: timedelta, places: Places, pace: Pace | None
    ) -> Claim:
        return await self._writer.submit(
            lambda c: outbox.claim(c, queue, now, owner, lease, places, pace), apart=True
        )

    async def settle(
        self,
        delivery: Delivery,
        owner: str,
        status: Status,
        at: datetime,
        *,
        reason: Reason = Reason.NONE,
        code: str = "",
        due_at: datetime | None = None,
        receipt: Receipt | None = None,
        resolved_by: str = "",
    ) -> bool:
        end = End(delivery, owner, status, at, reason, code, due_at, receipt, resolved_by)
        return await self._writer.gather(self._settle, end)

    async def settle_withdrawal(
        self, withdrawal: Withdrawal, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        await self._writer.submit(lambda c: withdrawals.settle(c, withdrawal, at, code, due_at))

    async def refresh(self, deliveries: Sequence[str], at: datetime) -> None:
        ids = sorted(set(deliveries))
        for start in range(0, len(ids), refreshes.CHUNK):
            step = ids[start : start + refreshes.CHUNK]
            await self._writer.submit(partial(refreshes.request, deliveries=step, at=at))

    async def settle_refresh(
        self, refresh: Refresh, at: datetime, *, code: str = "", due_at: datetime | None = None
    ) -> None:
        await self._writer.submit(lambda c: refreshes.settle(c, refresh, at, code, due_at))

    async def watched(self, since: datetime, until: datetime) -> Sequence[Watch]:
        return await self._read(partial(headways.watched, since=since, until=until))

    async def stirred(self, campaign: str, since: datetime) -> bool:
        return await self._read(partial(headways.stirred, campaign=campaign, since=since))

    async def reclaim(self, now: datetime, quarantine: timedelta) -> int:
        return await self._writer.submit(lambda c: outbox.reclaim(c, now, quarantine, self._ledger))

    async def throttle(self, queue: Queue, now: datetime, until: datetime, pace: Pace | None) -> None:
        await self._writer.submit(lambda c: paces.throttle(c, queue, now, until, pace), apart=True)

    async def next_due(self, after: datetime) -> datetime | None:
        return await self._read(partial(outbox.next_due, after=after))

    # small things to remember across restarts

    async def workspace(self, platform: Platform) -> str | None:
        return await self._read(partial(people.workspace, platform=platform))

    async def recall_value(self, name: str) -> str | None:
        return await self._read(partial(values.recall, name=name))

    async def keep_value(self, name: str, value: str) -> None:
        await self._writer.submit(lambda c: values.keep(c, name, value))

    async def swap_value(self, name: str, known: str | None, value: str) -> bool:
        return await self._writer.submit(lambda c: values.swap(c, name, known, value))
