"""Sending to Slack: each way it can go wrong has one word of ours, and nothing is ever posted twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.slack import chat as chat_module
from bot.slack.chat import SlackChat
from content.cards import Card, Text
from handlers.model import Address, Job, Platform, Reason
from handlers.ports import TryLater, Undeliverable, Unknown
from tests.fakes import NO_HURRY
from tests.simulators.slack import BOT_TOKEN, Fault, SlackSimulator, refused, throttled
from tests.simulators.slack_ledger import MONDAY, TEAM

ADA = Address(Platform.SLACK, TEAM, "U0ADA")
ADA_CHAT = Address(Platform.SLACK, TEAM, "U0ADA", "D0ADA")
CARD = Card(
    title="Why quality", summary="Grace: why quality", blocks=(Text(markdown="Because <!channel> & all."),)
)


@pytest.fixture
async def slack() -> AsyncIterator[SlackSimulator]:
    async with SlackSimulator() as simulator:
        simulator.add("U0ADA", "Ada", "ada@example.org")
        yield simulator


@pytest.fixture
async def chat(slack: SlackSimulator) -> AsyncIterator[SlackChat]:
    connected = SlackChat(BOT_TOKEN, slack.url, slack.clock)
    await connected.start()
    yield connected
    await connected.stop()


async def test_a_card_is_posted_to_the_person_with_its_delivery_id_and_nothing_unfolded(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    shown = slack.screens["U0ADA"].messages[0]
    assert (receipt.message, receipt.conversation) == (shown.ts, "D0ADA")
    assert "<!channel>" in shown.words
    assert shown.metadata == {"event_type": "catchball_delivery", "event_payload": {"delivery_id": "d1"}}
    method, arguments = slack.calls[0]
    assert (method, arguments["channel"], arguments["parse"]) == ("chat.postMessage", "U0ADA", "none")
    assert not any(arguments[name] for name in ("unfurl_links", "unfurl_media", "link_names"))


async def test_a_known_conversation_is_used_instead_of_the_user_id(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    await chat.send(ADA_CHAT, CARD, "d1", before=NO_HURRY)
    assert slack.calls[0][1]["channel"] == "D0ADA"


async def test_the_conversation_is_opened_only_where_slack_does_not_take_a_user_id(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    slack.posts_to_users = False
    assert (await chat.send(ADA, CARD, "d1", before=NO_HURRY)).conversation == "D0ADA"
    assert [method for method, _ in slack.calls] == [
        "chat.postMessage",
        "conversations.open",
        "chat.postMessage",
    ]


@pytest.mark.parametrize(
    ("fault", "posted"),
    [
        (Fault(reset=True), 0),
        (Fault(reset=True, accepted=True), 1),
        (Fault(500, "gateway"), 0),
        (Fault(503, {"ok": False, "error": "service_unavailable"}, accepted=True), 1),
        (refused("internal_error"), 0),
        (refused("fatal_error"), 0),
        (refused("a_word_nobody_knows"), 0),
        (Fault(200, "<html>maintenance</html>"), 0),
        (Fault(200, {"ok": True}), 0),
        (Fault(200, "[]"), 0),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_what_cannot_be_known_is_unknown_and_a_dropped_connection_is_not_resent(
    slack: SlackSimulator, chat: SlackChat, fault: Fault, posted: int
) -> None:
    slack.fail("chat.postMessage", fault)
    with pytest.raises(Unknown):
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert len(slack.calls) == 1
    assert len(slack.screens["U0ADA"].messages) == posted


async def test_a_reply_that_never_comes_is_unknown(
    slack: SlackSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_module, "TIMEOUT", aiohttp.ClientTimeout(total=0.2))
    chat = SlackChat(BOT_TOKEN, slack.url, slack.clock)
    await chat.start()
    slack.fail("chat.postMessage", Fault(hang=True, accepted=True))
    with pytest.raises(Unknown):
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    await chat.stop()


async def test_a_refused_connection_was_not_sent() -> None:
    chat = SlackChat(BOT_TOKEN, "http://127.0.0.1:9/api/", SystemClock())
    await chat.start()
    with pytest.raises(TryLater) as raised:
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert not raised.value.whole_workspace
    await chat.stop()


@pytest.mark.parametrize(("header", "seconds"), [("17", 17), ("soon", 30)])
async def test_a_rate_limit_stops_the_whole_workspace_for_as_long_as_slack_says(
    slack: SlackSimulator, chat: SlackChat, header: str, seconds: int
) -> None:
    slack.fail("chat.postMessage", throttled(header))
    with pytest.raises(TryLater) as raised:
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert raised.value.whole_workspace
    assert raised.value.after == timedelta(seconds=seconds)
    assert len(slack.calls) == 1


async def test_the_simulator_keeps_slack_s_pace_of_one_message_a_second_and_channel() -> None:
    async with SlackSimulator(limited=True) as slack:
        slack.add("U0ADA", "Ada", "ada@example.org")
        chat = SlackChat(BOT_TOKEN, slack.url, slack.clock)
        await chat.start()
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
        with pytest.raises(TryLater):
            await chat.send(ADA, CARD, "d2", before=NO_HURRY)
        slack.clock.pass_by(timedelta(seconds=1))
        await asyncio.sleep(1.1)  # the chat keeps the wait by a clock of its own
        await chat.send(ADA, CARD, "d2", before=NO_HURRY)
        await chat.stop()


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("user_not_found", Reason.NOBODY),
        ("user_disabled", Reason.LEFT),
        ("cannot_dm_bot", Reason.NOBODY),
        ("not_in_channel", Reason.NOT_INSTALLED),
        ("restricted_action", Reason.DISABLED),
        ("msg_too_long", Reason.TOO_LARGE),
        ("msg_blocks_too_long", Reason.TOO_LARGE),
        ("invalid_blocks", Reason.REFUSED),
    ],
)
async def test_a_refusal_for_good_has_a_reason(
    slack: SlackSimulator, chat: SlackChat, code: str, reason: Reason
) -> None:
    slack.fail("chat.postMessage", refused(code))
    with pytest.raises(Undeliverable) as raised:
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert (raised.value.reason, raised.value.code) == (reason, code)


async def test_whoever_left_or_was_never_there_is_undeliverable(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    slack.members["U0ADA"].deleted = True
    with pytest.raises(Undeliverable) as left:
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    with pytest.raises(Undeliverable) as nobody:
        await chat.send(Address(Platform.SLACK, TEAM, "U0NOBODY"), CARD, "d1", before=NO_HURRY)
    assert (left.value.reason, nobody.value.reason) == (Reason.LEFT, Reason.NOBODY)


async def test_a_card_that_slack_would_refuse_is_undeliverable(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    too_many = Card(title="Long", blocks=tuple(Text(markdown="x") for _ in range(51)))
    with pytest.raises(Undeliverable) as raised:
        await chat.send(ADA, too_many, "d1", before=NO_HURRY)
    assert raised.value.reason is Reason.REFUSED


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive", "missing_scope"])
async def test_a_broken_installation_fails_nobody_and_is_said_loudly(
    slack: SlackSimulator, chat: SlackChat, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    slack.fail("chat.postMessage", refused(code))
    with pytest.raises(TryLater) as raised:
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert raised.value.whole_workspace
    assert caplog.records[0].levelname == "ERROR"
    assert code in caplog.text


async def test_a_delivery_is_found_again_by_its_id_across_pages(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    slack.page_size = 2
    receipts = [await chat.send(ADA, CARD, f"d{n}", before=NO_HURRY) for n in range(5)]
    found = await chat.find(ADA_CHAT, "d0", MONDAY)
    assert found == receipts[0]
    assert await chat.find(ADA, "d9", MONDAY) == "absent"


async def test_a_message_that_arrived_although_the_connection_broke_is_found(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    slack.fail("chat.postMessage", Fault(reset=True, accepted=True))
    with pytest.raises(Unknown):
        await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    found = await chat.find(ADA, "d1", MONDAY)
    assert not isinstance(found, str)
    assert found.message == slack.screens["U0ADA"].messages[0].ts


async def test_what_came_before_since_is_not_searched(slack: SlackSimulator, chat: SlackChat) -> None:
    await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    assert await chat.find(ADA_CHAT, "d1", MONDAY + timedelta(hours=1)) == "absent"


async def test_without_im_history_or_the_channel_nobody_can_tell(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    elsewhere = Address(Platform.SLACK, TEAM, "U0X", "D0NOWHERE")
    assert await chat.find(elsewhere, "d1", MONDAY) == "cannot tell"
    slack.scopes.remove("im:history")
    assert await chat.find(ADA_CHAT, "d1", MONDAY) == "cannot tell"


async def test_a_search_that_slack_puts_off_is_tried_later(slack: SlackSimulator, chat: SlackChat) -> None:
    slack.fail("conversations.history", throttled("5"), Fault(500, "gateway"))
    for _ in range(2):
        with pytest.raises(TryLater):
            await chat.find(ADA_CHAT, "d1", MONDAY)


ANEW = Card(title="Why quality, corrected", blocks=(Text(markdown="For *them* & <!channel>."),))


async def test_a_card_is_edited_where_it_stands_with_the_same_delivery_id_and_nothing_unfolded(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
    (shown,) = slack.screens["U0ADA"].messages
    assert "corrected" in shown.words
    assert "<!channel>" in shown.words
    assert "Because" in str(shown.versions)
    assert shown.metadata == {"event_type": "catchball_delivery", "event_payload": {"delivery_id": "d1"}}
    method, arguments = slack.calls[-1]
    assert (method, arguments["channel"], arguments["parse"]) == ("chat.update", "D0ADA", "none")
    assert await chat.find(ADA_CHAT, "d1", MONDAY) == receipt
    assert len(slack.ledger.sights) == 1
    assert len(slack.ledger.sights[0].replaced) == 1


async def test_the_conversation_is_asked_for_where_it_is_not_known_to_edit_in_it(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    await chat.edit(ADA, receipt.message, ANEW, "d1", before=NO_HURRY)
    assert [method for method, _ in slack.calls[1:]] == ["conversations.open", "chat.update"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("message_not_found", Reason.NOBODY),
        ("cant_update_message", Reason.REFUSED),
        ("msg_too_long", Reason.TOO_LARGE),
    ],
)
async def test_what_slack_does_not_let_us_edit_is_undeliverable(
    slack: SlackSimulator, chat: SlackChat, code: str, reason: Reason
) -> None:
    slack.fail("chat.update", refused(code))
    with pytest.raises(Undeliverable) as raised:
        await chat.edit(ADA_CHAT, "1.000001", ANEW, "d1", before=NO_HURRY)
    assert (raised.value.reason, raised.value.code) == (reason, code)


async def test_a_message_is_taken_away_also_where_its_conversation_was_never_told(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    """Its call ended in doubt, and a press proved that it had arrived."""
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    await chat.withdraw(ADA, receipt.message)
    assert slack.screens["U0ADA"].messages == []


async def test_a_message_that_is_gone_or_not_ours_cannot_be_edited(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    slack.screens["U0ADA"].messages[0].foreign = True
    with pytest.raises(Undeliverable, match="cant_update_message"):
        await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
    await chat.withdraw(ADA_CHAT, receipt.message)
    with pytest.raises(Undeliverable, match="message_not_found"):
        await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(reset=True),
        Fault(reset=True, accepted=True),
        Fault(500, "oops"),
        Fault(503, "{}"),
        Fault(200, "[]"),
    ],
    ids=str,
)
async def test_an_edit_in_doubt_is_tried_again_when_it_can_no_longer_come_late(
    slack: SlackSimulator, chat: SlackChat, fault: Fault
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    slack.fail("chat.update", fault)
    with pytest.raises(TryLater) as raised:
        await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
    assert (raised.value.after, raised.value.whole_workspace) == (timedelta(seconds=60), False)
    await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
    assert "corrected" in slack.screens["U0ADA"].messages[0].words


async def test_slack_s_limit_for_edits_holds_nobody_up_who_is_to_get_a_message(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    slack.fail("chat.update", throttled("30"))
    for _ in range(2):  # the second one does not leave at all
        with pytest.raises(TryLater) as raised:
            await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
        assert raised.value.whole_workspace
    assert [method for method, _ in slack.calls].count("chat.update") == 1
    await chat.send(ADA, CARD, "d2", before=NO_HURRY)


async def test_the_pace_of_edits_is_one_that_slack_takes() -> None:
    async with SlackSimulator(limited=True) as slack:
        slack.add("U0ADA", "Ada", "ada@example.org")
        chat = SlackChat(BOT_TOKEN, slack.url, slack.clock)
        await chat.start()
        receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
        for _ in range(60):
            await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=NO_HURRY)
            slack.clock.pass_by(timedelta(seconds=1 / chat.paces[Job.EDIT].most))
        await chat.stop()


async def test_an_edit_that_could_outlive_its_lease_does_not_leave(
    slack: SlackSimulator, chat: SlackChat
) -> None:
    receipt = await chat.send(ADA, CARD, "d1", before=NO_HURRY)
    with pytest.raises(TryLater):
        await chat.edit(ADA_CHAT, receipt.message, ANEW, "d1", before=slack.clock.now())
    assert [method for method, _ in slack.calls] == ["chat.postMessage"]
