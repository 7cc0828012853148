"""What a leader sees before, during and after a broadcast: numbers that add up and that come true."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from content.cards import Card, Facts, Text
from handlers.broadcasts.headway import Headway
from handlers.broadcasts.stages import Broadcast
from handlers.events import Click
from handlers.model import Delivery, Reason, Role, Status
from handlers.pace import Pace
from handlers.ports import TryLater, Undeliverable
from tests.conftest import Company, at

MONDAY_TEN = datetime(
    2026, 11, 23, 9, 0, tzinfo=UTC
)  # in Berlin, where everybody is unless it is said otherwise
SLOW = {"send": Pace(2, 2), "withdraw": Pace(0.8, 0.8)}


@pytest.fixture
async def works(company: Company) -> Company:
    """Grace, who leads, and eleven colleagues at ten in the morning; the chat takes two cards a second."""
    company.clock.move(MONDAY_TEN)
    company.keep_pace(**SLOW)
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for number in range(11):
        await company.admit(f"colleague{number}")
    return company


async def drafted(company: Company, **fields: str) -> Delivery:
    """Grace's preview, delivered."""
    values = {"title": "Thank you", "text": "A good week.", "audience": "everyone", **fields}
    opened = company.clock.now().isoformat()
    click = Click(f"form{len(company.chat.shown)}", at("grace"), "broadcast", value=opened, values=values)
    assert (await company.dispatch(click)).errors == {}
    await company.drain.everything()
    return await company.latest("grace")


def facts(card: Card | None) -> dict[str, str]:
    assert card is not None
    return {
        fact.label: fact.value for block in card.blocks if isinstance(block, Facts) for fact in block.facts
    }


def said(card: Card | None) -> str:
    """What the author is told of how far it is."""
    assert card is not None
    return [block.markdown for block in card.blocks if isinstance(block, Text)][-1]


async def looked(company: Company, preview: Delivery) -> Card:
    """The author's card after a press on "How far is it?"."""
    outcome = await company.dispatch(Click("look", at("grace"), "looked", delivery=preview.id))
    assert outcome.show is not None
    return outcome.show


async def pressed(company: Company, preview: Delivery, verb: str, value: str = "") -> Card:
    outcome = await company.dispatch(
        Click(f"key-{verb}", at("grace"), verb, delivery=preview.id, value=value)
    )
    assert outcome.show is not None
    return outcome.show


async def sent(company: Company, preview: Delivery) -> Card:
    """Send it and plan it; nothing has gone out."""
    card = await pressed(company, preview, "decided", "send")
    await company.plan.tick()
    return card


async def kept(company: Company, preview: Delivery) -> Broadcast:
    assert preview.piece is not None
    broadcast = await company.store.broadcast(preview.piece.id)
    assert broadcast is not None
    return broadcast


async def headway(company: Company, preview: Delivery) -> Headway:
    assert preview.piece is not None
    return await company.store.headway(preview.piece.id, company.clock.now())


async def test_the_preview_says_how_many_how_long_and_who_will_not_get_it(works: Company) -> None:
    await works.admit("linus", addresses=())
    await works.admit("tim")
    await works.said("tim", "pause 1 week")
    await works.admit("kim", zone="America/New_York")
    card = (await drafted(works)).card
    assert facts(card) == {
        "Who": "everyone",
        "When": "now",
        "How many": "15 people: 13 in Playground",
        "How long": "less than a minute; 1 of them when their quiet hours end, the last at 14:01",
        "Probably not reached": "2: 1 not installed, 1 paused",
        "Acknowledge": "asked for",
    }


async def test_a_scheduled_broadcast_is_forecast_for_its_own_time(works: Company) -> None:
    card = (await drafted(works, at="2026-11-24T19:30")).card
    assert facts(card)["When"] == "2026-11-24 19:30"
    assert facts(card)["How long"] == "when their quiet hours end, the last at 08:01 tomorrow"


async def test_the_forecast_is_kept_as_it_was_shown(works: Company) -> None:
    preview = await drafted(works)
    await works.admit("linus", addresses=())
    told = (await kept(works, preview)).forecast
    assert told is not None
    assert [(c.name, c.people) for c in told.places] == [("playground", 12)]
    assert told.without == ()


async def test_who_blocked_the_bot_is_expected_not_to_get_it_until_they_are_heard_of(works: Company) -> None:
    for name in ("ada", "bob"):
        await works.admit(name)
        await works.said(name, "quiz")
    works.chat.errors = [Undeliverable(Reason.BLOCKED)] * 2
    await works.drain.everything()
    works.clock.pass_by(timedelta(minutes=1))
    assert facts((await drafted(works)).card)["Probably not reached"] == "2: blocked by the person"
    question = await works.latest("ada")
    await works.answer("ada", question, "A")
    assert facts((await drafted(works)).card)["Probably not reached"] == "1: blocked by the person"
    await works.said("bob", "quiz", direct=False)
    await works.drain.everything()
    assert "Probably not reached" not in facts((await drafted(works)).card)


async def test_what_was_forecast_is_what_happens(works: Company) -> None:
    await works.admit("linus", addresses=())
    await works.admit("tim")
    await works.said("tim", "pause 1 day")
    for number in range(5):
        await works.admit(f"american{number}", zone="America/New_York")
    preview = await drafted(works)
    told = (await kept(works, preview)).forecast
    assert told is not None
    assert told.last_at is not None
    assert told.held_until is not None
    await sent(works, preview)
    await works.drain.everything()
    assert abs(works.clock.now() - told.last_at) <= timedelta(seconds=2)
    while due := await works.store.next_due(works.clock.now()):
        works.clock.move(due)
        await works.drain.everything()
    assert abs(works.clock.now() - told.held_until) <= timedelta(seconds=2)
    arrived = (await headway(works, preview)).states
    assert arrived.pop((Status.SENT, Reason.NONE)) == sum(count.people for count in told.places)
    assert {reason: n for (_, reason), n in arrived.items()} == {c.name: c.people for c in told.without}


async def test_before_it_begins_the_card_still_says_what_to_expect(works: Company) -> None:
    preview = await drafted(works, at="2026-11-24T09:30")
    card = await pressed(works, preview, "decided", "send")
    assert [b.label for b in card.buttons()] == ["How far is it?", "Back to the draft", "Withdraw it"]
    assert facts(await looked(works, preview))["How long"] == "less than a minute"


async def test_a_press_shows_how_far_it_is_and_says_when_it_is_complete(works: Company) -> None:
    works.chat.errors = [None, None, None, Undeliverable(Reason.NOT_INSTALLED), Undeliverable(Reason.BLOCKED)]
    preview = await drafted(works)
    await sent(works, preview)
    assert (
        said(await looked(works, preview)) == "**0 of 12 sent by 10:00**\n\n- 12 waiting (less than a minute)"
    )
    draining = asyncio.create_task(works.drain.everything())
    while len(works.chat.shown) < 5:  # the preview and four others
        await asyncio.sleep(0)
    under_way = said(await looked(works, preview))
    assert "of 12 sent by 10:00**" in under_way
    assert "waiting (less than a minute)" in under_way
    await draining
    await works.press("colleague0", message := await works.latest("colleague0"), message.card.buttons()[0])
    assert said(await looked(works, preview)) == (
        "**Complete: 10 of 12 sent, the last one at 10:00**\n\n"
        "- 2 failed: 1 blocked by the person, 1 not installed\n"
        "- Seen: in Playground 1 has pressed something, of the other 9 it is not known\n- 1 acknowledged"
    )


async def test_the_states_add_up_to_the_roster_while_the_bulk_is_under_way_and_after_a_recall(
    works: Company,
) -> None:
    await works.admit("linus", addresses=())
    preview = await drafted(works)
    await pressed(works, preview, "decided", "send")
    works.chat.errors = [
        None,
        TryLater(timedelta(seconds=5)),
        Undeliverable(Reason.BLOCKED),
        ValueError("what?"),
    ]
    running = asyncio.create_task(_run(works))
    seen = set()
    while not running.done():
        found = await headway(works, preview)
        seen.add(found.roster)
        if found.of(Status.SENT) > 4 and not found.withdrawn:
            await pressed(works, preview, "withdrew")
    await running
    found = await headway(works, preview)
    assert seen <= {0, 13}
    assert (found.roster, found.withdrawn, found.complete) == (13, True, True)
    assert found.gone == found.of(Status.SENT)


async def _run(company: Company) -> None:
    await company.go_on()
    company.clock.pass_by(timedelta(minutes=2))  # what is in doubt has been looked for
    await company.go_on()


async def test_a_withdrawal_says_what_was_stopped_and_how_long_the_rest_takes(works: Company) -> None:
    for number in range(60):
        await works.admit(f"more{number}")
    preview = await drafted(works)
    await sent(works, preview)
    draining = asyncio.create_task(works.drain.everything())
    while len(works.chat.shown) < 7:
        await asyncio.sleep(0)
    shown = await pressed(works, preview, "withdrew")
    assert "stopped before they were sent" in said(shown)
    assert [b.label for b in shown.buttons()] == ["How far is it?", "Look back"]
    await draining
    found = await headway(works, preview)
    arrived, stopped = found.of(Status.SENT), found.states[Status.CANCELLED, Reason.RECALLED]
    assert arrived + stopped == 72
    last = await looked(works, preview)
    assert said(last) == (
        f"**Complete: {arrived} of {arrived} taken away**\n\n- {stopped} stopped before they were sent"
    )
    assert [b.label for b in last.buttons()] == ["Look back"]
    assert len(works.chat.withdrawn) == arrived


async def test_a_platform_that_takes_few_deletions_a_minute_is_named_with_the_time_it_takes(
    works: Company,
) -> None:
    for number in range(60):
        await works.admit(f"more{number}")
    preview = await drafted(works)
    await sent(works, preview)
    await works.drain.everything()
    card = await pressed(works, preview, "withdrew")
    assert said(card) == (
        "**0 of 72 taken away by 10:00**\n\n"
        "- 72 being taken away (about 2 min, until 10:03; about 48 a minute in Playground)"
    )


async def test_what_is_withdrawn_before_it_begins_reaches_nobody(works: Company) -> None:
    preview = await drafted(works, at="2026-11-24T09:30")
    await pressed(works, preview, "decided", "send")
    card = await pressed(works, preview, "withdrew")
    assert said(card) == "**Complete: stopped before anybody had it**"
    works.clock.pass_by(timedelta(days=2))
    await works.go_on()
    assert works.chat.titles("colleague0") == []


async def test_only_its_author_sees_how_far_it_is(works: Company) -> None:
    preview = await drafted(works)
    await sent(works, preview)
    outcome = await works.dispatch(Click("k", at("colleague1"), "looked", delivery=preview.id))
    assert "sent to somebody else" in str(outcome.show)


async def test_looking_leaves_no_trace(works: Company) -> None:
    preview = await drafted(works)
    await sent(works, preview)
    before = await works.store.entries()
    await looked(works, preview)
    assert await works.store.entries() == before
    assert (await works.store.delivery(preview.id)) == preview


async def test_the_form_counts_everybody_and_each_role_site_and_team(works: Company) -> None:
    await works.admit("ada", team="Production", site="Plant 2")
    await works.admit("linus", team="Production", addresses=())
    form = (await works.said("grace", "broadcast")).form
    assert form is not None
    choices = next(block for block in form.inputs() if block.id == "audience").choices
    assert [(c.value, c.label) for c in choices] == [
        ("everyone", "Everyone (14)"),
        ('role:"leader"', "Role leader (1)"),
        ('site:"Plant 2"', "Site Plant 2 (1)"),
        ('team:"Production"', "Team Production (2)"),
    ]
