"""Findings as rows: each as it stands, every step of it written only on what was known, its people counted again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from content.markup import clean
from content.pieces import Clause
from handlers.findings.finding import (
    OWNERS,
    About,
    Finding,
    Move,
    Number,
    Page,
    Stage,
    Trace,
    Which,
    Words,
)
from handlers.model import Delivery
from storage import measured, reminding
from storage.contents import clauses_text
from storage.ledger import Ledger, Record
from storage.prepared import Query
from storage.tables import FindingPersonRow, FindingRow, FindingStepRow, FindingWordsRow, table

FINDING = table(FindingRow)
STEP = table(FindingStepRow)
WORDS = table(FindingWordsRow)
PEOPLE = table(FindingPersonRow)
TEXTS = ("title", "found", "cause", "action")
LONGEST = 3000  # characters of one text

_F, _S, _W, _P = FINDING.c, STEP.c, WORDS.c, PEOPLE.c
_KEPT = (
    *("id", "version", "since", "until", "opener", "owner", "due", "opened_at", "round", "linked", "done_at"),
    *("retest", "retest_at", "asked", "judged_at", "judged_by", "closed_at", "closed_by", "look_at"),
)
T = TypeVar("T")


def _with_words(query: Select[Any]) -> Select[Any]:
    wanted = query.add_columns(_W.title, _W.found, _W.cause, _W.action)
    return wanted.join(WORDS, and_(_W.finding == _F.id, _W.hash == _F.words))


_open_retest = and_(_F.stage == Stage.RETEST, or_(_F.retest == "same", _F.retest == "other"), ~_F.asked)
_TO_ASK = Query(
    _with_words(select(FINDING).where(_open_retest, _F.retest_at <= bindparam("now")).order_by(_F.id))
)
_TO_REMIND = Query(
    _with_words(select(FINDING).where(_F.look_at <= bindparam("now")).order_by(_F.look_at, _F.id))
)


class Outrun(Exception):
    """Somebody else took a step with this finding first, or opened it: nothing was changed."""


class Run(Protocol):
    def __call__(self, query: Callable[[Connection], T], /) -> Awaitable[T]: ...


class Findings:
    """`handlers.findings.finding.Findings`; read and write: run something in a transaction of its own."""

    def __init__(self, read: Run, write: Run, ledger: Ledger) -> None:
        self._read, self._write, self._ledger = read, write, ledger

    async def one(self, finding: str) -> Finding | None:
        return next(iter(await self._read(lambda c: _with_trails(c, _F.id == finding))), None)

    async def findings(self, standard: str, since: datetime, until: datetime) -> Sequence[Finding]:
        alive = and_(_F.opened_at < until, or_(_F.closed_at.is_(None), _F.closed_at >= since))
        if standard:
            alive = and_(alive, _F.standard.concat(":").concat(_F.edition) == standard)
        return await self._read(lambda c: _with_trails(c, alive))

    async def page(self, which: Which, today: date, start: int, limit: int, *, owner: str = "") -> Page:
        return await self._read(
            partial(_page, which=which, today=today, start=start, limit=limit, owner=owner)
        )

    async def written_by(self, person: str) -> Sequence[tuple[str, datetime, Words]]:
        return await self._read(partial(_written_by, person=person))

    async def counted(self, about: About, since: datetime, until: datetime) -> tuple[float, float, int]:
        return await self._read(lambda c: measured.count(c, measured.units(about, since, until)))

    async def counted_again(
        self, finding: Finding, since: datetime, until: datetime
    ) -> tuple[float, float, int]:
        units = (
            measured.units(_without_group(finding.about), since, until, _among(finding.id))
            if finding.retest == "next"
            else measured.asked_again(finding.about.metric, finding.campaign)
        )
        return await self._read(lambda c: measured.count(c, units))

    async def whom(self, finding: Finding) -> Mapping[str, Sequence[str]]:
        return await self._read(partial(_whom, finding=finding))

    async def to_ask(self, now: datetime) -> Sequence[Finding]:
        return await self._read(lambda c: [_finding(row) for row in _TO_ASK(c, now=now)])

    async def asked(self, finding: Finding) -> None:
        this = and_(_F.id == finding.id, _F.version == finding.version)
        await self._write(lambda c: c.execute(update(FINDING).where(this).values(asked=True)))

    async def to_remind(self, now: datetime) -> Sequence[Finding]:
        return await self._read(lambda c: [_finding(row) for row in _TO_REMIND(c, now=now)])

    async def remind(
        self, finding: Finding, again: datetime | None, rows: Sequence[Delivery], at: datetime
    ) -> int:
        work = partial(
            reminding.once, of=FINDING, known=finding, again=again, rows=rows, at=at, log=self._ledger
        )
        return await self._write(work)


def take(connection: Connection, move: Move, actor: str, at: datetime) -> Record:
    """Write a step; what to enter in the ledger. Raises Outrun if the finding is not what was known of it."""
    known, finding = move.known, move.finding
    words = Words(**{name: clean(text, LONGEST) for name, text in asdict(finding.words).items()})
    row = _row(finding) | {"words": words.version}
    if known is None:
        if connection.scalar(select(_F.id).where(_F.id == finding.id)):
            raise Outrun(finding.id)
        connection.execute(insert(FINDING), row)
        _remember_people(connection, finding)
    else:
        was = and_(_F.id == known.id, _F.stage == known.stage, _F.version == known.version)
        if connection.execute(update(FINDING).where(was).values(row)).rowcount == 0:
            raise Outrun(finding.id)
    _keep_words(connection, finding.id, words)
    step = {
        "finding": finding.id,
        "at": at,
        "kind": move.kind,
        "actor": actor,
        "number": _number(move.number),
    }
    same = {name: row[name] for name in ("version", "stage", "owner", "due", "words")}
    connection.execute(insert(STEP), step | same)
    return _entry(move, at, words.version)


def _keep_words(connection: Connection, finding: str, words: Words) -> None:
    kept = and_(_W.finding == finding, _W.hash == words.version)
    if connection.scalar(select(_W.hash).where(kept)) is None:
        connection.execute(insert(WORDS), asdict(words) | {"finding": finding, "hash": words.version})


def _entry(move: Move, at: datetime, version: str) -> Record:
    """Of what people wrote only its hash. The person it is about is who it is given to; `value` is JSON of numbers."""
    finding = move.finding
    told = {"number": _number(move.number), "linked": finding.linked, "due": finding.due.isoformat()}
    return {
        "at": at,
        "kind": move.kind,
        "object_id": finding.id,
        "object_kind": "finding",
        "object_version": version,
        "clauses": clauses_text((finding.clause,)),
        "person": finding.owner,
        "author": finding.opener,
        "item": finding.about.metric,
        "reason": finding.stage,
        "value": json.dumps({name: value for name, value in told.items() if value}, sort_keys=True),
    }


def _remember_people(connection: Connection, finding: Finding) -> None:
    """Over whom the number was counted, in one statement: they may be a hundred thousand."""
    if finding.about.metric == "induction":
        return
    units = measured.units(finding.about, finding.since, finding.until).subquery("units")
    theirs = select(literal(finding.id), units.c.person).distinct()
    connection.execute(insert(PEOPLE).from_select(["finding", "person"], theirs))


def _page(connection: Connection, which: Which, today: date, start: int, limit: int, owner: str) -> Page:
    theirs = [_F.owner == owner] if owner else []
    here = {name: and_(condition, *theirs) for name, condition in _which(today).items()}
    count = select(func.count()).select_from(FINDING)
    counts = {name: connection.scalar(count.where(condition)) or 0 for name, condition in here.items()}
    order = (_F.closed_at.desc(), _F.id) if which == "closed" else (_F.due, _F.id)
    query = select(FINDING).where(here[which]).order_by(*order).offset(start).limit(limit)
    return Page(counts, _found(connection, query))


def _which(today: date) -> Mapping[Which, ColumnElement[bool]]:
    open_ = _F.stage != Stage.CLOSED
    return {
        "open": open_,
        "overdue": and_(_F.stage.in_(OWNERS), _F.due < today),
        "closed": _F.stage == Stage.CLOSED,
    }


def _whom(connection: Connection, finding: Finding) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    about, among = finding.about, _among(finding.id)
    for row in measured.whom(connection, about, finding.since, finding.until, among):
        found[row.actor].append(row.item)
    return found


def _among(finding: str) -> measured.Among:
    return lambda person: person.in_(select(_P.person).where(_P.finding == finding))


def _without_group(about: About) -> About:
    """The next numbers of the same people: whatever team they are in by then, and of whatever is sent to them."""
    return about if about.by == "clause" else replace(about, by="all", group="")


def _with_trails(connection: Connection, wanted: ColumnElement[bool]) -> list[Finding]:
    findings = _found(connection, select(FINDING).where(wanted).order_by(_F.opened_at, _F.id))
    query = (
        select(STEP, _W.title, _W.found, _W.cause, _W.action)
        .join(WORDS, and_(_W.finding == _S.finding, _W.hash == _S.words))
        .where(_S.finding.in_(select(_F.id).where(wanted)))
        .order_by(_S.finding, _S.version)
    )
    trails: dict[str, list[Trace]] = defaultdict(list)
    for row in connection.execute(query):
        trails[row.finding].append(_trace(row))
    return [replace(finding, trail=tuple(trails[finding.id])) for finding in findings]


def authored(connection: Connection, person: str) -> Iterator[tuple[Any, Mapping[str, str]]]:
    """Every step of the findings in which somebody took one, with its words: and by whose step each text came."""
    query = select(STEP, *(_W[name] for name in TEXTS))
    joined = query.join(WORDS, and_(_W.finding == _S.finding, _W.hash == _S.words))
    theirs = _S.finding.in_(select(_S.finding).where(_S.actor == person))
    known: dict[str, tuple[str, str]] = {}  # which text -> as it stands, and whose it is
    finding = ""
    for row in connection.execute(joined.where(theirs).order_by(_S.finding, _S.version)):
        known, finding = (known if row.finding == finding else {}), row.finding
        for name in TEXTS:
            if name not in known or known[name][0] != row._mapping[name]:
                known[name] = row._mapping[name], row.actor
        yield row, {name: actor for name, (_, actor) in known.items()}


def _written_by(connection: Connection, person: str) -> list[tuple[str, datetime, Words]]:
    found: dict[tuple[str, Words], datetime] = {}
    for row, wrote in authored(connection, person):
        words = Words(**{name: row._mapping[name] if wrote[name] == person else "" for name in TEXTS})
        if words != Words(""):
            found.setdefault((row.finding, words), row.at)
    return [(finding, at, words) for (finding, words), at in found.items()]


def _found(connection: Connection, query: Select[Any]) -> list[Finding]:
    return [_finding(row) for row in connection.execute(_with_words(query))]


def _row(finding: Finding) -> dict[str, Any]:
    about, clause = finding.about, finding.clause
    return {name: getattr(finding, name) for name in _KEPT} | {
        "stage": finding.stage,
        "metric": about.metric,
        "grouped": about.by,
        "group": about.group,
        "days": about.days,
        "standard": clause.standard,
        "edition": clause.edition,
        "clause": clause.clause,
        "before": _number(finding.before),
        "after": _number(finding.after),
    }


def _finding(row: Any) -> Finding:
    return Finding(
        **{name: getattr(row, name) for name in _KEPT},
        stage=Stage(row.stage),
        about=About(row.metric, row.grouped, row.group, row.days),
        clause=Clause(standard=row.standard, edition=row.edition, clause=row.clause),
        before=_counted(row.before) or Number(0, 0, 0, 0, 0),
        after=_counted(row.after),
        words=Words(row.title, row.found, row.cause, row.action),
    )


def _trace(row: Any) -> Trace:
    return Trace(
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        stage=Stage(row.stage),
        owner=row.owner,
        due=row.due,
        words=Words(row.title, row.found, row.cause, row.action),
        number=_counted(row.number),
    )


def _number(number: Number | None) -> str:
    return json.dumps([number.part, number.of, number.people, number.low, number.high]) if number else ""


def _counted(kept: str) -> Number | None:
    return Number(*json.loads(kept)) if kept else None
