"""Read receipts: what somebody has been shown up to a message counts as seen, once, with an entry for each.

Presses prove as much and are not written here: who counts adds them (`storage/funnels.py`), so that an answer, which
comes by the hundred, is no more work than it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, update

from handlers.model import Address, Delivery, Status
from storage import deliveries, people
from storage.deliveries import DELIVERY
from storage.ledger import Ledger, Record
from storage.prepared import Many
from storage.records import Origin, about
from storage.recounts import recounted

BACK = timedelta(days=60)  # what was due longer ago is not looked at: by then nobody asks who has seen it
SEEN = "seen"
LONGEST = 20  # digits of an id that is a moment

_D = DELIVERY.c
_MINE = _D.person.in_(bindparam("people", expanding=True)), _D.slot_at >= bindparam("since")
_UNSEEN = deliveries.query().where(*_MINE, _D.status == Status.SENT, _D.seen_at.is_(None), _D.receipt != "")
_IN_MID_CALL = select(_D.person, _D.platform, _D.workspace).where(
    *_MINE, _D.status == Status.SENDING, _D.receipt == ""
)
_SEE = Many(
    update(DELIVERY)
    .where(_D.id == bindparam("row"), _D.seen_at.is_(None))
    .values(seen_at=bindparam("to_seen_at", type_=_D.seen_at.type))
)

Found = tuple[Delivery, Origin]
Place = tuple[str, str, str]  # person, platform, workspace


class Read(NamedTuple):
    """Somebody has read everything up to a message; the newest of a place has the highest number."""

    address: Address
    message: str
    at: datetime


def mark(connection: Connection, reads: Sequence[Read], log: Ledger) -> list[bool]:
    """Each once, in one go. False: something is on its way to them just now, so that its name is not known yet."""
    persons = people.at(connection, [read.address for read in reads])
    keys = sorted({person.key for person in persons if person})
    if not keys:
        return [True] * len(reads)
    window = {"people": keys, "since": min(read.at for read in reads) - BACK}
    unseen: dict[Place, list[Found]] = defaultdict(list)
    for found in deliveries.find(connection, _UNSEEN, window):
        unseen[_place(found[0])].append(found)
    calling = {(row.person, row.platform, row.workspace) for row in connection.execute(_IN_MID_CALL, window)}
    seen: dict[str, tuple[Found, datetime]] = {}
    places = [
        _where(person.key, read) if person else None for person, read in zip(persons, reads, strict=True)
    ]
    for place, read in zip(places, reads, strict=True):
        for found in unseen.get(place, ()) if place else ():
            if _up_to(found[0].receipt, read.message):
                seen.setdefault(found[0].id, (found, read.at))
    with recounted(connection, _D.id.in_(seen)):
        _SEE(connection, [{"row": id_, "to_seen_at": at} for id_, (_, at) in seen.items()])
    log.append(connection, [_entry(found, at) for found, at in seen.values()])
    return [place not in calling for place in places]


def _entry(found: Found, at: datetime) -> Record:
    """`once`, so that of two processes that take in one receipt each only the first writes."""
    delivery, origin = found
    named = {"kind": SEEN, "once": f"{delivery.id}:{SEEN}:", "receipt": delivery.receipt}
    return about(delivery, origin) | named | {"at": at}


def _up_to(message: str, last: str) -> bool:
    """Teams numbers the messages of a chat by the millisecond; what is no number is told by being the same."""
    numbers = _number(message), _number(last)
    return message == last if None in numbers else numbers[0] <= numbers[1]  # type: ignore[operator]


def _number(message: str) -> int | None:
    return int(message) if message.isdecimal() and len(message) <= LONGEST else None


def _where(person: str, read: Read) -> Place:
    return person, read.address.platform, read.address.workspace


def _place(delivery: Delivery) -> Place:
    assert delivery.address is not None
    return delivery.person, delivery.address.platform, delivery.address.workspace
