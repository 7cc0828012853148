"""What the house keeps to while it does all that: its pace, the waits it was asked for, the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from handlers.model import Status
from handlers.pace import BURST
from storage.proofs import ANSWERED
from tests.rig.evidence import Evidence
from tests.rig.offence import ENDED, Offence


def nothing_fails_that_should_not(known: Evidence) -> Iterator[Offence]:
    for error in known.town.notes.errors:
        yield Offence(error)


def no_queue_is_faster_than_its_pace(known: Evidence) -> Iterator[Offence]:
    claims = defaultdict(list)
    for claim in sorted(known.town.notes.claimed, key=lambda claim: claim.at):
        claims[claim.queue].append(claim)
    for queue, found in claims.items():
        pace = known.side(queue.platform).paces.get(queue.job)
        if pace is None:
            continue
        for first in range(len(found)):
            calls = 0
            for claim in found[first : first + 40]:
                calls += claim.calls
                span = claim.at - found[first].at + BURST
                if calls > span.total_seconds() * pace.most + 1.001:
                    yield Offence(f"{queue}: {calls} calls within {span} from {found[first].at}")


def nobody_calls_before_a_wait_is_over(known: Evidence) -> Iterator[Offence]:
    for wait in known.town.notes.waits:
        for claim in known.town.notes.claimed:
            if claim.queue == wait.queue and wait.at < claim.at < wait.until:
                yield Offence(
                    f"{wait.queue} was told at {wait.at} to wait until {wait.until}, claimed {claim.at}"
                )


def the_ledger_verifies_and_knows_each_end(known: Evidence) -> Iterator[Offence]:
    if known.verdict.broken is not None:
        yield Offence(f"entry {known.verdict.broken.sequence} of the ledger: {known.verdict.why}")
    kinds = {
        Status.SENT: "delivered", Status.FAILED: "failed", Status.EXPIRED: "expired",
        Status.CANCELLED: "excluded", Status.SKIPPED: "excluded",
    }  # fmt: skip
    found: dict[str, list[str]] = defaultdict(list)
    for entry in known.entries:
        if entry.kind in kinds.values():
            found[entry.delivery].append(entry.kind)
    for row in known.rows:
        logged = bool(row.campaign) or row.piece is not None
        expected = [kinds.get(Status(row.status))]
        answered = row.resolved_by == ANSWERED and found[row.id][1:] == expected  # after it had been given up
        if row.status in ENDED and logged and found[row.id] != expected and not answered:
            yield Offence(f"a delivery ended as {row.status}, and the ledger says {found[row.id]}", row.id)
