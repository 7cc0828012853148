"""The log as an export: streamed, a page in memory at a time, all of it as it was at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from sqlalchemy import Connection, and_, func, select

from handlers.ledger.chains import Range
from handlers.ledger.exports import Header, Sign, Told, end_line, entry_line, to_sign
from storage import checkpoints, ledger
from storage.ledger import LEDGER
from storage.verifying import Span, few, opened, parts, texts

AT_ONCE = 1_000  # entries between two writes

_L = LEDGER.c

Write = Callable[[bytes], object]


def export(
    connection: Connection,
    write: Write,
    sign: Sign,
    made: datetime,
    version: str,
    since: datetime | None,
    until: datetime | None,
    told: Told,
) -> Header:
    """What is written of entries is what is there, whether or not it fits: that is for who verifies it."""
    header, head = _head(connection, made, version, since, until)
    write(head)
    done = 0
    for span in _spans(header):
        for lines, many in _lines(connection, span):
            write(lines)
            done += many
            told(header.entries, done)
    write(_end(head, sign))
    return header


@dataclass(frozen=True)
class Beside:
    """An export that is being written while something else is done."""

    header: Header
    _path: Path
    _head: bytes
    _parts: Iterator[int]  # entries that were added to the file, in the order of the file

    def finish(self, sign: Sign, told: Told) -> Header:
        """Wait for its end. Raises OSError where the file cannot be written."""
        done = 0
        try:
            for many in self._parts:
                done += many
                told(self.header.entries, done)
        except BrokenProcessPool as ended:
            why = "the process that wrote it was ended from outside, perhaps for want of memory: try again"
            raise OSError(f"{self._path}: {why}") from ended
        with self._path.open("ab") as file:
            file.write(_end(self._head, sign))
        return self.header


@contextmanager
def beside(
    connection: Connection,
    path: Path,
    made: datetime,
    version: str,
    since: datetime,
    until: datetime,
) -> Iterator[Beside]:
    """The same into a new file, by another process where there is much: what it reads can change no more."""
    header, head = _head(connection, made, version, since, until)
    with path.open("xb") as file:
        file.write(head)
    spans = list(_spans(header))
    if few(header.entries):
        yield Beside(header, path, head, (_append(connection, path, span) for span in spans))
        return
    url = connection.engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        try:
            yield Beside(header, path, head, pool.map(_append_at, repeat(url), repeat(path), spans))
        finally:
            pool.shutdown(cancel_futures=True)


def _append_at(url: str, path: Path, span: Span) -> int:
    """In a process of its own."""
    with opened(url) as connection:
        return _append(connection, path, span)


def _append(connection: Connection, path: Path, span: Span) -> int:
    count = 0
    with path.open("ab") as file:
        for lines, many in _lines(connection, span):
            file.write(lines)
            count += many
    return count


def _lines(connection: Connection, span: Span) -> Iterator[tuple[bytes, int]]:
    """Lines of entries one after the other, and how many."""
    lines = []
    for _, _, hash_, text in texts(connection, span):
        lines.append(entry_line(text, str(hash_)))
        if len(lines) == AT_ONCE:
            yield b"".join(lines), len(lines)
            lines = []
    yield b"".join(lines), len(lines)


def _head(
    connection: Connection, made: datetime, version: str, since: datetime | None, until: datetime | None
) -> tuple[Header, bytes]:
    """The header; and the lines of it and of the checkpoints, which are what is signed."""
    kept = checkpoints.after(connection)
    header = Header(made, version, since, until, tuple(_ranges(connection, since, until)), len(kept))
    lines = (header.line, *(checkpoint.line for checkpoint in kept))
    return header, "".join(f"{line}\n" for line in lines).encode()


def _end(head: bytes, sign: Sign) -> bytes:
    digest = hashlib.sha256(head).hexdigest()
    return f"{end_line(digest, *sign(to_sign(digest)))}\n".encode()


def _spans(header: Header) -> Iterator[Span]:
    for each in header.ranges:
        yield from parts(each.chain, each.first - 1, each.last)


def _ranges(connection: Connection, since: datetime | None, until: datetime | None) -> Iterator[Range]:
    """Of each chain from its first entry in [since, until) to its last: entries are not always in the order of their
    times, and a chain with gaps proves nothing.
    """
    period = and_(
        *([_L.at >= since] if since else []), *([_L.at < until] if until else []), _L.sequence.is_not(None)
    )
    query = select(_L.chain, func.min(_L.sequence), func.max(_L.sequence)).where(period).group_by(_L.chain)
    if since is None and until is None:
        found = [(chain, 1, last) for chain, (last, _) in ledger.heads(connection).items()]
    else:
        found = [(chain, first, last) for chain, first, last in connection.execute(query.order_by(_L.chain))]
    for chain, first, last in found:
        previous = ledger.hash_at(connection, chain, first - 1)
        yield Range(chain, first, last, previous or "", ledger.hash_at(connection, chain, last) or "")
