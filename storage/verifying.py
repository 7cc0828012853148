"""Every entry's hash recomputed, and the links between them: page by page, on all cores where there are many."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import get_context
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from handlers.ledger.chains import ALTERED, MISSING, UNLINKED, Head, Range, Unfit, Verdict, Where, misplaced
from handlers.ledger.checkpoints import Checkpoint
from handlers.ledger.judging import Looked
from storage import checkpoints, ledger
from storage.canonical import FIELDS, Odd, expression, from_driver
from storage.engine import connect, reading
from storage.prepared import execute
from storage.schema import is_current

PAGE = 2_000  # entries in memory
PART = 50_000  # entries that one process checks at a time
FIRST = -(2**62)  # before every number that an entry can have

Progress = Callable[[int, int], None]  # entries there are, entries checked so far
Text = tuple[Any, Any, Any, bytes]  # sequence, previous, hash, canonical text; b"" where that cannot be made


class OldSchema(Exception):
    """The database was not brought up to date yet."""


@dataclass(frozen=True)
class Span:
    """The entries after number `after` up to number `upto` of one chain; None: to its end."""

    chain: Any
    after: int = 0
    upto: int | None = None


def verify(connection: Connection) -> Verdict:
    """Recompute every chain, on this connection alone. A chain whose last entries were cut off still holds: only a
    checkpoint shows that.
    """
    return _together(check(connection, Span(chain)) for chain in ledger.chains(connection))


def verify_at(url: str, processes: int, progress: Progress) -> Verdict:
    """The same in several processes, each with a connection of its own. What is written meanwhile is left out.

    Where one of them is ended from outside this one does it alone: that says nothing about the log.
    """
    with opened(url) as connection:
        spans = list(_spans(connection))
    total = sum(span.upto - span.after for span in spans if span.upto is not None)
    if processes > 1 and not few(total):
        with (
            suppress(BrokenProcessPool),
            ProcessPoolExecutor(min(processes, len(spans)), get_context("spawn")) as pool,
        ):
            try:
                return _together(pool.map(_check_at, [url] * len(spans), spans), total, progress)
            finally:
                pool.shutdown(cancel_futures=True)
    with opened(url) as connection:
        return _together((check(connection, span) for span in spans), total, progress)


def looked_at(url: str, now: datetime) -> tuple[Looked, list[Checkpoint]]:
    """How far every chain goes now, and the checkpoints there are. Raises Unfit for one that cannot be read."""
    with opened(url) as connection:
        if not is_current(connection):
            raise OldSchema
        try:
            kept = checkpoints.after(connection)
        except (ValueError, TypeError) as error:
            raise Unfit(f"a checkpoint that cannot be read: {error}") from error
        ranges = [
            Range(chain, 1, sequence, "", hash_)
            for chain, (sequence, hash_) in ledger.heads(connection).items()
        ]
    return Looked("the database", now, True, tuple(ranges)), kept


def hashes_at(url: str, heads: Sequence[Head]) -> dict[tuple[str, int], str]:
    """Of the entries with these numbers."""
    with opened(url) as connection:
        found = {
            (head.chain, head.sequence): ledger.hash_at(connection, head.chain, head.sequence)
            for head in heads
        }
    return {at: hash_ for at, hash_ in found.items() if hash_ is not None}


def check(connection: Connection, span: Span) -> Verdict:
    """One span, up to its first entry that does not fit; that the one before it holds is for another span."""
    expected, previous = span.after, ledger.hash_at(connection, span.chain, span.after) if span.after else ""
    sha256 = hashlib.sha256  # looked up once for a million entries
    for page in _pages(connection, span):
        for sequence, before, hash_, text in page:
            expected += 1
            if sequence != expected:
                why = misplaced(sequence, expected)
            elif before != previous:
                why = UNLINKED
            elif sha256(text).hexdigest() != hash_ and not _holds(connection, span.chain, sequence, hash_):
                why = ALTERED
            else:
                previous = hash_
                continue
            return Verdict(expected - 1 - span.after, find(connection, span.chain, sequence), why)
    checked = expected - span.after
    if span.upto is not None and expected != span.upto:
        return Verdict(
            checked, find(connection, span.chain, _after(connection, span.chain, expected)), MISSING
        )
    return Verdict(checked)


def find(connection: Connection, chain: Any, sequence: Any) -> Where:
    """An entry by its name, with what can be read of it."""
    try:
        query = _sql(connection, "at, kind", "chain = ? AND sequence = ?")
        found = _rows(connection, query, (chain, sequence))
    except Odd:
        found = []
    at, kind = found[0] if found else ("", "")
    return Where(chain, sequence, str(at), str(kind))


def texts(connection: Connection, span: Span) -> Iterator[Text]:
    """Every entry of a span with its canonical text, whether or not it fits."""
    for page in _pages(connection, span):
        for sequence, before, hash_, text in page:
            if hashlib.sha256(text).hexdigest() != hash_:
                yield sequence, before, hash_, _in_python(connection, span.chain, sequence) or text
            else:
                yield sequence, before, hash_, text


def _together(parts: Iterable[Verdict], total: int = 0, progress: Progress | None = None) -> Verdict:
    """Parts in their order, up to the first that does not hold."""
    checked = 0
    for part in parts:
        checked += part.checked
        if part.broken is not None:
            return Verdict(checked, part.broken, part.why)
        if progress is not None:
            progress(total, checked)
    return Verdict(checked)


def _check_at(url: str, span: Span) -> Verdict:
    """In a process of its own."""
    with opened(url) as connection:
        return check(connection, span)


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """All of whose queries see the same moment."""
    engine = connect(url)
    try:
        with engine.connect() as plain:
            connection = reading(plain)
            connection.begin()
            yield connection
    finally:
        engine.dispose()


def _spans(connection: Connection) -> Iterator[Span]:
    for chain, (sequence, _) in ledger.heads(connection).items():
        if not isinstance(sequence, int):
            yield Span(chain)  # somebody wrote what is no number: in one go, so that it is met
            continue
        yield from parts(chain, 0, sequence)


def few(entries: int) -> bool:
    """Whether to start another process takes as long as to check, or to write, that many."""
    return entries <= 2 * PART


def parts(chain: Any, after: int, upto: int) -> Iterator[Span]:
    """The entries after one number up to another, as much at a time as one process takes."""
    for start in range(after, upto, PART):
        yield Span(chain, start, min(start + PART, upto))


def _pages(connection: Connection, span: Span) -> Iterator[Sequence[Text]]:
    """A span page by page, its first from before every number where a chain begins."""
    after: Any = span.after or FIRST
    upto = "" if span.upto is None else " AND sequence <= ?"
    end = () if span.upto is None else (span.upto,)
    where = f"chain = ? AND sequence > ?{upto} ORDER BY sequence LIMIT {PAGE}"
    whole = _sql(connection, f"sequence, previous, hash, {expression(connection.dialect.name)}", where)
    bare = _sql(connection, "sequence", where)
    while True:
        page: Sequence[Any]
        try:
            page = _rows(connection, whole, (span.chain, after, *end))
        except Odd:  # a value that the database cannot write as JSON
            numbers = execute(connection, bare, (span.chain, after, *end)).fetchall()
            page = [_alone(connection, span.chain, number) for (number,) in numbers]
        if connection.dialect.name != "sqlite":
            page = [(sequence, before, hash_, text.encode()) for sequence, before, hash_, text in page]
        if not page:
            return
        yield page
        after = page[-1][0]


def _alone(connection: Connection, chain: Any, sequence: Any) -> Text:
    try:
        query = _sql(connection, "previous, hash", "chain = ? AND sequence = ?")
        before, hash_ = _rows(connection, query, (chain, sequence))[0]
    except Odd:
        return sequence, None, None, b""
    return sequence, before, hash_, _in_python(connection, chain, sequence)


def _in_python(connection: Connection, chain: Any, sequence: Any) -> bytes:
    """The text of an entry as Python writes it; b"" where the house cannot have written it."""
    try:
        query = _sql(connection, ", ".join(FIELDS), "chain = ? AND sequence = ?")
        return from_driver(_rows(connection, query, (chain, sequence))[0])
    except (Odd, UnicodeEncodeError):
        return b""


def _holds(connection: Connection, chain: Any, sequence: Any, hash_: Any) -> bool:
    """A second look at an entry whose text as the database writes it does not fit: Python decides."""
    text = _in_python(connection, chain, sequence)
    return bool(text) and hashlib.sha256(text).hexdigest() == hash_


def _after(connection: Connection, chain: Any, sequence: int) -> Any:
    query = _sql(connection, "sequence", "chain = ? AND sequence > ? ORDER BY sequence LIMIT 1")
    row = execute(connection, query, (chain, sequence)).fetchone()
    return row[0] if row else sequence


def _rows(connection: Connection, query: str, parameters: Sequence[Any]) -> list[Any]:
    """Raises Odd where SQLite has a value that is not what its column says; that can come with any row of it."""
    try:
        rows: list[Any] = execute(connection, query, parameters).fetchall()
    except (DBAPIError, sqlite3.OperationalError) as error:
        if isinstance(getattr(error, "orig", error), sqlite3.OperationalError):
            raise Odd(str(error)) from error
        raise
    return rows


def _sql(connection: Connection, columns: str, where: str) -> str:
    query = f"SELECT {columns} FROM ledger WHERE {where}"
    return query if connection.dialect.name == "sqlite" else query.replace("?", "%s")
