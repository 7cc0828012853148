"""What the pages show, as JSON: a card in the chosen drawing, people, chats, the outbox, the log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import datetime
from operator import itemgetter
from typing import Any

from bot.playground.render import html
from content.cards import Card, content_hash
from handlers.model import Address, Delivery, Entry, Person, Platform, Role, Status
from handlers.ports import Store
from handlers.shared import Done

PLAIN = "plain"
CHAT_LENGTH = 40  # deliveries of a person that their chat shows
Json = dict[str, Any]
Looks = Callable[[Delivery, Person, Done], Awaitable[Card]]
Drawings = Mapping[str, Callable[[Card, str], Mapping[str, Any]]]


def drawn(card: Card, drawings: Drawings, drawing: str, delivery_id: str = "", scope: str = "") -> Json:
    """A card for the page's script: our own HTML, or the payload that a platform's renderer draws."""
    asks = bool(card.buttons() or card.inputs())
    view: Json = {"title": card.title, "asks": asks, "version": f"{drawing}-{content_hash(card)[:16]}"}
    if drawing == PLAIN:
        return {**view, "drawing": PLAIN, "html": html(card, delivery_id, scope or delivery_id)}
    return {**view, "drawing": drawing, "payload": drawings[drawing](card, delivery_id)}


def playground_address(person: Person) -> Address | None:
    """Where the playground knows this person."""
    return next((a for a in person.addresses if a.platform == Platform.PLAYGROUND), None)


def in_order(people: Iterable[Person]) -> list[Person]:
    """Those who are in the playground: employees, leaders, quality leads, then the rest, each by name."""
    ranks = {Role.LEADER: 1, Role.QUALITY_LEAD: 2}

    def rank(person: Person) -> tuple[int, str]:
        others = person.roles - {Role.EMPLOYEE}
        return (min((ranks.get(role, 3) for role in others), default=0), person.name)

    return sorted((p for p in people if playground_address(p)), key=rank)


def display_name(person: Person) -> str:
    """What to call somebody, of whom sometimes only the address is known."""
    here = playground_address(person)
    return person.name or person.email or (here.user if here else "")


def roles_of(person: Person) -> list[Role]:
    """What somebody is beside an employee, if anything."""
    return sorted(role for role in person.roles if role != Role.EMPLOYEE) or [Role.EMPLOYEE]


def person_view(person: Person, now: datetime) -> Json:
    return {
        "key": person.key,
        "name": display_name(person),
        "roles": roles_of(person),
        "team": person.team,
        "paused_until": _iso(person.paused_until if person.paused(now) else None),
    }


def outbox_row(delivery: Delivery, names: Mapping[str, str]) -> Json:
    return {
        "id": delivery.id,
        "person": names.get(delivery.person, delivery.person),
        "title": delivery.card.title,
        "campaign": delivery.campaign,
        "due": _iso(delivery.due_at),
        "status": "withdrawn" if delivery.withdrawn else str(delivery.status),
        "reason": str(delivery.reason),
    }


def log_row(entry: Entry, names: Mapping[str, str]) -> Json:
    return {
        "id": f"{entry.chain}-{entry.sequence}",
        "at": _iso(entry.at),
        "kind": entry.kind,
        "person": names.get(entry.person, entry.person),
        "title": entry.title or entry.object_id,
        "item": entry.item,
        "answer": entry.value,
        "correct": entry.correct,
        "clauses": list(entry.clauses),
        "reason": entry.reason,
        "hash": entry.hash[:10],
    }


async def drawer(store: Store) -> Json:
    """The outbox and the participation log, newest first."""
    names = {person.key: person.name or person.email for person in await store.people()}
    return {
        "outbox": [outbox_row(row, names) for row in await store.outbox()],
        "log": [log_row(entry, names) for entry in await store.entries()],
    }


async def arrived(store: Store, looks: Looks, person: Person, drawings: Drawings, drawing: str) -> list[Json]:
    """The cards of a person's chat, oldest first."""
    items = []
    for delivery in reversed(await store.deliveries_of(person.key, limit=CHAT_LENGTH)):
        if delivery.status is not Status.SENT:
            continue
        done = await store.done(delivery.id) if delivery.piece else ()
        card = drawn(await looks(delivery, person, done), drawings, drawing, delivery.id)
        at = _iso(delivery.sent_at or delivery.due_at)
        items.append({"kind": "card", "id": delivery.id, "at": at, "card": card})
    return sorted(items, key=itemgetter("at"))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
