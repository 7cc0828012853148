"""One standard and period, row by row and as one moment: what an evidence pack is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, exists, false, func, literal, select

from content.cards import Value, content_hash
from content.pieces import Message, Quiz
from handlers.broadcasts.checks import ITEM
from handlers.evidence import pack
from handlers.evidence.pack import Counts, Left, Log, Planned, Row, Scope, Table
from handlers.evidence.sums import NOT_ARRIVED
from handlers.model import Tally
from handlers.quiz import name_of
from storage import audiences, exporting, grouped, ideas, metrics, populations, sums, trails
from storage.broadcasts import BROADCAST, OCCURRENCE
from storage.contents import CONTENT, CONTENT_CLAUSE, clauses_from, load
from storage.deliveries import DELIVERY
from storage.ledger import LEDGER
from storage.people import PERSON
from storage.streaming import streamed
from storage.sums import Within, did, of

AT_ONCE = 2000  # versions held
MARGIN = timedelta(days=1)  # within which it is noted that something came to its end
FOLLOWED = ("reminder", "escalation")

_B, _C, _D, _L, _O, _P = BROADCAST.c, CONTENT.c, DELIVERY.c, LEDGER.c, OCCURRENCE.c, PERSON.c
_event = _L.chain.concat(":").concat(_L.sequence)


class Moment:
    """`handlers.evidence.pack.Source` on one transaction."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self.scope = scope
        self._connection = connection
        self._within = Within(connection, scope)
        named = audiences.condition(connection, scope.named) if scope.named else false()
        self._name = func.coalesce(case((named, _P.name), else_=""), "").label("name")
        self._asked: dict[str, Mapping[str, tuple[str, Mapping[str, str]]]] = {}

    def counts(self) -> Counts:
        """Three tables have as many rows as the totals say, so that these need not be counted twice."""
        all_, weeks, teams = sums.counted(self._connection, self._within)
        missed = sum(n for (status, _), n in all_.by_status.items() if status in NOT_ARRIVED)
        told = {pack.ASSIGNMENTS.name: all_.audience, pack.ANSWERS.name: all_.answers}
        told[pack.EXCLUSIONS.name] = missed
        told[pack.ROSTER.name] = populations.size(self._connection, self._within)
        queries = self._queries()
        rows = {name: told[name] if name in told else self._count(queries[name]) for name in queries}
        return Counts(all_, weeks, teams, rows)

    def clauses(self) -> Sequence[Tally]:
        days = grouped.Days(self.scope.since, self.scope.until)
        found = metrics.tallies(self._connection, grouped.Asked("clause", days, "", ()))
        return [tally for tally in found if tally.group.startswith(f"{self.scope.standard} ")]

    def left_out(self) -> Sequence[Left]:
        return sums.left_out(self._connection, self._within)

    def planned(self) -> Sequence[Planned]:
        return sums.planned(self._connection, self._within)

    def rows(self, table: Table) -> Iterator[Sequence[Row]]:
        if table is pack.ROSTER:
            yield from populations.rows(self._connection, self._within)
            return
        shaped = _SHAPED.get(table.name)
        for rows in streamed(self._connection, self._queries()[table.name]):
            yield [shaped(self, row) for row in rows] if shaped else rows

    def trails(self, people: Sequence[str]) -> Mapping[str, Sequence[Row]]:
        return trails.of(self._connection, self._within, people)

    def ledger(self, path: Path, made: datetime, version: str) -> AbstractContextManager[Log]:
        return exporting.beside(self._connection, path, made, version, *self._told_of())

    def _told_of(self) -> tuple[datetime, datetime]:
        """From the first entry that may be about something of the scope to the last; at least all of its days."""
        within, scope = self._within, self.scope
        same = and_(_O.campaign == _D.campaign, _O.slot == _D.slot, _O.zone == _D.zone)
        rosters = select(func.min(_O.planned_at)).select_from(OCCURRENCE.join(DELIVERY, same))
        first = [self._connection.scalar(rosters.where(within.assigned)), scope.begin]
        ends = select(func.max(_D.sent_at), func.max(_D.expires_at)).where(within.delivered)
        sent, expires = self._connection.execute(ends).one()
        done = select(func.max(_L.at)).select_from(DELIVERY.join(LEDGER, did)).where(within.delivered)
        last = [scope.end, sent, expires, self._connection.scalar(done)]
        return min(filter(None, first)), max(filter(None, last)) + MARGIN

    def pieces(self) -> Iterator[tuple[str, str, Value]]:
        hashes = [row.version for row in self._connection.execute(self._versions())]
        for start in range(0, len(hashes), AT_ONCE):
            some = hashes[start : start + AT_ONCE]
            bodies = select(_C.hash, _C.body).where(_C.hash.in_(some))
            found = {row.hash: row.body for row in self._connection.execute(bodies)}
            values = load(self._connection, some)
            yield from ((each, found[each], values[each]) for each in some)

    def _count(self, query: Select[Any]) -> int:
        return self._connection.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0

    def _queries(self) -> Mapping[str, Select[Any]]:
        return {
            pack.ROSTER.name: populations.query(self._within),
            pack.RULES.name: self._rules(),
            pack.ASSIGNMENTS.name: self._assignments(),
            pack.DELIVERIES.name: self._deliveries(),
            pack.EXCLUSIONS.name: self._exclusions(),
            pack.REMINDERS.name: self._reminders(),
            pack.ANSWERS.name: self._done(self._within.answered, *_ANSWER),
            pack.PARTICIPATION.name: self._done(and_(self._within.delivered, ~sums.is_answer), _L.kind),
            pack.IDEAS.name: ideas.listed(self.scope.begin, self.scope.end, self.scope.standard),
            pack.VERSIONS.name: self._versions(),
        }

    def _rules(self) -> Select[Any]:
        here = and_(_D.campaign == _O.campaign, _D.slot == _O.slot, _D.zone == _O.zone)
        columns = (_O.campaign, _O.slot, _O.zone, _O.due_at, _O.audience, _O.roster_size)
        return (
            select(*columns, func.count(), _O.planned_at)
            .select_from(OCCURRENCE.join(DELIVERY, here))
            .where(self._within.assigned)
            .group_by(*columns, _O.planned_at)
            .order_by(_O.due_at, _O.campaign, _O.slot, _O.zone)
        )

    def _assignments(self) -> Select[Any]:
        return self._of_people(
            *(_D.id, _D.person, self._name, _D.team, _D.campaign, _D.slot, _D.zone, _D.audience),
            *(_D.slot_at, _D.expires_at, _yes(_D.to_acknowledge), _D.piece_id, _D.piece),
        ).where(self._within.assigned)

    def _deliveries(self) -> Select[Any]:
        acknowledged = exists().where(did, _L.kind == "acknowledged").correlate(DELIVERY)
        return self._of_people(
            *(_D.id, _D.person, self._name, _D.campaign, _D.slot, _yes(_D.zone.is_(None))),
            *(_D.status, _D.reason, _D.code, _D.platform, _D.sent_at, _D.seen_at, _yes(_D.withdrawn)),
            *(_yes(and_(_D.to_acknowledge, acknowledged)), _D.attempt, _D.receipt, _D.piece),
        ).where(self._within.delivered)

    def _exclusions(self) -> Select[Any]:
        author, approver = PERSON.alias("author"), PERSON.alias("approver")
        return (
            select(
                *(_D.id, _D.person, self._name, _D.campaign, _D.slot, _D.status, _D.reason, _D.code),
                *(_named(author, _D.author), _named(approver, _B.approver)),
            )
            .select_from(
                DELIVERY.outerjoin(PERSON, _P.key == _D.person)
                .outerjoin(BROADCAST, _B.id == _D.campaign)
                .outerjoin(author, author.c.key == _D.author)
                .outerjoin(approver, approver.c.key == _B.approver)
            )
            .where(self._within.assigned, _D.status.in_(NOT_ARRIVED))
            .order_by(_D.number)
        )

    def _reminders(self) -> Select[Any]:
        return (
            select(
                *(_D.id, _C.kind, _D.reminds, _D.person, self._name, _D.campaign),
                *(_D.slot_at, _D.status, _D.reason, _D.sent_at),
            )
            .select_from(DELIVERY.join(CONTENT, _C.hash == _D.piece).outerjoin(PERSON, _P.key == _D.person))
            .where(self._within.here, _C.kind.in_(FOLLOWED), _D.zone.is_(None))
            .order_by(_D.number)
        )

    def _done(self, wanted: ColumnElement[bool], *columns: ColumnElement[Any]) -> Select[Any]:
        return (
            select(
                *(_event, _L.at, _L.actor, self._name, _L.delivery, _L.campaign, *columns),
                *(_L.duration_ms, _L.platform, _L.object_version),
            )
            .select_from(DELIVERY.join(LEDGER, did).outerjoin(PERSON, _P.key == _L.actor))
            .where(wanted)
            .order_by(_L.chain, _L.sequence)
        )

    def _versions(self) -> Select[Any]:
        """Counted before they are named: else SQLite reads all deliveries for each."""
        shown = (
            select(
                *(_D.piece, func.count().label("assigned")),
                *(func.min(_D.slot_at).label("first"), func.max(_D.slot_at).label("last")),
            )
            .where(self._within.delivered)
            .group_by(_D.piece)
            .subquery("shown")
        )
        numbers = (shown.c.assigned, shown.c.first, shown.c.last)
        return (
            select(_C.hash.label("version"), _C.kind, _C.id, _C.title, literal("").label("clauses"), *numbers)
            .select_from(shown.join(CONTENT, _C.hash == shown.c.piece))
            .order_by(_C.kind, _C.id, _C.hash)
        )

    def _of_people(self, *columns: ColumnElement[Any]) -> Select[Any]:
        source = DELIVERY.outerjoin(PERSON, _P.key == _D.person)
        return select(*columns).select_from(source).order_by(_D.number)

    def _answer(self, row: Any) -> Row:
        event, at, person, name, delivery, campaign, clauses, item, value, right, sure, ms, *shown = row
        version, options = self._questions(shown[-1]).get(item, ("", {}))
        return (
            *(event, at, person, name, delivery, campaign, _clauses(clauses, self.scope.standard)),
            *(item, version, value, options.get(value, ""), "yes" if right else "no", sure, _seconds(ms)),
            *shown,
        )

    def _version(self, row: Any) -> Row:
        """With the clauses of this standard in the place of the empty column."""
        version, kind, id_, title, _, *rest = row
        return (version, kind, id_, title, ", ".join(self._serves(version)), *rest)

    def _serves(self, version: str) -> Sequence[str]:
        c = CONTENT_CLAUSE.c
        theirs = (
            select(c.clause).where(c.hash == version, of(c.clause, self.scope.standard)).order_by(c.clause)
        )
        return list(self._connection.scalars(theirs))

    def _questions(self, version: str) -> Mapping[str, tuple[str, Mapping[str, str]]]:
        """Of a piece as it was shown, each question by its name: its version, and the words of its options."""
        known = self._asked.get(version)
        if known is None:
            if len(self._asked) > AT_ONCE:
                self._asked.clear()
            known = self._asked[version] = _questions_of(load(self._connection, [version])[version])
        return known


def standards(connection: Connection) -> Sequence[str]:
    clauses = connection.scalars(select(CONTENT_CLAUSE.c.clause).distinct())
    return sorted({clause.rpartition(" ")[0] for clause in clauses})


def _questions_of(piece: Value) -> Mapping[str, tuple[str, Mapping[str, str]]]:
    if isinstance(piece, Quiz):
        return {name_of(piece, item): (content_hash(item), item.options) for item in piece.items}
    if isinstance(piece, Message) and piece.check:
        return {ITEM: (content_hash(piece.check), piece.check.options)}
    return {}


def _yes(condition: ColumnElement[bool]) -> ColumnElement[str]:
    return case((condition, "yes"), else_="no")


def _named(person: Any, key: ColumnElement[str]) -> ColumnElement[str]:
    """The name of somebody who acted for the organisation, or their key where there is none."""
    return func.coalesce(func.nullif(person.c.name, ""), key, "")


@lru_cache(maxsize=1024)
def _clauses(text: str, standard: str) -> str:
    return ", ".join(each for each in map(str, clauses_from(text)) if each.startswith(f"{standard} "))


def _seconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds // 1000


_ANSWER = (_L.clauses, _L.item, _L.value, _L.correct, _L.certainty)
_SHAPED: Mapping[str, Callable[[Moment, Any], Row]] = {
    pack.ANSWERS.name: Moment._answer,
    pack.PARTICIPATION.name: lambda moment, row: (*row[:7], _seconds(row[7]), *row[8:]),
    pack.IDEAS.name: lambda _, row: ideas.with_days(row),
    pack.VERSIONS.name: Moment._version,
}
