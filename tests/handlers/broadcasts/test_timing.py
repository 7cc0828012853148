"""A broadcast goes out at one moment, at everybody's own time, spread out, again and again; and it can be paused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from content.pieces import Message, Timing
from handlers.broadcasts import timing
from handlers.broadcasts.stages import Broadcast
from handlers.model import Reason, Status
from tests.conftest import Company
from tests.handlers.leading import (
    MONDAY_TEN,
    change,
    drafted,
    facts,
    kept,
    labels,
    pass_by,
    press,
    seen,
    shown,
    works,
)

HALF_NINE = "2026-11-24T09:30"
BERLIN = "Europe/Berlin"
THANKS = Message(id="thanks", title="Thank you", text="A good week.")


@pytest.fixture
async def grace(company: Company) -> Company:
    return await works(company)


async def sent_at(company: Company, name: str) -> datetime | None:
    return (await company.latest(name)).sent_at


async def test_half_past_nine_is_everybodys_own(grace: Company) -> None:
    zones = {"kim": "Asia/Tokyo", "ben": "America/New_York", "ada": "Europe/Berlin"}
    for name, zone in zones.items():
        await grace.admit(name, zone=zone)
    preview = await drafted(grace)
    await change(grace, preview, "send", audience="everyone", at=HALF_NINE, local="yes", repeat="once")
    assert facts(await seen(grace, preview))["When"] == "2026-11-24 09:30, on each person's own clock"
    await press(grace, preview, "Schedule it")
    await pass_by(grace, timedelta(days=2))
    assert [await sent_at(grace, name) for name in zones] == [
        datetime(2026, 11, 24, 0, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 14, 30, tzinfo=UTC),
        datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
    ]


async def test_where_the_local_time_has_passed_it_comes_at_once_or_when_quiet_hours_end(
    grace: Company,
) -> None:
    await grace.admit("kim", zone="Asia/Tokyo")
    preview = await drafted(grace)
    await change(
        grace, preview, "send", audience="everyone", at="2026-11-23T11:00", local="yes", repeat="once"
    )
    await press(grace, preview, "Schedule it")
    await pass_by(grace, timedelta(days=1))
    assert await sent_at(grace, "kim") == datetime(2026, 11, 23, 23, 0, tzinfo=UTC)


async def test_spread_over_an_hour_they_come_one_after_the_other_as_was_foreseen(grace: Company) -> None:
    for number in range(40):
        await grace.admit(f"more{number}")
    preview = await drafted(grace)
    await change(grace, preview, "send", audience="everyone", at="", spread="60", repeat="once")
    broadcast = await kept(grace, preview)
    assert broadcast.forecast is not None
    assert broadcast.forecast.last_at is not None
    assert timedelta(minutes=50) < broadcast.forecast.last_at - grace.clock.now() <= timedelta(minutes=60)
    await press(grace, preview, "Send it")
    begun = grace.clock.now()
    await pass_by(grace, timedelta(hours=2))
    moments = [
        d.sent_at - begun for d in await grace.store.outbox() if d.campaign == broadcast.id and d.sent_at
    ]
    assert len(moments) == 48
    assert max(moments) <= timedelta(hours=1, minutes=1)
    for quarter in range(4):
        inside = [
            m for m in moments if timedelta(minutes=15 * quarter) <= m < timedelta(minutes=15 * quarter + 15)
        ]
        assert 4 <= len(inside) <= 24


async def test_every_week_it_comes_again_until_its_last_day_and_each_can_be_acknowledged(
    grace: Company,
) -> None:
    preview = await drafted(grace)
    await change(
        grace,
        preview,
        "send",
        audience="everyone",
        at=HALF_NINE,
        repeat="weekly",
        until="2026-12-08",
        local="yes",
    )
    await press(grace, preview, "Schedule it")
    await pass_by(grace, timedelta(days=15), step=timedelta(hours=6))
    assert shown(grace, "colleague0") == ["Thank you"] * 3
    first, *_, last = [
        d for d in await grace.store.outbox() if d.person == (await grace.latest("colleague0")).person
    ]
    for delivery in (first, last):
        outcome = await grace.press("colleague0", delivery, delivery.card.buttons()[0])
        assert "You have acknowledged this" in str(outcome.show)
    found = await grace.store.headway((await kept(grace, preview)).id, grace.clock.now())
    assert (found.roster, found.acknowledged) == (24, 2)


def test_every_month_on_the_last_day_where_there_is_no_thirtieth() -> None:
    monthly = Timing(at="2027-01-30T09:30:00+01:00", zone=BERLIN, repeat="monthly", until=date(2027, 4, 30))
    broadcast = Broadcast("b", THANKS, "everyone", "grace", MONDAY_TEN, timing=monthly)
    slots = ["2027-01-30T09:30"]
    while following := timing.again(broadcast, slots[-1], {BERLIN, "Asia/Tokyo"}):
        slots.append(following[0])
    assert slots == ["2027-01-30T09:30", "2027-02-28T09:30", "2027-03-30T09:30", "2027-04-30T09:30"]


async def test_what_comes_every_day_does_not_come_twice_after_an_outage(grace: Company) -> None:
    preview = await drafted(grace)
    await change(
        grace, preview, "send", audience="everyone", at=HALF_NINE, repeat="daily", until="2026-11-30"
    )
    await press(grace, preview, "Schedule it")
    grace.clock.move(datetime(2026, 11, 26, 8, 45, tzinfo=UTC))
    for _ in range(4):
        await grace.go_on()
    assert shown(grace, "colleague0") == ["Thank you"]
    late = [d.slot for d in await grace.store.outbox() if d.reason is Reason.LATE]
    assert set(late) == {"2026-11-24T09:30", "2026-11-25T09:30"}


async def test_paused_nobody_else_gets_it_and_afterwards_everybody_does(grace: Company) -> None:
    for number in range(20):
        await grace.admit(f"more{number}")
    preview = await drafted(grace)
    await change(grace, preview, "send", audience="everyone", at="", spread="60", repeat="once")
    await press(grace, preview, "Send it")
    await pass_by(grace, timedelta(minutes=30))
    card = (await press(grace, preview, "Pause")).show
    assert card is not None
    assert labels(card) == ["Go on", "How far is it?", "Look back", "Correct it", "Withdraw it"]
    before = len([d for d in await grace.store.outbox() if d.status is Status.SENT])
    await pass_by(grace, timedelta(days=4))  # longer than it would have been worth sending
    rows = [d for d in await grace.store.outbox() if d.campaign == (await kept(grace, preview)).id]
    assert len([d for d in await grace.store.outbox() if d.status is Status.SENT]) == before
    assert {(d.status, d.reason) for d in rows} == {
        (Status.SENT, Reason.NONE),
        (Status.PENDING, Reason.HELD),
    }
    await press(grace, preview, "Go on")
    await pass_by(grace, timedelta(hours=2))
    assert (await grace.store.headway(rows[0].campaign, grace.clock.now())).of(Status.SENT) == 28
    kinds = [entry.kind for entry in await grace.store.entries(200)]
    assert kinds.count("held") == kinds.count("released") == 1


async def test_what_is_paused_can_be_withdrawn_and_its_states_add_up(grace: Company) -> None:
    preview = await drafted(grace)
    await change(grace, preview, "send", audience="everyone", at="", spread="60", repeat="once")
    await press(grace, preview, "Send it")
    await pass_by(grace, timedelta(minutes=20))
    await press(grace, preview, "Pause")
    await press(grace, preview, "Withdraw it")
    await grace.go_on()
    found = await grace.store.headway((await kept(grace, preview)).id, grace.clock.now())
    assert (found.roster, found.withdrawn, found.complete) == (8, True, True)
    assert set(found.states) <= {(Status.SENT, Reason.NONE), (Status.CANCELLED, Reason.RECALLED)}
