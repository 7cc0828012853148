"""Everybody's card of a broadcast, brought up to date: after a correction, and when it can no longer be answered.

In steps from row to row, each remembered with what it did, so that a crash loses and doubles nothing. A row that
waits goes out as it is by then; a card that was sent is drawn anew in its place.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, or_, select, update

from content.cards import Card
from content.pieces import BasePiece
from handlers.broadcasts.stages import Stage, Step
from handlers.model import Delivery, Status
from storage import broadcasts, refreshes
from storage.broadcasts import BROADCAST
from storage.contents import Hashes, keep, load
from storage.deliveries import DELIVERY, asks, these
from storage.ledger import Ledger
from storage.prepared import Query
from storage.recounts import recounted

STEP = 250  # rows in one transaction: answers to people wait for no longer than that

_B, _D = BROADCAST.c, DELIVERY.c
_NEVER_SHOWN = (Status.SKIPPED, Status.CANCELLED)
_SHOWN = (Status.SENDING, Status.UNKNOWN, Status.RECONCILING, Status.SENT)
_out = or_(_B.stage == Stage.SCHEDULED, _B.stage == Stage.PAUSED)
_OVER = Query(
    select(_B.id).where(_B.expires_at <= bindparam("now"), _B.closed_at.is_(None), _out).order_by(_B.id)
)
_TELLING = Query(select(_B.id).where(_B.told_next.is_not(None)).order_by(_B.id))


def correct(connection: Connection, step: Step, hashes: Hashes) -> None:
    """What its rows show from now on; they are told by `follow`, and rows that are still to be written know it."""
    keep(connection, (value for shown in step.shows for value in shown), hashes)
    shows = {piece.id: (hashes.of(piece), hashes.of(card)) for piece, card in step.shows}
    this = update(BROADCAST).where(_B.id == step.broadcast.id)
    connection.execute(this.values(shows=json.dumps(shows)))
    _begin(connection, step.broadcast.id)


def closing(connection: Connection, now: datetime) -> Sequence[str]:
    """Those that can no longer be answered, and whose cards do not say so yet."""
    return [row.id for row in _OVER(connection, now=now)]


def close(connection: Connection, broadcast: str, at: datetime, ledger: Ledger) -> None:
    this = update(BROADCAST).where(_B.id == broadcast, _B.closed_at.is_(None))
    if connection.execute(this.values(closed_at=at)).rowcount:
        _begin(connection, broadcast)
        ledger.append(connection, [broadcasts.about(connection, broadcast) | {"at": at, "kind": "closed"}])


def follow(connection: Connection, broadcast: str, at: datetime) -> bool:
    """Some rows of a broadcast are brought up to date. False: all of them are."""
    columns = (_B.shows, _B.told_next, _B.told_last)
    told = connection.execute(select(*columns).where(_B.id == broadcast).with_for_update()).one_or_none()
    if told is None or told.told_next is None:
        return False
    end = min(told.told_next + STEP, told.told_last + 1)
    here = and_(these(broadcast, told.told_next, end), ~_D.withdrawn, _D.status.not_in(_NEVER_SHOWN))
    shows = _shows(told.shows)
    cards = load(connection, (card for _, card in shows.values()))
    for piece_id, (piece, card) in shows.items():
        shown = cards[card]
        assert isinstance(shown, Card)
        other = and_(here, _D.piece_id == piece_id, or_(_D.piece != piece, _D.card != card))
        now = {"piece": piece, "card": card, "to_acknowledge": asks(shown)}
        with recounted(connection, and_(here, _D.piece_id == piece_id)):
            connection.execute(update(DELIVERY).where(other).values(now))
    ids = connection.scalars(select(_D.id).where(here, _D.status.in_(_SHOWN)))
    refreshes.request(connection, list(ids), at)
    more: bool = end <= told.told_last
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(told_next=end if more else None))
    return more


def unfinished(connection: Connection) -> Sequence[str]:
    return [row.id for row in _TELLING(connection)]


def as_corrected(
    connection: Connection, campaign: str, rows: Sequence[Delivery], hashes: Hashes
) -> Sequence[Delivery]:
    """Rows about to be written, as they are by now. Whoever planned them may not have seen the correction."""
    shows = _shows(connection.scalar(select(_B.shows).where(_B.id == campaign)) or "")
    old = [
        row
        for row in rows
        if row.piece and shows.get(row.piece.id, ("",))[0] not in ("", hashes.of(row.piece))
    ]
    if not old:
        return rows
    contents = load(connection, (hash_ for pair in shows.values() for hash_ in pair))

    def corrected(row: Delivery) -> Delivery:
        if row.piece is None or row.piece.id not in shows:
            return row
        piece, card = (contents[hash_] for hash_ in shows[row.piece.id])
        assert isinstance(piece, BasePiece)
        assert isinstance(card, Card)
        return replace(row, piece=piece, card=card)

    return [corrected(row) for row in rows]


def _shows(written: str) -> dict[str, tuple[str, str]]:
    """Piece id -> the hashes of the piece and the card that took its place."""
    return {id_: (piece, card) for id_, (piece, card) in json.loads(written or "{}").items()}


def _begin(connection: Connection, broadcast: str) -> None:
    """From the first row again, also if an earlier round is not through: it brings everything up to date."""
    first, last = connection.execute(
        select(func.min(_D.number), func.max(_D.number)).where(_D.campaign == broadcast)
    ).one()
    mark = {"told_next": first, "told_last": last}
    connection.execute(update(BROADCAST).where(_B.id == broadcast).values(mark))
