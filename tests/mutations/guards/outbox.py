"""Rows and cards on their way: each claimed, ended and drawn by one, and none doubled or lost."""

from __future__ import annotations

from tests.mutations.levels import DAYS, ROWS, ROWS_PG, http, pytest
from tests.mutations.mutant import Edit, Mutant

IN_TIME = http("tests/bot/test_in_time.py")
CARDS = pytest("tests/storage/test_refreshes.py", only="sqlite")
REDRAW = pytest("tests/handlers/test_redraw.py")
ENGINE = pytest("tests/storage/test_engine.py")
OUTBOX = "storage/outbox.py"
ENDS = "storage/ends.py"
DELIVER = "handlers/deliver.py"
REFRESHES = "storage/refreshes.py"

GUARDS: tuple[Mutant, ...] = (
    Mutant(
        "the claim is committed before the call",
        "it is rolled back",
        (
            Edit(
                "storage/store.py",
                "return await self._writer.submit(\n"
                "            lambda c: outbox.claim(c, queue, now, owner, lease, places, pace), apart=True\n"
                "        )",
                "return await self._read(lambda c: outbox.claim(c, queue, now, owner, lease, places, pace))",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a claim marks its rows",
        "they stay as they are",
        (Edit(OUTBOX, '    _LEASE(connection, [taken | {"row": row.number} for row in rows])\n', ""),),
        ROWS,
    ),
    Mutant(
        "an end is written by the owner only",
        "any owner may",
        (
            Edit(
                ENDS,
                "(row.lease_owner, row.attempt) == (end.owner, end.delivery.attempt)",
                "row.attempt == end.delivery.attempt",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "an end belongs to its attempt",
        "any attempt's is taken",
        (
            Edit(
                ENDS,
                "(row.lease_owner, row.attempt) == (end.owner, end.delivery.attempt)",
                "row.lease_owner == end.owner",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "a row is left to its owner while the lease lasts",
        "every leased row is taken back",
        (Edit(OUTBOX, 'where(_open, LEASED, _D.lease_until <= bindparam("now"))', "where(_open, LEASED)"),),
        ROWS,
    ),
    Mutant(
        "no call starts that could outlive its lease",
        "it may start a day later",
        (
            Edit(
                DELIVER,
                "before = (delivery.lease_until or self._now() + LEASE) - CALL",
                "before = self._now() + timedelta(days=1)",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a message leaves in time or not at all",
        "the look at the clock is left out",
        (Edit("bot/wire.py", "if self._clock.now() >= self._before:", "if False:"),),
        IN_TIME,
    ),
    Mutant(
        "a doubt is looked into before it is sent again",
        "a doubtful row waits to be sent",
        (
            Edit(
                DELIVER,
                "self._settle(delivery, Status.UNKNOWN, code=why, due_at=self._now() + QUARANTINE)",
                "self._settle(delivery, Status.PENDING, code=why, due_at=self._now() + QUARANTINE)",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "what a dead process left is looked into as well",
        "it waits to be sent",
        (Edit(OUTBOX, '        "status": Status.UNKNOWN,\n', '        "status": Status.PENDING,\n'),),
        ROWS,
    ),
    Mutant(
        "what is not recognised is a doubt",
        "it is a refusal",
        (
            Edit(
                DELIVER,
                "await self._doubt(delivery, type(error).__name__)",
                "await self._settle(delivery, Status.FAILED, Reason.REFUSED)",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "the quarantine",
        "it lasts no time",
        (Edit(DELIVER, "QUARANTINE = timedelta(seconds=60)", "QUARANTINE = timedelta()"),),
        DAYS,
    ),
    Mutant(
        "the quarantine of what a dead process left",
        "it lasts no time",
        (Edit(OUTBOX, '        "due_at": now + quarantine,\n', '        "due_at": now,\n'),),
        ROWS,
    ),
    Mutant(
        "a doubtful row is leased before it is looked for",
        "it stays free for others",
        (Edit(OUTBOX, "Lease(Status.RECONCILING, 0, now + lease)", "Lease(Status.UNKNOWN, 0, now + lease)"),),
        ROWS,
    ),
    Mutant(
        "at most once means that",
        "the campaign's policy is not asked",
        (Edit(DELIVER, "elif delivery.policy is Policy.AT_MOST_ONCE:", "elif False:"),),
        DAYS,
    ),
    Mutant(
        "a press in mid-call proves the arrival",
        "it proves nothing",
        (
            Edit(
                "storage/proofs.py",
                "if not _in_mid_call(connection, delivery, message):",
                "if row.status != Status.SENDING:",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a row once for each person and slot: the look",
        "every row is written",
        (
            Edit(
                "storage/deliveries.py",
                "fresh = _fresh(connection, deliveries, rostered=zone is not None)",
                "fresh = list(deliveries)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "a row once for each person and slot: the constraint",
        "left out of the schema",
        (
            Edit(
                "storage/migrations/versions/0001_first.py",
                """        sa.UniqueConstraint(
            "campaign", "slot", "person", "piece_id", name="uq_delivery_campaign_slot_person_piece_id"
        ),
""",
                "",
            ),
        ),
        ROWS_PG,
    ),
    Mutant(
        "who was faster is seen at the second look",
        "there is no second look",
        (
            Edit(
                "storage/writer.py",
                "        if not _open(connection):\n            raise\n",
                "        raise\n",
            ),
        ),
        ROWS_PG,
    ),
    Mutant(
        "the pace",
        "every place is filled at once",
        (Edit(OUTBOX, "room = gauge.room(now, places.free) if pace else places.free", "room = places.free"),),
        ROWS,
    ),
    Mutant(
        "the pace is read under a lock",
        "without one",
        (Edit("storage/paces.py", ".where(_this).with_for_update()", ".where(_this)"),),
        ROWS_PG,
    ),
    Mutant(
        "a platform that asks to wait is not called",
        "the wait is not noted",
        (
            Edit(
                "handlers/pace.py",
                "blocked_until=max(self.blocked_until, until)",
                "blocked_until=self.blocked_until",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "lanes",
        "the many go first",
        (
            Edit(
                "storage/deliveries.py",
                "RANKS = tuple(sorted(_LANE))",
                "RANKS = tuple(sorted(_LANE, reverse=True))",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "the many leave places free for answers",
        "they take all",
        (
            Edit(
                OUTBOX,
                "(places.free if rank != RANKS[-1] else min(places.free, places.many)) - len(rows)",
                "places.free - len(rows)",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "what was recalled does not wait again",
        "it does",
        (
            Edit(
                ENDS,
                "    elif row.withdrawn and status is Status.PENDING:\n"
                "        status, reason = Status.CANCELLED, Reason.RECALLED\n",
                "",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "a card asked for anew in mid-call is drawn once more",
        "it is taken for done",
        (Edit(REFRESHES, "same = _R.wanted == refresh.wanted", "same = _R.wanted == _R.wanted"),),
        CARDS,
    ),
    Mutant(
        "two calls for one card are not under way at once",
        "they may be",
        (Edit(REFRESHES, 'or_(_R.held_until.is_(None), _R.held_until <= bindparam("now")),', ""),),
        CARDS,
    ),
    Mutant(
        "a card on its way is drawn anew when it has arrived",
        "it is forgotten",
        (Edit(ENDS, "    refreshes.sent(connection, arrived, ends[0].at)\n", ""),),
        DAYS,
    ),
    Mutant(
        "a dead process' card is held until it can no longer arrive",
        "only until its lease is over",
        (
            Edit("handlers/redraw.py", "return deliver.LEASE + deliver.QUARANTINE", "return deliver.LEASE"),
            Edit(
                "handlers/redraw.py",
                "lease_until - deliver.QUARANTINE - deliver.CALL",
                "lease_until - deliver.CALL",
            ),
        ),
        REDRAW,
    ),
    Mutant(
        "a new SQLite file is waited for while another process holds it",
        "it is not",
        (
            Edit(
                "storage/engine.py",
                "if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:",
                "if True:",
            ),
        ),
        ENGINE,
    ),
)
