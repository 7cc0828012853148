"""What follows a broadcast to one person, a reminder or an escalation: a row in a lane of its own, on no roster."""

from __future__ import annotations

from datetime import datetime

from content.cards import Card
from content.pieces import Message
from handlers import messages
from handlers.broadcasts.stages import Broadcast
from handlers.broadcasts.timing import GRACE
from handlers.desk import Desk
from handlers.model import Delivery, Lane, Person, Reason, Status


def row(desk: Desk, broadcast: Broadcast, person: Person, due_at: datetime) -> Delivery:
    """Still to be filled in: its slot, its piece and its card. Who is paused then, or cannot be reached, gets none."""
    assert isinstance(broadcast.message, Message)
    closes = messages.closes_at(broadcast.message)
    status, reason = Status.PENDING, Reason.NONE
    if person.paused(due_at):
        status, reason = Status.SKIPPED, Reason.PAUSED
    elif person.address is None:
        status, reason = Status.FAILED, Reason.NOT_INSTALLED
    return Delivery(
        id=desk.new_id(),
        person=person.key,
        campaign=broadcast.id,
        slot="",
        piece=None,
        card=Card(title=broadcast.message.title),
        address=person.address,
        due_at=due_at,
        expires_at=min(due_at + GRACE, closes or due_at + GRACE),
        lane=Lane.REMINDER,
        status=status,
        reason=reason,
        audience=broadcast.audience,
        author=broadcast.author,
    )
