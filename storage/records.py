"""What the ledger says about deliveries and rosters; one place decides which facts are worth an entry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from content.pieces import BasePiece, Due, Escalation, Found, Milestone, Proposed, Reminder, Replied, Waiting
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
_ADDRESS = re.compile(r'email:("[^"]*"|[^\s()]+)', re.IGNORECASE)
_FOLLOWED: dict[type, str] = {
    Reminder: "reminded",
    Escalation: "escalated",
    Due: "reminded",
    Waiting: "reminded",
}


@dataclass(frozen=True)
class Origin:
    """What only the row knows of a delivery: its roster's zone, the hash of what was said, its first due."""

    zone: str | None
    version: str
    due: datetime


def logged(delivery: Delivery, status: Status) -> bool:
    """Answers to what a person typed leave no trace, unless they carry a piece.

    Nor do cards that bring a reply: the reply has its own entry, which does not give away when it was written. Of what
    follows a message, or says that a finding or an idea waits, only that it arrived is entered: nobody is left out of
    the message itself without it. That one was shown leaves none: its steps have their own entries.
    """
    if isinstance(delivery.piece, Reminder | Escalation | Due | Waiting):
        return status is Status.SENT
    return bool(delivery.campaign) or not (
        delivery.piece is None or isinstance(delivery.piece, Replied | Found | Proposed)
    )


def about(delivery: Delivery, origin: Origin) -> Record:
    """The fields that every entry about a delivery has."""
    title = {} if delivery.piece else {"title": delivery.card.title}
    return (
        about_piece(delivery.piece, origin.version)
        | title
        | {
            "person": delivery.person,
            "platform": delivery.address.platform if delivery.address else "",
            "delivery": delivery.id,
            "campaign": delivery.campaign,
            "slot": delivery.slot,
            "zone": origin.zone or "",
            "audience": unnamed(delivery.audience),
            "due": origin.due,
            "author": delivery.author,
        }
    )


def unnamed(rule: str) -> str:
    """A rule without anybody's address, for the ledger holds it for good; the key of the person stands beside it."""
    return _ADDRESS.sub('email:"one person"', rule) if "email:" in rule.lower() else rule


def titled(piece: BasePiece) -> str:
    """Kudos have a person's name in their title."""
    said = getattr(piece, "message", piece)  # a draft's, which has its title
    return "Kudos" if isinstance(said, Milestone) and said.scope == "kudos" else piece.title


def came_to(delivery: Delivery, origin: Origin, status: Status, reason: Reason, at: datetime) -> Record:
    """A delivery's new state: assigned, delivered, failed, excluded, expired or uncertain; reminded, escalated."""
    kind = _FOLLOWED.get(type(delivery.piece), _KIND[status])
    return about(delivery, origin) | {"at": at, "kind": kind, "reason": reason}


def planned(roster: Roster, at: datetime, version: str | None) -> Record:
    """The occurrence itself. `version` is the piece's hash."""
    return (about_piece(roster.piece, version) if version else {}) | {
        "at": at,
        "kind": "planned",
        "campaign": roster.campaign,
        "slot": roster.slot,
        "zone": roster.zone,
        "audience": unnamed(roster.audience),
        "author": roster.author,
        "due": roster.due_at,
        "value": str(roster.size),
    }


def about_piece(piece: BasePiece | None, version: str) -> Record:
    """The object of an entry; `version` is the hash of the piece, or of the card where there is none."""
    if piece is None:
        return {"object_kind": "card", "object_version": version}
    return _of_version(_Versioned(version, piece))


class _Versioned(NamedTuple):
    """A piece that is known by the hash of its content, which is worked out once and not with each entry."""

    version: str
    piece: BasePiece

    def __hash__(self) -> int:
        return hash(self.version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Versioned) and self.version == other.version


@lru_cache(maxsize=1024)
def _of_version(versioned: _Versioned) -> Record:
    piece = versioned.piece
    return {
        "object_id": piece.id,
        "object_kind": getattr(piece, "kind", ""),
        "object_version": versioned.version,
        "title": titled(piece),
        "clauses": clauses_text(clauses_of(piece)),
    }
