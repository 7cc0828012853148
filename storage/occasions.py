"""Who has the slot of a rota: taken with the step that lets a draft go, given back with the step that takes it back."""

from __future__ import annotations

from sqlalchemy import Connection, update

from handlers.broadcasts.stages import Broadcast, Stage
from storage import values
from storage.values import VALUE

_HAS = (Stage.WAITING, Stage.SCHEDULED, Stage.PAUSED, Stage.WITHDRAWN)


def take(connection: Connection, broadcast: Broadcast) -> bool:
    """False: somebody else has it, or the words of the pack went out. A draft only says that it may be taken."""
    here = VALUE.c.name == broadcast.occasion
    if broadcast.stage in _HAS:
        free = update(VALUE).where(here, VALUE.c.value.in_(("", broadcast.id)))
        return connection.execute(free.values(value=broadcast.id)).rowcount == 1
    if values.recall(connection, broadcast.occasion) is None:
        values.keep(connection, broadcast.occasion, "")
    connection.execute(update(VALUE).where(here, VALUE.c.value == broadcast.id).values(value=""))
    return True
