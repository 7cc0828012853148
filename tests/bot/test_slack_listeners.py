"""Words, events and people: what Slack reports arrives once, in our words, from people we talk to."""

import json
import logging
from collections.abc import AsyncIterator

import pytest

from content.cards import Button, Buttons, Card, Text
from handlers.events import Click, Forms, Joined, Left, Outcome, Said
from handlers.model import Address, Platform
from tests.fakes import NO_HURRY
from tests.simulators.slack import Fault
from tests.simulators.slack_house import SlackHouse, slack_house
from tests.simulators.slack_ledger import TEAM
from tests.simulators.slack_people import SlackPerson

QUIZ = Card(
    title="Near miss",
    blocks=(Buttons(buttons=(Button(label="A", verb="answered", item="1", value="A"),)),),
)
ANSWERED = Card(title="Near miss", blocks=(Text(markdown="Right."),))
HOME = Card(
    title="Your home",
    blocks=(
        Buttons(
            buttons=(
                Button(label="A question", verb="said", value="quiz"),
                Button(label="Pause", verb="paused"),
            )
        ),
    ),
)


@pytest.fixture
async def house() -> AsyncIterator[SlackHouse]:
    async with slack_house() as built:
        yield built


@pytest.fixture
async def ada(house: SlackHouse) -> SlackPerson:
    """Ada has a quiz before her."""
    person = house.person("U0ADA", "Ada")
    await house.door.chat.send(Address(Platform.SLACK, TEAM, "U0ADA"), QUIZ, "d1", before=NO_HURRY)
    return person


async def test_a_command_is_answered_to_the_person_alone(house: SlackHouse, ada: SlackPerson) -> None:
    house.script.decisions[Said] = Outcome(show=Card(title="Help", blocks=(Text(markdown="`quiz`"),)))
    await ada.types("/catchball help &amp; more")
    (said,) = house.script.received
    assert isinstance(said, Said)
    assert (said.text, said.direct, said.forms) == ("help & more", True, Forms.OPEN)
    assert said.address.conversation == ""
    assert ada.screen.ephemeral[0].words == "Help\nquiz"


async def test_a_command_that_cannot_be_taken_gets_a_sentence(house: SlackHouse, ada: SlackPerson) -> None:
    house.script.decisions[Said] = OSError("disk full")
    await ada.types("/catchball help")
    assert ada.screen.ephemeral[0].words == "That did not reach us. Press again in a moment."


async def test_a_message_in_the_chat_is_said_and_answered_through_the_outbox(
    house: SlackHouse, ada: SlackPerson
) -> None:
    status, _ = await ada.writes("pause 1 week &lt;3")
    (said,) = house.script.received
    assert isinstance(said, Said)
    assert (status, said.text, said.direct, said.forms) == (200, "pause 1 week <3", False, Forms.PRESS)
    assert said.address.conversation == "D0ADA"


@pytest.mark.parametrize(
    "more",
    [{"bot_id": "B1"}, {"subtype": "message_changed"}, {"channel_type": "channel"}, {"user": ""}],
    ids=str,
)
async def test_what_bots_edits_and_channels_say_is_not_for_us(
    house: SlackHouse, ada: SlackPerson, more: dict[str, str]
) -> None:
    assert (await ada.writes("help", **more))[0] == 200
    assert house.script.received == []


async def test_an_event_that_cannot_be_taken_is_500_so_that_slack_sends_it_again_and_counts_once(
    house: SlackHouse, ada: SlackPerson
) -> None:
    failures = iter([True, True, False])

    def decide(incoming: object) -> Outcome:
        if next(failures):
            raise OSError("disk full")
        return Outcome()

    house.script.decisions[Said] = decide
    event = {"type": "message", "channel": "D0ADA", "channel_type": "im", "user": "U0ADA", "text": "help"}
    assert await house.reports.event_until_taken(event) == [500, 500, 200]
    assert len({incoming.key for incoming in house.script.received}) == 1


async def test_a_stranger_is_introduced_with_their_profile_and_their_words_are_not_lost(
    house: SlackHouse,
) -> None:
    linus = house.person("U0LINUS", "Linus", known=False, tz="Europe/Helsinki", locale="fi-FI")
    await linus.types("/catchball help")
    joined, said = house.script.received
    assert joined == Joined(
        key=f"slack:{TEAM}:U0LINUS:first",
        address=Address(Platform.SLACK, TEAM, "U0LINUS"),
        name="Linus",
        email="linus@example.org",
        zone="Europe/Helsinki",
        language="fi",
    )
    assert isinstance(said, Said)


@pytest.mark.parametrize("kind", ["is_bot", "is_stranger"])
async def test_bots_and_people_of_other_workspaces_are_left_alone(house: SlackHouse, kind: str) -> None:
    tim = house.person("U0TIM", "Tim", known=False, **{kind: True})
    await tim.types("/catchball help")
    assert house.script.received == []
    assert tim.screen.ephemeral[0].words == "Catchball talks with people of this workspace only."


async def test_opening_the_home_joins_with_the_profile_and_draws_the_home(house: SlackHouse) -> None:
    ada = house.person("U0ADA", "Ada", known=False)
    house.script.decisions[Joined] = Outcome(show=HOME)
    await ada.opens_home()
    (joined,) = house.script.received
    assert isinstance(joined, Joined)
    assert (joined.email, joined.welcome, joined.address.conversation) == ("ada@example.org", False, "D0ADA")
    assert ada.screen.home["blocks"][0]["text"]["text"] == "Your home"


async def test_a_press_in_the_home_is_received_and_the_home_drawn_anew(house: SlackHouse) -> None:
    ada = house.person("U0ADA", "Ada")
    house.script.decisions[Joined] = Outcome(show=HOME)
    await ada.opens_home()
    before = ada.screen.home["hash"]
    await ada.presses_in("home", "A question")
    click = next(house.script.of(Click))
    assert (click.verb, click.value) == ("said", "quiz")
    assert ada.screen.home["hash"] != before
    assert len({joined.key for joined in house.script.of(Joined)}) == 2


async def test_what_a_press_in_the_home_shows_opens_as_a_window_and_goes_on_there(house: SlackHouse) -> None:
    ada = house.person("U0ADA", "Ada")
    house.script.decisions |= {Joined: Outcome(show=HOME), Click: Outcome(show=QUIZ)}
    await ada.opens_home()
    await ada.presses_in("home", "Pause")
    assert ada.screen.modal["title"]["text"] == "Near miss"
    house.script.decisions[Click] = Outcome(show=ANSWERED)
    await ada.presses_in("modal", "A")
    assert ada.screen.modal["blocks"][0]["elements"][0]["elements"][0]["text"] == "Right."


async def test_what_fails_after_the_acknowledgement_does_not_undo_the_press(
    house: SlackHouse, caplog: pytest.LogCaptureFixture
) -> None:
    ada = house.person("U0ADA", "Ada")
    house.script.decisions[Joined] = Outcome(show=HOME)
    await ada.opens_home()
    house.script.decisions[Joined] = OSError("disk full")
    status, _ = await ada.presses_in("home", "A question")
    assert (status, len(list(house.script.of(Click)))) == (200, 1)
    assert ada.screen.modal is None
    assert "was kept" in caplog.text


async def test_a_press_in_the_home_that_cannot_be_taken_gets_a_window_with_a_sentence(
    house: SlackHouse,
) -> None:
    ada = house.person("U0ADA", "Ada")
    house.script.decisions |= {Joined: Outcome(show=HOME), Click: OSError("disk full")}
    await ada.opens_home()
    await ada.presses_in("home", "A question")
    assert "That did not reach us. Press again in a moment." in json.dumps(ada.screen.modal)


async def test_whoever_joins_the_workspace_is_welcomed_and_bots_are_not(house: SlackHouse) -> None:
    for user, more in (("U0TIM", {}), ("U0ROBOT", {"is_bot": True})):
        member = house.slack.add(user, "Tim", "tim@example.org", **more)
        await house.reports.event({"type": "team_join", "user": house.slack.user_object(member)})
    (joined,) = house.script.received
    assert isinstance(joined, Joined)
    assert (joined.address.user, joined.welcome, joined.zone) == ("U0TIM", True, "Europe/Berlin")


async def test_a_changed_profile_is_for_people_who_are_known_already(
    house: SlackHouse,
) -> None:
    ada = house.person("U0ADA", "Ada")
    tim = house.person("U0TIM", "Tim", known=False)
    for person in (ada, tim):
        person.member.tz, person.member.updated = "America/Santiago", 1_790_000_001
        user = house.slack.user_object(person.member)
        await house.reports.event({"type": "user_change", "user": user})
    joined, other = house.script.of(Joined)
    assert (joined.key, joined.zone) == (f"slack:{TEAM}:U0ADA:1790000001", "America/Santiago")
    assert joined.known_only
    assert other.known_only


async def test_whoever_is_deactivated_has_left(house: SlackHouse) -> None:
    ada = house.person("U0ADA", "Ada")
    ada.member.deleted = True
    await house.reports.event({"type": "user_change", "user": house.slack.user_object(ada.member)})
    (left,) = house.script.received
    assert isinstance(left, Left)
    assert left.gone


async def test_a_removed_app_is_said_in_the_log(house: SlackHouse, caplog: pytest.LogCaptureFixture) -> None:
    assert (await house.reports.event({"type": "app_uninstalled"}))[0] == 200
    assert "Nothing can be sent until it is installed again" in caplog.text


async def test_an_event_nobody_asked_for_is_acknowledged(house: SlackHouse) -> None:
    assert (await house.reports.event({"type": "emoji_changed"}))[0] == 200


async def test_a_home_that_slack_does_not_draw_is_logged_and_not_sent_again(
    house: SlackHouse, caplog: pytest.LogCaptureFixture
) -> None:
    ada = house.person("U0ADA", "Ada")
    house.script.decisions[Joined] = Outcome(show=HOME)
    house.slack.fail("views.publish", Fault(500, "gateway"))
    assert (await ada.opens_home())[0] == 200
    assert "did not show" in caplog.text


async def test_neither_tokens_nor_words_are_logged(house: SlackHouse, ada: SlackPerson, caplog) -> None:
    with caplog.at_level(logging.DEBUG):
        house.script.decisions[Said] = Outcome(show=Card(title="A private matter"))
        await ada.types("/catchball my data please")
        await house.door.chat.send(
            ada_address := Address(Platform.SLACK, TEAM, "U0ADA"), QUIZ, "d2", before=NO_HURRY
        )
    assert ada_address
    for secret in ("xoxb-", "A private matter", "my data please", "Near miss"):
        assert secret not in caplog.text


async def test_a_token_in_the_environment_makes_bolt_neither_ask_slack_nor_warn(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-of-the-environment")
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "of-the-environment")
    async with slack_house() as house:
        await house.person("U0ADA", "Ada").writes("help")
        assert len(house.script.received) == 1
        assert {method for method, _ in house.slack.calls} <= {"auth.test"}
    assert caplog.records == []
