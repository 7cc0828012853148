"""The log as an export: streamed, a page in memory at a time, all of it as it was at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from handlers.ledger.chains import Range
from handlers.ledger.exports import Header, Told, end_line, entry_line, to_sign
from storage import checkpoints, ledger
from storage.ledger import LEDGER
from storage.verifying import Span, texts

AT_ONCE = 1_000  # entries between two writes

_L = LEDGER.c

Sign = Callable[[bytes], tuple[str, str]]
"""The public key and the signature over these bytes, in hex; two empty texts where there is no key."""


def export(
    connection: Connection,
    write: Callable[[bytes], object],
    sign: Sign,
    made: datetime,
    version: str,
    since: datetime | None,
    until: datetime | None,
    told: Told,
) -> Header:
    """What is written of entries is what is there, whether or not it fits: that is for who verifies it."""
    kept = checkpoints.after(connection)
    ranges = tuple(_ranges(connection, since, until))
    header = Header(made, version, since, until, ranges, len(kept))
    whole = hashlib.sha256()
    for line in (header.line, *(checkpoint.line for checkpoint in kept)):
        whole.update(f"{line}\n".encode())
        write(f"{line}\n".encode())
    done, lines = 0, []
    for range_ in ranges:
        for _, _, hash_, text in texts(connection, Span(range_.chain, range_.first - 1, range_.last)):
            lines.append(entry_line(text, str(hash_)))
            if len(lines) == AT_ONCE:
                write(b"".join(lines))
                done, lines = done + AT_ONCE, []
                told(header.entries, done)
    write(b"".join(lines))
    key, signature = sign(to_sign(whole.hexdigest()))
    write(f"{end_line(whole.hexdigest(), key, signature)}\n".encode())
    return header


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
