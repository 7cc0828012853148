"""Rollups: the numbers as sums that are kept up to date in the transaction of what they count.

Whoever changes what counts says what that adds, or has the rows reckoned before and after (`recounts.recounted`). A
chain of the ledger has rows of its own in each cell, so that several writers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from storage.cells import EVERYBODY, Cell, Counts, who_of
from storage.ledger import chain_of
from storage.prepared import Many
from storage.tables import RollupRow, WhoRow, table

ROLLUP, WHO = table(RollupRow), table(WhoRow)
KEY = tuple(column.name for column in ROLLUP.primary_key.columns)
GROUPS = 3  # added to the kind of a cell that is not of everybody


def upsert(name: str, key: Sequence[str]) -> Many:
    """Rows of a table with these keys, or their counts added to what is there."""
    columns = (*key, *Counts._fields)
    values = ", ".join(f":{column}" for column in columns)
    sums = ", ".join(f"{count} = {name}.{count} + excluded.{count}" for count in Counts._fields)
    words = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({values})"
    return Many(text(f"{words} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {sums}"))


_ADD = upsert("rollup", KEY)
_KNOW = Many(
    text(
        "INSERT INTO who (id, team, site, roles, manager) VALUES (:id, :team, :site, :roles, :manager) "
        "ON CONFLICT (id) DO NOTHING"
    )
)


def add(connection: Connection, cells: Mapping[Cell, Sequence[int]]) -> None:
    """In the order of their keys, so that of two transactions one waits and neither is torn down."""
    if cells:
        shard = int(chain_of(connection))
        rows = [row(cell, counts) | {"shard": shard} for cell, counts in sorted(cells.items()) if any(counts)]
        _ADD(connection, rows)


def row(cell: Cell, counts: Iterable[int]) -> dict[str, Any]:
    values = cell._asdict()
    values["part"] = values.pop("kind") + (GROUPS if cell.who != EVERYBODY else 0)
    return values | dict(zip(Counts._fields, counts, strict=True))


def know(connection: Connection, people: Iterable[tuple[str, str, str, str]]) -> None:
    """Give these (team, site, roles, manager) their numbers, where they have none."""
    rows = {who_of(*them): them for them in people}
    names = ("team", "site", "roles", "manager")
    _KNOW(connection, [{"id": id_, **dict(zip(names, rows[id_], strict=True))} for id_ in sorted(rows)])
