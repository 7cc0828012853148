"""What the ledger says about deliveries and rosters; one place decides which facts are worth an entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from content.pieces import BasePiece
from handlers.model import Delivery, Reason, Roster, Status
from storage.contents import clauses_of, clauses_text
from storage.ledger import Record

_KIND = {
    Status.PENDING: "assigned",
    Status.SENT: "delivered",
    Status.UNKNOWN: "uncertain",
    Status.FAILED: "failed",
    Status.EXPIRED: "expired",
    Status.CANCELLED: "excluded",
    Status.SKIPPED: "excluded",
}


@dataclass(frozen=True)
class Origin:
    """What only the row knows of a delivery: its roster's zone, the hash of what was said, its first due."""

    zone: str | None
    version: str
    due: datetime


def logged(delivery: Delivery) -> bool:
    """Answers to what a person typed leave no trace, unless they carry a piece."""
    return bool(delivery.campaign) or delivery.piece is not None


def about(delivery: Delivery, origin: Origin) -> Record:
    """The fields that every entry about a delivery has."""
    return about_piece(delivery.piece, origin.version) | {
        "person": delivery.person,
        "platform": delivery.address.platform if delivery.address else "",
        "delivery": delivery.id,
        "campaign": delivery.campaign,
        "slot": delivery.slot,
        "zone": origin.zone or "",
        "audience": delivery.audience,
        "due": origin.due,
        "title": delivery.piece.title if delivery.piece else delivery.card.title,
        "author": delivery.author,
    }


def came_to(delivery: Delivery, origin: Origin, status: Status, reason: Reason, at: datetime) -> Record:
    """A delivery's new state: assigned, delivered, failed, excluded, expired or uncertain."""
    return about(delivery, origin) | {"at": at, "kind": _KIND[status], "reason": reason}


def planned(roster: Roster, at: datetime, version: str | None) -> Record:
    """The occurrence itself. `version` is the piece's hash; None where not everybody gets the same piece."""
    first = roster.deliveries[0] if roster.deliveries else None
    return (about_piece(first.piece, version) if first and version else {}) | {
        "at": at,
        "kind": "planned",
        "campaign": roster.campaign,
        "slot": roster.slot,
        "zone": roster.zone,
        "audience": first.audience if first else "",
        "author": first.author if first else "",
        "due": roster.due_at,
        "value": str(len(roster.deliveries)),
    }


def about_piece(piece: BasePiece | None, version: str) -> Record:
    """The object of an entry; `version` is the hash of the piece, or of the card where there is none."""
    if piece is None:
        return {"object_kind": "card", "object_version": version}
    return {
        "object_id": piece.id,
        "object_kind": getattr(piece, "kind", ""),
        "object_version": version,
        "title": piece.title,
        "clauses": clauses_text(clauses_of(piece)),
    }
