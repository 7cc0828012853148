"""Whether the rollups are what their rows add up to: reckoned in memory, for databases as small as those of tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, true

from storage.adding import Sums
from storage.cells import Cell, Counts
from storage.recounts import counted
from storage.rollups import GROUPS, MONTHS, ROLLUP


def off(connection: Connection) -> dict[Cell, Any]:
    """Cell -> what would have to be added to it."""
    kept = Sums()
    for row in connection.execute(select(ROLLUP)):
        fields = row._asdict()
        if fields["part"] >= MONTHS:  # the same once more
            continue
        cell = Cell(kind=fields["part"] % GROUPS, **{name: fields[name] for name in Cell._fields[1:]})
        kept.put(cell, [fields[name] for name in Counts._fields])
    return dict(counted(connection, true()).less(kept))
