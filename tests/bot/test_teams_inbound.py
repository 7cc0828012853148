"""What people do in Teams arrives as events, and they see what came of it."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from content.cards import Button, Buttons, Card, Note
from handlers.events import Forms, Incoming, Joined, Left, Outcome, Said, Seen
from handlers.model import Address, Platform
from handlers.ports import Stranger, Unknown
from tests.fakes import NO_HURRY
from tests.simulators.teams import TENANT, Fault
from tests.simulators.teams_house import House, Inbox, house
from tests.simulators.teams_people import READ_RECEIPT, texts

QUIZ = Card(
    title="What comes first?",
    blocks=(
        Buttons(
            buttons=(
                Button(label="A", verb="answered", item="0", value="A"),
                Button(label="B", verb="answered", item="0", value="B"),
            )
        ),
    ),
)
RIGHT = Card(title="Right", blocks=(Note(markdown="ISO 9001:2015 7.3"),))


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def teams(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox
) -> AbstractAsyncContextManager[House]:
    return house(tmp_path, monkeypatch, inbox)


# words
async def test_words_are_said_without_the_bots_own_name(teams, inbox) -> None:
    async with teams as house:
        mention = {
            "type": "mention",
            "mentioned": {"id": house.people.bot, "name": "Catchball"},
            "text": "<at>Catchball</at>",
        }
        seen = await house.people.says(
            house.ada, "<at>Catchball</at>\u00a0 pause  1 week", entities=[mention]
        )
        assert seen.status == 200
        (said,) = inbox.came
        assert isinstance(said, Said)
        assert (said.text, said.direct, said.forms) == ("pause 1 week", False, Forms.CARD)
        assert said.address == Address(
            Platform.TEAMS, TENANT, house.ada.user, house.ada.conversation, house.teams.service_url
        )


async def test_words_in_a_channel_get_one_sentence_and_go_no_further(teams, inbox) -> None:
    async with teams as house:
        channel = {"id": "19:general@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
        await house.people.says(house.ada, "help", conversation=channel)
        assert house.teams.channel == ["Catchball speaks in personal chats: open one with me and type help."]
        assert inbox.came == []


# reading
async def test_a_read_receipt_says_up_to_where_somebody_has_read(teams, inbox) -> None:
    async with teams as house:
        message = await house.shows(house.ada, QUIZ)
        assert (await house.people.reads(house.ada)).status == 200
        (seen,) = inbox.came
        assert isinstance(seen, Seen)
        assert (seen.message, seen.address) == (message.id, house.address(house.ada))


async def test_what_is_read_in_a_group_is_nobodys_own(teams, inbox) -> None:
    async with teams as house:
        group = {"id": "19:x@thread.v2", "conversationType": "groupChat", "tenantId": TENANT}
        receipt = {"name": READ_RECEIPT, "value": {"lastReadMessageId": "1"}, "conversation": group}
        assert (await house.people.post(house.people.activity(house.ada, "event") | receipt)).status == 200
        assert inbox.came == []


async def test_a_receipt_of_a_stranger_is_200_and_introduces_nobody(tmp_path, monkeypatch) -> None:
    came: list[Incoming] = []

    async def receive(event: Incoming) -> Outcome:
        came.append(event)
        return Outcome()

    async with house(tmp_path, monkeypatch, receive) as teams:
        await teams.shows(teams.grace, QUIZ)
        assert (await teams.people.reads(teams.grace)).status == 200
        assert [type(event) for event in came] == [Seen]


# coming and going
async def test_an_installation_is_reported_twice_and_is_one_joining(teams, inbox) -> None:
    async with teams as house:
        assert [seen.status for seen in await house.people.installs(house.ada)] == [200, 200]
        first, second = inbox.came
        assert first == second
        assert isinstance(first, Joined)
        assert (first.name, first.email, first.zone, first.language, first.welcome) == (
            "Ada",
            "ada@example.org",
            "Europe/Berlin",
            "en",
            True,
        )


async def test_removing_the_app_and_installing_it_later_are_a_leaving_and_a_new_joining(teams, inbox) -> None:
    async with teams as house:
        await house.people.installs(house.ada)
        await house.people.removes(house.ada)
        house.clock.pass_by(timedelta(minutes=5))
        await house.people.installs(house.ada)
        joined, _, left, again, _ = inbox.came
        assert isinstance(left, Left)
        assert not left.gone
        assert joined.key != again.key


async def test_an_installation_in_a_channel_welcomes_nobody(teams, inbox) -> None:
    async with teams as house:
        for kind, more in (
            ("installationUpdate", {"action": "add"}),
            ("conversationUpdate", {"membersAdded": [{"id": house.people.bot}]}),
            ("installationUpdate", {"action": "remove"}),
        ):
            channel = {"id": "19:general@thread.tacv2", "conversationType": "channel", "tenantId": TENANT}
            activity = house.people.activity(house.ada, kind) | more | {"conversation": channel}
            assert (await house.people.post(activity)).status == 200
        assert inbox.came == []


async def test_a_stranger_is_introduced_from_the_roster_and_then_heard(tmp_path, monkeypatch) -> None:
    came: list[Incoming] = []

    async def receive(event: Incoming) -> Outcome:
        came.append(event)
        if not any(isinstance(e, Joined) for e in came):
            raise Stranger
        return Outcome(show=RIGHT)

    async with house(tmp_path, monkeypatch, receive) as teams:
        message = await teams.shows(teams.ada, QUIZ)
        await teams.people.presses(teams.ada, message, "A")
        first, joined, again = came
        assert isinstance(joined, Joined)
        assert (joined.email, joined.welcome) == ("ada@example.org", False)
        assert first == again
        assert texts(message.card)[0] == "Right"


# trouble
async def test_a_press_during_trouble_at_teams_gets_a_sentence_and_the_log_the_reason(
    tmp_path, monkeypatch, caplog
) -> None:
    async def receive(event: Incoming) -> Outcome:
        raise Stranger

    async with house(tmp_path, monkeypatch, receive) as teams:
        message = await teams.shows(teams.ada, QUIZ)
        teams.teams.faults.append(Fault(502))
        seen = await teams.people.presses(teams.ada, message, "A")
        assert (seen.status, seen.text) == (200, "That did not reach us. Press again in a moment.")
        assert message.before == []
        assert Unknown.__name__ in caplog.text


async def test_words_during_trouble_at_teams_are_503(tmp_path, monkeypatch) -> None:
    async def receive(event: Incoming) -> Outcome:
        raise Stranger

    async with house(tmp_path, monkeypatch, receive) as teams:
        teams.teams.faults.append(Fault(502))
        seen = await teams.people.says(teams.ada, "help")
        assert seen.status == 503
        assert "again in a moment" in seen.text


async def test_a_failing_house_answers_500_and_teams_repeats_the_press_under_one_key(
    tmp_path, monkeypatch
) -> None:
    came: list[Incoming] = []

    async def receive(event: Incoming) -> Outcome:
        came.append(event)
        if len(came) < 3:
            raise RuntimeError("the database is away")
        return Outcome(show=RIGHT)

    async with house(tmp_path, monkeypatch, receive) as teams:
        message = await teams.shows(teams.ada, QUIZ)
        seen = await teams.people.presses(teams.ada, message, "A")
        assert (seen.status, seen.tries) == (200, 3)
        assert len({event.key for event in came}) == 1


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "event", "name": "application/vnd.microsoft.meetingStart", "value": {}},
        {"type": "messageReaction", "reactionsAdded": [{"type": "like"}]},
        {"type": "typing"},
        {"type": "somethingNew"},
        {"type": "invoke", "name": "task/fetch", "value": {}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": {"data": {"not": "ours"}}}},
        {"type": "invoke", "name": "adaptiveCard/action"},
        {"type": "conversationUpdate", "membersAdded": [{"id": "29:somebody"}]},
        {"type": "conversationUpdate"},
    ],
    ids=lambda activity: f"{activity['type']} {activity.get('name', '')}".strip(),
)
async def test_what_is_not_ours_is_200_and_goes_no_further(teams, inbox, activity) -> None:
    async with teams as house:
        seen = await house.people.post(house.people.activity(house.ada, "message") | activity)
        assert seen.status == 200
        assert inbox.came == []


async def test_without_authentication_a_local_client_is_served_and_nobody_else(
    tmp_path, monkeypatch, inbox
) -> None:
    async with house(tmp_path, monkeypatch, inbox, auth_on=False) as teams:
        message = await teams.shows(teams.ada, QUIZ)
        inbox.outcome = Outcome(show=RIGHT)
        assert (await teams.people.presses(teams.ada, message, "A")).card
        assert teams.authority.token_requests == teams.authority.key_requests == 0
        away = replace(inbox.came[0].address, service_url="https://smba.example/")
        with pytest.raises(Exception, match="service URL not allowed"):
            await teams.door.chat.send(away, QUIZ, "d2", before=NO_HURRY)
