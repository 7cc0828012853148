"""What a promise that was not kept is told by, and what several of the promises ask."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.deliver import LEASE
from handlers.model import Job, Status
from tests.rig.evidence import Evidence
from tests.rig.notes import Taken

ENDED = (Status.SENT, Status.FAILED, Status.EXPIRED, Status.CANCELLED, Status.SKIPPED)


@dataclass(frozen=True)
class Offence:
    """delivery: whose story tells more; empty: there is none."""

    what: str
    delivery: str = ""


def sends(known: Evidence, delivery: str) -> Iterator[Taken]:
    """The claims to send it."""
    for taken in known.town.notes.taken:
        if taken.delivery == delivery and taken.queue.job is Job.SEND:
            yield taken


def called(known: Evidence, taken: Taken) -> bool:
    """Whether a message left for this claim."""
    return taken.queue.job is Job.SEND and any(
        call.process == taken.process and taken.at <= call.at <= taken.at + LEASE
        for call in known.calls[taken.delivery]
    )
