"""Everything that is known after a run: the product's rows, both platforms' ledgers, what people did, the blows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from handlers.ledger.chains import Verdict
from handlers.model import TRIES_TO_EDIT
from storage.engine import connect
from storage.ledger import LEDGER
from storage.tables import (
    BroadcastRow,
    DeliveryRow,
    MemoryRow,
    OccurrenceRow,
    PersonRow,
    RefreshRow,
    WithdrawalRow,
    table,
)
from storage.verifying import verify
from tests.chaos.crowd import Press, Word
from tests.chaos.killer import Struck
from tests.simulators.ledger import Call, Ledger, Sight

READ = (PersonRow, DeliveryRow, OccurrenceRow, BroadcastRow, MemoryRow)
OPEN = ("pending", "sending", "unknown", "reconciling")
TOLD = (
    "status",
    "reason",
    "code",
    "attempt",
    "receipt",
    "resolved_by",
    "lease_owner",
    "lease_until",
    "due_at",
)


@dataclass
class Rows:
    """The product's memory, read in one go."""

    people: Sequence[Row[Any]]
    deliveries: Sequence[Row[Any]]
    occurrences: Sequence[Row[Any]]
    broadcasts: Sequence[Row[Any]]
    memories: Sequence[Row[Any]]
    entries: Sequence[Row[Any]]
    verdict: Verdict

    @classmethod
    def read(cls, url: str) -> Rows:
        engine = connect(url)
        try:
            with engine.connect() as connection:
                found = (connection.execute(select(table(model))).all() for model in READ)
                people, deliveries, occurrences, broadcasts, memories = found
                entries = connection.execute(select(LEDGER).order_by(LEDGER.c.at)).all()
                verdict = verify(connection)
            return cls(people, deliveries, occurrences, broadcasts, memories, entries, verdict)
        finally:
            engine.dispose()


def under_way(connection: Connection) -> list[str]:
    """What has not ended: deliveries, messages to take away, rosters not closed, broadcasts not planned."""
    d, o, b = table(DeliveryRow).c, table(OccurrenceRow).c, table(BroadcastRow).c
    found = [f"delivery {row.id}" for row in connection.execute(select(d.id).where(d.status.in_(OPEN)))]
    found += [
        f"slot of {row.campaign}"
        for row in connection.execute(select(o.campaign).where(o.closed_at.is_(None)))
    ]
    w = table(WithdrawalRow).c
    waits = select(w.delivery).where(w.done_at.is_(None))
    found += [f"the withdrawal of {row.delivery}" for row in connection.execute(waits)]
    r = table(RefreshRow).c
    given_up = r.attempt >= TRIES_TO_EDIT
    outdated = or_(and_(r.done_at.is_(None), r.due_at.is_not(None)), given_up)
    found += [
        f"the card of {row.delivery} (try {row.attempt}: {row.code or 'no mistake'})"
        for row in connection.execute(select(r.delivery, r.attempt, r.code).where(outdated))
    ]
    unplanned = select(b.id).where(b.stage == "scheduled", b.planned_at.is_(None))
    return found + [f"{row.id}" for row in connection.execute(unplanned)]


@dataclass
class Evidence:
    """campaigns: those that happened, a broadcast among them, by the name that their deliveries bear."""

    rows: Rows
    slack: Ledger
    teams: Ledger
    presses: Sequence[Press]
    words: Sequence[Word]
    struck: Sequence[Struck]
    campaigns: Sequence[str]
    left_over: Sequence[str] = ()
    by_id: Mapping[str, Row[Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {row.id: row for row in self.rows.deliveries}

    def launched(self) -> Iterator[str]:
        """The author's card of each broadcast, for every time that it was let go: a step is no participation."""
        cards = {row.slot.removeprefix("about:"): row.id for row in self.rows.deliveries if not row.campaign}
        steps = (row.campaign for row in self.rows.entries if row.kind == "launched")
        return (cards[campaign] for campaign in steps if campaign in cards)

    @property
    def platforms(self) -> dict[str, Ledger]:
        return {"slack": self.slack, "teams": self.teams}

    def sights(self, platform: str) -> dict[str, list[Sight]]:
        """By delivery; a card that carries none is known by the receipt of its message."""
        receipts = {row.receipt: row.id for row in self.rows.deliveries if row.receipt}
        found: dict[str, list[Sight]] = defaultdict(list)
        for sight in self.platforms[platform].sights:
            if delivery := sight.delivery or receipts.get(sight.message, ""):
                found[delivery].append(sight)
        return found

    def calls(self, platform: str, delivery: str) -> list[Call]:
        return [call for call in self.platforms[platform].calls if call.delivery == delivery]

    def participations(self) -> Iterator[Row[Any]]:
        return (entry for entry in self.rows.entries if entry.participation)

    def story(self, delivery: str) -> list[str]:
        """A delivery as everybody knows it, in the order in which it happened."""
        row = self.by_id.get(delivery)
        told = []
        if row is not None:
            named = ", ".join(
                f"{name} {getattr(row, name)!s}" for name in TOLD if getattr(row, name) not in ("", None)
            )
            told.append(
                f"delivery {row.id} of {row.campaign!r} {row.slot} to {row.user} on {row.platform}: {named}"
            )
        happened = [f"{e.at:%T.%f} noted: {e.kind} {e.item} {e.value} {e.reason} {e.code} {e.resolved_by}".rstrip()
                    for e in self.rows.entries if e.delivery == delivery]  # fmt: skip
        for account in self.platforms.values():
            happened += account.story(delivery)
        happened += [str(press) for press in self.presses if press.delivery == delivery]
        happened += [str(blow) for blow in self.struck]
        return told + sorted(happened)
