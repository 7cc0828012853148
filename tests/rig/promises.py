"""The promises of ARCHITECTURE.md as questions to the evidence; each names everybody who was let down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.deliver import CALL, LEASE
from handlers.model import Job, Lane, Platform, Policy, Reason, Status
from handlers.pace import BURST
from storage.proofs import ANSWERED
from tests.rig.evidence import Evidence
from tests.rig.notes import Taken
from tests.rig.platforms import STILL_ACCEPTS, Call
from tests.rig.plot import due

ENDED = (Status.SENT, Status.FAILED, Status.EXPIRED, Status.CANCELLED, Status.SKIPPED)
TOO_LATE = {(Status.SKIPPED, Reason.LATE), (Status.EXPIRED, Reason.LATE), (Status.EXPIRED, Reason.THROTTLED)}
A_DAY = timedelta(hours=23)  # at least: some have no more
ON_ITS_WAY = LEASE + timedelta(
    seconds=STILL_ACCEPTS
)  # from a claim until its message is on the screen, at most


@dataclass(frozen=True)
class Offence:
    """A promise that did not hold. delivery: whose story tells more; empty: there is none."""

    what: str
    delivery: str = ""


def nothing_fails_that_should_not(known: Evidence) -> Iterator[Offence]:
    for error in known.town.notes.errors:
        yield Offence(error)


def a_slot_is_planned_at_most_once_per_person(known: Evidence) -> Iterator[Offence]:
    counted = Counter((row.campaign, row.slot, row.person) for row in known.rows)
    for row in known.rows:
        if counted[row.campaign, row.slot, row.person] > 1:
            yield Offence(f"{row.person} has more than one row of {row.campaign} {row.slot}", row.id)
    planned = Counter((e.campaign, e.slot, e.zone) for e in known.entries if e.kind == "planned")
    for roster, times in planned.items():
        if times != 1:
            yield Offence(f"{roster} was planned {times} times")


def every_slot_is_planned_under_its_local_name_at_its_moment(known: Evidence) -> Iterator[Offence]:
    """Through restarts, outages and both changes of the clocks: none is skipped, none is doubled."""
    plot = known.town.plot
    gone = {told.person for told in known.town.crowd.told if told.what == "leaves"}
    for campaign in plot.campaigns:
        for zone in {someone.zone for someone in plot.people if someone.key not in gone}:
            slots = dict(due(campaign, zone, plot.starts - timedelta(days=1), plot.ends + timedelta(days=9)))
            found = {
                o.slot: o.due_at for o in known.occurrences if (o.campaign, o.zone) == (campaign.id, zone)
            }
            for slot, moment in found.items():
                if slots.get(slot) != moment:
                    yield Offence(
                        f"{campaign.id} {slot} in {zone} was planned for {moment}, not {slots.get(slot)}"
                    )
            since = known.values.get(f"since:{campaign.id}:{zone}")
            for slot, moment in slots.items():
                expected = since and datetime.fromisoformat(since) <= moment <= plot.ends
                if expected and slot not in found:
                    yield Offence(f"{campaign.id} {slot} in {zone} was never planned; it was due at {moment}")


def all_states_add_up_to_the_roster(known: Evidence) -> Iterator[Offence]:
    rows = Counter((row.campaign, row.slot, row.zone) for row in known.rows if row.zone is not None)
    for o in known.occurrences:
        if rows[o.campaign, o.slot, o.zone] != o.roster_size:
            there = rows[o.campaign, o.slot, o.zone]
            yield Offence(
                f"the roster {o.campaign} {o.slot} {o.zone} names {o.roster_size} and has {there} rows"
            )


def a_delivery_is_shown_within_its_grace_or_ends_with_a_reason(known: Evidence) -> Iterator[Offence]:
    for row in known.rows:
        if row.status not in ENDED:
            yield Offence(f"a delivery to {row.person} is {row.status} for ever", row.id)
        elif row.status != Status.SENT and not row.reason:
            yield Offence(f"a delivery to {row.person} ended as {row.status} without a reason", row.id)
        for copy in known.copies[row.id]:
            if not row.slot_at <= copy.at <= row.expires_at + ON_ITS_WAY:
                yield Offence(f"{row.person} was shown a delivery outside of its grace: {copy}", row.id)
        if (row.status, row.reason) in TOO_LATE and known.town.clock.now() <= row.expires_at:
            yield Offence(f"a delivery to {row.person} is called too late, and was not", row.id)


def what_is_noted_as_sent_was_shown(known: Evidence) -> Iterator[Offence]:
    for row in known.rows:
        if row.status == Status.SENT and not known.copies[row.id]:
            yield Offence(f"a delivery to {row.person} is noted as sent, and they never saw it", row.id)


def what_was_shown_is_noted_as_sent(known: Evidence) -> Iterator[Offence]:
    """But where the platform cannot be asked: there a later try may end otherwise, or the policy may decide."""
    for row in known.rows:
        if known.copies[row.id] and row.status != Status.SENT and known.side(row.platform).tells:
            yield Offence(f"{row.person} saw a delivery that is noted as {row.status} {row.reason!r}", row.id)


def slack_shows_it_once(known: Evidence) -> Iterator[Offence]:
    for row in known.rows:
        copies = known.copies[row.id]
        if row.platform == Platform.SLACK and len(copies) > 1:
            yield Offence(f"{row.person} saw a delivery {len(copies)} times on Slack", row.id)


def teams_shows_it_twice_only_after_a_doubt(known: Evidence) -> Iterator[Offence]:
    for row in known.rows:
        copies = known.copies[row.id]
        if row.platform != Platform.TEAMS or len(copies) < 2:
            continue
        if row.policy == Policy.AT_MOST_ONCE:
            yield Offence(f"{row.person} saw what goes out at most once {len(copies)} times", row.id)
        doubts = sum(_ended_in_doubt(known, call) for call in known.calls[row.id])
        if len(copies) > 1 + doubts:
            yield Offence(f"{row.person} saw a delivery {len(copies)} times after {doubts} doubts", row.id)


def nothing_is_sent_again_that_was_pressed(known: Evidence) -> Iterator[Offence]:
    for press in known.town.crowd.presses:
        for taken in _sends(known, press.copy.delivery):
            if press.told and taken.at > press.told:
                yield Offence(
                    f"{press.copy.user} was sent again what they had pressed: {press}", taken.delivery
                )


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
            if taken.person == one.person and during and not kept and _calls(known, taken):
                yield Offence(f"{taken.person} was written to all the same: {one}", taken.delivery)


def a_recall_holds(known: Evidence) -> Iterator[Offence]:
    """Nothing that is claimed afterwards is sent, and what was sent is taken away."""
    recalled = {row.id: row.withdrawn_at for row in known.broadcasts if row.withdrawn_at}
    confirmed = {t.key.removeprefix("recall of "): t.confirmed for t in known.town.crowd.told if t.confirmed}
    for row in known.rows:
        if row.campaign not in recalled:
            continue
        since = confirmed.get(row.campaign) if f"recall of {row.campaign}" else None
        for taken in _sends(known, row.id):
            if since and taken.at > since and _calls(known, taken):
                yield Offence(f"{row.person} was sent a message after its recall", row.id)
        for copy in known.copies[row.id]:
            if copy.removed is None and known.side(row.platform).tells:
                yield Offence(f"{row.person} still has a recalled message: {copy}", row.id)


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


PROMISES: tuple[Callable[[Evidence], Iterator[Offence]], ...] = (
    nothing_fails_that_should_not,
    a_slot_is_planned_at_most_once_per_person,
    every_slot_is_planned_under_its_local_name_at_its_moment,
    all_states_add_up_to_the_roster,
    a_delivery_is_shown_within_its_grace_or_ends_with_a_reason,
    what_is_noted_as_sent_was_shown,
    what_was_shown_is_noted_as_sent,
    slack_shows_it_once,
    teams_shows_it_twice_only_after_a_doubt,
    nothing_is_sent_again_that_was_pressed,
    an_answer_counts_once_and_what_was_told_is_kept,
    the_first_answer_that_was_told_is_the_one_that_counts,
    words_are_answered_once,
    what_was_sent_is_kept_as_it_was_sent,
    a_pause_and_an_opt_out_hold,
    a_recall_holds,
    no_queue_is_faster_than_its_pace,
    nobody_calls_before_a_wait_is_over,
    the_ledger_verifies_and_knows_each_end,
)


def _sends(known: Evidence, delivery: str) -> Iterator[Taken]:
    for taken in known.town.notes.taken:
        if taken.delivery == delivery and taken.queue.job is Job.SEND:
            yield taken


def _calls(known: Evidence, taken: Taken) -> bool:
    """Whether a message left for this claim."""
    return taken.queue.job is Job.SEND and any(
        call.process == taken.process and taken.at <= call.at <= taken.at + LEASE
        for call in known.calls[taken.delivery]
    )


def _ended_in_doubt(known: Evidence, call: Call) -> bool:
    """Nobody heard how it ended, or whoever heard it could not say so any more."""
    return call.unheard or not any(
        ended.delivery == call.delivery and ended.process == call.process and ended.ours
        and call.at <= ended.at <= call.at + CALL + LEASE
        for ended in known.town.notes.ended
    )  # fmt: skip
