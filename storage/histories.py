"""Every answer of the ledger in its order, one at a time, however many there are."""

from __future__ import annotations

from collections.abc import Iterator
from sys import intern

from sqlalchemy import Connection, func, select

from handlers.learning.calibration import Given
from handlers.learning.memory import day_of
from storage.ledger import LEDGER

AT_ONCE = 1000  # rows held
_L = LEDGER.c
_ANSWERS = (
    select(_L.actor, _L.item, _L.at, _L.correct, _L.certainty)
    .where(_L.participation, _L.kind == "answered", _L.correct.is_not(None), func.length(_L.item) > 1)
    .order_by(_L.at, _L.chain, _L.sequence)
    .execution_options(yield_per=AT_ONCE)
)


def given(connection: Connection) -> Iterator[Given]:
    """As `storage.memories.is_answer` has it: to items with a name, and either right or wrong."""
    with connection.execute(_ANSWERS) as rows:
        for actor, item, at, correct, certainty in rows:
            yield Given(intern(actor), intern(item), day_of(at), correct, certainty)
