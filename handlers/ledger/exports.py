"""An export of the log: a file that anybody can verify with nothing but the public key.

Line 1 says what is in it; then the checkpoints, the entries chain by chain, and a line that signs the first two. An
entry's line is its canonical JSON with its hash as one more field at the end, so that hashing needs no parsing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from handlers.ledger.chains import ALTERED, MISSING, UNLINKED, Head, Range, Unfit, Where, misplaced
from handlers.ledger.checkpoints import Checkpoint, Holds, NotACheckpoint, from_line

FORMAT = 1
LONGEST = 1 << 22  # bytes of a line
CUT_OFF = "the file ends here, and more should follow"
NOT_SIGNED = "what it says of the whole was altered: its signature does not fit"
_MARK = b',"hash":"'
_TAIL = len(_MARK) + 64 + len(b'"}\n')
_TOLD = 100_000  # entries between two words on how far it is

ReadLine = Callable[[int], bytes]
Told = Callable[[int, int], None]  # entries there are, entries checked so far
Sign = Callable[[bytes], tuple[str, str]]
"""The public key and the signature over these bytes, in hex; two empty texts where there is no key."""


@dataclass(frozen=True)
class Header:
    """What an export says of itself. since, until: the days asked for; a range goes from the first to the last entry
    of these days, with all between.
    """

    made: datetime
    version: str
    since: datetime | None
    until: datetime | None
    ranges: tuple[Range, ...]
    checkpoints: int

    @property
    def whole(self) -> bool:
        return self.since is None and self.until is None

    @property
    def entries(self) -> int:
        return sum(range_.last - range_.first + 1 for range_ in self.ranges)

    def _is_typed(self) -> bool:
        texts = (text for r in self.ranges for text in (r.chain, r.previous, r.hash))
        numbers = (number for r in self.ranges for number in (r.first, r.last))
        return all(type(text) is str for text in (self.version, *texts)) and all(
            type(number) is int for number in (self.checkpoints, *numbers)
        )

    def fault(self) -> str:
        """Why these cannot be the ranges of an export; "" if they can. Who has the key can sign any."""
        chains = [r.chain for r in self.ranges]
        for range_ in self.ranges:
            if chains.count(range_.chain) > 1:
                return f"chain {range_.chain} is there more than once"
            if self.whole and (range_.first, range_.previous) != (1, ""):
                return f"it is of the whole log, and chain {range_.chain} begins with entry {range_.first}"
        return ""

    @property
    def line(self) -> str:
        return _json(
            {
                "catchball": "ledger",
                "format": FORMAT,
                "made": _moment(self.made),
                "version": self.version,
                "since": _moment(self.since) if self.since else None,
                "until": _moment(self.until) if self.until else None,
                "chains": [[r.chain, r.first, r.last, r.previous, r.hash] for r in self.ranges],
                "entries": self.entries,
                "checkpoints": self.checkpoints,
            }
        )

    @classmethod
    def read(cls, line: str) -> Header:
        """Raises Unfit."""
        try:
            plain = json.loads(line)
            since, until = plain["since"], plain["until"]
            header = cls(
                made=datetime.fromisoformat(plain["made"]),
                version=plain["version"],
                since=datetime.fromisoformat(since) if since else None,
                until=datetime.fromisoformat(until) if until else None,
                ranges=tuple(Range(*each) for each in plain["chains"]),
                checkpoints=plain["checkpoints"],
            )
            if plain["format"] == FORMAT and header._is_typed() and header.line == line:
                return header
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            pass
        raise Unfit("line 1: this is not an export of the log, or its first line was altered")


def entry_line(text: bytes, hash_: str) -> bytes:
    """text: the entry's canonical JSON."""
    return b'%b%b%b"}\n' % (text[:-1], _MARK, hash_.encode())


def end_line(digest: str, key: str, signature: str) -> str:
    return _json({"digest": digest, "key": key, "signature": signature})


def to_sign(digest: str) -> bytes:
    """digest: SHA-256, in hex, over the lines of the header and the checkpoints; the entries' hashes are in those."""
    return _json({"catchball": "ledger export", "digest": digest}).encode()


@dataclass
class Export:
    """An export while it is read: `open`, then `verify`."""

    readline: ReadLine
    holds: Holds
    header: Header
    checkpoints: tuple[Checkpoint, ...]
    number: int  # of lines read so far
    digest: str
    key: str = ""  # that it was signed with; "": it was not

    @classmethod
    def open(cls, readline: ReadLine, holds: Holds) -> Export:
        """Its first lines. Raises Unfit."""
        first = readline(LONGEST)
        header = Header.read(first.decode(errors="replace").removesuffix("\n"))
        if why := header.fault():
            raise Unfit(f"line 1: {why}")
        whole = hashlib.sha256(first)
        checkpoints = []
        for number in range(2, header.checkpoints + 2):
            line = readline(LONGEST)
            whole.update(line)
            try:
                checkpoints.append(from_line(_text(line, number)))
            except NotACheckpoint as error:
                raise Unfit(f"line {number}: this should be a checkpoint, and {error}") from error
        return cls(readline, holds, header, tuple(checkpoints), header.checkpoints + 1, whole.hexdigest())

    def verify(self, wanted: Sequence[Head], told: Told) -> dict[tuple[str, int], str]:
        """Every entry and the last line. Returns the hashes of the entries at these heads. Raises Unfit."""
        found: dict[tuple[str, int], str] = {}
        done = 0
        for range_ in self.header.ranges:
            found[range_.chain, range_.first - 1] = range_.previous
            at = sorted({head.sequence for head in wanted if head.chain == range_.chain})
            for sequence, hash_ in self._chain(range_, [n for n in at if range_.first <= n <= range_.last]):
                found[range_.chain, sequence] = hash_
                told(self.header.entries, done + sequence - range_.first + 1)
            done += range_.last - range_.first + 1
        self._end()
        return found

    def _chain(self, range_: Range, at: Sequence[int]) -> Iterator[tuple[int, str]]:
        """The hashes at these numbers, and now and then one more.

        That each entry has the number of its place is looked at there alone: it follows from the links.
        """
        stops = iter([*at, range_.last + 1])
        stop, sequence, before = next(stops), range_.first, range_.previous.encode()
        sha256, readline, mark = hashlib.sha256, self.readline, _MARK
        while sequence <= range_.last:
            step = min(stop, sequence + _TOLD - 1, range_.last)
            stop = next(stops) if step == stop else stop
            for number in range(sequence, step + 1):
                line = readline(LONGEST)
                digest = sha256(line[:-_TAIL] + b"}").hexdigest().encode()
                # From the right, where it stands; a text in an entry cannot hold a quote that is not escaped.
                linked = line.rfind(b'"previous":"%b"' % before) >= 0
                if not linked or line[-_TAIL:] != b'%b%b"}\n' % (mark, digest):
                    self._refuse(line, range_, number, before)
                before = digest
            if not _is_named(line, range_.chain, step):
                self._refuse(line, range_, step, before)
            self.number += step + 1 - sequence
            yield step, before.decode()
            sequence = step + 1
        if before.decode() != range_.hash:
            raise Unfit(
                f"line {self.number}: chain {range_.chain} should end with another entry, as line 1 says"
            )

    def _refuse(self, line: bytes, range_: Range, expected: int, before: bytes) -> NoReturn:
        number = 1 + self.header.checkpoints + 1 + expected - range_.first
        for earlier in self.header.ranges[: self.header.ranges.index(range_)]:
            number += earlier.last - earlier.first + 1
        raise Unfit(f"line {number}: {_why(line, range_.chain, expected, before.decode())}")

    def _end(self) -> None:
        line = self.readline(LONGEST)
        self.number += 1
        text = _text(line, self.number)
        try:
            plain = json.loads(text)
            digest, self.key, signature = plain["digest"], plain["key"], plain["signature"]
            same = text == end_line(self.digest, str(self.key), str(signature)) and digest == self.digest
        except (ValueError, TypeError, KeyError, RecursionError):
            same, signature = False, ""
        signed = bool(self.key or signature)
        if not same or (signed and not self.holds(self.key, signature, to_sign(self.digest))):
            raise Unfit(f"line {self.number}: {NOT_SIGNED}")
        if self.readline(1):
            raise Unfit(f"line {self.number + 1}: more follows after the last line")


def _is_named(line: bytes, chain: str, sequence: int) -> bool:
    return b'"chain":%b,"' % _json(chain).encode() in line and b'"sequence":%d,"' % sequence in line


def _why(line: bytes, chain: str, expected: int, before: str) -> str:
    """What is wrong with a line that should be this entry."""
    if not line.endswith(b"\n"):
        return CUT_OFF
    try:
        plain = json.loads(line)
        here, sequence = plain["chain"], plain["sequence"]
        where = Where(str(here), sequence, str(plain["at"]), str(plain["kind"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return f"{Where(chain, expected)}: {ALTERED}"
    own = hashlib.sha256(line[:-_TAIL] + b"}").hexdigest()
    if own != plain.get("hash") or line != entry_line(line[:-_TAIL] + b"}", own):
        return f"{where}: {ALTERED}"
    if here != chain:
        return f"{where}: {MISSING}"
    if sequence != expected:
        return f"{where}: {misplaced(sequence, expected)}"
    return f"{where}: {UNLINKED if plain.get('previous') != before else ALTERED}"


def _text(line: bytes, number: int) -> str:
    """Raises Unfit for a line that was cut off."""
    if not line.endswith(b"\n"):
        raise Unfit(f"line {number}: {CUT_OFF}")
    return line[:-1].decode(errors="replace")


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def _json(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
