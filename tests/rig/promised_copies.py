"""Promises 2 and 3: what is planned is shown in time, once, or ends with a reason; questions to the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from handlers.deliver import CALL, LEASE
from handlers.model import Platform, Policy, Reason, Status
from tests.rig.evidence import Evidence
from tests.rig.offence import ENDED, Offence, sends
from tests.rig.platforms import STILL_ACCEPTS, Call

TOO_LATE = {(Status.SKIPPED, Reason.LATE), (Status.EXPIRED, Reason.LATE), (Status.EXPIRED, Reason.THROTTLED)}
# From a claim until its message is on the screen, at most.
ON_ITS_WAY = LEASE + timedelta(seconds=STILL_ACCEPTS)


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
        for taken in sends(known, press.copy.delivery):
            if press.told and taken.at > press.told:
                yield Offence(
                    f"{press.copy.user} was sent again what they had pressed: {press}", taken.delivery
                )


def _ended_in_doubt(known: Evidence, call: Call) -> bool:
    """Nobody heard how it ended, or whoever heard it could not say so any more."""
    return call.unheard or not any(
        ended.delivery == call.delivery and ended.process == call.process and ended.ours
        and call.at <= ended.at <= call.at + CALL + LEASE
        for ended in known.town.notes.ended
    )  # fmt: skip
