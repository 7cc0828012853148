"""People come, change, pause and leave; a person known on two platforms by e-mail is one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from content.audience import Audience
from content.markup import clean
from handlers.desk import Desk
from handlers.events import Change, Joined, Left
from handlers.model import Address, Person, Role
from handlers.ports import Met


@dataclass(frozen=True)
class Profile:
    """A person as a list of people names them; empty fields leave what is known as it is."""

    email: str
    name: str = ""
    team: str = ""
    site: str = ""
    manager: str = ""  # e-mail
    roles: frozenset[Role] | None = None
    zone: str = ""
    language: str = ""
    joined: date | None = None
    addresses: tuple[Address, ...] = ()


async def joined(desk: Desk, event: Joined, administrator: str = "") -> tuple[Person | None, Person]:
    """Who came, as they were known (by their address, else by their e-mail) and as they are now."""
    known = await desk.store.person_at(event.address)
    if known is None and event.email:
        known = await desk.store.person_by_email(event.email)
    today = desk.clock.now().astimezone(ZoneInfo(desk.library.programme.zone)).date()
    person = known or Person(key=desk.new_id(), joined=today)
    person = replace(
        person,
        name=clean(event.name, 100) or person.name,
        email=event.email or person.email,
        zone=event.zone if is_zone(event.zone) else person.zone,
        language=event.language or person.language,
        left_at=None,
        addresses=(
            *(a for a in person.addresses if not a.same_as(event.address)),
            _known(person, event.address),
        ),
    )
    if administrator and person.email.lower() == administrator.lower():
        person = replace(person, roles=person.roles | {Role.ADMINISTRATOR})
    return known, person


def left(desk: Desk, person: Person, event: Left) -> Person:
    """The person without this address; who is gone from the last place they were in has left for good."""
    addresses = tuple(a for a in person.addresses if not a.same_as(event.address))
    if addresses or not event.gone:
        return replace(person, addresses=addresses)
    return replace(person, addresses=(), left_at=desk.clock.now(), roles=frozenset({Role.EMPLOYEE}))


class Forgotten(Exception):
    """Who was erased does not come back by a list."""


async def admit(desk: Desk, profile: Profile, source: str) -> Person:
    """Write one row of a list of people; the same row again changes nothing. Returns the person.

    A list does not bring back who left: it may be an old one. Coming to the bot again does. Raises Forgotten for
    somebody who was erased and has not come again.
    """
    known, changed = await _admitted(desk, profile)
    if changed != known:
        key = f"{source}:{desk.new_id()}"
        try:
            await desk.store.commit(Change(inbox=key, at=desk.clock.now(), person=changed, known=known))
        except Met:  # they came by themselves meanwhile
            return await admit(desk, profile, source)
    return changed


async def _admitted(desk: Desk, profile: Profile) -> tuple[Person | None, Person]:
    """The person as they were known, and with what the list says."""
    known = await desk.store.person_by_email(profile.email)
    if known is None and await desk.store.was_erased(profile.email):
        raise Forgotten
    person = known or Person(key=desk.new_id(), email=profile.email)
    manager = await desk.store.person_by_email(profile.manager) if profile.manager else None
    kept = [a for a in person.addresses if not any(a.same_as(b) for b in profile.addresses)]
    return known, replace(
        person,
        name=profile.name or person.name,
        team=profile.team or person.team,
        site=profile.site or person.site,
        manager=manager.key if manager else person.manager,
        roles=person.roles if profile.roles is None else profile.roles | {Role.EMPLOYEE},
        zone=profile.zone or person.zone,
        language=profile.language or person.language,
        joined=profile.joined or person.joined,
        addresses=(*kept, *(_known(person, a) for a in profile.addresses)),
    )


def audience_of(audience: Audience, people: Sequence[Person]) -> list[Person]:
    """The people a rule names."""
    return [person for person in people if audience.matches(subject(person))]


def subject(person: Person) -> Mapping[str, object]:
    """A person as audience rules see them."""
    return {
        "team": person.team,
        "site": person.site,
        "role": {str(role) for role in person.roles},
        "language": person.language,
        "email": person.email,
        "joined": person.joined,
    }


def is_zone(name: str) -> bool:
    """Whether the time zone database knows this name."""
    try:
        return bool(name) and ZoneInfo(name) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _known(person: Person, address: Address) -> Address:
    """The address with what was known of it before, where the event does not say."""
    before = next((a for a in person.addresses if a.same_as(address)), address)
    return replace(
        address,
        conversation=address.conversation or before.conversation,
        service_url=address.service_url or before.service_url,
    )
