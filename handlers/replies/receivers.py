"""Who gets what people write: who the message names, its author, or the leader whose turn it is."""

from __future__ import annotations

from content import audience
from handlers.desk import Desk
from handlers.model import Person, Role
from handlers.people import audience_of


async def of_message(desk: Desk, campaign: str, author: str, writer: Person) -> Person | None:
    """Of a broadcast who it names, or its author; of a campaign the leader who speaks; else the leadership."""
    broadcast = await desk.store.broadcast(campaign)
    for key in (broadcast.reply_to, broadcast.author) if broadcast else (author,):
        person = await desk.store.person(key) if key else None
        if person is not None and person.left_at is None:
            return person
    return await on_turn(desk, writer)


async def on_turn(desk: Desk, writer: Person | None = None) -> Person | None:
    """The leader of the rota whose week it is, or the next of them who is here; without a rota the first leader.

    Nobody is asked by themselves, unless there is nobody else.
    """
    leaders = await _leaders(desk)
    others = [leader for leader in leaders if writer is None or leader.key != writer.key]
    return next(iter(others or leaders), None)


async def has_turn(desk: Desk, person: Person) -> bool:
    """Whether what is asked of the leadership goes to this person now."""
    if not (person.has(Role.LEADER) or person.email.lower() in map(str.lower, desk.library.programme.rota)):
        return False
    leader = await on_turn(desk)
    return leader is not None and leader.key == person.key


async def _leaders(desk: Desk) -> list[Person]:
    rota = desk.library.programme.rota
    if not rota:
        return audience_of(audience.parse("role:leader"), await desk.store.people())
    week = (desk.clock.now().date().toordinal() - 1) // 7
    found = [await desk.store.person_by_email(rota[(week + n) % len(rota)]) for n in range(len(rota))]
    return [person for person in found if person is not None and person.left_at is None]
