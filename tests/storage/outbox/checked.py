"""What a machine of the outbox remembers and checks: after each rule the outbox is as `model` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import wraps
from itertools import count
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handlers.model import Delivery, Job, Person, Queue, Reason, Receipt, Status, Withdrawal
from tests.storage.outbox.cast import PEOPLE, QUARANTINE, a_press
from tests.storage.outbox.database import Database, Snapshot
from tests.storage.outbox.model import LEASED, End, Model, Row
from tests.storage.scene import LEASE, MONDAY

Taken = tuple[tuple[Delivery, Person | None], ...]
Ending = tuple[Status, Reason]


def step(**strategies: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A rule whose calls are kept in the story: what two processes do at once may end otherwise when played again."""

    def decorated(does: Callable[..., None]) -> Callable[..., None]:
        @wraps(does)
        def done(self: Checked, **drawn: Any) -> None:
            said = ", ".join(f"{name}={value!r}" for name, value in drawn.items())
            self.story.append(f"{self.model.now:%d %T} {does.__name__}({said})")
            with self.told():
                does(self, **drawn)

        ruled: Callable[..., None] = rule(**strategies)(done)  # type: ignore[no-untyped-call]
        return ruled

    return decorated


class Checked(RuleBasedStateMachine):
    """Two processes' storages on one database, with several drainers each.

    story: what happened in this life; broken: in the first that broke a rule.
    """

    database: Database
    story: ClassVar[list[str]] = []
    broken: ClassVar[list[str]] = []

    @contextmanager
    def told(self) -> Iterator[None]:
        try:
            yield
        except Exception:
            self.broken.extend([] if self.broken else self.story)
            raise

    def start(self) -> None:
        self.story.clear()
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

    @invariant()
    def the_outbox_is_as_it_has_to_be(self) -> None:
        with self.told():
            self._check()

    def _check(self) -> None:
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
        assert not after.off, "the numbers are what the rows add up to"
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

    def _takes_away(self, queue: Queue, withdrawals: tuple[Withdrawal, ...]) -> None:
        assert {(w.delivery, w.message) for w in withdrawals} <= set(self.model.unwanted(queue))
        self.model.withdraws(withdrawals, LEASE)
        self.unwanted += withdrawals

    def _presses(self, row: Row, item: int, keys: list[str], copy: str, by: int) -> None:
        thing = (row.planned.id, "answered", str(item))
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

    def _presses_in_mid_call(self, claimed: Delivery, copy: str, by: int) -> None:
        if copy and claimed.piece:
            key = f"in mid-call {next(self.ids)}"
            self._presses(self.model.rows[claimed.id], 0, [key], copy, by)

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
