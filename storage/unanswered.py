"""What one person wrote to leaders goes, and what was answered to them alone; both go on counting."""

from __future__ import annotations

from sqlalchemy import Connection, and_, or_, select, update

from handlers.desk import about_slots
from handlers.replies.inbox import TITLE
from storage.contents import CONTENT
from storage.deliveries import DELIVERY
from storage.replies import REPLY
from storage.untold import LISTS, listing
from storage.words import GONE

_C, _D, _R = CONTENT.c, DELIVERY.c, REPLY.c


def forget(connection: Connection, key: str) -> tuple[list[str], int]:
    """The cards that show to others what they wrote, and how many replies that was.

    An inbox names what waits in it by its buttons, and what was answered by its words alone: so each that a receiver
    asked for since the first of them goes as a whole. An answer for all is the leader's own words to everybody.
    """
    theirs = _R.person == key
    written = connection.execute(select(_R.id, _R.at, _R.receiver, _R.answered_by).where(theirs)).all()
    if not written:
        return [], 0
    about = and_(_D.campaign == "", _D.slot.in_([slot for row in written for slot in about_slots(row.id)]))
    receivers = {name for row in written for name in (row.receiver, row.answered_by) if name}
    since = _D.due_at >= min(row.at for row in written)
    inboxes = and_(_D.person.in_(receivers), since, _D.card.in_(select(_C.hash).where(_C.title == TITLE)))
    lists = and_(LISTS, or_(inboxes, listing(f"inbox open {row.id}" for row in written)))
    cards = list(connection.scalars(select(_D.id).where(_D.person != key, or_(about, lists))))
    answered = and_(theirs, _R.answer != "", ~_R.public)
    connection.execute(update(REPLY).where(answered).values(answer=GONE))
    return cards, connection.execute(update(REPLY).where(theirs).values(text=GONE)).rowcount
