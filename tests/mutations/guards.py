"""The guards of the outbox, each with the exact text that is taken out to see whether anything notices."""

from __future__ import annotations

from tests.mutations.mutant import Edit, Level, Mutant

PYTEST = ("-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0")
MACHINE = "tests/storage/test_outbox_machine.py"
ROWS = Level("the machine, on SQLite", (*PYTEST, MACHINE, "-k", "sqlite"))
ROWS_PG = Level("the machine, on PostgreSQL", (*PYTEST, MACHINE, "-k", "postgresql"))
DAYS = Level("days on the virtual clock", ("-m", "tests.rig", "--seeds", "400", "--until-broken"), red=3)
ACKNOWLEDGED = Level("HTTP, tests/bot/test_acknowledged.py", (*PYTEST, "tests/bot/test_acknowledged.py"))
IN_TIME = Level("HTTP, tests/bot/test_in_time.py", (*PYTEST, "tests/bot/test_in_time.py"))
WRITER = Level("tests/storage/test_writer.py", (*PYTEST, "tests/storage/test_writer.py"))

CARDS = Level("tests/storage/test_refreshes.py", (*PYTEST, "tests/storage/test_refreshes.py", "-k", "sqlite"))
REDRAW = Level("tests/handlers/test_redraw.py", (*PYTEST, "tests/handlers/test_redraw.py"))

RECALL = Level("HTTP, tests/test_recall.py", (*PYTEST, "tests/test_recall.py", "-k", "slack"))
DOUBT = Level("tests/handlers/test_deliver.py", (*PYTEST, "tests/handlers/test_deliver.py"))
APPROVALS = Level(
    "tests/handlers/broadcasts/test_approvals.py", (*PYTEST, "tests/handlers/broadcasts/test_approvals.py")
)
STEPS = Level(
    "tests/storage/test_broadcasts.py", (*PYTEST, "tests/storage/test_broadcasts.py", "-k", "sqlite")
)
BY_API = Level("HTTP, tests/bot/test_api.py", (*PYTEST, "tests/bot/test_api.py"))
ENGINE = Level("tests/storage/test_engine.py", (*PYTEST, "tests/storage/test_engine.py"))

OUTBOX, ENDS, DELIVER = "storage/outbox.py", "storage/ends.py", "handlers/deliver.py"
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
        (Edit(OUTBOX, "where(_open, LEASED, _D.lease_until <= now)", "where(_open, LEASED)"),),
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
        "an event changes things once: the inbox key",
        "it is neither kept nor asked for",
        (
            Edit(
                "storage/changes.py",
                "    return {row.key for row in _ARRIVED(connection, [(change.inbox,) for change in changes])}",
                "    return set()",
            ),
            Edit(
                "storage/changes.py",
                '_INSERT(connection, [{"key": change.inbox, "at": change.at}])\n',
                "pass\n",
            ),
            Edit(
                "storage/changes.py",
                '_INSERT(connection, [{"key": change.inbox, "at": change.at} for change in fresh])\n',
                "pass\n",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "an answer counts once",
        "nothing says what counts once",
        (
            Edit(
                "storage/changes.py",
                'return f"{pressed.id}:{did.verb}:{did.item}" if pressed else None',
                "return None",
            ),
        ),
        ROWS,
    ),
    Mutant(
        "who waits for a commit hears of it afterwards",
        "everybody hears before the commit",
        (
            Edit(
                "storage/writer.py",
                "                    _do(self._connection, step)\n",
                "                    _do(self._connection, step)\n                    _answer(step)\n",
            ),
            Edit(
                "storage/writer.py",
                "from storage.gathering import Gathering, Kept, Operation\n",
                "from storage.gathering import Gathering, Kept, Operation, _answer\n",
            ),
        ),
        WRITER,
    ),
    Mutant(
        "Slack's press is kept before it is acknowledged",
        "it is taken in afterwards",
        (
            Edit(
                "bot/slack/inbound.py",
                "        await self._listeners.press(payload)\n",
                "        self._listeners._afterwards(self._listeners.press(payload))\n",
            ),
        ),
        ACKNOWLEDGED,
    ),
    Mutant(
        "Slack's event is kept before it is acknowledged",
        "Bolt acknowledges at once",
        (Edit("bot/slack/bolt.py", "process_before_response=True", "process_before_response=False"),),
        ACKNOWLEDGED,
    ),
    Mutant(
        "Teams' press is kept before it is acknowledged",
        "it is taken in afterwards",
        (
            Edit(
                "bot/teams/presses.py",
                "            outcome = await self._people.receive(activity, press)\n"
                "        except Unavailable as why:\n            return replies",
                "            import asyncio\n"
                "            from handlers.events import Outcome\n"
                "            self._later = asyncio.ensure_future(self._people.receive(activity, press))\n"
                "            outcome = Outcome()\n"
                "        except Unavailable as why:\n            return replies",
            ),
        ),
        ACKNOWLEDGED,
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
            Edit("handlers/redraw.py", "lease_until - deliver.QUARANTINE - CALL", "lease_until - CALL"),
        ),
        REDRAW,
    ),
    Mutant(
        "a pause holds at the moment of sending",
        "it is not asked for",
        (
            Edit(
                DELIVER,
                "if delivery.lane is not Lane.INTERACTIVE and person.paused(now):",
                "if False:",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "what is too late is not said",
        "it is",
        (
            Edit(
                DELIVER,
                "        if now > delivery.expires_at:\n            return",
                "        if False:\n            return",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a slot is named by its local time",
        "by its time in UTC",
        (
            Edit(
                "content/campaigns.py",
                'return Slot(local.isoformat(timespec="minutes"), instant(local, zone), number)',
                "at = instant(local, zone)\n"
                '    return Slot(at.replace(tzinfo=None).isoformat(timespec="minutes"), at, number)',
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a local time that does not exist moves forward",
        "to where arithmetic takes it",
        (
            Edit(
                "content/calendars.py",
                "    if moment.astimezone(zone).replace(tzinfo=None) == local:\n        return moment\n",
                "    return moment\n",
            ),
        ),
        DAYS,
    ),
    Mutant(
        "a recall stops what waits",
        "only what is on its way is told",
        (
            Edit(
                "storage/rosters.py",
                "_D.status.in_((Status.PENDING, *_UNDER_WAY)), ~_D.withdrawn",
                "_D.status.in_(_UNDER_WAY), ~_D.withdrawn",
            ),
        ),
        RECALL,
    ),
    Mutant(
        "a recall takes away what is being sent, when it has arrived",
        "it stays",
        (Edit(ENDS, 'unwanted += [(where, change["to_receipt"])] if row.withdrawn else []', "pass"),),
        RECALL,
    ),
    Mutant(
        "what is recalled in doubt is not called stopped",
        "it is",
        (Edit(ENDS, "status is Status.PENDING and resolved_by == BY_POLICY:", "False:"),),
        DOUBT,
    ),
    Mutant(
        "nobody is asked to approve their own",
        "its author is",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                "if person.key != broadcast.author and person.address]",
                "if person.address]",
            ),
        ),
        APPROVALS,
    ),
    Mutant(
        "nobody approves their own",
        "who may approve may approve that too",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                'return NOT_YOUR_OWN if person.key == broadcast.author else ""',
                'return ""',
            ),
        ),
        BY_API,
    ),
    Mutant(
        "an approval is for the version that was seen",
        "for whatever it says by now",
        (
            Edit(
                "handlers/broadcasts/approvals.py",
                "if waits and broadcast.version == piece.version:",
                "if waits:",
            ),
        ),
        APPROVALS,
    ),
    Mutant(
        "a step is written on the version that was known",
        "on any",
        (Edit("storage/broadcasts.py", ", _B.version == known.version)", ")"),),
        STEPS,
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
