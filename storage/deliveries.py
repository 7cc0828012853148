"""Deliveries as rows and rows as deliveries: how they enter the outbox, and how they are read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, and_, insert, select

from content.cards import Card
from content.pieces import BasePiece
from handlers.desk import about_slots
from handlers.model import Address, Delivery, Lane, Platform, Policy, Reason, Status
from storage import rollups, served, words
from storage.adding import Sums
from storage.cells import Stand, bit_of, local_day, place_of
from storage.contents import Contents, Hashes, keep, load
from storage.ledger import Ledger
from storage.people import ADDRESS, PERSON
from storage.prepared import LookUp, Many, Row, one_of
from storage.records import Origin, came_to, logged
from storage.tables import DeliveryRow, table

DELIVERY = table(DeliveryRow)

_INSERT = Many(insert(DELIVERY))

_D = DELIVERY.c
_RANK = {Lane.INTERACTIVE: 0, Lane.REMINDER: 1, Lane.BULK: 2}
_LANE = {rank: lane for lane, rank in _RANK.items()}
NOWHERE: Mapping[str, str] = {"team": "", "site": "", "roles": "", "manager": ""}  # of whom nothing is known
RANKS = tuple(sorted(_LANE))  # of the lanes, the first to be served first


def enqueue(
    connection: Connection,
    deliveries: Sequence[Delivery],
    at: datetime,
    ledger: Ledger,
    hashes: Hashes,
    zone: str | None = None,
) -> int:
    """Write the rows that are not there yet and log each; how many. `zone` is given for those on a roster.

    (campaign, slot, person, piece id) decides what is there: a second row for it is passed over. On a roster
    the piece does not count: an interrupted slot goes on with nobody asked twice, whatever its YAML says by then.
    """
    fresh = _fresh(connection, deliveries, rostered=zone is not None)
    if not fresh:
        return 0
    keep(connection, (value for d in fresh for value in (d.card, d.piece)), hashes)
    belongs = _belongs(connection, {d.person for d in fresh})
    rows = [_row(d, zone, hashes, belongs.get(d.person, NOWHERE)) for d in fresh]
    _INSERT(connection, rows)
    _count(connection, fresh, rows)
    why = words.pointed_to(connection, {d.code for d in fresh if d.reason is Reason.EXCLUDED}, at)
    records = [
        came_to(d, Origin(zone, row["piece"] or row["card"], d.due_at), d.status, d.reason, at)
        | {"code": why.get(d.code, d.code)}
        for d, row in zip(fresh, rows, strict=True)
        if logged(d, d.status)
    ]
    ledger.append(connection, records)
    return len(rows)


def query() -> Select[Any]:
    """Every column of a delivery, and what is known by now of the way to its address."""
    a = ADDRESS.c
    address = and_(a.platform == _D.platform, a.workspace == _D.workspace, a.user == _D.user)
    known = (a.conversation.label("known_conversation"), a.service_url)
    return select(DELIVERY, *known).select_from(DELIVERY.outerjoin(ADDRESS, address))


_BY_ID = LookUp(lambda keys: query().where(one_of(_D.id, keys)))


def by_id(connection: Connection, ids: Sequence[str]) -> dict[str, Delivery]:
    rows = _BY_ID(connection, [(id_,) for id_ in ids])
    return {delivery.id: delivery for delivery, _ in read(connection, rows)}


def find(
    connection: Connection, wanted: Select[Any], parameters: Mapping[str, object] | None = None
) -> list[tuple[Delivery, Origin]]:
    """What a narrowed `query()` names, in its order."""
    return read(connection, connection.execute(wanted, parameters).all())


class Lease(NamedTuple):
    """What a claim makes of a row."""

    status: Status
    tries: int  # more than before
    until: datetime


def read(
    connection: Connection, rows: Sequence[Row], lease: Lease | None = None
) -> list[tuple[Delivery, Origin]]:
    """Rows of a `query()`, in their order; with a lease as they are once that is taken."""
    contents = load(connection, (hash_ for row in rows for hash_ in (row.card, row.piece)))
    return [
        (_delivery(row, contents, lease), Origin(row.zone, row.piece or row.card, row.slot_at))
        for row in rows
    ]


def about(connection: Connection, broadcast: str) -> list[str]:
    """The cards that show a broadcast to those who decide about it."""
    named = and_(_D.campaign == "", _D.slot.in_(about_slots(broadcast)))
    return list(connection.scalars(select(_D.id).where(named).order_by(_D.number)))


def these(broadcast: str, first: int, end: int) -> ColumnElement[bool]:
    """By number: hidden in an expression, the campaign does not tempt SQLite to read all of its index each time."""
    return and_(_D.number >= first, _D.number < end, _D.campaign.concat("") == broadcast)


def values(connection: Connection, wanted: Select[Any]) -> list[Delivery]:
    return [delivery for delivery, _ in find(connection, wanted)]


def _fresh(connection: Connection, deliveries: Sequence[Delivery], rostered: bool) -> list[Delivery]:
    def key(campaign: str, slot: str, person: str, piece: str) -> tuple[str, ...]:
        return (campaign, slot, person) if rostered else (campaign, slot, person, piece)

    wanted = {key(d.campaign, d.slot, d.person, _piece_id(d)): d for d in reversed(deliveries)}
    if not wanted:
        return []
    there = connection.execute(
        select(_D.campaign, _D.slot, _D.person, _D.piece_id).where(
            _D.campaign.in_({d.campaign for d in deliveries}),
            _D.slot.in_({d.slot for d in deliveries}),
            _D.person.in_({d.person for d in deliveries}),
        )
    )
    for row in there:
        wanted.pop(key(*row), None)
    return list(reversed(wanted.values()))


def _belongs(connection: Connection, keys: set[str]) -> dict[str, Mapping[str, str]]:
    """Person -> where they belong by now."""
    c = PERSON.c
    rows = connection.execute(select(c.key, *(c[name] for name in NOWHERE)).where(c.key.in_(keys)))
    return {row.key: {name: getattr(row, name) for name in NOWHERE} for row in rows}


def _count(connection: Connection, fresh: Sequence[Delivery], rows: Sequence[Mapping[str, Any]]) -> None:
    rollups.know(connection, {(r["team"], r["site"], r["roles"]) for r in rows})
    sums = Sums()
    for delivery, row in zip(fresh, rows, strict=True):
        serving = served.known(row["piece"], delivery.piece)
        state = (row["status"], row["reason"], row["to_acknowledge"], row["withdrawn"])
        stand = Stand(row["zone"] is not None, *state, seen=False, checked=serving.checked)
        sums.stand(place_of(SimpleNamespace(**row)), serving.served, stand, bit_of(delivery.person))
    rollups.add(connection, sums.cells)


def _piece_id(delivery: Delivery) -> str:
    return delivery.piece.id if delivery.piece else ""


def _row(d: Delivery, zone: str | None, hashes: Hashes, belongs: Mapping[str, str]) -> dict[str, Any]:
    year, week, _ = local_day(d.due_at, zone).isocalendar()
    return {
        "id": d.id,
        "person": d.person,
        "campaign": d.campaign,
        "slot": d.slot,
        "zone": zone,
        "piece": hashes.of(d.piece),
        "piece_id": _piece_id(d),
        "card": hashes.of(d.card),
        "to_acknowledge": asks(d.card),
        "platform": d.address.platform if d.address else "",
        "workspace": d.address.workspace if d.address else "",
        "user": d.address.user if d.address else "",
        "conversation": d.address.conversation if d.address else "",
        "lane": _RANK[d.lane],
        "policy": d.policy,
        "status": d.status,
        "reason": d.reason,
        "code": d.code,
        "attempt": d.attempt,
        "lease_owner": "",
        "lease_until": None,
        "slot_at": d.due_at,
        "week": f"{year}-W{week:02}",
        "due_at": d.due_at,
        "expires_at": d.expires_at,
        "sent_at": d.sent_at,
        "reminds": d.reminds,
        "receipt": d.receipt,
        "resolved_by": "",
        "withdrawn": d.withdrawn,
        "held": False,
        "seen_at": None,
        "audience": d.audience,
        "author": d.author,
        **belongs,
    }


def asks(card: Card) -> bool:
    """Whether it is to be acknowledged."""
    return any(button.verb == "acknowledged" for button in card.buttons())


def _delivery(row: Row, contents: Contents, lease: Lease | None) -> Delivery:
    card, piece = contents[row.card], contents[row.piece] if row.piece else None
    assert isinstance(card, Card)
    assert piece is None or isinstance(piece, BasePiece)
    return Delivery(
        id=row.id,
        person=row.person,
        campaign=row.campaign,
        slot=row.slot,
        piece=piece,
        card=card,
        address=_address(row),
        due_at=row.due_at,
        expires_at=row.expires_at,
        lane=_LANE[row.lane],
        policy=Policy(row.policy),
        status=lease.status if lease else Status(row.status),
        reason=Reason(row.reason),
        code=row.code,
        attempt=row.attempt + (lease.tries if lease else 0),
        receipt=row.receipt,
        sent_at=row.sent_at,
        audience=row.audience,
        author=row.author,
        withdrawn=row.withdrawn,
        lease_until=lease.until if lease else row.lease_until,
        reminds=row.reminds,
    )


def _address(row: Row) -> Address | None:
    if not row.platform:
        return None
    conversation = row.conversation or row.known_conversation or ""
    return Address(Platform(row.platform), row.workspace, row.user, conversation, row.service_url or "")
