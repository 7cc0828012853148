"""Promises 4 to 6: answers count once, what was sent is kept, pauses and recalls hold; questions to the evidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from handlers.model import Lane, Status
from tests.rig.evidence import Evidence
from tests.rig.offence import Offence, called, sends

A_DAY = timedelta(hours=23)  # at least: some have no more


def an_answer_counts_once_and_what_was_told_is_kept(known: Evidence) -> Iterator[Offence]:
    counted = Counter((e.delivery, e.kind, e.item) for e in known.entries if e.participation)
    told = {(p.copy.delivery, p.verb, p.item): p for p in known.town.crowd.presses if p.told}
    withdrawn = {row.id for row in known.rows if row.withdrawn or row.status == Status.CANCELLED}
    for (delivery, verb, item), times in counted.items():
        if delivery and times > 1:
            yield Offence(f"{verb} {item} counts {times} times", delivery)
    for key, press in told.items():
        if not counted[key] and press.copy.delivery not in withdrawn:
            yield Offence(f"what was told is not there: {press}", press.copy.delivery)


def the_first_answer_that_was_told_is_the_one_that_counts(known: Evidence) -> Iterator[Offence]:
    given = defaultdict(list)
    for press in known.town.crowd.presses:
        given[press.copy.delivery, press.verb, press.item].append(press)
    for entry in known.entries:
        presses = given[entry.delivery, entry.kind, entry.item]
        if entry.participation and entry.delivery:
            first = min((press.told for press in presses if press.told), default=None)
            possible = {press.value for press in presses if first is None or press.at <= first}
            if entry.value not in possible:
                yield Offence(
                    f"{entry.kind} {entry.value!r} counts, and {possible} was pressed", entry.delivery
                )


def a_memory_has_each_answer_once(known: Evidence) -> Iterator[Offence]:
    given = Counter(
        (e.actor, e.item) for e in known.entries if e.kind == "answered" and e.correct is not None
    )
    kept = {(row.person, row.item): row.answers for row in known.memories}
    for key in given.keys() | kept.keys():
        if given[key] != kept.get(key, 0):
            yield Offence(f"{key[0]} answered {key[1]} {given[key]} times and remembers {kept.get(key, 0)}")


def words_are_answered_once(known: Evidence) -> Iterator[Offence]:
    for told in known.town.crowd.told:
        rows = [row for row in known.rows if row.slot in (told.key, f"{told.key}:answer")]
        if len(rows) > 1 or (told.confirmed and told.what in ("quiz", "help") and not rows):
            gone = any(t.what == "leaves" and t.person == told.person for t in known.town.crowd.told)
            if rows or not gone:
                yield Offence(f"{told} and has {len(rows)} answers in the outbox", rows[0].id if rows else "")


def what_was_sent_is_kept_as_it_was_sent(known: Evidence) -> Iterator[Offence]:
    for delivery, (card, piece) in known.town.notes.planned.items():
        kept = known.kept.get(delivery)
        if kept is not None and (kept.card, kept.piece) != (card, piece):
            yield Offence("a delivery is not kept as it was planned", delivery)
    for delivery, copies in known.copies.items():
        if any(copy.card != known.kept[delivery].card for copy in copies):
            yield Offence("a delivery was not shown as it is kept", delivery)


def a_pause_and_an_opt_out_hold(known: Evidence) -> Iterator[Offence]:
    """From the moment they are confirmed: nothing that is claimed afterwards is sent."""
    told = sorted(known.town.crowd.told, key=lambda told: told.at)
    for one in told:
        if not one.confirmed or one.what not in ("pause 1 day", "leaves"):
            continue
        ends = one.at + A_DAY if one.what != "leaves" else datetime.max.replace(tzinfo=one.at.tzinfo)
        resumed = (t.at for t in told if t.person == one.person and t.what == "resume" and t.at > one.at)
        ends = min([ends, *resumed])
        for taken in known.town.notes.taken:
            kept = taken.lane is Lane.INTERACTIVE and one.what != "leaves"
            during = one.confirmed < taken.at < ends
            if taken.person == one.person and during and not kept and called(known, taken):
                yield Offence(f"{taken.person} was written to all the same: {one}", taken.delivery)


def a_recall_holds(known: Evidence) -> Iterator[Offence]:
    """Nothing that is claimed afterwards is sent, and what was sent is taken away."""
    recalled = {row.id for row in known.broadcasts if row.withdrawn_at}
    confirmed = {told.key: told.confirmed for told in known.town.crowd.told}
    for row in known.rows:
        if row.campaign not in recalled:
            continue
        since = confirmed.get(f"recall of {row.campaign}")
        for taken in sends(known, row.id):
            if since and taken.at > since and called(known, taken):
                yield Offence(f"{row.person} was sent a message after its recall", row.id)
        for copy in known.copies[row.id]:
            if copy.removed is None and known.side(row.platform).tells:
                yield Offence(f"{row.person} still has a recalled message: {copy}", row.id)
