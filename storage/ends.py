"""How a claim ends: one conditional change of the row, many of them in one go, each with its entry in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from handlers.deliver import BY_POLICY
from handlers.model import Delivery, Reason, Receipt, Status
from storage import ledger, people, refreshes, rollups, served, withdrawals
from storage.adding import Sums
from storage.cells import ENDED, Stand, bit_of, place_of
from storage.deliveries import DELIVERY
from storage.ledger import Ledger, Record
from storage.outbox import LEASED
from storage.pauses import UNTIL_TOLD
from storage.prepared import LookUp, Many, Row, one_of
from storage.proofs import ANSWERED
from storage.records import Origin, came_to, logged

_D = DELIVERY.c
_HELD = LookUp(
    lambda keys: (
        select(
            *(_D.id, _D.lease_owner, _D.attempt, _D.withdrawn, _D.held),
            *(_D.zone, _D.card, _D.piece, _D.slot_at, _D.resolved_by, _D.receipt),
            *(_D.campaign, _D.slot, _D.author, _D.person, _D.team, _D.site, _D.roles),
            *(_D.to_acknowledge, _D.seen_at),
        )
        .where(one_of(_D.id, keys), LEASED)
        .with_for_update()
    )
)
_SETTLE = Many(
    update(DELIVERY)
    .where(_D.id == bindparam("row"))
    .values(
        status=bindparam("to_status"),
        reason=bindparam("to_reason"),
        code=bindparam("to_code"),
        receipt=bindparam("to_receipt"),
        resolved_by=bindparam("to_resolved_by"),
        lease_owner="",
        lease_until=None,
        due_at=func.coalesce(bindparam("to_due_at", type_=_D.due_at.type), _D.due_at),
        sent_at=func.coalesce(bindparam("to_sent_at", type_=_D.sent_at.type), _D.sent_at),
        conversation=func.coalesce(bindparam("to_conversation", type_=_D.conversation.type), _D.conversation),
    )
)


@dataclass(frozen=True)
class End:
    """What came of a claim: the row as it was claimed, by whom, and what becomes of it."""

    delivery: Delivery
    owner: str
    status: Status
    at: datetime
    reason: Reason = Reason.NONE
    code: str = ""
    due_at: datetime | None = None
    receipt: Receipt | None = None
    resolved_by: str = ""


def settle(connection: Connection, ends: Sequence[End], log: Ledger) -> list[bool]:
    """Write each end, unless the row is no longer this owner's at this attempt: then False, and nothing changes.

    A row that was recalled meanwhile and would wait again is cancelled instead, or failed where nobody can tell whether
    it arrived before; one that was sent is taken away. One whose broadcast was paused meanwhile waits for its end.
    One that was pressed in mid-call (it has a receipt already) was sent, however the call ended.
    """
    rows = {row.id: row for row in _HELD(connection, [(end.delivery.id,) for end in ends])}
    held: list[bool] = []
    ended: list[tuple[Row, dict[str, Any]]] = []
    changes: list[dict[str, Any]] = []
    records: list[Record] = []
    unwanted: list[tuple[Delivery, str]] = []
    for end in ends:
        row = rows.get(end.delivery.id)
        held.append(_is_held(end, row))
        if row is None or not held[-1]:
            continue
        del rows[end.delivery.id]  # a second end of the same claim would be a zombie's
        change, record = _ended(end, row)
        changes.append(change)
        ended.append((row, change))
        records += [record] if record else []
        where = _where_it_went(end)
        unwanted += [(where, change["to_receipt"])] if row.withdrawn else []
        if end.receipt and end.receipt.message != change["to_receipt"]:
            unwanted.append((where, end.receipt.message))
    _SETTLE(connection, changes)
    _count(connection, ended)
    learnt = ((end.delivery.address, end.receipt) for end, ours in zip(ends, held, strict=True) if ours)
    people.learn_conversations(connection, learnt)
    log.append(connection, records)
    withdrawals.add(connection, unwanted, ends[0].at)
    arrived = [change["row"] for change in changes if change["to_status"] is Status.SENT]
    refreshes.sent(connection, arrived, ends[0].at)
    return held


def _count(connection: Connection, ended: Sequence[tuple[Row, Mapping[str, Any]]]) -> None:
    """What was under way is that no more. Something may have been done with it in mid-call."""
    ended = [(row, change) for row, change in ended if row.zone is not None and change["to_status"] in ENDED]
    sent = [row.id for row, change in ended if change["to_status"] is Status.SENT]
    done = ledger.done(connection, sent) if sent else {}
    sums = Sums()
    for row, change in ended:
        place, serving = place_of(row), served.of(connection, row.piece)
        what = frozenset((did.verb, did.item, bool(did.correct)) for did in done.get(row.id, ()))
        more = (row.to_acknowledge, row.withdrawn, row.seen_at is not None, serving.checked, what)
        now = Stand(True, change["to_status"], change["to_reason"], *more)
        before = now._replace(status=Status.SENDING, reason=Reason.NONE)
        sums.change(place, serving.served, before, now, bit_of(row.person))
    rollups.add(connection, sums.cells)


def _is_held(end: End, row: Row | None) -> bool:
    return row is not None and (row.lease_owner, row.attempt) == (end.owner, end.delivery.attempt)


def _ended(end: End, row: Row) -> tuple[dict[str, Any], Record | None]:
    """The change of the row, and the entry of the ledger where there is news for it."""
    status, reason = end.status, end.reason
    resolved_by = end.resolved_by or row.resolved_by
    if row.receipt and status is not Status.SENT:
        status, reason, resolved_by = Status.SENT, Reason.NONE, ANSWERED
    elif row.withdrawn and status is Status.PENDING and resolved_by == BY_POLICY:
        status, reason = Status.FAILED, Reason.UNCERTAIN
    elif row.withdrawn and status is Status.PENDING:
        status, reason = Status.CANCELLED, Reason.RECALLED
    due_at = end.due_at if status is end.status else None
    if row.held and status is Status.PENDING:
        reason, due_at = Reason.HELD, UNTIL_TOLD
    outcome = {
        "reason": reason,
        "code": end.code,
        "receipt": row.receipt or (end.receipt.message if end.receipt else ""),
        "resolved_by": resolved_by,
    }
    change = {f"to_{name}": value for name, value in outcome.items()} | {
        "row": end.delivery.id,
        "to_status": status,
        "to_due_at": due_at,
        "to_sent_at": end.at if status is Status.SENT else None,
        "to_conversation": (end.receipt.conversation if end.receipt else "") or None,
    }
    if status in (Status.PENDING, _still(end.delivery)) or not logged(end.delivery, status):
        return change, None
    origin = Origin(row.zone, row.piece or row.card, row.slot_at)
    return change, came_to(end.delivery, origin, status, reason, end.at) | outcome


def _where_it_went(end: End) -> Delivery:
    """The delivery with the conversation that its message is in."""
    address, receipt = end.delivery.address, end.receipt
    if address is None or receipt is None or not receipt.conversation:
        return end.delivery
    return replace(end.delivery, address=replace(address, conversation=receipt.conversation))


def _still(delivery: Delivery) -> Status | None:
    """After a look that could not be taken nobody knows more than before: no news for the ledger."""
    return Status.UNKNOWN if delivery.status is Status.RECONCILING else None
