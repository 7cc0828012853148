"""The bell: who is woken, who waits for nobody, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from bot.engine.embedded import EmbeddedEngine
from content.cards import Card
from handlers.events import Said
from handlers.model import Address, Platform, Receipt
from tests.conftest import Company, at
from tests.fakes import RecordingChat


@dataclass
class SlowPlace(RecordingChat):
    """One workspace whose sends hang until they are let go."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, address: Address, card: Card, delivery_id: str, *, before: datetime) -> Receipt:
        if address.workspace == "slow":
            await self.let_go.wait()
        return await super().send(address, card, delivery_id, before=before)


@pytest.fixture
async def engine(company: Company) -> AsyncIterator[EmbeddedEngine]:
    company.chat = SlowPlace()
    company.drain = replace(company.drain, chats={Platform.PLAYGROUND: company.chat})
    engine = EmbeddedEngine(company.plan, company.drain, company.clock)
    company.dispatch = replace(company.dispatch, wake=engine.wake)
    await engine.start()
    yield engine
    company.chat.let_go.set()
    await engine.stop()


async def shown(company: Company, user: str) -> None:
    """Waits until somebody was shown something."""
    async with asyncio.timeout(10):
        while not company.chat.titles(user):
            await asyncio.sleep(0.01)


async def test_a_workspace_that_hangs_holds_up_no_other(company: Company, engine: EmbeddedEngine) -> None:
    slow = Address(Platform.PLAYGROUND, "slow", "tim")
    await company.admit("tim", addresses=(slow,))
    await company.admit("ada")
    await company.dispatch(Said("slow", slow, "quiz"))
    await asyncio.sleep(0.1)
    await company.dispatch(Said("fast", at("ada"), "quiz"))
    await shown(company, "ada")
    assert company.chat.titles("tim") == []
    company.chat.let_go.set()
    await shown(company, "tim")


async def test_stopping_finishes_what_is_under_way_and_begins_nothing(
    company: Company, engine: EmbeddedEngine
) -> None:
    slow = Address(Platform.PLAYGROUND, "slow", "tim")
    await company.admit("tim", addresses=(slow,))
    await company.dispatch(Said("one", slow, "quiz"))
    await asyncio.sleep(0.2)
    stopping = asyncio.create_task(engine.stop())
    await asyncio.sleep(0.05)
    assert not stopping.done()
    company.chat.let_go.set()
    await stopping
    assert len(company.chat.titles("tim")) == 1


async def test_a_look_that_failed_is_logged_and_the_next_beat_looks_again(
    company: Company,
    engine: EmbeddedEngine,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(company.store, "reclaim", None)
        engine.wake()
        await asyncio.sleep(0.1)
    await company.admit("ada")
    await company.dispatch(Said("k", at("ada"), "quiz"))
    await shown(company, "ada")
    assert "trying again" in caplog.text
