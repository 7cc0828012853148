"""Who gets the week in numbers, and when: once a person and week, on the first of their working days."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from content import audience
from content.calendars import instant
from handlers.desk import Desk
from handlers.events import Change
from handlers.model import Delivery, Lane, Person
from handlers.numbers import digest
from handlers.permissions import WHO_MAY, whose_numbers

LATEST = timedelta(days=2)  # afterwards it is skipped: the next one comes soon
EVERY = 5  # minutes between two looks
AT_ONCE = 50  # digests in one look, so that nothing else waits for them
SINCE = "digests since"
_SLOT = "digest:"
_READERS = audience.parse(" or ".join(f'role:"{role}"' for role in WHO_MAY["get the digest"]))


class Mornings:
    """`look` may be called as often as one likes, by several processes at once: its key makes each the only one."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._looked: datetime | None = None  # the five minutes in which everything due was seen to
        self._since: datetime | None = None
        self._done: frozenset[str] = (
            frozenset()
        )  # those that are known to be seen to, of the ones that could be due

    async def look(self, now: datetime) -> int:
        """Write what is due by now. Returns the rows written."""
        turn = now.replace(minute=now.minute - now.minute % EVERY, second=0, microsecond=0)
        if self.desk.library.programme.digest is None or self._looked == turn:
            return 0
        since = await self._begun(now)
        due = {key: person for key, person in await self._due(now, since)}
        self._done &= due.keys()
        waiting = [key for key in due if key not in self._done]
        written = 0
        for key in waiting[:AT_ONCE]:
            written += await self._write(due[key], key, now)
            self._done |= {key}
        if len(waiting) <= AT_ONCE:
            self._looked = turn
        return written

    async def _begun(self, now: datetime) -> datetime:
        """When digests were first looked for here: none comes about a week before that, to a house that is new."""
        if self._since is None:
            await self.desk.store.swap_value(SINCE, None, now.isoformat())
            kept = await self.desk.store.recall_value(SINCE)
            self._since = datetime.fromisoformat(kept) if kept else now
        return self._since

    async def _due(self, now: datetime, since: datetime) -> list[tuple[str, Person]]:
        due = []
        for person in await self.desk.store.named(_READERS):
            at = due_at(self.desk, person)
            wanted = person.digest and person.address is not None and not person.paused(now)
            if wanted and at is not None and since <= at <= now < at + LATEST:
                due.append((f"{_SLOT}{digest.day_of(self.desk, person)}:{person.key}", person))
        return due

    async def _write(self, person: Person, key: str, now: datetime) -> int:
        """A week of which there is nothing to tell is seen to without a card."""
        if await self.desk.store.arrived(key):
            return 0
        shown = await digest.compose(self.desk, person, whose_numbers(person) or "")
        row = self._row(person, key, shown)
        rows = () if shown.empty or row is None else (row,)
        change = Change(inbox=key, at=now, deliver=rows, looked=shown.looked if rows else ())
        return len(rows) if await self.desk.store.commit(change) else 0

    def _row(self, person: Person, key: str, shown: digest.Shown) -> Delivery | None:
        """None: their rest, which has begun since it was due, lasts for longer than it is worth saying."""
        at = due_at(self.desk, person)
        assert person.address is not None
        assert at is not None
        row = self.desk.answer(person, person.address, shown.card, key)
        comes = self.desk.library.programme.rest.over(row.due_at, self.desk.zone(person), person.site)
        expires = at + LATEST
        return replace(row, lane=Lane.BULK, due_at=comes, expires_at=expires) if comes < expires else None


def due_at(desk: Desk, person: Person) -> datetime | None:
    """When this week's falls due, after their rest; None where the whole week is none of work."""
    rule, rest, zone = desk.library.programme.digest, desk.library.programme.rest, desk.zone(person)
    day = digest.day_of(desk, person)
    works = rest.working_day(day, person.site)
    if rule is None or works - day >= digest.A_WEEK:
        return None
    return rest.over(instant(datetime.combine(works, rule.at), zone), zone, person.site)


def unwanted(delivery: Delivery, person: Person) -> bool:
    """Whether it is a digest for who has turned them off since it was written."""
    return not person.digest and delivery.slot.startswith(_SLOT)
