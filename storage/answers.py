"""Answers to questions, person by person in their order, and what they add up to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Float, Select, and_, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from content.cards import content_hash
from content.pieces import Item, Quiz
from handlers.learning.learnt import CERTAIN, Answer, Learnt, Shown
from handlers.numbers.counts import Some
from storage.contents import CONTENT_ITEM, clauses_from, load, wholes
from storage.ledger import LEDGER
from storage.people import PERSON
from storage.prepared import LookUp, one_of
from storage.streaming import raw

BEGINNING = 2440587.5  # of 1970, as a Julian day
MOST_KNOWN = 20_000  # pieces whose items are held
Which = Sequence[ColumnElement[bool]]
"""Conditions on answers."""

_L, _I = LEDGER.c, CONTENT_ITEM.c
is_answer = and_(_L.participation, _L.kind == "answered", _L.correct.is_not(None), func.length(_L.item) > 1)
right: ColumnElement[int] = case((_L.correct, 1), else_=0)
in_order = (_L.at, _L.chain, _L.sequence)
_ITEMS = LookUp(lambda keys: select(_I.hash, _I.item, _I.version).where(one_of(_I.hash, keys)))


class days(FunctionElement[float]):
    """A moment as days since 1970 began."""

    type = Float()
    inherit_cache = True


@compiles(days, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **more: Any) -> str:
    return f"(julianday({compiler.process(element.clauses, **more)}) - {BEGINNING})"


@compiles(days, "postgresql")
def _days_postgresql(element: Any, compiler: Any, **more: Any) -> str:
    return f"(extract(epoch from {compiler.process(element.clauses, **more)})::float8 / 86400.0)"


def given(since: datetime | None, until: datetime) -> Which:
    return [is_answer, _L.at < until, *([] if since is None else [_L.at >= since])]


def of_manager(manager: str) -> Which:
    """The condition that an answer came from somebody whose manager this is now; none for everybody's answers."""
    theirs = select(PERSON.c.key).where(PERSON.c.manager == manager, PERSON.c.left_at.is_(None))
    return [_L.actor.in_(theirs)] if manager else []


def of_some(some: Some) -> Which:
    return [_L.actor > some.after, _L.actor <= some.upto]


def following(connection: Connection, key: str, most: int) -> Some | None:
    """The next people after this key who did anything; None after the last."""
    did = select(_L.actor).distinct().where(_L.participation, _L.actor > key).order_by(_L.actor).limit(most)
    last = connection.execute(did).scalars().all()[-1:]
    return Some(key, last[0]) if last else None


def add(connection: Connection, which: Which, sums: Collection[Learnt[Any]]) -> None:
    """To each of these what people answered, one after the other."""
    for answers in _by_person(connection, which):
        for each in sums:
            each.add(answers)


_ANSWER = (
    *(_L.item, days(_L.at), _L.correct, _L.value, _L.certainty, _L.duration_ms, _L.object_version),
    case((_L.certainty == CERTAIN, _L.clauses), else_=""),
)


def _by_person(connection: Connection, which: Which) -> Iterator[Sequence[Answer]]:
    query = select(_L.actor, *_ANSWER).where(*which).order_by(_L.actor, *in_order)
    versions = _Versions(connection)

    def rows() -> Iterator[Any]:
        for some in raw(connection, query):
            versions.know({row[-2] for row in some})
            yield from some

    for _, theirs in groupby(rows(), itemgetter(0)):
        yield [_answer(row, versions) for row in theirs]


def _answer(row: Any, versions: _Versions) -> Answer:
    _, item, *said, piece, clauses = row
    names = wholes(clauses_from(clauses)) if clauses else ()
    return Answer._make((item, *said, versions.of(piece, item), names))


class _Versions:
    """Of items in pieces as they were shown: looked up for some rows together, since to join them takes as long as all
    the rest of a row.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[str, dict[str, str]] = {}

    def know(self, pieces: Collection[str]) -> None:
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        wanted = [piece for piece in pieces if piece not in self._known]
        self._known.update((piece, {}) for piece in wanted)
        for row in _ITEMS(self._connection, [(piece,) for piece in wanted]):
            self._known[row.hash][row.item] = row.version

    def of(self, piece: str, item: str) -> str:
        """ "" where the question is in no quiz."""
        return self._known[piece].get(item, "")


def items_of(connection: Connection, shown: Collection[Shown]) -> Mapping[str, Item]:
    """Version -> the item as it was shown."""
    names, versions = {each.item for each in shown}, {each.version for each in shown}
    some = select(_I.item, _I.version, func.max(_I.hash)).group_by(_I.item, _I.version)
    asked = [row for row in connection.execute(some.where(_I.item.in_(names))) if row.version in versions]
    quizzes = load(connection, (hash_ for _, _, hash_ in asked))
    found = {}
    for name, version, hash_ in asked:
        quiz = quizzes[hash_]
        assert isinstance(quiz, Quiz)
        found[version] = next(i for i in quiz.items if i.id == name and content_hash(i) == version)
    return found


def with_the_first(until: datetime) -> Select[Any]:
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
    ).where(is_answer, _L.at < until)
