"""Everything that can happen to the outbox, as rules; after each of them it is as `outbox_model` says."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handlers.events import Broadcast, Change
from handlers.model import Delivery, Job, Person, Places, Queue, Reason, Receipt, Status, Withdrawal
from handlers.pace import Pace
from tests.storage.outbox_cast import (
    ENDS,
    OWNERS,
    PACES,
    PEOPLE,
    PLACES,
    QUARANTINE,
    QUEUES,
    SPANS,
    TWICE,
    a_press,
    a_roster,
    an_answer,
)
from tests.storage.outbox_database import Database, Snapshot
from tests.storage.outbox_model import LEASED, End, Model, Row
from tests.storage.scene import FINDS, LEASE, MESSAGE, MONDAY, SENDS

Taken = tuple[tuple[Delivery, Person | None], ...]
Ending = tuple[Status, Reason]

stores, owners = st.integers(0, 1), st.sampled_from(OWNERS)
numbers = st.integers(0, 7)
ALL_ENDS = st.lists(st.sampled_from(ENDS), min_size=4, max_size=4)


class Outbox(RuleBasedStateMachine):
    """Two processes' storages on one database, with several drainers each. Draws never depend on what was drawn."""

    database: Database

    @initialize(which=st.sampled_from((3, 0)))
    def begins(self, which: int) -> None:
        self.database.empty()
        self.model = Model(MONDAY)
        self.claimed: list[tuple[Delivery, str]] = []
        self.unwanted: list[Withdrawal] = []
        self.people = {p.key: p for p in PEOPLE}
        self.ids = count(1)
        self.before = self.database.now()
        self.settled: set[str] = set()  # in this step, by who held them
        self.proven: set[str] = set()  # in this step, by a press
        self.reclaimed = False
        self.launches_or_recalls(by=0, recall=False, twice=False)
        self.plans_rosters(which=which, also=None, by=0)

    @rule(which=st.sampled_from((0, 0, 1, 2, 3)), also=st.sampled_from((None, 0, 1, 2, 3)), by=stores)
    def plans_rosters(self, which: int, also: int | None, by: int) -> None:
        """Also the same again; and two at once, of which some are the same and some share a person."""
        recalled = "news" in self.model.recalled
        numbers_ = [n for n in (which, also) if n is not None]
        offered = [a_roster(number, self.ids, recalled=recalled) for number in numbers_]
        open_ = (r for r in offered if not (recalled and r.campaign == "news"))
        new = {(r.campaign, r.slot, r.zone): r.size for r in open_}
        new = {key: size for key, size in new.items() if key not in self.model.rosters}
        rows = [(r, d) for r in offered for d in r.deliveries]
        names = {
            (d.campaign, d.slot, d.person)
            for r, d in rows
            if (r.campaign, r.slot, r.zone) in new and not self.model.has(d.campaign, d.slot, d.person)
        }
        plans = (self._store(by + n).plan(r, self.model.now) for n, r in enumerate(offered))
        written = sum(self.database.both(*plans))
        there = self.database.now().rows
        entered = [d for _, d in rows if d.id in there]
        once = Counter((d.campaign, d.slot, d.person) for d in entered)
        assert once == Counter(names), "a slot is planned at most once per person"
        assert written == len(names), "everybody of a roster is written"
        self.model.rosters |= new
        self.model.ledger["planned", ""] += len(new)
        self.model.enters(entered)

    @rule(by=stores, recall=st.sampled_from((True, True, False)), twice=st.booleans())
    def launches_or_recalls(self, by: int, recall: bool, twice: bool) -> None:
        known = self.model.recalled if recall else self.model.launched
        launch = Broadcast("news", MESSAGE, "everyone", "grace", MONDAY)
        more: dict[str, Any] = {"recall": "news"} if recall else {"launch": launch}
        event = Change(inbox=f"news {recall}", at=self.model.now, **more)
        done = self.database.both(*(self._store(by + n).commit(event) for n in range(1 + twice)))
        assert sum(done) == ("news" not in known), "the inbox key decides"
        if any(done) and recall:
            self.model.recalls("news")
        elif any(done):
            self.model.launched.add("news")
            self.model.ledger["launched", ""] += 1

    @rule(
        event=st.integers(0, 3), again=st.booleans(), by=stores, twice=st.sampled_from(("", "same", "other"))
    )
    def answers_words(self, event: int, again: bool, by: int, twice: str) -> None:
        """Under the same key, or under another, as where a platform names one event twice."""
        keys = [f"words {event} {again}"]
        keys += [f"words {event} {again != (twice == 'other')}"] if twice else []
        rows = [an_answer(event, self.ids, self.model.now) for _ in keys]
        changes = (
            Change(inbox=key, at=self.model.now, deliver=(row,)) for key, row in zip(keys, rows, strict=True)
        )
        done = self.database.both(*(self._store(by + n).commit(c) for n, c in enumerate(changes)))
        assert sum(done) == len(set(keys) - self.model.inbox), "the inbox key decides"
        there = self.database.now().rows
        entered = [row for row in rows if row.id in there]
        known = self.model.has("", f"event-{event}", "ada") or not any(done)
        assert len(entered) == (not known), "what was asked for once is answered once"
        self.model.inbox.update(keys)
        self.model.enters(entered)

    @rule(
        queue=st.sampled_from(QUEUES),
        by=stores,
        owner=owners,
        places=st.sampled_from(PLACES),
        pace=st.sampled_from(PACES),
    )
    def claims(self, queue: Queue, by: int, owner: str, places: Places, pace: Pace | None) -> None:
        due = self.model.eligible(queue)
        wanted = self.model.room(queue, places)
        if queue.job is Job.WITHDRAW:
            wanted = min(places.free, len(self.model.unwanted(queue)))
        claim = self.database.does(self._store(by).claim(queue, self.model.now, owner, LEASE, places, pace))
        taken = len(claim.taken) + len(claim.withdrawals)
        if pace is None:
            assert taken == wanted, "all that is due and has a place is taken"
        elif wanted and not taken:
            assert claim.again, "what the pace holds up comes later"
            assert self.model.now < claim.again <= self.model.now + timedelta(seconds=5)
        assert taken <= wanted, "nothing is claimed before it is due, nor while its queue has to wait"
        if pace and taken:
            self.model.paced(queue, pace, taken)
        if queue.job is Job.WITHDRAW:
            self._takes_away(queue, claim.withdrawals)
        else:
            self._takes(queue, owner, claim.taken, due)

    @rule(
        queue=st.sampled_from((SENDS, SENDS, FINDS)),
        by=stores,
        owner=owners,
        ends=ALL_ENDS,
        later=st.booleans(),
    )
    def claims_and_settles(self, queue: Queue, by: int, owner: str, ends: list[Ending], later: bool) -> None:
        """All that is due: the usual case."""
        before = len(self.claimed)
        self.claims(queue=queue, by=by, owner=owner, places=Places(4, 4), pace=None)
        for (claimed, _), end in zip(self.claimed[before:], ends, strict=False):
            self._settles(claimed, owner, end, later, [by])

    @rule(free=st.integers(1, 2), pace=st.sampled_from((PACES[0], PACES[-1])))
    def two_processes_claim_at_once(self, free: int, pace: Pace | None) -> None:
        """Two drainers in each."""
        places, owners_ = Places(free, free), [*OWNERS, "four"]
        due = self.model.eligible(SENDS)
        claims = self.database.both(
            *(
                self._store(n).claim(SENDS, self.model.now, owner, LEASE, places, pace)
                for n, owner in enumerate(owners_)
            )
        )
        names = [d.id for claim in claims for d, _ in claim.taken]
        assert len(names) == len(set(names)), "no row has two holders"
        if pace is None:
            assert len(names) == min(len(due), 4 * free), "all that is due and has a place is taken"
        elif names:
            self.model.paced(SENDS, pace, len(names))
        for owner, claim in zip(owners_, claims, strict=True):
            self._takes(SENDS, owner, claim.taken, [])

    @rule(
        number=numbers,
        end=st.sampled_from(ENDS),
        later=st.booleans(),
        by=stores,
        twice=st.sampled_from(TWICE),
    )
    def its_holder_settles(self, number: int, end: Ending, later: bool, by: int, twice: str) -> None:
        """Also twice at once, from one process or from two."""
        held = [(d, owner) for d, owner in self.claimed if self.model.rows[d.id].held_by(owner, d.attempt)]
        if held:
            who = {"": [by], "here": [by, by], "there": [by, by + 1]}[twice]
            self._settles(*held[number % len(held)], end, later, who)

    @rule(number=numbers, end=st.sampled_from(ENDS), as_=st.sampled_from(("", "owner", "attempt")), by=stores)
    def a_zombie_settles(self, number: int, end: Ending, as_: str, by: int) -> None:
        """A claim that ever was, most of them no longer anybody's; or as if it were another's, or another attempt."""
        if not self.claimed:
            return
        claimed, owner = self.claimed[-1 - number % min(len(self.claimed), 8)]
        if as_ == "owner":
            owner = next(other for other in OWNERS if other != owner)
        if as_ == "attempt":
            claimed = replace(claimed, attempt=claimed.attempt + 1)
        self._settles(claimed, owner, end, True, [by])

    @rule(by=stores)
    def reclaims(self, by: int) -> None:
        late = self.model.reclaims(QUARANTINE)
        assert self.database.does(self._store(by).reclaim(self.model.now, QUARANTINE)) == late
        self.reclaimed = True

    @rule(
        queue=st.sampled_from(QUEUES),
        by=stores,
        seconds=st.sampled_from((2, 30, 90)),
        pace=st.sampled_from(PACES),
    )
    def has_to_wait(self, queue: Queue, by: int, seconds: int, pace: Pace | None) -> None:
        until = self.model.now + timedelta(seconds=seconds)
        self.database.does(self._store(by).throttle(queue, self.model.now, until, pace))
        self.model.waits(queue, until)

    @rule(
        number=numbers,
        item=st.integers(0, 1),
        event=st.integers(0, 9),
        copy=st.sampled_from(("", "m0", "m1", "m9")),
        by=stores,
        twice=st.sampled_from(("", "", "same", "other")),
    )
    def presses(self, number: int, item: int, event: int, copy: str, by: int, twice: str) -> None:
        """Fresh, the same event again, the same answer under another key, and to both processes at once."""
        shown = [row for row in self.model.rows.values() if row.planned.piece]
        if not shown:
            return
        row = shown[number % len(shown)]
        thing = (row.planned.id, "answered", str(item))
        keys = [f"press {event}"] + ([] if not twice else [f"press {event + (twice == 'other')}"])
        new = [key for key in keys if self.model.is_new(key, thing)]
        done = self.database.both(
            *(
                self._store(by + n).commit(a_press(row, item, key, copy, self.model.now))
                for n, key in enumerate(keys)
            )
        )
        assert sum(done) == bool(new), "an answer counts once however often it arrives"
        if any(done):
            self.model.presses(keys[done.index(True)], thing, copy)
            self.proven.add(row.planned.id)

    @rule(number=numbers, left=st.booleans(), by=stores)
    def pauses_or_leaves(self, number: int, left: bool, by: int) -> None:
        known = self.people[PEOPLE[number % len(PEOPLE)].key]
        until = self.model.now + timedelta(days=1)
        changed = replace(known, left_at=self.model.now) if left else replace(known, paused_until=until)
        change = Change(inbox=f"person {next(self.ids)}", at=self.model.now, person=changed, known=known)
        assert self.database.does(self._store(by).commit(change))
        if changed != known:
            self.model.ledger["left" if left and not known.left_at else "changed", ""] += 1
        self.people[known.key] = changed

    @rule(number=numbers, later=st.booleans(), by=stores)
    def takes_away(self, number: int, later: bool, by: int) -> None:
        if self.unwanted:
            withdrawal = self.unwanted[number % len(self.unwanted)]
            due_at = self.model.now + QUARANTINE if later else None
            self.database.does(self._store(by).settle_withdrawal(withdrawal, self.model.now, due_at=due_at))
            key = (withdrawal.delivery, withdrawal.message)
            if self.model.taken_away[key] is not None:
                self.model.taken_away[key] = due_at

    @rule(span=st.sampled_from(SPANS))
    def time_passes(self, span: timedelta) -> None:
        self.model.now += span

    @invariant()
    def the_outbox_is_as_it_has_to_be(self) -> None:
        after = self.database.now()
        self._moved_as_it_may(self.before, after)
        assert {id_: _seen(row) for id_, row in after.rows.items()} == {
            id_: _expected(row) for id_, row in self.model.rows.items()
        }
        for (campaign, slot, zone), size in self.model.rosters.items():
            rows = [r for r in after.rows.values() if (r.campaign, r.slot, r.zone) == (campaign, slot, zone)]
            others = sum(
                (r.campaign, r.slot) == (campaign, slot) and r.zone != zone for r in after.rows.values()
            )
            assert size - others <= len(rows) <= size, "all states add up to the roster"
        assert after.ledger == self.model.ledger, "the ledger has an entry for each end"
        assert after.verdict.broken is None, after.verdict.why
        assert after.taken_away == self.model.taken_away
        self.before = after
        self.settled, self.proven, self.reclaimed = set(), set(), False

    def _moved_as_it_may(self, before: Snapshot, after: Snapshot) -> None:
        """What holds between any two moments, whatever the model thinks."""
        for id_, was in before.rows.items():
            now = after.rows[id_]
            assert now.attempt >= was.attempt, "an attempt only grows"
            assert not (was.withdrawn and now.status == Status.PENDING), "what was recalled never waits again"
            if was.status in LEASED and (now.status, now.lease_owner) != (was.status, was.lease_owner):
                ran_out = self.reclaimed and was.lease_until <= self.model.now
                proven = was.status == Status.RECONCILING and id_ in self.proven
                assert id_ in self.settled or ran_out or proven, (
                    "a row leaves its holder by itself or by its lease"
                )

    def _takes(self, queue: Queue, owner: str, taken: Taken, due: list[Row]) -> None:
        order = [(self.model.rows[d.id].planned.lane, self.model.rows[d.id].due_at) for d, _ in taken]
        if due and queue.job is Job.SEND:
            assert order == [(row.planned.lane, row.due_at) for row in due[: len(order)]], "lanes go in order"
        for row, someone in taken:
            known = self.people[row.person]
            assert someone is not None
            assert (someone.left_at, someone.paused_until) == (known.left_at, known.paused_until)
            self.model.claims_it(self.model.rows[row.id], queue, owner, LEASE)
            self.claimed.append((row, owner))

    def _settles(self, claimed: Delivery, owner: str, end: Ending, later: bool, who: list[int]) -> None:
        status, reason = end
        row = self.model.rows[claimed.id]
        held = row.held_by(owner, claimed.attempt)
        receipt = Receipt(f"m{claimed.attempt % 3}", f"D-{claimed.person}") if status is Status.SENT else None
        due_at = self._due(status, later)
        more: dict[str, Any] = {"reason": reason, "due_at": due_at, "receipt": receipt}
        done = self.database.both(
            *(self._store(n).settle(claimed, owner, status, self.model.now, **more) for n in who)
        )
        assert sum(done) == held, "only who holds a row may end it, and once"
        if held:
            self.settled.add(claimed.id)
            self.model.settles(row, claimed, End(status, reason, due_at, receipt))

    def _takes_away(self, queue: Queue, withdrawals: tuple[Withdrawal, ...]) -> None:
        assert {(w.delivery, w.message) for w in withdrawals} <= set(self.model.unwanted(queue))
        self.model.withdraws(withdrawals, LEASE)
        self.unwanted += withdrawals

    def _store(self, number: int) -> Any:
        return self.database.stores[number % 2]

    def _due(self, status: Status, later: bool) -> datetime | None:
        if status is Status.UNKNOWN:
            return self.model.now + (QUARANTINE if later else timedelta())
        return self.model.now + timedelta(seconds=40 * later) if status is Status.PENDING else None


def _seen(row: Any) -> tuple[Any, ...]:
    return (
        *(row.status, row.reason, row.attempt, row.lease_owner, row.lease_until),
        *(row.due_at, row.receipt, row.withdrawn),
    )


def _expected(row: Row) -> tuple[Any, ...]:
    return (
        *(row.status, row.reason, row.attempt, row.owner, row.lease_until),
        *(row.due_at, row.receipt, row.withdrawn),
    )
