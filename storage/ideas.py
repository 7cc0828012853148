"""Ideas as rows: each as it stands, every step of it written only on what was known, and what was written with it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)

from content.markup import clean
from handlers.ideas.idea import OPEN, UNDECIDED, Idea, Move, Page, Stage, Trace, Which
from handlers.model import Delivery
from storage import reminding
from storage.contents import clauses_text
from storage.ledger import Ledger, Record
from storage.people import PERSON
from storage.prepared import Query
from storage.tables import IdeaRow, IdeaStepRow, table

IDEA = table(IdeaRow)
STEP = table(IdeaStepRow)
LONGEST = 1000  # characters of one text

_I, _S, _P = IDEA.c, STEP.c, PERSON.c
_KEPT = tuple(column.name for column in IDEA.columns if column.name != "stage")
_NOBODY = {"actor": "", "person": "", "role": "", "platform": ""}
_TO_REMIND = Query(select(IDEA).where(_I.look_at <= bindparam("now")).order_by(_I.look_at, _I.id))
T = TypeVar("T")


class Outrun(Exception):
    """Somebody else took a step with this idea first, or it is here already: nothing was changed."""


class Run(Protocol):
    def __call__(self, query: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Ideas:
    """`handlers.ideas.idea.Ideas`; read and write: run something in a transaction of its own."""

    def __init__(self, read: Run, write: Run, ledger: Ledger) -> None:
        self._read, self._write, self._ledger = read, write, ledger

    async def one(self, idea: str) -> Idea | None:
        query = select(IDEA).where(_I.id == idea)
        return next(iter(await self._read(lambda c: _with_trails(c, query))), None)

    async def page(self, which: Which, start: int, limit: int, *, person: str = "") -> Page:
        return await self._read(partial(_page, which=which, start=start, limit=limit, person=person))

    async def between(
        self, since: datetime, until: datetime, *, about: str = "", manager: str = ""
    ) -> Sequence[Idea]:
        here = between(since, until, about)
        if manager:
            here = and_(here, _I.person.in_(select(_P.key).where(_P.manager == manager)), ~_I.anonymous)
        query = select(IDEA).where(here).order_by(_I.at, _I.id)
        return await self._read(lambda c: [_idea(row) for row in c.execute(query)])

    async def people(self, *, manager: str = "") -> int:
        here = and_(_P.left_at.is_(None), _P.manager == manager if manager else true())
        query = select(func.count()).select_from(PERSON).where(here)
        return await self._read(lambda c: c.scalar(query) or 0)

    async def written_by(self, person: str) -> Sequence[tuple[str, Trace]]:
        query = select(STEP).where(theirs(person), _S.text != "").order_by(_S.at, _S.idea, _S.version)
        return await self._read(lambda c: [(row.idea, _trace(row)) for row in c.execute(query)])

    async def to_remind(self, now: datetime) -> Sequence[Idea]:
        return await self._read(lambda c: [_idea(row) for row in _TO_REMIND(c, now=now)])

    async def remind(self, idea: Idea, again: datetime | None, rows: Sequence[Delivery], at: datetime) -> int:
        work = partial(reminding.once, of=IDEA, known=idea, again=again, rows=rows, at=at, log=self._ledger)
        return await self._write(work)


def between(since: datetime, until: datetime, about: str) -> ColumnElement[bool]:
    """Proposed or decided in [since, until); of a standard also what is about none in particular."""
    proposed = and_(_I.at >= since, _I.at < until)
    decided = and_(_I.decided_at >= since, _I.decided_at < until)
    return and_(or_(proposed, decided), _I.about.in_(("", about)) if about else true())


def listed(since: datetime, until: datetime, about: str) -> Select[Any]:
    """As `handlers.evidence.pack.IDEAS`, with a place for the days."""
    unnamed = case((_I.anonymous, "yes"), else_="no")
    columns = (_I.id, _I.at, _I.about, unnamed, _I.stage, _I.decided_at, literal(None), _I.due, _I.ended_at)
    return select(*columns).where(between(since, until, about)).order_by(_I.at, _I.id)


def with_days(row: Any) -> tuple[Any, ...]:
    """Whole days from when it was proposed to when it was decided."""
    id_, at, about, unnamed, stage, decided, _, *rest = row
    return (id_, at, about, unnamed, stage, decided, (decided - at).days if decided else None, *rest)


def theirs(person: str) -> ColumnElement[bool]:
    """What somebody wrote, also without a name as long as it is known that it was them."""
    unnamed = select(_I.id).where(_I.person == person, _I.anonymous)
    return or_(_S.actor == person, and_(_S.actor == "", _S.idea.in_(unnamed)))


def take(connection: Connection, move: Move, actor: str, at: datetime) -> Record:
    """Write a step; what to enter in the ledger. Raises Outrun if the idea is not what was known of it."""
    known, idea = move.known, move.idea
    row = {name: getattr(idea, name) for name in _KEPT} | {"stage": idea.stage}
    text, unnamed = clean(move.text, LONGEST), known is None and idea.anonymous
    if known is None:
        if connection.scalar(select(_I.id).where(_I.id == idea.id)):
            raise Outrun(idea.id)
        connection.execute(insert(IDEA), row)
    else:
        was = and_(_I.id == known.id, _I.stage == known.stage, _I.version == known.version)
        if connection.execute(update(IDEA).where(was).values(row)).rowcount == 0:
            raise Outrun(idea.id)
    step = {"idea": idea.id, "version": idea.version, "kind": move.kind, "text": text}
    when = idea.at if unnamed else at
    connection.execute(insert(STEP), step | {"at": when, "actor": "" if unnamed else actor})
    return _entry(move, when, len(text)) | (_NOBODY if unnamed else {})


def _entry(move: Move, at: datetime, length: int) -> Record:
    """Of what was written only the length, and not even that where there is no name under it.

    The person it is about is who it is given to, else who had it; `value` is JSON.
    """
    idea = move.idea
    due = idea.due.isoformat() if idea.due else ""
    told = {"due": due, "about": idea.about, "characters": 0 if idea.anonymous else length}
    return {
        "at": at,
        "kind": move.kind,
        "object_id": idea.id,
        "object_kind": "idea",
        "clauses": clauses_text(move.clauses),
        "person": idea.owner or ("" if idea.anonymous else idea.person),
        "reason": idea.stage,
        "value": json.dumps({name: value for name, value in told.items() if value}, sort_keys=True),
    }


def _page(connection: Connection, which: Which, start: int, limit: int, person: str) -> Page:
    whose = [_I.person == person] if person else []
    here = {"open": and_(_I.stage.in_(OPEN), *whose), "closed": and_(_I.stage.not_in(OPEN), *whose)}
    count = select(func.count()).select_from(IDEA)
    counts = {name: connection.scalar(count.where(condition)) or 0 for name, condition in here.items()}
    undecided = case((_I.stage.in_(UNDECIDED), 0), else_=1)
    order = (undecided, _I.at, _I.id) if which == "open" else (_I.ended_at.desc(), _I.id)
    query = select(IDEA).where(here[which]).order_by(*order).offset(start).limit(limit)
    return Page(counts["open"], counts["closed"], _with_trails(connection, query))


def _with_trails(connection: Connection, query: Select[Any]) -> list[Idea]:
    ideas = [_idea(row) for row in connection.execute(query)]
    steps = select(STEP).where(_S.idea.in_([idea.id for idea in ideas])).order_by(_S.idea, _S.version)
    trails: dict[str, list[Trace]] = defaultdict(list)
    for row in connection.execute(steps) if ideas else ():
        trails[row.idea].append(_trace(row))
    return [replace(idea, trail=tuple(trails[idea.id])) for idea in ideas]


def _idea(row: Any) -> Idea:
    return Idea(**{name: getattr(row, name) for name in _KEPT}, stage=Stage(row.stage))


def _trace(row: Any) -> Trace:
    return Trace(row.at, row.kind, row.actor, row.text)
