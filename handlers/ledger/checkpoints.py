"""Checkpoints: where every chain ends at some moment, signed, so that a copy kept elsewhere shows later changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from handlers.ledger.chains import Head
from handlers.model import Platform, Reason

Holds = Callable[[str, str, bytes], bool]
"""Whether a signature (hex) over these bytes was made with the private half of a public key (hex)."""


class NotACheckpoint(ValueError):
    """A line that says something else; the message says what is wrong with it."""


@dataclass(frozen=True)
class Checkpoint:
    """number: from 1, without a gap. previous: the fingerprint of the one before; "" for the first.

    count: entries in all chains. version: of the software. key: the public half of what it is signed with, in hex.
    stamp: an RFC 3161 time stamp over the signed text, base64; "" where no authority was asked or could be reached.
    """

    number: int
    at: datetime
    heads: tuple[Head, ...]
    count: int
    version: str
    previous: str
    key: str
    signature: str = ""
    stamp: str = field(default="", repr=False)

    @property
    def signed(self) -> bytes:
        """What the signature and the time stamp are over: canonical JSON of everything but those two."""
        return _json(_plain(self, ("signature", "stamp"))).encode()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.signed).hexdigest()

    @property
    def short(self) -> str:
        """The half of the fingerprint that is shown to people, in groups of four."""
        return " ".join(self.fingerprint[start : start + 4] for start in range(0, 32, 4))

    @property
    def line(self) -> str:
        """As it stands in a file of checkpoints and in an export."""
        return _json(_plain(self, ()))

    def signed_with(self, signature: str, stamp: str = "") -> Checkpoint:
        return replace(self, signature=signature, stamp=stamp)

    def has(self, fingerprint: str) -> bool:
        """Whether somebody noted this one: the short form or more of it, however it is spaced."""
        noted = "".join(fingerprint.split()).lower()
        return len(noted) >= 32 and self.fingerprint.startswith(noted)


def following(
    last: Checkpoint | None, heads: Sequence[Head], at: datetime, version: str, key: str
) -> Checkpoint:
    """The next one, not yet signed."""
    return Checkpoint(
        number=last.number + 1 if last else 1,
        at=at,
        heads=tuple(heads),
        count=sum(head.sequence for head in heads),
        version=version,
        previous=last.fingerprint if last else "",
        key=key,
    )


def from_line(line: str) -> Checkpoint:
    """Raises NotACheckpoint where the line is not, to the byte, as `Checkpoint.line` writes it."""
    try:
        plain = json.loads(line)
        heads = tuple(Head(*head) for head in plain["heads"])
        found = Checkpoint(**plain | {"at": datetime.fromisoformat(plain["at"]), "heads": heads})
        same = found.line == line and _is_typed(found)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise NotACheckpoint("it cannot be read") from error
    if not same:
        raise NotACheckpoint("it is not written as checkpoints are")
    return found


def _is_typed(found: Checkpoint) -> bool:
    texts = (found.version, found.previous, found.key, found.signature, found.stamp)
    named = (text for head in found.heads for text in (head.chain, head.hash))
    numbers = (found.number, found.count, *(head.sequence for head in found.heads))
    return all(type(text) is str for text in (*texts, *named)) and all(type(n) is int for n in numbers)


def faults(checkpoint: Checkpoint, before: Checkpoint | None, holds: Holds) -> str:
    """What is wrong with a checkpoint by itself, and with how it follows the one before it; "" if nothing."""
    if not holds(checkpoint.key, checkpoint.signature, checkpoint.signed):
        return "its signature is not the one of what it says"
    if checkpoint.count != sum(head.sequence for head in checkpoint.heads):
        return "its count is not that of its chains"
    if before is not None and checkpoint.number != before.number + 1:
        return f"it does not follow number {before.number}"
    if before is not None and checkpoint.previous != before.fingerprint:
        return f"it does not name number {before.number} as it is"
    return ""


def _plain(checkpoint: Checkpoint, without: tuple[str, ...]) -> dict[str, Any]:
    plain = {f.name: getattr(checkpoint, f.name) for f in fields(checkpoint) if f.name not in without}
    plain["at"] = checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds")
    plain["heads"] = [[head.chain, head.sequence, head.hash] for head in checkpoint.heads]
    return plain


def _json(plain: dict[str, Any]) -> str:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class Checkpoints(Protocol):
    """The part of the memory that holds checkpoints: `Store.checkpoints`."""

    async def newest(self) -> Checkpoint | None: ...

    async def after(self, number: int) -> Sequence[Checkpoint]:
        """Those with a higher number, in their order."""
        ...

    async def heads(self) -> Sequence[Head]:
        """Where every chain ends now."""
        ...

    async def keep(self, checkpoint: Checkpoint) -> bool:
        """False: somebody else has made the one with this number."""
        ...


class Notary(Protocol):
    """Who signs for this process, and where checkpoints go outside of the memory."""

    @property
    def channels(self) -> Mapping[Platform, str]:
        """The auditor's channel on each platform that has one, by the platform's id of it."""
        ...

    def untold(self, platform: Platform, reason: Reason, code: str) -> None:
        """A checkpoint did not get to the channel: whoever runs this is told what to do."""
        ...

    async def sign(self, last: Checkpoint | None, heads: Sequence[Head], at: datetime) -> Checkpoint | None:
        """The next checkpoint, signed. None: this process does not hold the key, and has said so in the log."""
        ...

    async def published(self) -> int | None:
        """The number of the last one outside; 0 where there is none yet, None where nothing outside is kept."""
        ...

    async def publish(self, checkpoints: Sequence[Checkpoint]) -> None:
        """Those of these that are not outside yet. What cannot be written is told in the log, and comes later."""
        ...
