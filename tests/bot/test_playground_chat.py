"""The playground's chat as the outbox uses it."""

from __future__ import annotations

import pytest

from bot.playground.chat import PlaygroundChat
from content.cards import Card
from handlers.model import Address, Platform, Reason, Receipt
from handlers.ports import Undeliverable
from tests.bot.playing import SUNDAY_EVENING
from tests.fakes import NO_HURRY

ADA = Address(Platform.PLAYGROUND, "playground", "ada@example.org")


async def test_a_card_has_arrived_at_once_and_open_pages_hear_of_it() -> None:
    told: list[None] = []
    chat = PlaygroundChat(lambda: told.append(None))
    assert await chat.send(ADA, Card(title="Hello"), "d1", before=NO_HURRY) == Receipt(message="d1")
    assert len(told) == 1


@pytest.mark.parametrize(
    "address",
    [Address(Platform.SLACK, "T1", "U1"), Address(Platform.PLAYGROUND, "elsewhere", "ada@example.org")],
)
async def test_an_address_of_another_place_is_nobody_here(address: Address) -> None:
    with pytest.raises(Undeliverable) as refused:
        await PlaygroundChat(lambda: None).send(address, Card(title="Hello"), "d1", before=NO_HURRY)
    assert refused.value.reason is Reason.NOBODY


async def test_what_was_never_settled_never_arrived() -> None:
    assert await PlaygroundChat(lambda: None).find(ADA, "d1", SUNDAY_EVENING) == "absent"


async def test_open_pages_hear_that_a_card_is_drawn_anew() -> None:
    told: list[None] = []
    chat = PlaygroundChat(lambda: told.append(None))
    await chat.edit(ADA, "d1", Card(title="Hello again"), "d1", before=NO_HURRY)
    assert len(told) == 1
