"""Rollups: the numbers as sums that are kept up to date in the transaction of what they count.

Whoever changes what counts says what that adds, or has the rows reckoned before and after (`recounts.recounted`). A
chain of the ledger has rows of its own in each cell, so that several writers never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, text

from storage.adding import Sums
from storage.cells import ALL, EVERYBODY, Cell, Counts, who_of
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
        "INSERT INTO who (id, team, site, roles) VALUES (:id, :team, :site, :roles) ON CONFLICT (id) DO NOTHING"
    )
)


def add(connection: Connection, cells: Mapping[Cell, Sequence[int]]) -> None:
    """In the order of their keys, so that of two transactions one waits and neither is torn down."""
    if cells:
        _ADD.in_order(connection, (*KEY, *Counts._fields), rows(cells, int(chain_of(connection))))


def rows(cells: Mapping[Cell, Sequence[int]], *shard: int) -> list[tuple[Any, ...]]:
    """Each with the columns of the table, in the order of its key.

    Clauses and standards are kept by the month as well, all campaigns as one: on each day there are as many cells of
    those as there are teams and clauses that meet.
    """
    found, months = [], Sums()
    for cell, counts in cells.items():
        if any(counts):
            kind, who, served, day, _, _, status, reason = cell
            part = kind + GROUPS * (who != EVERYBODY) + STATES * (status != "")
            found.append((part, *cell[1:], *shard, *counts))
            if kind != ALL:
                month = (part + MONTHS, who, served, _month(day), "", "", status, reason)
                months.put(Cell._make(month), counts)
    found += [(*cell, *shard, *counts) for cell, counts in months.cells.items()]
    return sorted(found)


@lru_cache(maxsize=4096)
def _month(day: int) -> int:
    return date.fromordinal(day).replace(day=1).toordinal()


def know(connection: Connection, people: Iterable[tuple[str, str, str]]) -> None:
    """Give these (team, site, roles) their numbers, where they have none."""
    rows = {who_of(*them): them for them in people}
    names = ("team", "site", "roles")
    _KNOW(connection, [{"id": id_, **dict(zip(names, rows[id_], strict=True))} for id_ in sorted(rows)])
