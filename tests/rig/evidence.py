"""Everything that is known after a run: the rows, the ledger, both screens, what people did, and the strikes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Row, select

from handlers.ledger.chains import Verdict
from handlers.model import Delivery, Platform
from storage import deliveries
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.memories import MEMORY
from storage.refreshes import REFRESH
from storage.rosters import BROADCAST, OCCURRENCE
from storage.verifying import verify
from storage.withdrawals import WITHDRAWAL
from tests.rig.platforms import Call, Copy, Side
from tests.rig.town import Town


@dataclass(frozen=True)
class Evidence:
    """kept: the deliveries as the product reads them back."""

    town: Town
    rows: Sequence[Row[Any]]
    kept: Mapping[str, Delivery]
    entries: Sequence[Row[Any]]
    occurrences: Sequence[Row[Any]]
    broadcasts: Sequence[Row[Any]]
    withdrawals: Sequence[Row[Any]]
    refreshes: Sequence[Row[Any]]
    memories: Sequence[Row[Any]]
    values: Mapping[str, str]
    verdict: Verdict

    @cached_property
    def row(self) -> Mapping[str, Row[Any]]:
        return {row.id: row for row in self.rows}

    @cached_property
    def copies(self) -> Mapping[str, list[Copy]]:
        """By delivery, first to last."""
        found: dict[str, list[Copy]] = defaultdict(list)
        for side in self.town.sides:
            for copy in side.copies:
                found[copy.delivery].append(copy)
        return found

    @cached_property
    def calls(self) -> Mapping[str, list[Call]]:
        found: dict[str, list[Call]] = defaultdict(list)
        for side in self.town.sides:
            for call in side.calls:
                found[call.delivery].append(call)
        return found

    def side(self, platform: str) -> Side:
        return next(side for side in self.town.sides if side.platform is Platform(platform))


def gathered(town: Town) -> Evidence:
    with town.engine.connect() as connection:
        tables = (DELIVERY, OCCURRENCE, BROADCAST, WITHDRAWAL, REFRESH, MEMORY)
        read = (connection.execute(select(t)).all() for t in tables)
        rows, occurrences, broadcasts, withdrawals, refreshes, memories = read
        entries = connection.execute(select(LEDGER).order_by(LEDGER.c.at, LEDGER.c.sequence)).all()
        kept = {delivery.id: delivery for delivery in deliveries.values(connection, deliveries.query())}
        values = {name: value for name, value in connection.exec_driver_sql("SELECT name, value FROM value")}
        verdict = verify(connection)
    return Evidence(
        town, rows, kept, entries, occurrences, broadcasts, withdrawals, refreshes, memories, values, verdict
    )
