"""Once an hour a checkpoint: in a file outside and in the auditor's channel at once, in auditors' chats once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.cards import Card, Note, Text
from handlers.broadcasts.habits import in_working_time
from handlers.desk import Desk
from handlers.events import Change
from handlers.ledger.checkpoints import Checkpoint
from handlers.model import Address, Delivery, Lane, Person, Platform, Role, Status

MORNING = 9
NOBODY = Person("")
CARD_LASTS = timedelta(days=7)
POST_LASTS = timedelta(hours=1)  # then the next one vouches for it too


class Posting:
    """One for each process. Which hours are done the memory knows; after downtime the hour that is now is made."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen: datetime | None = None  # the hour that is done, so that most ticks ask for nothing

    async def look(self, now: datetime) -> None:
        """Make the hour's checkpoint unless it is made, and carry outside what is not there yet."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        if self.desk.notary is None or self._seen == hour:
            return
        newest = await self.desk.store.checkpoints.newest()
        if newest is None or newest.at < hour:
            made = await self._make(newest, now)
            if made is None:
                return
            newest = made
        await self._carry()
        await self._post(newest)
        await self._tell(newest)
        self._seen = hour

    async def _make(self, last: Checkpoint | None, now: datetime) -> Checkpoint | None:
        """None: there is nothing to vouch for, or it is not for this process."""
        assert self.desk.notary is not None
        heads = await self.desk.store.checkpoints.heads()
        made = await self.desk.notary.sign(last, heads, now) if heads else None
        if made is None:
            return None
        if await self.desk.store.checkpoints.keep(made):
            return made
        return await self.desk.store.checkpoints.newest()

    async def _carry(self) -> None:
        assert self.desk.notary is not None
        number = await self.desk.notary.published()
        if number is not None:
            await self.desk.notary.publish(await self.desk.store.checkpoints.after(number))

    async def _post(self, newest: Checkpoint) -> None:
        """To each channel; and whoever runs this hears of the one before, where it did not get there."""
        assert self.desk.notary is not None
        store = self.desk.store
        for platform, channel in self.desk.notary.channels.items():
            before = await store.delivery(_named(platform, newest.number - 1))
            if before is not None and before.status in (Status.FAILED, Status.EXPIRED):
                self.desk.notary.untold(platform, before.reason, before.code)
            workspace, key = await store.workspace(platform), _named(platform, newest.number)
            if workspace is not None and not await store.arrived(key):
                row = self._posted(Address(platform, workspace, "", channel), newest, key)
                await store.commit(Change(inbox=key, at=newest.at, deliver=(row,)))

    def _posted(self, address: Address, newest: Checkpoint, key: str) -> Delivery:
        row = self.desk.answer(NOBODY, address, card(newest), key)
        return replace(row, id=key, lane=Lane.BULK, expires_at=row.due_at + POST_LASTS)

    async def _tell(self, newest: Checkpoint) -> None:
        """A card to each auditor with the first of a working morning; its key makes it the only one."""
        programme = self.desk.library.programme
        local = newest.at.astimezone(ZoneInfo(programme.zone))
        day = local.date()
        key = f"checkpoint:{day}"
        if local.hour < MORNING or programme.rest.working_day(day, "") != day:
            return
        if await self.desk.store.arrived(key):
            return
        rows = [
            self._row(person, newest, key)
            for person in await self.desk.store.people()
            if person.has(Role.AUDITOR) and person.address is not None
        ]
        await self.desk.store.commit(Change(inbox=key, at=newest.at, deliver=tuple(rows)))

    def _row(self, person: Person, newest: Checkpoint, key: str) -> Delivery:
        assert person.address is not None
        rest = self.desk.library.programme.rest
        row = self.desk.answer(person, person.address, card(newest), key)
        due_at = in_working_time(row.due_at, self.desk.zone(person), person.site, rest, 0.0)
        return replace(row, lane=Lane.BULK, due_at=due_at, expires_at=due_at + CARD_LASTS)


def _named(platform: Platform, number: int) -> str:
    """The delivery of a checkpoint to a channel, which the next one asks for."""
    return f"checkpoint-{number}-{platform}"


def card(checkpoint: Checkpoint) -> Card:
    """What an auditor keeps without doing anything: their own chat is a place outside of the memory."""
    entries = "entry" if checkpoint.count == 1 else "entries"
    title = f"Log of {checkpoint.at:%-d %B %Y}: {checkpoint.count:,} {entries}"
    return Card(
        title=title,
        blocks=(
            Text(
                markdown=f"At {checkpoint.at:%H:%M} UTC the participation log had {checkpoint.count:,} {entries}. "
                f"The fingerprint of checkpoint {checkpoint.number} is"
            ),
            Text(markdown=f"**{checkpoint.short}**"),
            Note(
                markdown="There is nothing to do. This message is your proof: a log that was changed before this "
                "moment does not fit it any more. To check, run `ledger verify --fingerprint` with these characters."
            ),
        ),
        summary=title,
    )
