"""Answers to questions: the ones that came first, how certain people were, and what was right so many days later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Select, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from content.cards import content_hash
from content.pieces import Item, Quiz
from handlers.numbers.counts import Delayed, Sure, Window
from storage.contents import CONTENT_ITEM, load
from storage.ledger import LEDGER, LEDGER_CLAUSE
from storage.people import PERSON

CERTAIN = 3  # of the three levels that a person may choose

_L, _I = LEDGER.c, CONTENT_ITEM.c
is_answer = and_(_L.participation, _L.kind == "answered", _L.correct.is_not(None), func.length(_L.item) > 1)
shown = and_(_I.hash == _L.object_version, _I.item == _L.item)  # the version of the item that was answered
right: ColumnElement[int] = case((_L.correct, 1), else_=0)
in_order = (_L.at, _L.chain, _L.sequence)


class days(FunctionElement[float]):
    """A moment as days since some day long ago."""

    type = Float()
    inherit_cache = True


@compiles(days, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"julianday({compiler.process(element.clauses, **more)})"


@compiles(days, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"(extract(epoch from {compiler.process(element.clauses, **more)})::float8 / 86400.0)"


def of_manager(manager: str) -> list[ColumnElement[bool]]:
    """The condition that an answer came from somebody whose manager this is now; none for everybody's answers."""
    theirs = select(PERSON.c.key).where(PERSON.c.manager == manager, PERSON.c.left_at.is_(None))
    return [_L.actor.in_(theirs)] if manager else []


def items_of(connection: Connection, versions: Iterable[tuple[str, str, str]]) -> Mapping[str, Item]:
    """Version -> the item as it was shown, for (item, version, hash of a quiz in which it stood)."""
    asked = list(versions)
    quizzes = load(connection, (hash_ for _, _, hash_ in asked))
    found = {}
    for name, version, hash_ in asked:
        quiz = quizzes[hash_]
        assert isinstance(quiz, Quiz)
        found[version] = next(i for i in quiz.items if i.id == name and content_hash(i) == version)
    return found


def sure_by_item(connection: Connection, since: datetime, until: datetime, manager: str) -> Sequence[Sure]:
    """Certain answers by version of an item."""
    source = LEDGER.join(CONTENT_ITEM, shown)
    names = (_I.item, _I.version)
    wanted = (is_answer, _L.certainty == CERTAIN, _L.at >= since, _L.at < until, *of_manager(manager))
    query = select(*names, func.max(_I.hash).label("hash"), *_SURE).select_from(source).where(*wanted)
    rows = connection.execute(query.group_by(*names).order_by(*names)).all()
    wrong = select(_I.version, _L.value, func.count().label("n")).select_from(source)
    chosen: dict[str, dict[str, int]] = {}
    for row in connection.execute(wrong.where(*wanted, ~_L.correct).group_by(_I.version, _L.value)):
        chosen.setdefault(row.version, {})[row.value] = row.n
    items = items_of(connection, ((row.item, row.version, row.hash) for row in rows))
    return [
        Sure(row.item, row.people, row.certain, row.wrong, items[row.version], chosen.get(row.version, {}))
        for row in rows
    ]


def sure_by_clause(connection: Connection, since: datetime, until: datetime, manager: str) -> Sequence[Sure]:
    clause = LEDGER_CLAUSE.c
    source = LEDGER.join(LEDGER_CLAUSE, and_(clause.chain == _L.chain, clause.sequence == _L.sequence))
    query = (
        select(clause.clause, *_SURE)
        .select_from(source)
        .where(is_answer, _L.certainty == CERTAIN, _L.at >= since, _L.at < until, *of_manager(manager))
        .group_by(clause.clause)
        .order_by(clause.clause)
    )
    return [Sure(row.clause, row.people, row.certain, row.wrong) for row in connection.execute(query)]


_SURE: tuple[ColumnElement[int], ...] = (
    func.count(_L.actor.distinct()).label("people"),
    func.count().label("certain"),
    func.sum(1 - right).label("wrong"),
)


def delayed(
    connection: Connection, windows: Sequence[Window], since: datetime, until: datetime, manager: str
) -> Sequence[Delayed]:
    """The first answers (about 0 days), and of each person and item the first answer in each window."""
    each = with_the_first(until, manager).subquery("each_answer")
    e = each.c
    gap = e.day - e.first_day
    inside = [(and_(e.place > 1, gap >= w.begins, gap < w.ends), w.about) for w in windows]
    about = case((e.place == 1, 0), *inside)
    place = func.row_number().over(partition_by=(e.actor, e.item, about), order_by=e.place)
    placed = select(each, about.label("about"), place.label("place_inside")).subquery("placed")
    p = placed.c
    query = (
        select(
            p.about,
            func.count().label("answers"),
            func.count(p.actor.distinct()).label("people"),
            func.sum(p.right_).label("right_"),
            func.sum(p.first_right).label("at_first"),
        )
        .where(p.about.is_not(None), p.place_inside == 1, p.at >= since)
        .group_by(p.about)
        .order_by(p.about)
    )
    return [Delayed(*row) for row in connection.execute(query)]


def with_the_first(until: datetime, manager: str) -> Select[Any]:
    """Every answer with its place among those of one person to one item, and what the first of them was."""
    window: Any = {"partition_by": (_L.actor, _L.item), "order_by": in_order}
    return select(
        _L.actor,
        _L.item,
        _L.at,
        right.label("right_"),
        days(_L.at).label("day"),
        func.row_number().over(**window).label("place"),
        func.first_value(days(_L.at)).over(**window).label("first_day"),
        func.first_value(right).over(**window).label("first_right"),
    ).where(is_answer, _L.at < until, *of_manager(manager))
