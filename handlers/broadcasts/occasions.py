"""The slot of a rota that a draft stands for: whose turn it is, who stands in for them, and whose words have it.

Each such slot has two drafts at most, the leader's and their deputy's, with ids that follow from its name. Under the
same name the memory keeps who has the slot: a broadcast, the pack (`PACK`), or nobody yet. A step that lets a draft
go takes it in its own transaction, so of all who want it one has it (`storage/occasions.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from content.calendars import instant
from content.campaigns import WEEKDAYS, Weekday
from content.markup import escape
from handlers.broadcasts.stages import Broadcast
from handlers.desk import Desk
from handlers.model import Person

PACK = "pack"  # the words of the pack have the slot


@dataclass(frozen=True)
class Told:
    """What an author is told of the slot, and whether it is somebody else's by now."""

    words: str
    taken: bool = False


def named(campaign: str, slot: str) -> str:
    return f"rota:{campaign}:{slot}"


def slot_of(occasion: str) -> str:
    """Its nominal local time."""
    return occasion.split(":", 2)[2]


def drafts_of(occasion: str) -> tuple[str, str]:
    """The ids of the leader's draft and of the deputy's."""
    first, second = (
        f"rota-{hashlib.sha256(f'{occasion}:{whose}'.encode()).hexdigest()[:16]}"
        for whose in ("leader", "deputy")
    )
    return first, second


def days_before(slot: str, days: int, zone: ZoneInfo, working_days: Sequence[Weekday]) -> datetime:
    """So many working days before a slot, at its time of day."""
    local = datetime.fromisoformat(slot)
    day = local.date()
    while days:
        day -= timedelta(days=1)
        days -= WEEKDAYS[day.weekday()] in working_days
    return instant(datetime.combine(day, time(local.hour, local.minute)), zone)


async def deadline(desk: Desk, slot: str) -> datetime:
    """When it falls due for the first of all zones: from then on the words of the pack may be on their way."""
    zones = await desk.store.zones() or [""]
    local = datetime.fromisoformat(slot)
    return min(instant(local, ZoneInfo(zone or desk.library.programme.zone)) for zone in zones)


async def cards(desk: Desk, broadcast: Broadcast) -> tuple[str, ...]:
    """The cards to be drawn anew after a step: those about it, and about the other draft for its slot."""
    ids = dict.fromkeys((broadcast.id, *(drafts_of(broadcast.occasion) if broadcast.occasion else ())))
    return tuple([card for id_ in ids for card in await desk.store.cards_about(id_)])


async def told(desk: Desk, broadcast: Broadcast, person: Person) -> Told:
    """To the author of a draft, in their own time."""
    slot = slot_of(broadcast.occasion)
    when = _day(slot)
    has = await desk.store.recall_value(broadcast.occasion)
    if has == PACK:
        return Told(
            f"On {when} the words of the pack had their turn, because nobody had let theirs go.", True
        )
    if has and has != broadcast.id:
        return Told(f"{await _author(desk, has)} has let theirs go for {when}. This one stays a draft.", True)
    leaders, deputys = drafts_of(broadcast.occasion)
    until = desk.local(await deadline(desk, slot), person)
    otherwise = (
        f"Let go before {until} it goes out in your name; if nobody does, the words of the pack do, unsigned."
    )
    if broadcast.id == deputys:
        whose = await _author(desk, leaders, "the leader whose turn it is")
        return Told(f"You stand in for {whose} on **{when}**. {otherwise}")
    if await desk.store.broadcast(deputys):
        return Told(f"Your turn on **{when}** has passed on to {await _author(desk, deputys)}. {otherwise}")
    ask = desk.library.programme.rota_ask
    then = ""
    if ask and ask.deputy_after:
        at = days_before(slot, ask.deputy_after, desk.zone(person), desk.library.programme.working_days)
        then = f"On {desk.local(at, person)} it passes on to your deputy. "
    return Told(f"It is your turn on **{when}**. {then}{otherwise}")


async def _author(desk: Desk, id_: str, nobody: str = "Somebody else") -> str:
    broadcast = await desk.store.broadcast(id_)
    author = await desk.store.person(broadcast.author) if broadcast else None
    return escape(author.name) if author and author.name else nobody


def _day(slot: str) -> str:
    """ "Monday 30 November, 09:00"."""
    local = datetime.fromisoformat(slot)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"
