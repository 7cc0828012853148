"""The outbox drained: every way a send can end, and what becomes of the row."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from content.pieces import Message
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.deliver import LEASE, QUARANTINE, Deliverer
from handlers.events import Change, Click, Left, Said
from handlers.model import Address, Delivery, Job, Places, Platform, Policy, Queue, Reason, Status
from handlers.pace import Pace
from handlers.ports import TryLater, Undeliverable, Unknown
from tests.conftest import Company, at, chosen

HERE = Queue(Platform.PLAYGROUND, "here", Job.SEND)


async def waiting(company: Company, name: str = "ada") -> Delivery:
    """A question in the outbox, not sent yet."""
    if await company.store.person_by_email(f"{name}@example.org") is None:
        await company.admit(name)
    await company.said(name, "quiz")
    return await company.latest(name)


async def now_is(company: Company, delivery: Delivery) -> tuple[Status, Reason]:
    row = await company.store.delivery(delivery.id)
    assert row is not None
    return row.status, row.reason


async def test_a_good_send_is_sent_with_its_receipt(company: Company) -> None:
    row = await waiting(company)
    await company.drain.everything()
    sent = await company.store.delivery(row.id)
    assert sent is not None
    assert (sent.status, sent.receipt, sent.attempt) == (Status.SENT, "m1", 1)
    assert sent.sent_at == company.clock.now()


async def test_a_throttled_workspace_is_left_alone_until_the_platform_said(company: Company) -> None:
    row = await waiting(company)
    company.chat.errors = [TryLater(timedelta(seconds=30), whole_workspace=True)]
    await company.drain.everything()
    assert await now_is(company, row) == (Status.PENDING, Reason.NONE)
    company.clock.pass_by(timedelta(seconds=29))
    await company.drain.everything()
    assert company.chat.shown == []
    company.clock.pass_by(timedelta(seconds=2))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)


async def test_one_workspaces_throttle_does_not_slow_another(company: Company) -> None:
    await waiting(company, "ada")
    company.chat.errors = [TryLater(timedelta(hours=1), whole_workspace=True)]
    await company.drain.everything()
    await company.admit("tim", addresses=(Address(Platform.PLAYGROUND, "elsewhere", "tim"),))
    await company.dispatch(Said("k-tim", Address(Platform.PLAYGROUND, "elsewhere", "tim"), "quiz"))
    await company.drain.everything()
    assert len(company.chat.titles("tim")) == 1


@pytest.mark.parametrize("reason", [Reason.NOT_INSTALLED, Reason.BLOCKED, Reason.TOO_LARGE, Reason.REFUSED])
async def test_a_refusal_fails_with_its_reason(company: Company, reason: Reason) -> None:
    row = await waiting(company)
    company.chat.errors = [Undeliverable(reason, "code")]
    await company.drain.everything()
    assert await now_is(company, row) == (Status.FAILED, reason)


async def test_doubt_waits_then_looks_and_an_arrived_card_is_not_sent_again(company: Company) -> None:
    row = await waiting(company)
    company.chat.errors = [Unknown("reset")]
    company.chat.arrived_anyway = {row.id: company.clock.now()}
    await company.drain.everything()
    assert await now_is(company, row) == (Status.UNKNOWN, Reason.NONE)
    company.clock.pass_by(QUARANTINE - timedelta(seconds=1))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.UNKNOWN, Reason.NONE)
    company.clock.pass_by(timedelta(seconds=2))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    assert company.chat.shown == []


async def test_doubt_that_turns_out_absent_is_sent_once(company: Company) -> None:
    row = await waiting(company)
    company.chat.errors = [Unknown("reset")]
    await company.drain.everything()
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    assert len(company.chat.shown) == 1


async def test_an_error_nobody_named_counts_as_doubt_and_the_others_go_on(
    company: Company, caplog: pytest.LogCaptureFixture
) -> None:
    first = await waiting(company)
    second = await waiting(company, "tim")
    company.chat.errors = [ValueError("surprise"), None]
    await company.drain.everything()
    states = {await now_is(company, first), await now_is(company, second)}
    assert states == {(Status.UNKNOWN, Reason.NONE), (Status.SENT, Reason.NONE)}
    assert "surprise" in caplog.text


@pytest.mark.parametrize(
    ("policy", "end"),
    [
        (Policy.AT_LEAST_ONCE, (Status.SENT, Reason.NONE)),
        (Policy.AT_MOST_ONCE, (Status.FAILED, Reason.UNCERTAIN)),
    ],
)
async def test_where_nobody_can_tell_the_campaigns_policy_decides(
    company: Company, policy: Policy, end: tuple[Status, Reason]
) -> None:
    first = await waiting(company)
    await company.drain.everything()
    row = replace(first, id="own", slot="own", policy=policy, status=Status.PENDING, attempt=0)
    await company.store.commit(Change(inbox="own", at=company.clock.now(), deliver=(row,)))
    company.chat.errors = [Unknown("reset")]
    company.chat.can_tell = False
    await company.drain.everything()
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert await now_is(company, row) == end


async def test_a_drainer_that_died_in_mid_call_leaves_doubt_not_a_second_copy(company: Company) -> None:
    row = await waiting(company)
    claimed = await company.store.claim(HERE, company.clock.now(), "the dead one", LEASE, Places(8, 8), None)
    assert [d.id for d, _ in claimed.taken] == [row.id]
    company.chat.arrived_anyway = {row.id: company.clock.now()}
    company.clock.pass_by(LEASE + timedelta(seconds=1))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.UNKNOWN, Reason.NONE)
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    assert company.chat.shown == []


async def test_what_arrived_before_a_long_downtime_is_found_and_not_sent_again(company: Company) -> None:
    row = await waiting(company)
    await company.store.claim(HERE, company.clock.now(), "the dead one", LEASE, Places(8, 8), None)
    company.chat.arrived_anyway = {row.id: company.clock.now()}
    company.clock.pass_by(timedelta(hours=12))
    await company.drain.everything()
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    assert company.chat.shown == []


async def test_who_left_in_between_gets_nothing(company: Company) -> None:
    row = await waiting(company)
    await company.dispatch(Left("l", at("ada"), gone=True))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.CANCELLED, Reason.LEFT)


async def test_what_comes_too_late_is_not_said_any_more(company: Company) -> None:
    row = await waiting(company)
    company.clock.pass_by(timedelta(days=2))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.EXPIRED, Reason.LATE)
    assert company.chat.shown == []


async def test_a_platform_that_is_not_connected_now_may_be_later(company: Company) -> None:
    row = await waiting(company)
    await replace(company.drain, chats={}).everything()
    assert await now_is(company, row) == (Status.PENDING, Reason.NONE)
    company.clock.pass_by(timedelta(seconds=60))
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)


async def test_a_press_proves_that_a_card_arrived_and_no_second_copy_follows(company: Company) -> None:
    row = await waiting(company)
    company.chat.errors = [Unknown("timeout")]
    company.chat.can_tell = False
    await company.drain.everything()
    await company.answer("ada", row, "A")
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert company.chat.shown == []


async def test_a_process_without_the_platform_leaves_a_doubt_to_one_that_can_ask(company: Company) -> None:
    row = await waiting(company)
    company.chat.errors = [Unknown("timeout")]
    await company.drain.everything()
    company.clock.pass_by(QUARANTINE)
    await replace(company.drain, chats={}).everything()
    assert await now_is(company, row) == (Status.UNKNOWN, Reason.NONE)


async def recalled(company: Company, campaign: str) -> None:
    """Launched and taken back, with whatever stands under its name in the outbox."""
    now = company.clock.now()
    launch = Broadcast(campaign, Message(id="to-many", title="To many", text="Hello."), "everyone", "", now)
    await company.store.commit(Change(inbox="launched", at=now, step=Step(None, launch)))
    await company.store.commit(Change(inbox="recalled", at=now, step=step(launch, Stage.WITHDRAWN)))


async def test_what_is_recalled_while_its_call_is_under_way_is_taken_away_when_it_has_arrived(
    company: Company,
) -> None:
    row = await waiting(company)
    claim = await company.store.claim(HERE, company.clock.now(), "test", LEASE, Places(8, 8), None)
    await recalled(company, row.campaign)
    await Deliverer(company.desk, company.drain.chats, "test").deliver(*claim.taken[0])
    await company.drain.everything()
    assert await now_is(company, row) == (Status.SENT, Reason.NONE)
    assert company.chat.withdrawn == ["m1"]


async def test_a_recall_takes_away_what_was_sent_and_stops_what_was_not(company: Company) -> None:
    sent = await waiting(company, "ada")
    await company.drain.everything()
    waits = await waiting(company, "tim")
    await recalled(company, sent.campaign)
    await company.drain.everything()
    assert await now_is(company, waits) == (Status.CANCELLED, Reason.RECALLED)
    assert company.chat.withdrawn == ["m1"]
    await company.drain.everything()
    assert company.chat.withdrawn == ["m1"]


async def test_what_is_recalled_in_doubt_is_not_called_stopped_where_nobody_can_tell(
    company: Company,
) -> None:
    row = await waiting(company)
    company.chat.errors, company.chat.can_tell = [Unknown("reset")], False
    await company.drain.everything()
    await recalled(company, row.campaign)
    company.clock.pass_by(QUARANTINE)
    await company.drain.everything()
    assert await now_is(company, row) == (Status.FAILED, Reason.UNCERTAIN)
    assert company.chat.shown == []


async def test_a_second_copy_is_recognised_at_the_first_press_and_taken_away(company: Company) -> None:
    row = await waiting(company)
    await company.drain.everything()
    answer = row.card.buttons()[0]
    values = chosen(row.card, "A")
    first = Click("k1", at("ada"), answer.verb, row.id, "m0", answer.item, answer.value, values)
    shown = await company.dispatch(first)
    assert shown.show is not None
    await company.drain.everything()
    assert company.chat.withdrawn == ["m1"]
    kept = await company.store.delivery(row.id)
    assert kept is not None
    assert kept.receipt == "m0"
    assert len(await company.store.done(row.id)) == 1


async def test_an_answer_passes_a_bulk_that_waits_for_its_pace(company: Company) -> None:
    company.chat.paces = {Job.SEND: Pace(start=2, most=2)}
    for name in ("tim", "tom", "kim", "bob", "eve", "dan"):
        await company.admit(name)
    await company.admit("ada")
    message = Message(id="to-the-many", title="To the many", text="Hello.")
    launch = Broadcast("b", message, "everyone", "", company.clock.now())
    await company.store.commit(Change(inbox="l", at=company.clock.now(), step=Step(None, launch)))
    await company.plan.tick()
    draining = asyncio.create_task(company.drain.everything())
    while len(company.chat.shown) < 3:
        await asyncio.sleep(0)
    await company.said("ada", "quiz")
    before = len(company.chat.shown)
    await draining
    asked = next(n for n, (_, card, _) in enumerate(company.chat.shown) if card.title != "To the many")
    assert asked <= before + 1
    assert len(company.chat.shown) == 8


async def test_a_refusal_of_the_pace_halves_it_and_only_there(company: Company) -> None:
    company.chat.paces = {Job.SEND: Pace(start=8, most=8, step=1)}
    await waiting(company)
    company.chat.errors = [TryLater(timedelta(seconds=30), whole_workspace=True)]
    await company.drain.everything()
    company.clock.pass_by(timedelta(seconds=31))
    for name in ("tim", "tom", "kim", "bob"):
        await waiting(company, name)
    began = company.clock.now()
    await company.drain.everything()
    assert len(company.chat.shown) == 5
    assert company.clock.now() - began >= timedelta(seconds=3 / 4)
