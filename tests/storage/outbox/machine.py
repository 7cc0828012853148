"""What drainers do with the outbox, as rules: claims, ends, crashes, zombies, waits; on top of all that comes in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from handlers.events import Change
from handlers.model import Job, Places, Queue
from handlers.pace import Pace
from tests.storage.outbox.cast import ENDS, OWNERS, PACES, PLACES, QUARANTINE, QUEUES, TWICE, an_answer
from tests.storage.outbox.checked import Ending, step
from tests.storage.outbox.events import Events, numbers, stores
from tests.storage.scene import FINDS, LEASE, SENDS

owners = st.sampled_from(OWNERS)
SHORT = st.sampled_from((timedelta(), timedelta(), LEASE, QUARANTINE))
PRESSED = st.sampled_from(("", "m1", "m9"))  # the copy that is pressed in mid-call
LATER = st.sampled_from((False, False, True))
ALL_ENDS = st.lists(st.sampled_from(ENDS), min_size=4, max_size=4)


class Outbox(Events):
    """Everything that can happen to it."""

    @step(
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

    @step(
        queue=st.sampled_from((SENDS, FINDS)),
        span=SHORT,
        by=stores,
        owner=owners,
        ends=ALL_ENDS,
        later=LATER,
        recalled=st.booleans(),
    )
    def claims_and_settles(
        self,
        queue: Queue,
        span: timedelta,
        by: int,
        owner: str,
        ends: list[Ending],
        later: bool,
        recalled: bool,
    ) -> None:
        """All that is due by then, the usual case; or with a recall in between."""
        self.model.now += span
        before = len(self.claimed)
        self.claims(queue=queue, by=by, owner=owner, places=Places(4, 4), pace=None)
        if recalled and any(claimed.campaign == "news" for claimed, _ in self.claimed[before:]):
            self.launches_or_recalls(by=by + 1, recall=True, twice=False)
        for (claimed, _), end in zip(self.claimed[before:], ends, strict=False):
            self._settles(claimed, owner, end, later, [by])

    @step(by=stores, owner=owners, pressed=PRESSED, finder=owners, settled=st.booleans(), ends=ALL_ENDS)
    def a_drainer_dies(
        self, by: int, owner: str, pressed: str, finder: str, settled: bool, ends: list[Ending]
    ) -> None:
        """Its rows are taken back when the lease is over, and looked for after the quarantine."""
        before = len(self.claimed)
        self.claims(queue=SENDS, by=by, owner=owner, places=Places(4, 4), pace=None)
        for claimed, _ in self.claimed[before:]:
            self._presses_in_mid_call(claimed, pressed, by)
        self.model.now += LEASE
        self.reclaims(by=by + 1)
        self.model.now += QUARANTINE
        before = len(self.claimed)
        self.claims(queue=FINDS, by=by + 1, owner=finder, places=Places(4, 4), pace=None)
        for (claimed, _), end in zip(self.claimed[before:] if settled else [], ends, strict=False):
            self._settles(claimed, finder, end, False, [by])

    @step(free=st.integers(1, 2), pace=st.sampled_from((PACES[0], PACES[-1])))
    def two_processes_claim_at_once(self, free: int, pace: Pace | None) -> None:
        """Two drainers in each, and something to do for all of them."""
        rows = tuple(an_answer(next(self.ids), self.ids, self.model.now) for _ in range(4))
        asked = Change(inbox=f"words {next(self.ids)}", at=self.model.now, deliver=rows)
        assert self.database.does(self.database.stores[0].commit(asked))
        self.model.enters(rows)
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

    @step(
        number=numbers,
        end=st.sampled_from(ENDS),
        later=LATER,
        by=stores,
        twice=st.sampled_from(TWICE),
        pressed=PRESSED,
    )
    def its_holder_settles(
        self, number: int, end: Ending, later: bool, by: int, twice: str, pressed: str
    ) -> None:
        """Also twice at once, from one process or from two; and after somebody pressed what is on its way."""
        held = [(d, owner) for d, owner in self.claimed if self.model.rows[d.id].held_by(owner, d.attempt)]
        if held:
            claimed, owner = held[number % len(held)]
            self._presses_in_mid_call(claimed, pressed, by)
            who = {"": [by], "here": [by, by], "there": [by, by + 1]}[twice]
            self._settles(claimed, owner, end, later, who)

    @step(number=numbers, end=st.sampled_from(ENDS), as_=st.sampled_from(("", "owner", "attempt")), by=stores)
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

    @step(by=stores)
    def reclaims(self, by: int) -> None:
        late = self.model.reclaims(QUARANTINE)
        assert self.database.does(self._store(by).reclaim(self.model.now, QUARANTINE)) == late
        self.reclaimed = True

    @step(
        queue=st.sampled_from(QUEUES),
        by=stores,
        seconds=st.sampled_from((2, 30, 90)),
        pace=st.sampled_from(PACES),
    )
    def has_to_wait(self, queue: Queue, by: int, seconds: int, pace: Pace | None) -> None:
        until = self.model.now + timedelta(seconds=seconds)
        self.database.does(self._store(by).throttle(queue, self.model.now, until, pace))
        self.model.waits(queue, until)

    @step(number=numbers, later=st.booleans(), by=stores)
    def takes_away(self, number: int, later: bool, by: int) -> None:
        if self.unwanted:
            withdrawal = self.unwanted[number % len(self.unwanted)]
            due_at = self.model.now + QUARANTINE if later else None
            self.database.does(self._store(by).settle_withdrawal(withdrawal, self.model.now, due_at=due_at))
            key = (withdrawal.delivery, withdrawal.message)
            if self.model.taken_away[key] is not None:
                self.model.taken_away[key] = due_at
