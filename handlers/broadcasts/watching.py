"""The cards on which authors watch their broadcasts: drawn anew in their place when there is news."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.broadcasts.headway import Headway
from handlers.desk import Desk
from handlers.model import Watch

WATCHED = timedelta(days=7)
UNDER_WAY = timedelta(seconds=5)  # between two looks while it is being sent or taken back
AFTERWARDS = timedelta(minutes=1)  # and while only acknowledgements trickle in
COMMITTED = timedelta(minutes=1)  # an entry may be as much older than the moment at which it can be read


@dataclass(frozen=True)
class Seen:
    """What this process saw of a broadcast last, without what is only foreseen of it."""

    at: datetime
    headway: Headway


class Watching:
    """One for each process; what it saw is not kept. After a restart, and by several, a card is drawn once more."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._seen: dict[str, Seen] = {}

    async def look(self) -> None:
        """Ask for the cards whose broadcasts have come further. Where nothing can have changed nothing is counted."""
        now = self.desk.clock.now()
        cards: dict[str, list[str]] = {}
        seen: dict[str, Seen] = {}
        for watch in await self.desk.store.watched(now - WATCHED, now):
            cards.setdefault(watch.broadcast, []).append(watch.delivery)
            if watch.broadcast not in seen:
                seen[watch.broadcast] = await self._look_at(watch, self._seen.get(watch.broadcast), now)
        news = [
            name for name in seen if name not in self._seen or seen[name].headway != self._seen[name].headway
        ]
        self._seen = seen
        if news:
            await self.desk.store.refresh([card for name in news for card in cards[name]], now)

    async def _look_at(self, watch: Watch, before: Seen | None, now: datetime) -> Seen:
        """How it stands, or what was seen last where it is too early for another look or nothing has happened.

        The ledger tells of everything but a message that was taken away, and a card that was drawn anew.
        """
        store = self.desk.store
        if before is not None and before.headway.withdrawn == watch.withdrawn:
            if now - before.at < (AFTERWARDS if before.headway.complete else UNDER_WAY):
                return before
            silent = (before.headway.complete or not watch.withdrawn) and not before.headway.anew
            if silent and not await store.stirred(watch.broadcast, before.at - COMMITTED):
                return replace(before, at=now)
        headway = await store.headway(watch.broadcast, now)
        return Seen(now, replace(headway, waits=(), leaves=(), lines={}))
