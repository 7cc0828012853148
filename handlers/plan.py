"""Cadences that came due become rows of the outbox: once per person and slot, nobody of the audience left out.

The roster of a slot is everybody its audience names at that moment. Who cannot or should not get it has a
row too, which says why: so the states of a slot always add up to its audience.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content import audience
from content.campaigns import Cadence, Campaign, Slot, anniversary_slot, slots
from content.pieces import BasePiece, Message, Milestone
from handlers.desk import Desk
from handlers.events import Broadcast
from handlers.features import compose
from handlers.model import Delivery, Person, Policy, Reason, Roster, Status
from handlers.people import audience_of

BROADCAST_GRACE = timedelta(hours=72)
TEAM_LOOKBACK = timedelta(days=14)
AT_ONCE = 200  # rows composed before others get their turn


@dataclass(frozen=True)
class _Saying:
    """What all rows of one slot have in common."""

    campaign: str
    slot: str
    nominal: datetime
    grace: timedelta
    piece: BasePiece
    author: str
    audience: str
    policy: Policy = Policy.AT_LEAST_ONCE


@dataclass(frozen=True)
class Plan:
    """One look at the clock. `tick` may be called as often as one likes, by several processes at once."""

    desk: Desk

    async def tick(self) -> int:
        """Plan everything that came due up to now. Returns how many rows were written."""
        people = await self.desk.store.people()
        written = 0
        for campaign in self.desk.library.programme.campaigns:
            written += await self._campaign(campaign, people)
        for broadcast in await self.desk.store.launched(self.desk.clock.now()):
            written += await self._broadcast(broadcast, people)
        return written

    async def _campaign(self, campaign: Campaign, people: Sequence[Person]) -> int:
        members = audience_of(audience.parse(campaign.audience), people)
        if campaign.cadence.after:
            return await self._teams(campaign, campaign.cadence.after, members)
        written = 0
        for zone, here in sorted(by_zone(self.desk, members).items()):
            since = await self._since(campaign, zone)
            after = await self.desk.store.last_slot(campaign.id, zone)
            for slot, named in self._due(campaign, zone, here, after):
                if slot.due_at >= since:
                    written += await self._write(campaign, zone, slot, named, people)
        return written

    async def _since(self, campaign: Campaign, zone: str) -> datetime:
        """When this campaign first had somebody in this zone: nothing before that is planned."""
        name = f"since:{campaign.id}:{zone}"
        kept = await self.desk.store.recall_value(name)
        if kept is None:
            kept = self.desk.clock.now().isoformat()
            await self.desk.store.keep_value(name, kept)
        return datetime.fromisoformat(kept)

    def _due(
        self, campaign: Campaign, zone: str, here: list[Person], after: str | None
    ) -> Iterator[tuple[Slot, list[Person]]]:
        """The slots up to now with the people each is for."""
        now = self.desk.clock.now()
        if not campaign.cadence.anniversary:
            yield from ((slot, here) for slot in _slots(self.desk, campaign, zone, after, now))
            return
        shared: dict[Slot, list[Person]] = defaultdict(list)
        for slot, person in _anniversaries(campaign.cadence, zone, here, after, now):
            shared[slot].append(person)
        yield from shared.items()

    async def _write(
        self, campaign: Campaign, zone: str, slot: Slot, named: list[Person], people: Sequence[Person]
    ) -> int:
        piece, author = self._piece(campaign, slot.number, people)
        said = _Saying(campaign.id, slot.nominal, slot.due_at, campaign.grace, piece, author, campaign.audience,
                       Policy(campaign.policy))  # fmt: skip
        rows = await self._rows(named, said)
        roster = Roster(campaign.id, slot.nominal, zone, slot.due_at, rows)
        return await self.desk.store.plan(roster, self.desk.clock.now())

    def _piece(self, campaign: Campaign, number: int, people: Sequence[Person]) -> tuple[BasePiece, str]:
        """The piece whose turn it is, and the key of the leader on the rota who says it."""
        piece = self.desk.library.piece(campaign.pieces[number % len(campaign.pieces)])
        rota = self.desk.library.programme.rota
        if not (campaign.rota and rota and isinstance(piece, Message)):
            return piece, ""
        email = rota[number % len(rota)].lower()
        leader = next((person for person in people if person.email.lower() == email), None)
        if leader is None:
            return piece, ""
        return piece.model_copy(update={"author": leader.name}), leader.key

    async def _teams(self, campaign: Campaign, finished: str, members: list[Person]) -> int:
        """A team milestone: planned when everybody of a team who was reached has taken part."""
        now = self.desk.clock.now()
        zone = self.desk.library.programme.zone
        since = max(await self._since(campaign, zone), now - TEAM_LOOKBACK)
        written = 0
        for slot, team in await self.desk.store.finished(finished, since):
            piece, author = self._piece(campaign, 0, members)
            named = f"{slot} {team}"
            said = _Saying(campaign.id, named, now, campaign.grace, piece, author, f'team:"{team}"')
            rows = await self._rows([person for person in members if person.team == team], said)
            roster = Roster(campaign.id, named, zone, now, rows)
            written += await self.desk.store.plan(roster, now)
        return written

    async def _broadcast(self, broadcast: Broadcast, people: Sequence[Person]) -> int:
        zone = self.desk.library.programme.zone
        nominal = broadcast.at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
        named = audience_of(audience.parse(broadcast.audience), people)
        said = _Saying(broadcast.id, nominal, broadcast.at, BROADCAST_GRACE, broadcast.message, broadcast.author,
                       broadcast.audience)  # fmt: skip
        rows = await self._rows(named, said)
        roster = Roster(broadcast.id, nominal, zone, broadcast.at, rows)
        return await self.desk.store.plan(roster, self.desk.clock.now())

    async def _rows(self, named: Sequence[Person], said: _Saying) -> tuple[Delivery, ...]:
        """One row each; a hundred thousand of them take seconds, in which others get their turn."""
        rows = []
        for number, person in enumerate(named):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            rows.append(self._row(person, said))
        return tuple(rows)

    def _row(self, person: Person, said: _Saying) -> Delivery:
        due_at = after_quiet(self.desk, said.nominal, person)
        status, reason = self._judge(person, said, due_at)
        return Delivery(
            id=self.desk.new_id(),
            person=person.key,
            campaign=said.campaign,
            slot=said.slot,
            piece=said.piece,
            card=compose(said.piece, person),
            address=person.address,
            due_at=due_at,
            expires_at=due_at + said.grace,
            policy=said.policy,
            status=status,
            reason=reason,
            audience=said.audience,
            author=said.author,
        )

    def _judge(self, person: Person, said: _Saying, due_at: datetime) -> tuple[Status, Reason]:
        """Whether this row can still go out, and why not."""
        if isinstance(said.piece, Milestone) and said.piece.scope == "personal" and not person.celebrates:
            return Status.SKIPPED, Reason.OPTED_OUT
        if person.paused(due_at):
            return Status.SKIPPED, Reason.PAUSED
        if person.address is None:
            return Status.FAILED, Reason.NOT_INSTALLED
        if due_at - said.nominal > said.grace:
            return Status.SKIPPED, Reason.QUIET
        if self.desk.clock.now() > due_at + said.grace:
            return Status.SKIPPED, Reason.LATE
        return Status.PENDING, Reason.NONE


def by_zone(desk: Desk, people: Sequence[Person]) -> dict[str, list[Person]]:
    """People by the zone whose clock their slots follow."""
    zones: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        zones[person.zone or desk.library.programme.zone].append(person)
    return zones


def after_quiet(desk: Desk, moment: datetime, person: Person) -> datetime:
    """The moment, or the end of the person's quiet hours if it falls into them."""
    quiet = desk.library.programme.quiet
    local = moment.astimezone(desk.zone(person))
    begins, ends = quiet.begins, quiet.ends
    night = begins > ends
    inside = (local.time() >= begins or local.time() < ends) if night else begins <= local.time() < ends
    if begins == ends or not inside:
        return moment
    day = local.date() + timedelta(days=1) if night and local.time() >= begins else local.date()
    return datetime.combine(day, ends, local.tzinfo).astimezone(moment.tzinfo)


def upcoming(desk: Desk, people: Sequence[Person], within: timedelta) -> list[tuple[datetime, str]]:
    """What comes to any of these people in the time ahead: (when, campaign title), soonest first."""
    now = desk.clock.now()
    coming: set[tuple[datetime, str]] = set()
    for campaign in desk.library.programme.campaigns:
        members = audience_of(audience.parse(campaign.audience), people)
        for zone, here in by_zone(desk, members).items():
            if campaign.cadence.anniversary:
                celebrating = [person for person in here if person.celebrates]
                found = [
                    s for s, _ in _anniversaries(campaign.cadence, zone, celebrating, None, now + within)
                ]
            else:
                yesterday = (now - timedelta(days=1)).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
                found = list(_slots(desk, campaign, zone, yesterday, now + within))
            coming |= {(slot.due_at, campaign.title) for slot in found if slot.due_at > now}
    return sorted(coming)


def _slots(desk: Desk, campaign: Campaign, zone: str, after: str | None, until: datetime) -> Iterator[Slot]:
    working_days = desk.library.programme.working_days
    return slots(campaign.cadence, campaign.starts, ZoneInfo(zone), after, until, working_days)


def _anniversaries(
    cadence: Cadence, zone: str, people: list[Person], after: str | None, until: datetime
) -> Iterator[tuple[Slot, Person]]:
    """Each person's own day; people who share a day share its slot and are planned together."""
    for person in people:
        if person.joined is not None:
            slot = anniversary_slot(person.joined, cadence.at, ZoneInfo(zone), after, until)
            if slot is not None:
                yield slot, person
