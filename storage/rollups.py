"""Rollups: the numbers as sums that are kept up to date in the transaction of what they count.

Whoever changes what counts says what that adds, or has the rows reckoned before and after (`recounts.recounted`). A
chain of the ledger has rows of its own in each cell, so that several writers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from storage.cells import ALL, EVERYBODY, Cell, Counts, Sums, who_of
from storage.ledger import chain_of
from storage.prepared import Many
from storage.tables import RollupRow, WhoRow, table

ROLLUP, WHO = table(RollupRow), table(WhoRow)
KEY = tuple(column.name for column in ROLLUP.primary_key.columns)
GROUPS, STATES, MONTHS = 3, 6, 12  # added to the kind of a cell: of some people; of a state; of a whole month


def upsert(name: str, key: Sequence[str]) -> Many:
    """Rows of a table with these keys, or their counts added to what is there."""
    columns = (*key, *Counts._fields)
    values = ", ".join(f":{column}" for column in columns)
    sums = ", ".join(f"{n} = {name}.{n} {'|' if n == 'people' else '+'} excluded.{n}" for n in Counts._fields)
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
        _ADD(connection, [row | {"shard": shard} for row in rows(cells)])


def rows(cells: Mapping[Cell, Sequence[int]]) -> list[dict[str, Any]]:
    """In the order of the table's key. Clauses and standards of some people are kept by the month as well.

    Of those there are as many cells as there are teams and clauses that meet, on each day; by month all campaigns are
    one.
    """
    found = Sums()
    for cell, counts in cells.items():
        if any(counts):
            found.put(_at(cell, 0), counts)
            if cell.kind != ALL and cell.who != EVERYBODY:
                month = date.fromordinal(cell.day).replace(day=1).toordinal()
                found.put(_at(cell._replace(day=month, campaign="", author=""), MONTHS), counts)
    return [_row(cell, counts) for cell, counts in sorted(found.cells.items())]


def _at(cell: Cell, more: int) -> Cell:
    """With its part in the place of its kind."""
    return cell._replace(
        kind=cell.kind + GROUPS * (cell.who != EVERYBODY) + STATES * (cell.status != "") + more
    )


def _row(cell: Cell, counts: Iterable[int]) -> dict[str, Any]:
    values = cell._asdict()
    return {"part": values.pop("kind"), **values, **dict(zip(Counts._fields, counts, strict=True))}


def know(connection: Connection, people: Iterable[tuple[str, str, str, str]]) -> None:
    """Give these (team, site, roles, manager) their numbers, where they have none."""
    rows = {who_of(*them): them for them in people}
    names = ("team", "site", "roles", "manager")
    _KNOW(connection, [{"id": id_, **dict(zip(names, rows[id_], strict=True))} for id_ in sorted(rows)])
