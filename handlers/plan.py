"""Cadences that came due become rows of the outbox, once per person and slot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content import audience
from content.campaigns import Campaign, Slot
from content.pieces import BasePiece, Message
from handlers.balance import weighed
from handlers.broadcasts import reminders, spoken, timing
from handlers.broadcasts.rota import Rota
from handlers.broadcasts.stages import Broadcast
from handlers.broadcasts.watching import Watching
from handlers.desk import Desk
from handlers.evidence.pack import BELONGING_KEPT
from handlers.findings import reminding, retesting
from handlers.ideas import reminding as ideas
from handlers.learning import questions
from handlers.learning.questions import Chosen
from handlers.learning.reckoning import Reckoning
from handlers.ledger.posting import Posting
from handlers.model import Person, Policy, Room, Roster
from handlers.numbers.mornings import Mornings
from handlers.people import audience_of
from handlers.privacy import retaining
from handlers.roster import Saying, rows
from handlers.schedule import A_WEEK, by_zone, due, due_between, joined_on, nominal, years_since

TEAM_LOOKBACK = timedelta(days=14)


class Plan:
    """One look at the clock. `tick` may be called as often as one likes, by several processes at once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rota = Rota(desk)
        self._looked: datetime | None = None  # when everything up to then was planned
        self._retained = ""  # the day on which retention was seen to
        self._zones: frozenset[str] = frozenset()
        self._celebrated: set[tuple[str, str, str]] = set()  # campaign, slot, team
        self._watching = Watching(desk)
        self._posting = Posting(desk)
        self._mornings = Mornings(desk)
        self._reckoning = Reckoning(desk)
        self._received: set[tuple[str, str]] = set()  # campaign, person: who joined and has what it says
        self._since_when: dict[str, datetime] = {}  # what is kept under these names never changes

    async def tick(self) -> int:
        """Plan everything that came due up to now, and finish what recalls and pauses left. Returns the rows written.

        A tick at which nothing can be due does not load the people: there may be a hundred thousand. Without room
        for new rows nothing is planned; the slots stay open, and are judged by their grace when there is.
        """
        if self.desk.store.room() is Room.NONE:
            return 0
        now = self.desk.clock.now()
        await self.desk.store.finish_steps(now)
        await self._posting.look(now)
        await self._retention(now)
        await self._kept(BELONGING_KEPT, now)
        await self._reckoning.look(now)
        await self._watching.look()
        written = await self.rota.tick(now) + await reminders.look(self.desk) + await self._joiners(now)
        written += await reminding.look(self.desk) + await self._asked_again(now)
        written += await ideas.look(self.desk)
        written += await self._mornings.look(now)
        zones = frozenset(zone or self.desk.library.programme.zone for zone in await self.desk.store.zones())
        for broadcast in await self.desk.store.launched(now):
            written += await self._broadcast(broadcast)
        again = self._looked is None or zones != self._zones or await self.rota.freed()
        if not again and not await self._may_be_due(now):
            return written
        people = await self.desk.store.people()
        for campaign in self.desk.library.programme.campaigns:
            if campaign.cadence.joined is None:
                written += await self._campaign(campaign, people, None if again else self._looked)
        self._looked, self._zones = now, zones
        return written

    async def _retention(self, now: datetime) -> None:
        today = f"{now.astimezone(ZoneInfo(self.desk.library.programme.zone)):%Y-%m-%d}"
        if today != self._retained:
            await retaining.daily(self.desk, today)
            self._retained = today

    async def _may_be_due(self, now: datetime) -> bool:
        """Whether a slot fell due in any zone since the last look, or a team has finished one."""
        assert self._looked is not None
        for campaign in self.desk.library.programme.campaigns:
            if campaign.cadence.joined is not None:
                continue
            if campaign.cadence.after:
                finished = await self.desk.store.finished(campaign.cadence.after, now - TEAM_LOOKBACK)
                if any((campaign.id, *done) not in self._celebrated for done in finished):
                    return True
            elif any(due_between(self.desk, campaign, zone, self._looked, now) for zone in self._zones):
                return True
        return False

    async def _campaign(self, campaign: Campaign, people: Sequence[Person], looked: datetime | None) -> int:
        """looked: up to when everything is planned for certain."""
        members = audience_of(audience.parse(campaign.audience), people)
        await self._kept(f"since:{campaign.id}", self.desk.clock.now())
        if campaign.cadence.after:
            return await self._teams(campaign, campaign.cadence.after, members)
        written = 0
        for zone, here in sorted(by_zone(self.desk, members).items()):
            if looked and not due_between(self.desk, campaign, zone, looked, self.desk.clock.now()):
                continue
            since = await self._since(campaign, zone)
            after = await self.desk.store.last_slot(campaign.id, zone)
            for slot, named in due(self.desk, campaign, zone, here, after):
                if slot.due_at >= since and await self.rota.left_to_pack(campaign, slot):
                    written += await self._slot(campaign, zone, slot, named, people)
        return written

    async def _since(self, campaign: Campaign, zone: str) -> datetime:
        """Nothing before this is planned: when the campaign was first seen; a zone new to it begins one grace ago."""
        now = self.desk.clock.now()
        begun = await self._kept(f"since:{campaign.id}", now)
        return await self._kept(f"since:{campaign.id}:{zone}", max(begun, now - campaign.grace))

    async def _kept(self, name: str, otherwise: datetime) -> datetime:
        if name not in self._since_when:
            kept = await self.desk.store.recall_value(name)
            if kept is None:
                await self.desk.store.keep_value(name, otherwise.isoformat())
            self._since_when[name] = datetime.fromisoformat(kept) if kept else otherwise
        return self._since_when[name]

    async def _slot(
        self, campaign: Campaign, zone: str, slot: Slot, named: list[Person], people: Sequence[Person]
    ) -> int:
        said = await self._saying(campaign, slot, zone, named, people)
        return await self._write(said, zone, named)

    async def _saying(
        self, campaign: Campaign, slot: Slot, zone: str, named: Sequence[Person], people: Sequence[Person]
    ) -> Saying:
        """What is said in a slot: the piece whose turn it is, or each person's own questions."""
        piece, author = None, ""
        chosen: Chosen | None = None
        if campaign.questions:
            chosen = await questions.chosen(self.desk, campaign, slot.due_at, zone, named)
        elif campaign.cadence.anniversary and len(campaign.pieces) > 1:  # a piece for each number of years
            years = {p.key: years_since(p.joined, slot) for p in named if p.joined is not None}
            chosen = {key: self._turn(campaign, number, people)[0] for key, number in years.items()}
        else:
            piece, author = self._turn(campaign, slot.number, people)
        return Saying(
            campaign=campaign.id,
            slot=slot.nominal,
            due_at=slot.due_at,
            grace=campaign.grace,
            piece=piece,
            author=author,
            audience=campaign.audience,
            title=campaign.title,
            chosen=chosen,
            policy=Policy(campaign.policy),
            mandatory=campaign.mandatory,
        )

    async def _write(
        self,
        said: Saying,
        zone: str,
        named: Sequence[Person],
        again: tuple[str, datetime] | None = None,
        look_at: datetime | None = None,
    ) -> int:
        roster = Roster(
            campaign=said.campaign,
            slot=said.slot,
            zone=zone,
            due_at=said.due_at,
            audience=said.audience,
            author=said.author,
            piece=said.piece,
            size=len(named),
            deliveries=rows(self.desk, named, said, await weighed(self.desk, named, said)),
            next=again,
            look_at=look_at,
        )
        return await self.desk.store.plan(roster, self.desk.clock.now())

    def _turn(self, campaign: Campaign, number: int, people: Sequence[Person]) -> tuple[BasePiece, str]:
        """The piece whose turn it is, and the key of the leader on the rota who says it."""
        piece = self.desk.library.piece(campaign.pieces[number % len(campaign.pieces)])
        programme = self.desk.library.programme
        rota = programme.rota
        if programme.rota_ask or not (campaign.rota and rota and isinstance(piece, Message)):
            return piece, ""  # who is asked signs what they have let go, and nothing else
        email = rota[number % len(rota)].lower()
        leader = next((person for person in people if person.email.lower() == email), None)
        if leader is None:
            return piece, ""
        return piece.model_copy(update={"author": leader.name}), leader.key

    async def _teams(self, campaign: Campaign, finished: str, members: list[Person]) -> int:
        """A team milestone: planned when everybody of a team who was reached has taken part."""
        now = self.desk.clock.now()
        zone = self.desk.library.programme.zone
        since = await self._since(campaign, zone)
        found = await self.desk.store.finished(finished, now - TEAM_LOOKBACK)
        written = 0
        for slot, team in found:
            if slot < nominal(since, zone) or (campaign.id, slot, team) in self._celebrated:
                continue
            piece, author = self._turn(campaign, 0, members)
            rule = f'team:"{team}"'
            said = Saying(
                campaign=campaign.id,
                slot=f"{slot} {team}",
                due_at=now,
                grace=campaign.grace,
                piece=piece,
                author=author,
                audience=rule,
                mandatory=campaign.mandatory,
            )
            written += await self._write(said, zone, [person for person in members if person.team == team])
        self._celebrated |= {(campaign.id, *done) for done in found}
        return written

    async def _joiners(self, now: datetime) -> int:
        """What falls due so many days after somebody's first: an occurrence of its own for each of them."""
        campaigns = [c for c in self.desk.library.programme.campaigns if c.cadence.joined is not None]
        if not campaigns:
            return 0
        longest = max(timedelta(days=c.cadence.joined or 0) + c.grace for c in campaigns) + A_WEEK
        joiners = await self.desk.store.joiners((now - longest).date())
        written = 0
        for campaign in campaigns:
            begun = await self._kept(f"since:{campaign.id}", now) - campaign.grace
            for person in audience_of(audience.parse(campaign.audience), joiners):
                slot = joined_on(self.desk, campaign, person)
                if begun <= slot.due_at <= now and (campaign.id, person.key) not in self._received:
                    zone = person.zone or self.desk.library.programme.zone
                    written += await self._slot(campaign, zone, slot, [person], joiners)
                    self._received.add((campaign.id, person.key))
        return written

    async def _asked_again(self, now: datetime) -> int:
        """The people of findings whose day has come; a plan that was interrupted goes on where it stopped."""
        written = 0
        for finding in await self.desk.store.findings.to_ask(now):
            said, named = await retesting.saying(self.desk, finding)
            written += await self._write(said, self.desk.library.programme.zone, named)
            await self.desk.store.findings.asked(finding)
        return written

    async def _broadcast(self, broadcast: Broadcast) -> int:
        """Its people are asked from the database: only that knows who has acknowledged what."""
        rule, home = audience.parse(broadcast.audience), self.desk.library.programme.zone
        slot = timing.slot_of(broadcast, home)
        named, kudos = await self.desk.store.named(rule), spoken.is_kudos(broadcast.message)
        if kudos:  # nobody thanks themselves
            named = [person for person in named if person.key != broadcast.author]
        said = Saying(
            campaign=broadcast.id,
            slot=slot,
            due_at=broadcast.at,
            grace=timing.grace(broadcast),
            piece=broadcast.message,
            author=broadcast.author,
            audience=broadcast.audience,
            mandatory=not kudos,
            exclusions=await self._excluded(broadcast, rule),
            due_for=lambda person: timing.due_at(broadcast, slot, person.zone or home, person.key),
        )
        again = timing.again(broadcast, slot, {person.zone or home for person in named})
        return await self._write(said, home, named, again, reminders.first_look(self.desk, broadcast))

    async def _excluded(self, broadcast: Broadcast, rule: audience.Audience) -> dict[str, str]:
        """Person's key -> why they are left out: the first reason that fits."""
        why: dict[str, str] = {}
        for each in broadcast.exclusions:
            excluded = await self.desk.store.named(audience.all_of(rule, audience.parse(each.rule)))
            why |= {person.key: why.get(person.key, each.why) for person in excluded}
        return why
