"""What every delivery and everything that was done with one adds to the numbers: one definition, for whoever counts.

- audience: deliveries on a roster, in whatever state they are (`by_status` adds up to it). What only one person asked
  for (a quiz now, an answer to words) is on no roster and in no audience.
- reached: of these, the ones that were sent; active: of these, the ones that something was done with; seen: the same,
  and those of which the platform told that they were read.
- to_acknowledge: of those reached, the ones that ask for it and were not withdrawn; acknowledged: of these.
- checked: of those reached, messages with a question; understood: it was answered right.
- answers, correct: what was answered right or wrong, on a roster or asked for with a quiz of one's own; timed and
  training: those of which it is known how long they took, each with two minutes at most.
- responses: acknowledgements and answers on a roster of which it is known how long they took since the delivery.

A delivery belongs to the local day it was due first, and to the team, site and roles its person had when it was
planned. It stands under every clause and standard its piece serves; what was done under those of its own item.
What a manager's own people did is not kept as sums: those would be nearly as many as the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache, reduce
from operator import or_
from typing import Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

from content.pieces import Clause
from handlers.broadcasts import checks
from handlers.messages import ACKNOWLEDGED
from handlers.model import Status
from storage.contents import wholes

ENDED = frozenset({Status.SENT, Status.FAILED, Status.EXPIRED, Status.CANCELLED, Status.SKIPPED})
EVERYBODY = 0  # instead of a `who`
ALL, CLAUSE, STANDARD = 0, 1, 2  # kinds of what is served
LONGEST_MS = 120_000  # of one answer that counts as training
A_DAY_MS = 86_400_000

Served = tuple[int, str]  # kind and name
EVERYTHING: Served = (ALL, "")


class Cell(NamedTuple):
    """What is counted together. day: a date's ordinal; who: 0 for everybody, else `who_of`.

    status and reason: of deliveries that ended without being sent, which are counted by them as well; else empty.
    """

    kind: int
    who: int
    served: str
    day: int
    campaign: str
    author: str
    status: str
    reason: str


class Counts(NamedTuple):
    """What is counted; times in milliseconds. As in `handlers.model.Tally`.

    people: a bit for each of those reached (`bit_of`). Bits are united and not added, and never taken away.
    """

    deliveries: int = 0
    reached: int = 0
    to_acknowledge: int = 0
    acknowledged: int = 0
    active: int = 0
    seen: int = 0
    checked: int = 0
    understood: int = 0
    answers: int = 0
    correct: int = 0
    timed: int = 0
    training_ms: int = 0
    responses: int = 0
    response_ms: int = 0
    within_a_day: int = 0
    people: int = 0


NOTHING = Counts()


class Place(NamedTuple):
    """The part of a cell that a delivery keeps for good."""

    who: int
    day: int
    campaign: str
    author: str


class Stand(NamedTuple):
    """How a delivery stands, as far as the numbers go. done: (verb, item, right) of what was done with it."""

    rostered: bool
    status: str
    reason: str
    to_acknowledge: bool
    withdrawn: bool
    seen: bool
    checked: bool
    done: frozenset[tuple[str, str, bool]] = frozenset()


class Did(NamedTuple):
    """What was done, as the ledger has it, so many times with deliveries that are alike."""

    kind: str
    correct: bool | None
    times: int
    lasted: Lasted


class Lasted(NamedTuple):
    """Of what was done, as in `Counts`: how often it is known how long it took, and that added up."""

    timed: int = 0
    training_ms: int = 0
    response_ms: int = 0
    within_a_day: int = 0


def lasted(durations_ms: Iterable[int | None]) -> Lasted:
    took = [each if each > 0 else 0 for each in durations_ms if each is not None]
    training = sum([each if each < LONGEST_MS else LONGEST_MS for each in took])
    return Lasted(len(took), training, sum(took), sum([each <= A_DAY_MS for each in took]))


@lru_cache(maxsize=8192)
def who_of(team: str, site: str, roles: str) -> int:
    """A number for everybody of whom these are the same: in every process the same one, and never 0."""
    text = "\0".join((team, site, roles)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=7).digest()) | 1


@lru_cache(maxsize=8192)
def serves(clauses: Sequence[str]) -> tuple[Served, ...]:
    """What something counts under: everything, its clauses ("ISO 9001:2015 7.3"), and their standards, each once."""
    standards = dict.fromkeys(standard_of(clause) for clause in clauses)
    return EVERYTHING, *((CLAUSE, c) for c in clauses), *((STANDARD, s) for s in standards)


def serving(clauses: tuple[Clause, ...]) -> tuple[Served, ...]:
    return serves(wholes(clauses))


def standard_of(clause: str) -> str:
    return clause.rpartition(" ")[0]


@lru_cache(maxsize=4096)
def local_day(due_at: datetime, zone: str | None) -> date:
    """The local day it was due: a Monday in Auckland is no Sunday."""
    return due_at.astimezone(ZoneInfo(zone) if zone else UTC).date()


def place_of(row: Any) -> Place:
    """Of a row with these columns of a delivery."""
    return place_at(row.zone, row.slot_at, row.campaign, row.author, row.team, row.site, row.roles)


def place_at(
    zone: str | None, due_at: datetime, campaign: str, author: str, team: str, site: str, roles: str
) -> Place:
    return Place(who_of(team, site, roles), local_day(due_at, zone).toordinal(), campaign, author)


@lru_cache(maxsize=200_000)
def bit_of(person: str) -> int:
    """One of 62: as many of them as are set, so many different people there are at least."""
    return 1 << crc32(person.encode()) % 62


def united(people: Iterable[str]) -> int:
    """The bits of all of them."""
    return reduce(or_, map(bit_of, people), 0)


def stands(at: Stand, bits: int = 0, many: int = 1) -> dict[tuple[str, str], Counts]:
    """What deliveries that stand alike count, under "" and, where they ended without being sent, by their state.

    bits: of the people they belong to.
    """
    if not at.rostered:
        return {}
    if at.status != Status.SENT:
        found = {("", ""): Counts(deliveries=many)}
        return found | ({(at.status, at.reason): Counts(deliveries=many)} if at.status in ENDED else {})
    asked = at.to_acknowledge and not at.withdrawn
    sent = Counts(
        deliveries=many,
        reached=many,
        to_acknowledge=many * bool(asked),
        acknowledged=many * (asked and any(verb == ACKNOWLEDGED for verb, _, _ in at.done)),
        active=many * bool(at.done),
        seen=many * bool(at.seen or at.done),
        checked=many * at.checked,
        understood=many * (at.checked and (checks.ANSWERED, checks.ITEM, True) in at.done),
        people=bits,
    )
    return {("", ""): sent}


def did(rostered: bool, campaign: str, what: Did) -> Counts | None:
    """What was done counts, whatever state its delivery is in; None: nothing."""
    answered = what.kind == checks.ANSWERED and what.correct is not None and campaign != ""
    timed, training_ms, response_ms, within_a_day = what.lasted
    responded = rostered and timed > 0 and what.kind in (ACKNOWLEDGED, checks.ANSWERED)
    if not answered and not responded:
        return None
    return Counts(
        answers=what.times * answered,
        correct=what.times * (answered and bool(what.correct)),
        timed=timed * answered,
        training_ms=training_ms * answered,
        responses=timed * responded,
        response_ms=response_ms * responded,
        within_a_day=within_a_day * responded,
    )
