"""The rota: the leader whose turn it is gets a draft in time, then their deputy; else the words of the pack go out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from content.campaigns import Campaign, Slot, slots
from content.markup import flowing
from content.pieces import Message, Timing
from content.programme import RotaAsk
from handlers.broadcasts import authored, drafts, occasions, writing
from handlers.broadcasts.stages import Broadcast, Stage, Step
from handlers.desk import Desk
from handlers.events import Change
from handlers.model import Lane, Person
from handlers.permissions import may
from handlers.schedule import A_DAY, A_WEEK, nominal

LATEST = timedelta(days=14)  # no grace is longer: after that nothing of a slot is planned any more


class Rota:
    """`tick` may be called as often as one likes, by several processes at once: a draft is begun once."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._begun: set[str] = set()  # ids of drafts that are known to be there
        self._passed: set[str] = set()  # slots that a broadcast has, as far as this process has met them

    async def tick(self, now: datetime) -> int:
        """Ask whoever is to be asked by now. Returns how many were."""
        programme = self.desk.library.programme
        if programme.rota_ask is None or not programme.rota:
            return 0
        asked = 0
        for campaign in programme.campaigns:
            if campaign.rota and campaign.pieces and (campaign.cadence.repeat or campaign.cadence.once):
                for slot in self._coming(campaign, programme.rota_ask, now):
                    asked += await self._slot(campaign, slot, programme.rota_ask, now)
        return asked

    async def left_to_pack(self, campaign: Campaign, slot: Slot) -> bool:
        """Whether the words of the pack go out in this slot that fell due; from now on nobody else can have it."""
        if not campaign.rota:
            return True
        name = occasions.named(campaign.id, slot.nominal)
        has = await self.desk.store.recall_value(name)
        if has is None and self.desk.library.programme.rota_ask is None:
            return True
        if not has and not await self.desk.store.swap_value(name, has, occasions.PACK):
            return await self.left_to_pack(campaign, slot)
        packs = not has or has == occasions.PACK
        (self._passed.discard if packs else self._passed.add)(name)
        if not has:
            await self._told(name)
        return packs

    async def freed(self) -> bool:
        """Whether a slot that a broadcast had is nobody's again: its author took it back, or was sent it back."""
        oldest = nominal(self.desk.clock.now() - LATEST, self.desk.library.programme.zone)
        self._passed = {name for name in self._passed if occasions.slot_of(name) > oldest}
        return any([not await self.desk.store.recall_value(name) for name in self._passed])

    def _coming(self, campaign: Campaign, ask: RotaAsk, now: datetime) -> Iterator[Slot]:
        """The slots ahead that somebody may have to be asked about, by the programme's clock."""
        programme = self.desk.library.programme
        until = now + A_WEEK * (ask.days // len(programme.working_days) + 2)
        zone = programme.zone
        after = nominal(now - A_DAY, zone)
        cadence = campaign.cadence
        return slots(cadence, campaign.starts, ZoneInfo(zone), after, until, programme.working_days)

    async def _told(self, name: str) -> None:
        """Whoever has a draft for it sees on its card that the words of the pack went out."""
        found = [await self.desk.store.cards_about(id_) for id_ in occasions.drafts_of(name)]
        cards = tuple(card for about in found for card in about)
        if cards:
            await self.desk.store.commit(
                Change(f"{name}:{occasions.PACK}", self.desk.clock.now(), refresh=cards)
            )

    async def _slot(self, campaign: Campaign, slot: Slot, ask: RotaAsk, now: datetime) -> int:
        """The leader's draft when it is time; the deputy's when the leader cannot be asked or has let it lie."""
        programme = self.desk.library.programme
        ours = self.desk.library.piece(campaign.pieces[slot.number % len(campaign.pieces)])
        leader, deputy = await self._whose(slot.number, now)
        first = leader or deputy
        zone = self.desk.zone(first) if first else ZoneInfo(programme.zone)
        begins, passes = (
            occasions.days_before(slot.nominal, days, zone, programme.working_days)
            for days in (ask.days, ask.deputy_after)
        )
        if not isinstance(ours, Message) or now < begins:
            return 0
        if now >= await occasions.deadline(self.desk, slot.nominal):
            return 0
        occasion = occasions.named(campaign.id, slot.nominal)
        leaders, deputys = occasions.drafts_of(occasion)
        asked = 0
        if leader and leaders not in self._begun and await self.desk.store.broadcast(deputys) is None:
            asked += await self._begin(campaign, slot, ours, leader, leaders)
        if ask.deputy_after and deputy and deputys not in self._begun:
            theirs = await self.desk.store.broadcast(leaders)
            lies = (
                theirs is None
                or theirs.stage is Stage.DISCARDED
                or (now >= passes and theirs.stage is Stage.DRAFT)
            )
            if lies:
                asked += await self._begin(campaign, slot, ours, deputy, deputys)
        return asked

    async def _whose(self, number: int, now: datetime) -> tuple[Person | None, Person | None]:
        """The leader whose turn it is and who stands in for them, each only if they can be asked."""
        programme = self.desk.library.programme
        rota = [email.lower() for email in programme.rota]
        deputies = {leader.lower(): deputy for leader, deputy in programme.deputies.items()}
        turn = rota[number % len(rota)]
        following = rota[(number + 1) % len(rota)]
        deputy = deputies.get(turn, following)
        leader = await self._askable(turn, now)
        return leader, await self._askable(deputy, now) if deputy.lower() != turn else None

    async def _askable(self, email: str, now: datetime) -> Person | None:
        """Here, reachable, not paused, and allowed to send."""
        person = await self.desk.store.person_by_email(email)
        if person is None or person.left_at or person.address is None or person.paused(now):
            return None
        return person if may(person, "broadcast") else None

    async def _begin(self, campaign: Campaign, slot: Slot, ours: Message, person: Person, id_: str) -> int:
        """A draft of their own and its card, once. Returns whether it was begun now."""
        self._begun.add(id_)
        if await self.desk.store.broadcast(id_):
            return 0
        desk, now, zone = self.desk, self.desk.clock.now(), self.desk.zone(person)
        name = occasions.named(campaign.id, slot.nominal)
        words = {"id": f"message-{desk.new_id()}", "author": person.name, "text": flowing(ours.text)}
        at = datetime.fromisoformat(slot.nominal).replace(tzinfo=zone)
        drafted = Broadcast(
            id=id_,
            message=ours.model_copy(update=words),
            audience=campaign.audience,
            author=person.key,
            at=now,
            stage=Stage.DRAFT,
            timing=Timing(at=at.isoformat(), zone=str(zone), local=True),
            occasion=name,
        )
        drafted = await drafts.foresee(desk, drafted, zone)
        if not drafted.people:
            return 0
        assert person.address is not None
        card = authored.compose(await authored.watch(desk, drafted, person), person)
        row = writing.about(desk, person, person.address, drafted, card, Lane.REMINDER)
        later = desk.library.programme.rest.over(now, zone, person.site) - now
        row = replace(row, due_at=row.due_at + later, expires_at=row.expires_at + later)
        refresh = await occasions.cards(desk, drafted)
        begun = Change(id_, now, actor=person, deliver=(row,), step=Step(None, drafted), refresh=refresh)
        return int(await desk.store.commit(begun))
