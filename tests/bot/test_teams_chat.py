"""What `TeamsChat` promises as a Chat, and the traps on the way out, against the simulated connector."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from content.cards import Card, Text
from handlers.model import Reason, Receipt
from handlers.ports import TryLater, Undeliverable, Unknown
from tests.fakes import NO_HURRY
from tests.simulators.teams import Fault
from tests.simulators.teams_house import House, Inbox, house
from tests.simulators.teams_people import texts

CARD = Card(
    title="Good morning", blocks=(Text(markdown="The *audit* is in **three** weeks."),), summary="Audit"
)


@pytest.fixture
def teams(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, Inbox())


async def refusal(sending: Awaitable[object]) -> Exception:
    with pytest.raises((TryLater, Undeliverable, Unknown)) as caught:
        await sending
    return caught.value


async def test_a_card_arrives_with_its_notification_and_the_receipt_names_it(teams) -> None:
    async with teams as house:
        receipt = await house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)
        message = house.ada.messages[0]
        assert receipt == Receipt(message.id, house.ada.conversation)
        assert message.summary == "Audit"
        assert texts(message.card) == ["Good morning", "The audit is in three weeks."]


async def test_a_conversation_is_created_when_only_the_user_is_known_and_is_in_the_receipt(teams) -> None:
    async with teams as house:
        receipt = await house.door.chat.send(
            house.address(house.ada, known=False), CARD, "d1", before=NO_HURRY
        )
        assert receipt.conversation == house.ada.conversation
        assert next(path for _, path in house.teams.calls) == "/v3/conversations"
        assert len(house.ada.messages) == 1


async def test_nobody_can_tell_whether_a_card_arrived_after_all(teams) -> None:
    async with teams as house:
        found = await house.door.chat.find(house.address(house.ada), "d1", house.clock.now())
        assert found == "cannot tell"


async def test_a_rate_limit_stops_the_whole_tenant_for_as_long_as_teams_says(teams) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(429, "Throttled", retry_after="17"))
        later = await refusal(house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY))
        assert isinstance(later, TryLater)
        assert (later.after, later.whole_workspace) == (timedelta(seconds=17), True)
        assert house.ada.messages == []


async def test_a_conversations_documented_limits_are_kept_and_everything_arrives_once(teams) -> None:
    async with teams as house:
        house.teams.rates.on = True
        sends = (
            house.door.chat.send(house.address(house.ada), CARD, f"d{n}", before=NO_HURRY) for n in range(12)
        )
        ends = await asyncio.gather(*sends)
        assert all(isinstance(end, Receipt) for end in ends)
        assert len(house.ada.messages) == 12


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (403, "BotNotInConversationRoster", Reason.NOT_INSTALLED),
        (403, "ForbiddenOperationException", Reason.NOT_INSTALLED),
        (403, "ConversationBlockedByUser", Reason.BLOCKED),
        (403, "MessageWritesBlocked", Reason.BLOCKED),
        (403, "BotDisabledByAdmin", Reason.DISABLED),
        (403, "SomethingNew", Reason.REFUSED),
        (404, "ConversationNotFound", Reason.NOBODY),
        (413, "MessageSizeTooBig", Reason.TOO_LARGE),
        (400, "BadSyntax", Reason.REFUSED),
    ],
)
async def test_a_refusal_for_good_has_a_reason_and_teams_own_word(teams, status, code, reason) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(status, code))
        refused = await refusal(house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY))
        assert isinstance(refused, Undeliverable)
        assert (refused.reason, refused.code) == (reason, code)


@pytest.mark.parametrize(("status", "expected"), [(412, TryLater), (503, TryLater)])
async def test_what_teams_did_not_accept_is_tried_later(teams, status, expected) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(status, "PreconditionFailed"))
        later = await refusal(house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY))
        assert isinstance(later, expected)
        assert not later.whole_workspace


@pytest.mark.parametrize("status", [500, 502, 504, 418, 302])
async def test_an_answer_that_may_hide_an_accepted_message_is_unknown(teams, status) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(status, "ServiceError", accept=True))
        assert isinstance(
            await refusal(house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)),
            Unknown,
        )
        assert len(house.ada.messages) == 1


async def test_a_reset_connection_is_unknown_and_is_not_sent_again(teams) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(reset=True, accept=True))
        assert isinstance(
            await refusal(house.door.chat.send(house.address(house.ada), CARD, "d1", before=NO_HURRY)),
            Unknown,
        )
        assert len(house.ada.messages) == 1
        assert len(house.teams.calls) == 1


async def test_an_answer_that_does_not_come_in_time_is_unknown(teams) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(hang=0.5))
        path = ("conversations", house.ada.conversation, "activities")
        address = house.address(house.ada)
        call = house.door.chat._connector.call("POST", address, *path, body=b"{}", seconds=0.2)
        with pytest.raises(Unknown):
            await call


async def test_a_connection_that_cannot_be_made_is_tried_later(teams) -> None:
    async with teams as house:
        nobody_listens = replace(house.address(house.ada), service_url="http://127.0.0.1:1/")
        assert isinstance(
            await refusal(house.door.chat.send(nobody_listens, CARD, "d1", before=NO_HURRY)), TryLater
        )


async def test_a_doubt_about_a_new_conversation_is_no_doubt_about_the_message(teams) -> None:
    async with teams as house:
        house.teams.faults.append(Fault(502))
        later = await refusal(
            house.door.chat.send(house.address(house.ada, known=False), CARD, "d1", before=NO_HURRY)
        )
        assert isinstance(later, TryLater)
        assert house.ada.messages == []


async def test_somebody_who_removed_the_app_is_not_installed(teams) -> None:
    async with teams as house:
        house.ada.installed = False
        for known in (True, False):
            refused = await refusal(
                house.door.chat.send(house.address(house.ada, known=known), CARD, "d1", before=NO_HURRY)
            )
            assert isinstance(refused, Undeliverable)
            assert refused.reason is Reason.NOT_INSTALLED


async def test_a_card_that_is_too_large_says_so(teams) -> None:
    async with teams as house:
        large = Card(title="Much", blocks=(Text(markdown="word " * 9000),))
        refused = await refusal(house.door.chat.send(house.address(house.ada), large, "d1", before=NO_HURRY))
        assert isinstance(refused, Undeliverable)
        assert refused.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    "service_url",
    [
        "https://smba.trafficmanager.net.evil.example/",
        "https://127.0.0.1@evil.example/",
        "https://evil.example\\@127.0.0.1/",
        "http://smba.trafficmanager.net/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "not an address",
        "https://[::1/",
    ],
)
async def test_a_service_url_that_is_not_allowed_gets_no_token_and_no_message(teams, service_url) -> None:
    async with teams as house:
        elsewhere = replace(house.address(house.ada), service_url=service_url)
        refused = await refusal(house.door.chat.send(elsewhere, CARD, "d1", before=NO_HURRY))
        assert isinstance(refused, Undeliverable)
        assert refused.reason is Reason.REFUSED
        assert house.authority.token_requests == 0


ANEW = Card(title="Good morning, corrected", blocks=(Text(markdown="The audit is in *two* weeks."),))


async def test_a_card_is_edited_where_it_stands(teams) -> None:
    async with teams as house:
        chat, address = house.door.chat, house.address(house.ada)
        receipt = await chat.send(address, CARD, "d1", before=NO_HURRY)
        await chat.edit(address, receipt.message, ANEW, "d1", before=NO_HURRY)
        (message,) = house.ada.messages
        assert texts(message.card) == ["Good morning, corrected", "The audit is in two weeks."]
        assert [texts(card)[0] for card in message.before] == ["Good morning"]
        assert house.teams.calls[-1] == (
            "PUT",
            f"/v3/conversations/{house.ada.conversation}/activities/{receipt.message}",
        )


async def test_a_message_that_is_gone_cannot_be_edited(teams) -> None:
    async with teams as house:
        chat, address = house.door.chat, house.address(house.ada)
        receipt = await chat.send(address, CARD, "d1", before=NO_HURRY)
        await chat.withdraw(address, receipt.message)
        refused = await refusal(chat.edit(address, receipt.message, ANEW, "d1", before=NO_HURRY))
        assert isinstance(refused, Undeliverable)
        assert (refused.reason, refused.code) == (Reason.NOBODY, "ActivityNotFoundInConversation")


@pytest.mark.parametrize("fault", [Fault(status=500), Fault(status=502), Fault(status=504)], ids=str)
async def test_an_edit_in_doubt_is_tried_again_when_it_can_no_longer_come_late(teams, fault) -> None:
    async with teams as house:
        chat, address = house.door.chat, house.address(house.ada)
        receipt = await chat.send(address, CARD, "d1", before=NO_HURRY)
        house.teams.faults.append(fault)
        later = await refusal(chat.edit(address, receipt.message, ANEW, "d1", before=NO_HURRY))
        assert isinstance(later, TryLater)
        assert later.after == timedelta(seconds=60)
        await chat.edit(address, receipt.message, ANEW, "d1", before=NO_HURRY)
        assert "corrected" in texts(house.ada.messages[0].card)[0]


async def test_an_edit_that_could_outlive_its_lease_does_not_leave(teams) -> None:
    async with teams as house:
        chat, address = house.door.chat, house.address(house.ada)
        receipt = await chat.send(address, CARD, "d1", before=NO_HURRY)
        before = house.clock.now()
        assert isinstance(
            await refusal(chat.edit(address, receipt.message, ANEW, "d1", before=before)), TryLater
        )
        assert [method for method, _ in house.teams.calls] == ["POST"]
