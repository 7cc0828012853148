"""The numbers that findings are about, by person: what `storage.metrics` and `storage.answers` count.

One row for each unit of a number, with whose it is and whether it counts in its part (`hit`). So the sums are those of
`stats`, and the same people can be counted again later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Select, and_, case, cast, func, select, true

from handlers.findings.finding import About, Metric
from handlers.learning.learnt import CERTAIN, WINDOWS
from handlers.model import Status
from storage.answers import is_answer, right, with_the_first
from storage.contents import CONTENT_CLAUSE, have
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON

Among = Callable[[ColumnElement[str]], ColumnElement[bool]]
Units = Select[Any]
"""person, hit: 1 or 0; of recall NULL, whose share is reckoned from memories."""

_D, _L = DELIVERY.c, LEDGER.c
_rostered = _D.zone.is_not(None)
_sent = _D.status == Status.SENT
_asks = and_(_D.to_acknowledge, ~_D.withdrawn)


def everybody(person: ColumnElement[str]) -> ColumnElement[bool]:
    return true()


def units(about: About, since: datetime, until: datetime, among: Among = everybody) -> Units:
    """What a number counts in [since, until), of these people. Of induction nothing: nobody joins twice."""
    return _UNITS[about.metric](about, since, until, among)


def asked_again(metric: Metric, campaign: str) -> Units:
    """What people answered when they were asked again; of certain and wrong only where they were certain."""
    theirs = and_(is_answer, _L.campaign == campaign)
    if metric == "wrong":
        theirs, hit = and_(theirs, _L.certainty == CERTAIN), 1 - right
    else:
        hit = right
    return select(_L.actor.label("person"), hit.label("hit")).where(theirs)


def count(connection: Connection, counted: Units) -> tuple[float, float, int]:
    """(part, of, people)."""
    u = counted.subquery("units").c
    query = select(func.coalesce(func.sum(u.hit), 0), func.count(), func.count(u.person.distinct()))
    part, of, people = connection.execute(query).one()
    return float(part), float(of), people


def whom(connection: Connection, about: About, since: datetime, until: datetime, among: Among) -> Any:
    """(person, item) of every answer in a number; what was wrong when it was answered last comes first."""
    begins = _beginning(about, since)
    latest = func.row_number().over(
        partition_by=(_L.actor, _L.item), order_by=(_L.at.desc(), _L.sequence.desc())
    )
    each = (
        _under(select(_L.actor, _L.item, _L.at, right.label("right_"), latest.label("place")), about)
        .where(is_answer, *begins, _L.at < until, among(_L.actor))
        .subquery("each_answer")
    )
    e = each.c
    query = select(e.actor, e.item).where(e.place == 1).order_by(e.actor, e.right_, e.at, e.item)
    return connection.execute(query)


def _participation(about: About, since: datetime, until: datetime, among: Among) -> Units:
    did = select(_L.sequence).where(_L.delivery == _D.id, _L.participation).exists()
    here = (_rostered, _sent, _D.slot_at >= since, _D.slot_at < until, among(_D.person), *_group(about))
    return select(_D.person.label("person"), case((did, 1), else_=0).label("hit")).where(*here)


def _acknowledgement(about: About, since: datetime, until: datetime, among: Among) -> Units:
    acknowledged = (
        select(_L.sequence).where(_L.delivery == _D.id, _L.participation, _L.kind == "acknowledged").exists()
    )
    here = (_rostered, _sent, _asks, _D.slot_at >= since, _D.slot_at < until, among(_D.person))
    hit = case((acknowledged, 1), else_=0).label("hit")
    return select(_D.person.label("person"), hit).where(*here, *_group(about))


def _reach(about: About, since: datetime, until: datetime, among: Among) -> Units:
    here = (_rostered, _D.slot_at >= since, _D.slot_at < until, among(_D.person), *_group(about))
    return select(_D.person.label("person"), case((_sent, 1), else_=0).label("hit")).where(*here)


def _accuracy(about: About, since: datetime, until: datetime, among: Among) -> Units:
    """As in `storage.metrics`: by when the delivery was due, and a message's own question counts too."""
    source = LEDGER.join(DELIVERY, _L.delivery == _D.id)
    query = select(_L.actor.label("person"), right.label("hit")).select_from(source)
    if about.by == "clause":
        query = query.where(have(_L.clauses, about.group))
    elif about.by == "item":
        query = query.where(_L.item == about.group)
    else:
        query = query.where(*_group(about))
    answered = (_L.participation, _L.kind == "answered", _L.correct.is_not(None), _D.campaign != "")
    return query.where(*answered, _D.slot_at >= since, _D.slot_at < until, among(_L.actor))


def _wrong(about: About, since: datetime, until: datetime, among: Among) -> Units:
    sure = (is_answer, _L.certainty == CERTAIN, _L.at >= since, _L.at < until, among(_L.actor))
    return _under(select(_L.actor.label("person"), (1 - right).label("hit")), about).where(*sure)


def _recall(about: About, since: datetime, until: datetime, among: Among) -> Units:
    """Who is here and has met something of it, whenever that was."""
    here = _L.actor.in_(select(PERSON.c.key).where(PERSON.c.left_at.is_(None)))
    met = _under(select(_L.actor.label("person"), cast(None, Integer).label("hit")).distinct(), about)
    return met.where(is_answer, _L.at < until, here, among(_L.actor))


def _delayed(about: About, since: datetime, until: datetime, among: Among) -> Units:
    """As in `handlers.learning.learnt.Delays`: of each person and item the first answer in the window."""
    window = next(w for w in WINDOWS if w.about == about.days)
    each = with_the_first(until).subquery("each_answer")
    e = each.c
    inside = and_(e.place > 1, e.day - e.first_day >= window.begins, e.day - e.first_day < window.ends)
    place = func.row_number().over(partition_by=(e.actor, e.item), order_by=e.place).label("place_inside")
    placed = select(each, place).where(inside).subquery("placed")
    p = placed.c
    first = (p.place_inside == 1, p.at >= since, among(p.actor))
    return select(p.actor.label("person"), p.right_.label("hit")).where(*first)


_UNITS: Mapping[Metric, Callable[[About, datetime, datetime, Among], Units]] = {
    "participation": _participation,
    "acknowledgement": _acknowledgement,
    "reach": _reach,
    "accuracy": _accuracy,
    "wrong": _wrong,
    "recall": _recall,
    "delayed": _delayed,
}


def _group(about: About) -> list[ColumnElement[bool]]:
    """Of which deliveries it is."""
    if about.by == "clause":
        clause = CONTENT_CLAUSE.c
        return [_D.piece.in_(select(clause.hash).where(clause.clause == about.group))]
    columns = {"team": _D.team, "campaign": _D.campaign}
    return [columns[about.by] == about.group] if about.by in columns else []


def _under(query: Units, about: About) -> Units:
    """Of which answers it is."""
    if about.by == "clause":
        return query.where(have(_L.clauses, about.group))
    return query.where(_L.item == about.group) if about.by == "item" else query


def _beginning(about: About, since: datetime) -> list[ColumnElement[bool]]:
    """What is remembered was met at any time."""
    return [] if about.metric == "recall" else [_L.at >= since]
