"""What item analysis needs to know of each version of an item: counts and sums over people's first answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select

from content.pieces import Item
from handlers.numbers.counts import Answers
from storage.answers import in_order, is_answer, items_of, of_manager, right
from storage.contents import CONTENT_ITEM
from storage.ledger import LEDGER

_L, _I = LEDGER.c, CONTENT_ITEM.c


def analysed(connection: Connection, since: datetime, until: datetime, manager: str) -> Sequence[Answers]:
    """By item and version: what people answered when they met it, in the period; later answers know the feedback."""
    first = _first(since, until, manager)
    f = first.c
    other = f.answered > 1
    rest = (f.right_in_all - f.right_) * 1.0 / case((other, f.answered - 1), else_=1)
    sums = {"x": f.right_, "y": rest, "xy": f.right_ * rest, "yy": rest * rest}
    query = (
        select(
            *(f.item, f.version, f.value),
            func.max(f.hash).label("hash"),
            func.count().label("people"),
            func.sum(f.right_).label("right_"),
            func.sum(case((other, 1), else_=0)).label("pairs"),
            *(func.sum(case((other, value), else_=0.0)).label(name) for name, value in sums.items()),
        )
        .group_by(f.item, f.version, f.value)
        .order_by(f.item, f.version, f.value)
    )
    options: dict[str, list[Any]] = {}  # version -> a row for each option that was chosen
    for row in connection.execute(query):
        options.setdefault(row.version, []).append(row)
    items = items_of(connection, ((rows[0].item, rows[0].version, rows[0].hash) for rows in options.values()))
    medians = _medians(connection, first)
    return [_answers(items[version], rows, medians.get(version)) for version, rows in options.items()]


def _answers(item: Item, options: Sequence[Any], median_ms: float | None) -> Answers:
    def total(name: str) -> float:
        return sum(float(getattr(row, name)) for row in options)

    return Answers(
        item=item,
        version=options[0].version,
        people=int(total("people")),
        right=int(total("right_")),
        options={row.value: row.people for row in options},
        median_ms=median_ms,
        pairs=int(total("pairs")),
        **{name: total(name) for name in ("x", "y", "xy", "yy")},
    )


def _first(since: datetime, until: datetime, manager: str) -> Any:
    """Each person's first answer to each item, with how many items they had answered by `until`, and how many right."""
    place = func.row_number().over(partition_by=(_L.actor, _L.item), order_by=in_order)
    columns = (_L.actor, _L.item, _L.object_version, _L.value, _L.at, _L.duration_ms, right.label("right_"))
    answers = (
        select(*columns, place.label("place"))
        .where(is_answer, _L.at < until, *of_manager(manager))
        .subquery("every_answer")
    )
    a = answers.c
    firsts = (
        select(
            answers,
            func.count().over(partition_by=a.actor).label("answered"),
            func.sum(a.right_).over(partition_by=a.actor).label("right_in_all"),
        )
        .where(a.place == 1)
        .subquery("firsts")
    )
    f = firsts.c
    same = (_I.hash == f.object_version) & (_I.item == f.item)
    return (
        select(f.item, _I.version, _I.hash, f.value, f.duration_ms, f.right_, f.answered, f.right_in_all)
        .select_from(firsts.join(CONTENT_ITEM, same))
        .where(f.at >= since)
        .subquery("first_answers")
    )


def _medians(connection: Connection, first: Any) -> Mapping[str, float]:
    """Milliseconds: the middle one, or the mean of the two in the middle; SQLite has no median of its own."""
    f = first.c
    place = func.row_number().over(partition_by=f.version, order_by=f.duration_ms)
    number = func.count().over(partition_by=f.version)
    placed = (
        select(f.version, f.duration_ms, place.label("place"), number.label("number"))
        .where(f.duration_ms.is_not(None))
        .subquery("placed")
    )
    p = placed.c
    middle = (p.place * 2 >= p.number) & (p.place * 2 <= p.number + 2)
    query = select(p.version, func.avg(p.duration_ms).label("ms")).where(middle).group_by(p.version)
    return {row.version: float(row.ms) for row in connection.execute(query)}
