"""Checkpoints held against the entries: what is proved by that, in words, and what is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from handlers.ledger.chains import Head, Range, Unfit
from handlers.ledger.checkpoints import Checkpoint, Holds, faults

JUST_NOW = timedelta(
    minutes=1
)  # a checkpoint as old as that may have been made after what is looked at was read


@dataclass(frozen=True)
class Brought:
    """What somebody has from outside of the database: what nobody who changed it could change as well."""

    keys: tuple[str, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class Looked:
    """What is looked at: where it is, as it was at `made`. whole: from every chain's first entry to its last."""

    where: str
    made: datetime
    whole: bool
    ranges: tuple[Range, ...]

    @property
    def entries(self) -> int:
        return sum(r.last - r.first + 1 for r in self.ranges)


@dataclass(frozen=True)
class Proof:
    """What fits. covered: entries up to the last checkpoint that could be held against them."""

    looked: Looked
    checkpoints: int
    newest: Checkpoint | None
    covered: int
    brought: Brought
    keys: tuple[str, ...]

    @property
    def later(self) -> int:
        """How many of the checkpoints that were brought are not there: made later, as what is looked at says itself."""
        return sum(checkpoint.number > self.checkpoints for checkpoint in self.brought.checkpoints)


def listed(looked: Looked, inside: Sequence[Checkpoint], brought: Brought, holds: Holds) -> list[Checkpoint]:
    """The checkpoints to hold against the entries, in their order, each sound by itself. Raises Unfit."""
    before = None
    for checkpoint in inside:
        why = faults(checkpoint, before, holds)
        if not why and before is None and checkpoint.number != 1:
            why = "the checkpoints before it are missing"
        _sound(checkpoint, why, brought)
        before = checkpoint
    known = {checkpoint.number: checkpoint for checkpoint in inside}
    for checkpoint in brought.checkpoints:
        here = known.get(checkpoint.number)
        why = faults(checkpoint, None, holds)
        if not why and here is None and checkpoint.at > looked.made - JUST_NOW:
            continue
        if not why and here is None:
            why = f"it is not in {looked.where} any more"
        elif not why and here is not None and here.fingerprint != checkpoint.fingerprint:
            why = f"in {looked.where} there is another one with its number"
        _sound(checkpoint, why, brought)
    if brought.fingerprint and not any(checkpoint.has(brought.fingerprint) for checkpoint in inside):
        raise Unfit(f"no checkpoint in {looked.where} has the fingerprint {brought.fingerprint}")
    return list(inside)


def judged(
    looked: Looked,
    checkpoints: Sequence[Checkpoint],
    hashes: Mapping[tuple[str, int], str],
    brought: Brought,
) -> Proof:
    """Every head against the entry that has its number. Raises Unfit."""
    ranges = {range_.chain: range_ for range_ in looked.ranges}
    fits: dict[str, int] = {}
    newest = None
    for checkpoint in checkpoints:
        for head in checkpoint.heads:
            range_ = ranges.get(head.chain)
            if range_ is not None and range_.first - 1 <= head.sequence <= range_.last:
                if hashes.get((head.chain, head.sequence)) != head.hash:
                    raise Unfit(_rewritten(checkpoint, head, fits.get(head.chain, range_.first - 1)))
                fits[head.chain] = head.sequence
                newest = checkpoint
            elif looked.whole:
                raise Unfit(_cut_off(checkpoint, head, range_))
    covered = sum(max(0, sequence - ranges[chain].first + 1) for chain, sequence in fits.items())
    keys = tuple(dict.fromkeys(checkpoint.key for checkpoint in checkpoints))
    return Proof(looked, len(checkpoints), newest, covered, brought, keys)


def told(proof: Proof) -> str:
    """What was found and what it is worth, as lines for a terminal."""
    looked, newest = proof.looked, proof.newest
    chains = "one chain" if len(looked.ranges) == 1 else f"{len(looked.ranges)} chains"
    lines = [
        f"{looked.entries:,} entries in {chains} hold together: {looked.where}, as of {_at(looked.made)}."
    ]
    if not looked.whole:
        lines += [
            f"It is a part: chain {r.chain} from entry {r.first:,}, which follows {r.previous[:16] or 'nothing'}, "
            f"to entry {r.last:,}. What is before and after is not in it."
            for r in looked.ranges
        ]
    if proof.later:
        of = f"{proof.later:,} of the {len(proof.brought.checkpoints):,} checkpoints that you brought"
        lines.append(f"{of} were made after it, as it says itself, and prove nothing of it.")
    if newest is None:
        lines.append(
            "No checkpoint says where they ended at any time: entries cut off at the end are not noticed."
        )
        return "\n".join([*lines, *_worth(proof)]) + "\n"
    lines += [
        f"{proof.checkpoints:,} checkpoints fit. The last to cover any of it is number {newest.number:,} of "
        f"{_at(newest.at)}, fingerprint {newest.short}.",
        f"They cover {proof.covered:,} of the entries; {looked.entries - proof.covered:,} came after.",
    ]
    lines += [f"Signed with the key {key}{_whence(key, proof.brought)}." for key in proof.keys]
    return "\n".join([*lines, *_worth(proof)]) + "\n"


def _worth(proof: Proof) -> Iterable[str]:
    brought = proof.brought
    outside = len(brought.checkpoints) > proof.later or bool(brought.fingerprint)
    in_it = " and that are in it" if proof.later else ""
    yield ""
    if outside and proof.newest is not None:
        yield (
            f"Proved: what was logged before the checkpoints that you brought{in_it} was not changed, removed, moved "
            "or added to since they were made."
        )
    else:
        yield (
            "Proved: nobody changed it without writing all that follows anew. You brought no checkpoint from outside "
            "(--checkpoints FILE, or --fingerprint with the characters of an auditor's card): without one, "
            f"{_who(brought)}."
        )
    yield (
        "Not proved: that what was logged is true, and anything about entries after the last checkpoint kept outside: "
        "who holds the database and the signing key can write those anew."
    )


def _who(brought: Brought) -> str:
    """Who could have written all of it anew."""
    if brought.keys:
        return "who holds both the database and the signing key could have written all of this anew"
    return "and without the key that was noted (--key), who holds the database could have written all of this anew"


def _whence(key: str, brought: Brought) -> str:
    if key in brought.keys:
        return ", the one that you gave"
    return (
        ", which came along: compare it with the one that was noted (`ledger key`), or give that with --key"
    )


def _sound(checkpoint: Checkpoint, why: str, brought: Brought) -> None:
    if not why and brought.keys and checkpoint.key not in brought.keys:
        why = f"it was signed with another key, {checkpoint.key}"
    if why:
        raise Unfit(f"checkpoint {checkpoint.number} of {_at(checkpoint.at)}: {why}")


def _rewritten(checkpoint: Checkpoint, head: Head, fits: int) -> str:
    which = (
        f"entry {head.sequence}"
        if fits == head.sequence - 1
        else f"one of the entries {fits + 1} to {head.sequence}"
    )
    return (
        f"chain {head.chain}, {which}: it was changed, and what follows was written anew: checkpoint "
        f"{checkpoint.number} of {_at(checkpoint.at)} saw another hash at entry {head.sequence}"
    )


def _cut_off(checkpoint: Checkpoint, head: Head, range_: Range | None) -> str:
    left = f"it ends with entry {range_.last}" if range_ else "there is nothing of it"
    first = range_.last + 1 if range_ else 1
    return (
        f"chain {head.chain}, entry {first}: it is missing with all that follow: {left}, and checkpoint "
        f"{checkpoint.number} of {_at(checkpoint.at)} saw {head.sequence}"
    )


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
