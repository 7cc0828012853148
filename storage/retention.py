"""What retention takes away, kind by kind and in small steps; nothing of the ledger, and nothing that is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, or_, select, update

from storage import erasing
from storage.broadcasts import BROADCAST
from storage.changes import INBOX
from storage.contents import CONTENT, Hashes, empty, keep
from storage.deliveries import DELIVERY
from storage.erasing import OPEN_STATES, SHOWN
from storage.ideas import IDEA, STEP
from storage.ledger import Ledger
from storage.people import PERSON
from storage.replies import REPLY
from storage.visits import VISIT
from storage.words import GONE, WORDS

_D, _R, _P, _W, _B, _C, _V = DELIVERY.c, REPLY.c, PERSON.c, WORDS.c, BROADCAST.c, CONTENT.c, VISIT.c
_I, _S = IDEA.c, STEP.c
_over = _D.status.not_in(OPEN_STATES)
_told = select(_S.idea).where(_S.text.not_in(("", GONE)))


class Kind(NamedTuple):
    """Of which table, by which key, under which condition; and what becomes of these rows."""

    of: Table
    key: Column[Any]
    old: Callable[[datetime], ColumnElement[bool]]
    go: Callable[[Connection, Sequence[Any], datetime, Ledger], None]


def clear(connection: Connection, kind: str, before: datetime, most: int, at: datetime, log: Ledger) -> int:
    rule = KINDS[kind]
    keys = list(connection.scalars(select(rule.key).where(rule.old(before)).order_by(rule.key).limit(most)))
    if keys:
        rule.go(connection, keys, at, log)
    return len(keys)


def clearable(connection: Connection, kind: str, before: datetime) -> int:
    rule = KINDS[kind]
    return connection.scalar(select(func.count()).select_from(rule.of).where(rule.old(before))) or 0


def record(connection: Connection, counts: Mapping[str, int], at: datetime, log: Ledger) -> None:
    said = ", ".join(f"{kind} {number}" for kind, number in counts.items())
    log.append(connection, [{"at": at, "kind": "cleared", "object_kind": "retention", "value": said}])


def unused(connection: Connection) -> tuple[list[str], int]:
    """Cards that no row shows any more, and the number of the last row that was looked at."""
    last = connection.scalar(select(func.max(_D.number))) or 0
    shows = "".join(connection.scalars(select(_B.shows).where(_B.shows != "")))
    kept = select(_C.hash).where(_C.kind == "card", _C.body != "")
    free = kept.except_(
        select(_D.card)
    )  # each table is read once: neither has an index for a look from the other
    return [hash_ for hash_ in connection.scalars(free) if hash_ not in shows], last


def empty_unused(connection: Connection, hashes: Sequence[str], last: int) -> None:
    """Without those that a row shows which came after the last one that was looked at."""
    again = set(connection.scalars(select(_D.card).where(_D.number > last, _D.card.in_(hashes))))
    empty(connection, [hash_ for hash_ in hashes if hash_ not in again])


def _replies(connection: Connection, keys: Sequence[Any], at: datetime, log: Ledger) -> None:
    these = _R.id.in_(keys)
    connection.execute(update(REPLY).where(these, _R.answer != "", ~_R.public).values(answer=GONE))
    connection.execute(update(REPLY).where(these).values(text=GONE))
    _emptied(connection, keys)


def _ideas(connection: Connection, keys: Sequence[Any], at: datetime, log: Ledger) -> None:
    connection.execute(update(STEP).where(_S.idea.in_(keys), _S.text != "").values(text=GONE))
    _emptied(connection, keys)


def _emptied(connection: Connection, keys: Sequence[Any]) -> None:
    """The cards about these, as they were sent."""
    hashes = Hashes()
    keep(connection, [SHOWN], hashes)
    cards = and_(_D.campaign == "", _D.slot.in_([f"about:{key}" for key in keys]))
    connection.execute(update(DELIVERY).where(cards).values(card=hashes.of(SHOWN)))


def _deleted(of: Table, key: Column[Any]) -> Callable[[Connection, Sequence[Any], datetime, Ledger], None]:
    def go(connection: Connection, keys: Sequence[Any], at: datetime, log: Ledger) -> None:
        connection.execute(delete(of).where(key.in_(keys)))

    return go


def _unaddressed(connection: Connection, keys: Sequence[Any], at: datetime, log: Ledger) -> None:
    connection.execute(update(DELIVERY).where(_D.number.in_(keys)).values(user="", conversation=""))


def _erased(connection: Connection, keys: Sequence[Any], at: datetime, log: Ledger) -> None:
    for key in keys:
        erasing.erase(connection, key, at, log)


KINDS: Mapping[str, Kind] = {
    "replies": Kind(REPLY, _R.id, lambda t: and_(_R.answered_at < t, _R.text != GONE), _replies),
    "ideas": Kind(IDEA, _I.id, lambda t: and_(_I.ended_at < t, _I.id.in_(_told)), _ideas),
    "pulse_words": Kind(WORDS, _W.id, lambda t: and_(_W.at < t, _W.person != ""), _deleted(WORDS, _W.id)),
    "answers": Kind(
        DELIVERY,
        _D.number,
        # one greeting for a life: its row says that it was
        lambda t: and_(_D.slot_at < t, _D.campaign == "", _D.piece.is_(None), _D.slot != "welcome", _over),
        _deleted(DELIVERY, _D.number),
    ),
    "event_keys": Kind(INBOX, INBOX.c.key, lambda t: INBOX.c.at < t, _deleted(INBOX, INBOX.c.key)),
    "addresses": Kind(
        DELIVERY,
        _D.number,
        lambda t: and_(_D.slot_at < t, or_(_D.user != "", _D.conversation != ""), _over),
        _unaddressed,
    ),
    "visits": Kind(VISIT, _V.hash, lambda t: _V.used_at < t, _deleted(VISIT, _V.hash)),
    "leavers": Kind(
        PERSON,
        _P.key,
        lambda t: and_(_P.left_at < t, or_(_P.name != "", _P.email != "")),
        _erased,
    ),
}
