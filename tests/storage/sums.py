"""Whether the rollups are what their rows add up to: reckoned in memory, for databases as small as those of tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select, true

from storage.cells import Cell, Counts, Sums
from storage.recounts import counted
from storage.rollups import GROUPS, ROLLUP


def off(connection: Connection) -> dict[Cell, Any]:
    """Cell -> what would have to be added to it."""
    kept = Sums()
    for row in connection.execute(select(ROLLUP)):
        fields = row._asdict()
        cell = Cell(kind=fields["part"] % GROUPS, **{name: fields[name] for name in Cell._fields[1:]})
        sums = kept.cells.get(cell, [0] * len(Counts._fields))
        kept.cells[cell] = [a + fields[name] for a, name in zip(sums, Counts._fields, strict=True)]
    return dict(counted(connection, true()).less(kept))
