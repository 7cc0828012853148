"""The promises as questions to the evidence; each names everybody who was let down, the first of them first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tests.chaos import spans
from tests.chaos.crowd import Press
from tests.chaos.evidence import Evidence
from tests.chaos.killer import Blow
from tests.simulators.ledger import Call, Sight

ENDED = ("sent", "failed", "expired", "cancelled", "skipped")
UNCERTAIN = "nobody can tell whether it arrived"
AT_MOST_ONCE = "at_most_once"
A_CALL = timedelta(seconds=spans.CALL)
# What was claimed before a 429 may leave as long as its lease has room for it, and takes a while to connect.
IN_FLIGHT = timedelta(seconds=spans.LEASE - spans.CALL + spans.PREPARE)
HEARD = timedelta(seconds=0.3)  # by then whoever got an answer has passed it on
POSTS = ("chat.postMessage", "POST activities")


@dataclass(frozen=True)
class Offence:
    """A promise that did not hold. delivery: whose story tells more; empty: there is none.

    by_machine: it may be the doing of a machine that is too busy, on which spans this short run out.
    """

    what: str
    delivery: str = ""
    by_machine: bool = False


def everything_comes_to_an_end(known: Evidence) -> Iterator[Offence]:
    for left in known.left_over:
        yield Offence(f"{left} is still under way", left.removeprefix("delivery "))


def everybody_has_one_row_in_a_named_state_and_the_states_add_up(known: Evidence) -> Iterator[Offence]:
    for campaign in known.campaigns:
        rows = [row for row in known.rows.deliveries if row.campaign == campaign]
        counted = Counter(row.person for row in rows)
        for person in known.rows.people:
            if counted[person.key] != 1:
                yield Offence(f"{person.name} has {counted[person.key]} rows of {campaign!r} instead of one")
        for row in rows:
            if row.status not in ENDED or (row.status != "sent" and not row.reason):
                yield Offence(f"a delivery of {campaign!r} ended as {row.status} {row.reason!r}", row.id)
        named = sum(o.roster_size for o in known.rows.occurrences if o.campaign == campaign)
        if named != len(rows):
            yield Offence(f"the roster of {campaign!r} names {named} people and has {len(rows)} rows")


def an_occurrence_happens_once(known: Evidence) -> Iterator[Offence]:
    planned = Counter(entry.campaign for entry in known.rows.entries if entry.kind == "planned")
    slots = Counter(occurrence.campaign for occurrence in known.rows.occurrences)
    for campaign in known.campaigns:
        if planned[campaign] != 1 or slots[campaign] != 1:
            yield Offence(f"{campaign!r} was planned {planned[campaign]} times in {slots[campaign]} slots")
    launches = sum(entry.kind == "launched" for entry in known.rows.entries)
    if launches != 1 or len(known.rows.broadcasts) != 1:
        yield Offence(f"Marie sent one broadcast: {launches} launched, {len(known.rows.broadcasts)} kept")


def slack_shows_a_delivery_once(known: Evidence) -> Iterator[Offence]:
    for delivery, sights in known.sights("slack").items():
        if len(sights) > 1:
            yield Offence(f"{sights[0].person} saw a delivery {len(sights)} times on Slack", delivery)


def teams_shows_another_copy_only_after_a_doubt(known: Evidence) -> Iterator[Offence]:
    """As many doubts as copies too many: calls whose answer nobody heard, and blows while it was under way."""
    for delivery, sights in known.sights("teams").items():
        row = known.by_id.get(delivery)
        if row is not None and row.policy == AT_MOST_ONCE and len(sights) > 1:
            yield Offence(
                f"{sights[0].person} saw a delivery {len(sights)} times that goes out at most once", delivery
            )
        copies = [sight for sight in sights if sight.removed is None]
        if len(copies) - 1 > _doubts(known, delivery, sights):
            said = f"{sights[0].person} saw a delivery {len(copies)} times on Teams without a doubt"
            apart = [later.at - one.at for one, later in pairwise(sights)]
            yield Offence(said, delivery, by_machine=min(apart) > timedelta(seconds=spans.QUARANTINE))


def sent_means_shown(known: Evidence) -> Iterator[Offence]:
    for platform in known.platforms:
        shown = known.sights(platform)
        for row in known.rows.deliveries:
            if row.platform == platform and row.status == "sent" and row.id not in shown:
                yield Offence(f"a delivery to {row.user} is noted as sent, and they never saw it", row.id)


def shown_means_sent(known: Evidence) -> Iterator[Offence]:
    """Where nobody could know, and the campaign would rather lose than double, it says so instead."""
    for platform in known.platforms:
        for delivery, sights in known.sights(platform).items():
            row = known.by_id.get(delivery)
            if row is None:
                yield Offence(f"{sights[0].person} saw a delivery that has no row", delivery)
                continue
            open_to_doubt = row.policy == AT_MOST_ONCE and row.reason == UNCERTAIN and platform == "teams"
            if row.status != "sent" and not row.withdrawn and not open_to_doubt:
                yield Offence(
                    f"{sights[0].person} saw a delivery that is noted as {row.status} {row.reason!r}",
                    delivery,
                )


def a_press_that_was_told_counts_once(known: Evidence) -> Iterator[Offence]:
    counted = Counter((entry.delivery, entry.kind, entry.item) for entry in known.participations())
    counted.update((card, "decided", "") for card in known.launched())
    for key, presses in _by_thing(known).items():
        told = next((press for press in presses if press.told), None)
        if told is not None and counted[key] != 1:
            yield Offence(
                f"{told.person} was told that {key[1]} counted; it is there {counted[key]} times", key[0]
            )


def the_first_answer_counts_and_none_that_nobody_gave(known: Evidence) -> Iterator[Offence]:
    given = _by_thing(known)
    for entry in known.participations():
        if not entry.delivery:
            continue
        presses = given.get((entry.delivery, entry.kind, entry.item), [])
        first = min((press.told for press in presses if press.told), default=None)
        possible = {press.value for press in presses if first is None or press.at <= first}
        if entry.value not in possible:
            said = f"{entry.kind} {entry.item} {entry.value!r}"
            yield Offence(
                f"{said} is counted; what was pressed up to the first answer is {possible}", entry.delivery
            )


def a_memory_has_each_answer_that_counts_once(known: Evidence) -> Iterator[Offence]:
    """Whoever answers before items had names, or an item that is no question, leaves none."""
    given = Counter((e.actor, e.item) for e in known.participations() if e.kind == "answered")
    kept = {(row.person, row.item): row.answers for row in known.rows.memories}
    for key in given.keys() | kept.keys():
        if given[key] != kept.get(key, 0):
            yield Offence(f"{key[0]} answered {key[1]} {given[key]} times and remembers {kept.get(key, 0)}")


def words_that_were_taken_are_answered_once(known: Evidence) -> Iterator[Offence]:
    for word in known.words:
        answers = [row for row in known.rows.deliveries if word.key in row.slot]
        if len(answers) > 1 or (word.taken and not answers):
            delivery = answers[0].id if answers else ""
            yield Offence(f"{len(answers)} answers are in the outbox to: {word}", delivery)


def nobody_posts_before_a_wait_is_over(known: Evidence) -> Iterator[Offence]:
    """Calls that were under way may still arrive: what was claimed before, as long as its lease had room for it."""
    for platform, account in known.platforms.items():
        posts = [call for call in account.calls if call.what in POSTS]
        claimable = _claimable(known, posts)
        for asked in posts:
            if asked.answer != "429" or asked.answered is None or _may_be_lost(known, asked):
                continue
            heard, until = asked.answered + HEARD, asked.answered + timedelta(seconds=asked.retry_after)
            early = [
                call
                for call in posts
                if heard < call.at < until
                and not _from_a_zombie(known, call)
                and (call.at > asked.answered + IN_FLIGHT or claimable[id(call)] > heard)
            ]
            if early:
                said = f"{platform} asked at {asked.answered:%T.%f} to wait {asked.retry_after:.0f} s"
                yield Offence(f"{said}, and {len(early)} calls came too early: {early[0]}", early[0].delivery)


def the_ledger_verifies(known: Evidence) -> Iterator[Offence]:
    verdict = known.rows.verdict
    if verdict.broken is not None:
        yield Offence(f"chain {verdict.broken.chain}, entry {verdict.broken.sequence}: {verdict.why}")


PROMISES: tuple[Callable[[Evidence], Iterator[Offence]], ...] = (
    everything_comes_to_an_end,
    everybody_has_one_row_in_a_named_state_and_the_states_add_up,
    an_occurrence_happens_once,
    slack_shows_a_delivery_once,
    teams_shows_another_copy_only_after_a_doubt,
    sent_means_shown,
    shown_means_sent,
    a_press_that_was_told_counts_once,
    the_first_answer_counts_and_none_that_nobody_gave,
    a_memory_has_each_answer_that_counts_once,
    words_that_were_taken_are_answered_once,
    nobody_posts_before_a_wait_is_over,
    the_ledger_verifies,
)


def _by_thing(known: Evidence) -> dict[tuple[str, str, str], list[Press]]:
    """Presses in their order, by what counts once: delivery, verb and item."""
    found: dict[tuple[str, str, str], list[Press]] = defaultdict(list)
    for press in known.presses:
        found[press.delivery, press.verb, press.item].append(press)
    return found


def _doubts(known: Evidence, delivery: str, sights: list[Sight]) -> int:
    calls = [call for call in known.calls("teams", delivery) if call.what in POSTS]
    unheard = sum(call.in_doubt and call.accepted is not None for call in calls)
    first, last = min(sight.at for sight in sights) - A_CALL, max(sight.at for sight in sights)
    return unheard + sum(blow.until >= first and blow.at <= last for blow in known.struck)


def _claimable(known: Evidence, posts: Sequence[Call]) -> dict[int, datetime]:
    """Before when no claim of this call's can have been: its row was not there, or another try was under way."""
    written = {entry.delivery: entry.at for entry in known.rows.entries if entry.kind == "assigned"}
    since: dict[str, datetime] = {row.id: written.get(row.id, row.slot_at) for row in known.rows.deliveries}
    found = {}
    for call in posts:
        found[id(call)] = since.get(call.delivery, call.at)
        if call.answered is not None and call.heard:
            since[call.delivery] = call.answered
    return found


def _from_a_zombie(known: Evidence, call: Call) -> bool:
    """Whether it left just when a process woke that had been stopped in the middle of it."""
    stops = (blow for blow in known.struck if blow.blow is Blow.STOP)
    return any(blow.until <= call.at <= blow.until + HEARD for blow in stops)


def _may_be_lost(known: Evidence, asked: Call) -> bool:
    """Whether whoever got this 429 may not have lived, or had no database, to pass it on."""
    assert asked.answered is not None
    for blow in known.struck:
        if blow.blow is Blow.CRASH:
            lost = blow.at - HEARD <= asked.answered <= blow.until + HEARD
        else:  # what came after the blow was not from who was struck
            lost = asked.at <= blow.at + HEARD and asked.answered >= blow.at - HEARD
        if lost:
            return True
    return not asked.heard
