"""The rollups: whatever happens, in whatever order, they are what the rows add up to."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, case, func, literal, select, text, update

from handlers.lookups import Grouping
from handlers.model import Delivery, Reason, Receipt, Status
from storage import rechecks
from storage.contents import CONTENT_CLAUSE
from storage.deliveries import DELIVERY
from storage.engine import connect, writing
from storage.ledger import LEDGER
from storage.rollups import ROLLUP
from storage.store import Storage
from tests.storage.outbox.cast import PEOPLE
from tests.storage.outbox.database import Database
from tests.storage.scene import (
    ADA,
    GRACE,
    LINUS,
    MARIE,
    MINUTE,
    MONDAY,
    QUIZ,
    QUIZ_CARD,
    TRAINING,
    change,
    claim,
    delivery,
    press,
    roster,
    settled,
)
from tests.storage.sums import off

D, L = DELIVERY.c, LEDGER.c
STAFF = (ADA, LINUS, MARIE, GRACE)
YEAR = (MONDAY - timedelta(days=180), MONDAY + timedelta(days=180))
WEEKS = st.sampled_from((-9, -1, 0, 0, 1))
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("plans"), WEEKS, st.booleans()),
        st.tuples(
            st.just("sends"), st.sampled_from((Status.SENT, Status.SENT, Status.FAILED)), st.booleans()
        ),
        st.tuples(
            st.just("presses"), st.integers(0, 30), st.sampled_from(("acknowledged", "answered", "rated"))
        ),
        st.tuples(st.just("moves"), st.integers(0, 3), st.sampled_from(("paint", "assembly", ""))),
        st.tuples(st.just("recalls"), st.integers(0, 5), st.none()),
        st.tuples(st.just("asks"), st.integers(0, 3), st.none()),
    ),
    min_size=6,
    max_size=24,
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path_factory.mktemp('rollups')}/catchball.db", PEOPLE)
    yield opened
    opened.close()


class Life:
    """What happens to a few people: plans of this week and of an old one, ends, presses, moves, recalls."""

    def __init__(self, store: Storage) -> None:
        self.store = store
        self.sent: list[Delivery] = []
        self.people = list(STAFF)
        self.slots = 0
        self.campaigns: list[str] = []

    async def go(self, what: str, one: Any, two: Any) -> None:
        await getattr(self, what)(one, two)

    async def plans(self, week: int, quiz: bool) -> None:
        self.slots += 1
        slot, at = f"slot-{self.slots}", MONDAY + timedelta(weeks=week, hours=7 * (self.slots % 3))
        more: dict[str, Any] = {"slot": slot, "due_at": at, "expires_at": MONDAY + timedelta(days=365)}
        more |= {"campaign": f"campaign-{self.slots % 2}"} | (
            {"piece": QUIZ, "card": QUIZ_CARD} if quiz else {}
        )
        rows = [delivery(who, **more) for who in self.people[:3]]
        rows.append(delivery(self.people[3], **more, status=Status.SKIPPED, reason=Reason.PAUSED))
        self.campaigns.append(more["campaign"])
        await self.store.plan(roster(*rows, campaign=more["campaign"], slot=slot, due_at=at), MONDAY)

    async def asks(self, who: int, _: None) -> None:
        self.slots += 1
        row = delivery(
            self.people[who], campaign="on-demand", slot=f"e{self.slots}", piece=QUIZ, card=QUIZ_CARD
        )
        await self.store.commit(change(deliver=(row,)))

    async def sends(self, status: Status, again: bool) -> None:
        now = MONDAY + timedelta(weeks=9)
        for claimed in await claim(self.store, now, "w", 3):
            if again:
                await self.store.settle(claimed, "w", Status.PENDING, now, due_at=now)
                continue
            reason = Reason.BLOCKED if status is Status.FAILED else Reason.NONE
            receipt = Receipt("1") if status is Status.SENT else None
            await self.store.settle(claimed, "w", status, now, reason=reason, receipt=receipt)
            found = await self.store.delivery(claimed.id)
            assert found is not None
            self.sent.append(found)

    async def presses(self, number: int, verb: str) -> None:
        """Also what failed, which proves that it arrived; and what was pressed before, which counts once.

        After a moment, some minutes or more than a day, so that each time that is told apart is another number.
        """
        if self.sent:
            on = self.sent[number % len(self.sent)]
            more: dict[str, Any] = {
                "item": "0",
                "value": "A",
                "correct": bool(number % 2),
                "clauses": (TRAINING,),
            }
            took = 5 * number**3
            await self.store.commit(press(on, verb, took, **(more if verb == "answered" else {})))

    async def moves(self, who: int, team: str) -> None:
        self.people[who] = replace(self.people[who], team=team)
        await self.store.commit(change(person=self.people[who]))

    async def recalls(self, number: int, _: None) -> None:
        """As a broadcast's rows are told: what waits is cancelled, what was sent asks for nothing any more."""
        if self.campaigns:
            campaign = self.campaigns[number % len(self.campaigns)]
            await self.store._writer.submit(lambda c: _tell(c, campaign))


def _tell(connection: Connection, campaign: str) -> None:
    from storage import rosters

    rosters._tell(connection, D.campaign == campaign)


def plainly(connection: Connection, by: Grouping, manager: str) -> dict[str, tuple[int, ...]]:
    """What the house counted before it had rollups: audience, reached, asked, acknowledged, answers, right."""
    here = (D.zone.is_not(None), *((D.manager == manager,) if manager else ()))
    group = {
        "all": literal("all"),
        "team": D.team,
        "campaign": D.campaign,
        "clause": CONTENT_CLAUSE.c.clause,
    }[by]
    source = DELIVERY
    if by == "clause":
        source = DELIVERY.join(CONTENT_CLAUSE, CONTENT_CLAUSE.c.hash == D.piece)
    asks = D.to_acknowledge & ~D.withdrawn
    sent = D.status == Status.SENT
    did = select(L.sequence).where(L.delivery == D.id, L.participation)
    acknowledged = did.where(L.kind == "acknowledged").exists()
    counts = (
        func.count(),
        *(
            func.sum(case((counted, 1), else_=0))
            for counted in (sent, sent & asks, sent & asks & acknowledged, sent & did.exists())
        ),
    )
    query = select(group.label("g"), *counts).select_from(source).where(*here).group_by(text("g"))
    return {row[0]: tuple(row[1:]) for row in connection.execute(query)}


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
def test_rollups_rebuild_and_the_old_query_agree_after_any_history(house: Database, moves: list[Any]) -> None:
    house.empty()
    life = Life(house.stores[0])

    async def lived() -> dict[tuple[Grouping, str], Any]:
        for who in STAFF:
            await life.store.commit(change(person=who))
        for move in moves:
            await life.go(*move)
        groupings: tuple[Grouping, ...] = ("all", "team", "campaign", "clause", "week", "role")
        pairs = itertools.product(groupings, ("", "tim"))
        return {pair: await life.store.tallies(pair[0], *YEAR, manager=pair[1]) for pair in pairs}

    tallies = house.does(lived())
    with house._engine.connect() as connection:
        assert off(connection) == {}
        checked = rechecks.verify(connection)
        assert (checked.wrong, list(checked.first)) == (0, [])
        for by, manager in itertools.product(("all", "team", "campaign", "clause"), ("", "tim")):
            ours = {
                t.group: (t.audience, t.reached, t.to_acknowledge, t.acknowledged, t.active)
                for t in tallies[by, manager]
                if t.audience
            }
            assert ours == plainly(connection, by, manager), (by, manager)
        right = connection.scalar(select(func.count()).where(L.kind == "answered", L.correct))
    assert tallies["all", ""][0].correct == right
    for by, manager in itertools.product(("team", "campaign", "week"), ("", "tim")):
        (total,) = tallies["all", manager]
        for name in ("audience", "reached", "active", "answers", "response_seconds"):
            assert sum(getattr(t, name) for t in tallies[by, manager]) == getattr(total, name), (by, name)
    for tally in (tally for found in tallies.values() for tally in found):
        assert sum(tally.by_status.values()) == tally.audience
        assert tally.people_reached <= min(tally.reached, len(STAFF))


async def test_as_many_people_as_there_are_bits_are_told_apart(store: Storage) -> None:
    for week in range(3):
        at = MONDAY + timedelta(weeks=week)
        rows = [delivery(who, slot=f"s{week}", due_at=at) for who in STAFF]
        await store.plan(roster(*rows, slot=f"s{week}", due_at=at), MONDAY)
    for claimed in await claim(store, MONDAY + timedelta(weeks=3) - MINUTE, "w", 100):
        await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
    (tally,) = await store.tallies("all", *YEAR)
    assert tally.reached >= 4
    assert 2 <= tally.people_reached <= 4


async def test_each_thing_that_was_done_with_a_message_counts_its_own_time(store: Storage, url: str) -> None:
    await store.commit(change(person=ADA))
    row = delivery(ADA, piece=QUIZ, card=QUIZ_CARD)
    await store.plan(roster(row), MONDAY)
    sent = await settled(store, row.id)
    await store.commit(press(sent, "acknowledged", 2))
    answer: dict[str, Any] = {"item": "0", "value": "A", "correct": True, "clauses": (TRAINING,)}
    await store.commit(press(sent, "answered", 50, **answer))
    (tally,) = await store.tallies("all", *YEAR)
    assert (tally.responses, tally.response_seconds, tally.training_seconds) == (2, 52, 50)
    engine = connect(url)
    with writing(engine.connect()) as connection, connection.begin():
        assert rechecks.verify(connection).wrong == 0
    engine.dispose()


async def test_a_number_that_was_altered_is_named_and_can_be_made_anew(store: Storage, url: str) -> None:
    await store.commit(change(person=ADA))
    await store.plan(roster(delivery(ADA)), MONDAY)
    engine = connect(url)
    with writing(engine.connect()) as connection:
        with connection.begin():
            connection.execute(update(ROLLUP).where(ROLLUP.c.part == 3).values(deliveries=7))
        with connection.begin():
            checked = rechecks.verify(connection)
        assert checked.wrong == 1
        assert str(checked.first[0]) == (
            "2026-11-23, assembly / none / employee, lead: deliveries 7 instead of 1"
        )
        with connection.begin():
            rechecks.repair(connection)
        with connection.begin():
            assert rechecks.verify(connection).wrong == 0
    engine.dispose()


async def test_two_processes_count_in_the_same_cells_at_once(
    store: Storage, second: Storage, url: str
) -> None:
    for who in STAFF:
        await store.commit(change(person=who))
    slots = [f"s{n}" for n in range(20)]
    for slot in slots:
        await store.plan(roster(*(delivery(who, slot=slot) for who in STAFF), slot=slot), MONDAY)
    sent = []
    for claimed in await claim(store, MONDAY + MINUTE, "w", 100):
        await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
        found = await store.delivery(claimed.id)
        assert found is not None
        sent.append(found)
    both = [(store, second)[n % 2].commit(press(on)) for n, on in enumerate(sent)]
    again = [(second, store)[n % 2].commit(press(on, "rated", value="5")) for n, on in enumerate(sent)]
    assert all(await asyncio.gather(*both, *again))
    (tally,) = await store.tallies("all", *YEAR)
    assert (tally.reached, tally.active, tally.acknowledged) == (80, 80, 80)
    engine = connect(url)
    with engine.connect() as connection:
        assert off(connection) == {}
    engine.dispose()


async def test_whole_months_and_the_days_around_them_are_the_days_of_the_period(store: Storage) -> None:
    """Clauses of teams are added up by the month; every period has to be the same as that of its days."""
    await store.commit(change(person=ADA))
    days = [MONDAY + timedelta(days=11 * n) for n in range(12)]
    for n, day in enumerate(days):
        row = delivery(ADA, slot=f"s{n}", due_at=day, expires_at=day + timedelta(days=1))
        await store.plan(roster(row, slot=f"s{n}", due_at=day), MONDAY)
    for claimed in await claim(store, days[-1] + MINUTE, "w", 100):
        await store.settle(claimed, "w", Status.SENT, MONDAY, receipt=Receipt("1"))
    for first in range(0, 132, 13):
        for length in (1, 8, 30, 61, 95):
            since = MONDAY + timedelta(days=first)
            until = since + timedelta(days=length)
            wanted = sum(since.date() <= day.date() <= until.date() for day in days)
            found = await store.tallies("clause", since, until, where={"team": "assembly"})
            assert [t.audience for t in found] == ([wanted] if wanted else []), (since, until)
            fields = await store.taken_part(since, until)
            assert [(f.reached, f.people) for f in fields] == ([(wanted, 1)] if wanted else []), (
                since,
                until,
            )
