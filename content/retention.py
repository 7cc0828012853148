"""How long what is personal is kept, kind by kind; the ledger holds none of it and is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from content.cards import Value

Months = Annotated[int, Field(ge=1, le=240)] | None
DAYS = 30.44  # in a month, on average


class Retention(Value):
    """Months from then on; null: for as long as the database is there.

    replies: what people wrote to leaders, and the answers to them alone, from the answer on. ideas: what was
    written about an idea, from when it was done or declined on: three years are a certificate's cycle. pulse_words:
    the reason that somebody gave in a pulse. answers: what was shown to who typed something. event_keys: the
    platforms' names of events that came, by which one that is repeated is known. addresses: to which account and
    conversation something went. visits: to the page of the numbers, from their last use on. leavers: name and
    e-mail of who has left; then they are erased.
    """

    replies: Months = 24
    ideas: Months = 36
    pulse_words: Months = 12
    answers: Months = 3
    event_keys: Months = 2
    addresses: Months = 12
    visits: Months = 1
    leavers: Months = 36

    def limits(self, now: datetime) -> Iterator[tuple[str, datetime | None]]:
        """Each kind, and before which moment it goes."""
        for kind in type(self).model_fields:
            months: int | None = getattr(self, kind)
            yield kind, None if months is None else now - timedelta(days=round(months * DAYS))


KINDS = {
    "replies": "what people wrote to leaders, and answers to them alone",
    "ideas": "what was written about ideas that are done or declined",
    "pulse_words": "reasons given in a pulse",
    "answers": "what was shown to who typed something",
    "event_keys": "the platforms' names of events",
    "addresses": "to which account something was sent",
    "visits": "visits to the page of the numbers",
    "leavers": "name and e-mail of who has left",
}
