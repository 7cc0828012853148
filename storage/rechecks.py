"""The rollups held against what they count, and made anew: for whoever doubts them, and for a database without any."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    MetaData,
    Select,
    String,
    Table,
    and_,
    delete,
    func,
    literal,
    or_,
    select,
    text,
)

from storage import recounts
from storage.cells import EVERYBODY, Counts
from storage.deliveries import DELIVERY
from storage.rollups import KEY, ROLLUP, WHO, add, know, rows, upsert

CELL = tuple(name for name in KEY if name != "shard")
FIRST = 10  # cells that are named
CACHE = 400_000  # KiB of a SQLite that reads all there is

RECOUNT = Table(
    "recount",
    MetaData(),
    *(Column(n, BigInteger if n in ("part", "day", "who") else String, primary_key=True) for n in CELL),
    *(Column(name, BigInteger, nullable=False) for name in Counts._fields),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
_ADD = upsert("recount", CELL)
_R, _N = ROLLUP.c, RECOUNT.c

Progress = Callable[[int], None]  # cells so far


class Differs(NamedTuple):
    """A cell that is not what its rows add up to. kept, reckoned: by name of what is counted, where they differ."""

    day: date
    served: str
    who: str
    campaign: str
    status: str
    kept: Mapping[str, int]
    reckoned: Mapping[str, int]

    def __str__(self) -> str:
        where = ", ".join(part for part in (self.served, self.who, self.campaign, self.status) if part)
        what = (f"{name} {self.kept[name]:,} instead of {self.reckoned[name]:,}" for name in self.kept)
        return f"{self.day}, {where}: {', '.join(what)}"


class Checked(NamedTuple):
    """cells: that there are; wrong: how many of them; first: some of these."""

    cells: int
    wrong: int
    first: Sequence[Differs]


def verify(connection: Connection) -> Checked:
    """Reckon everything from the rows, in memory that does not grow with them, and compare it cell by cell.

    In a transaction of its own that sees one moment, and leaves nothing behind.
    """
    _with_room(connection)
    RECOUNT.create(connection)
    try:
        for sums in recounts.batches(connection):
            _ADD.in_order(connection, (*CELL, *Counts._fields), rows(sums.cells))
        cells = connection.scalar(select(func.count()).select_from(RECOUNT)) or 0
        wrong, first = 0, []
        for found in itertools.chain.from_iterable(map(connection.execute, _wrong())):
            wrong += 1
            first += [found] if wrong <= FIRST else []
        return Checked(cells, wrong, [_differs(connection, found) for found in first])
    finally:
        RECOUNT.drop(connection)


def fill(connection: Connection) -> None:
    """Where there are no rollups yet, reckon them."""
    if connection.scalar(select(_R.day).limit(1)) is None:
        _reckon(connection)


def repair(connection: Connection) -> None:
    """Make all of them anew. Other writers wait, and what they are about to write is added afterwards."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("LOCK TABLE rollup IN EXCLUSIVE MODE"))
    connection.execute(delete(ROLLUP))
    _reckon(connection)


def _reckon(connection: Connection) -> None:
    _with_room(connection)
    d = DELIVERY.c
    know(
        connection,
        [tuple(who) for who in connection.execute(select(d.team, d.site, d.roles).distinct())],
    )
    for sums in recounts.batches(connection):
        add(connection, sums.cells)


def _with_room(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA cache_size = -{CACHE}"))


def _wrong() -> tuple[Select[Any], Select[Any]]:
    """Cells that are kept and were reckoned otherwise or not at all; then those that are not kept.

    Bits of people that are too many are no fault: they stay when a correction moves a message to another clause.
    """
    of = {"people": func.bit_or}
    sums = [of.get(name, func.sum)(_R[name]).label(name) for name in Counts._fields]
    kept = select(*(_R[name] for name in CELL), *sums).group_by(*(_R[name] for name in CELL)).subquery("kept")
    k = kept.c
    same = and_(*(k[name] == _N[name] for name in CELL))
    reckoned = {name: func.coalesce(_N[name], 0) for name in Counts._fields}
    unlike = [k[name] != count for name, count in reckoned.items() if name != "people"]
    missing = reckoned["people"].op("&")(k.people) != reckoned["people"]
    cell = [k[name].label(name) for name in CELL]
    was: list[ColumnElement[Any]] = [k[name] for name in Counts._fields]
    first = select(*cell, *was, *reckoned.values()).select_from(kept.outerjoin(RECOUNT, same))
    there = and_(*(_R[name] == _N[name] for name in CELL))
    nothing: list[ColumnElement[Any]] = [literal(0).label(f"kept_{name}") for name in Counts._fields]
    columns = (*(_N[name] for name in CELL), *nothing, *(_N[name] for name in Counts._fields))
    return first.where(or_(*unlike, missing)), select(*columns).where(~select(_R.day).where(there).exists())


def _differs(connection: Connection, found: Any) -> Differs:
    cell = dict(zip(CELL, found[: len(CELL)], strict=True))
    numbers = [int(number) for number in found[len(CELL) :]]
    half = len(Counts._fields)
    pairs = {
        name: (kept, reckoned)
        for name, kept, reckoned in zip(Counts._fields, numbers[:half], numbers[half:], strict=True)
        if kept != reckoned
    }
    w = WHO.c
    who = connection.execute(select(w.team, w.site, w.roles).where(w.id == cell["who"])).one_or_none()
    return Differs(
        date.fromordinal(cell["day"]),
        cell["served"],
        "everybody"
        if cell["who"] == EVERYBODY
        else " / ".join(part or "none" for part in who)
        if who
        else "?",
        *(cell["campaign"], f"{cell['status']} {cell['reason']}".strip()),
        {name: kept for name, (kept, _) in pairs.items()},
        {name: reckoned for name, (_, reckoned) in pairs.items()},
    )
