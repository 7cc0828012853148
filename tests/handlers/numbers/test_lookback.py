"""A leader looks back at a message, and the quality lead at all of them: numbers that add up, names where allowed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from content.cards import Card, Chart, Note, Table
from content.leadership import record
from content.limits import problems
from content.markup import plain
from content.programme import Names, Standard
from handlers.broadcasts.checks import OPTION
from handlers.events import Click, Seen
from handlers.model import Address, Person, Platform, Reason, Role, Status
from handlers.numbers.counting import Counting
from handlers.numbers.layers import Reading, reading
from handlers.permissions import whose_names
from handlers.ports import Undeliverable
from tests.conftest import Company, at, button
from tests.handlers.leading import drafted, facts, kept, labels, press, works

QUESTION = {"stem": "Whose week was it?", "options": "*Yours\nMine", "explanation": "You did it."}


@pytest.fixture
async def house(company: Company) -> Company:
    """Grace and her nine colleagues, one of whom is paused, and Olga, who leads quality."""
    await works(company, 6)
    await company.admit("olga", roles=frozenset({Role.QUALITY_LEAD}))
    await company.said("olga", "pause 1 week")
    return company


async def went_out(house: Company, title: str = "Thank you", **fields: str) -> str:
    """A message that everybody got; its id."""
    preview = await drafted(house, title=title, **fields)
    await press(house, preview, "Send it")
    await house.go_on()
    house.clock.pass_by(timedelta(minutes=1))
    return (await kept(house, preview)).id


async def acknowledged(house: Company, *names: str) -> None:
    for name in names:
        latest = await house.latest(name)
        await house.press(name, latest, button(latest.card, "I have read this"))


async def asked(house: Company, words: str, who: str = "olga") -> Card:
    shown = (await house.said(who, words)).show
    assert shown is not None
    assert problems(shown) == ()
    return shown


async def test_look_back_comes_as_a_message_of_its_own(house: Company) -> None:
    preview = await drafted(house, **QUESTION)
    await press(house, preview, "Send it")
    await house.go_on()
    for name, option in (("colleague0", "A"), ("colleague1", "A"), ("colleague2", "B")):
        latest = await house.latest(name)
        await house.press(name, latest, button(latest.card, "Answer"), values={OPTION: option})
    await acknowledged(house, "colleague3")
    outcome = await press(house, preview, "Look back")
    assert outcome.show is not None
    assert "comes as a message of its own" in str(outcome.show)
    assert "Pause" not in labels(outcome.show)
    await house.drain.everything()
    card = (await house.latest("grace")).card
    assert card.title == "Looking back: Thank you"
    assert facts(card) == {
        "Delivered": "9 of 10 on the roster",
        "Seen": "in Playground 4 have pressed something, of the other 5 it is not known",
        "Acknowledged": "4 of 9 (44%)",
        "Understood": "2 of 9 (22%); 3 answered its question",
        "Half of those who acknowledged did so within": "less than a minute",
    }
    (chart,) = (block for block in card.blocks if isinstance(block, Chart))
    assert chart.alt == "How far it got: Delivered 9, Seen at least 4, Acknowledged 4, Understood 2."
    assert "1 left out: paused" in str(card)
    assert problems(card) == ()


async def test_who_has_it_and_who_has_not_add_up_to_the_roster(house: Company) -> None:
    preview = await drafted(house)
    await press(house, preview, "Send it")
    await house.plan.tick()
    house.chat.errors = [Undeliverable(Reason.BLOCKED), Undeliverable(Reason.LEFT), None]
    await house.drain.everything()
    house.clock.pass_by(timedelta(minutes=1))
    card = await asked(house, "stats message")
    assert facts(card)["Delivered"] == "7 of 10 on the roster"
    assert "**3 of 10 do not have it:**" in str(card)
    assert "2 failed: 1 blocked by the person, 1 left" in str(card)


async def test_it_is_seen_beside_the_authors_earlier_messages(house: Company) -> None:
    for number in range(7):
        await went_out(house, f"Message {number}")
        await acknowledged(house, *[f"colleague{n}" for n in range(number % 6)])
        house.clock.pass_by(timedelta(days=1))
    card = await asked(house, "stats message")
    (table,) = (block for block in card.blocks if isinstance(block, Table))
    assert table.header == ("Message", "Sent", "Reached", "Acknowledged", "Understood")
    assert [row[0] for row in table.rows] == [
        "This one: Message 6",
        *(f"Message {n}" for n in (5, 4, 3, 2, 1)),
    ]
    assert table.rows[1] == ("Message 5", "2026-11-28", "90% of 10", "56% of 9", "-")
    assert len({row[0] for row in table.rows}) == 6


async def test_campaigns_and_leaders_have_the_names_that_people_know(house: Company) -> None:
    await went_out(house, "Thank you all")
    for words, name in (("stats campaign", "Thank you all"), ("stats leader", "Grace")):
        (table,) = (block for block in (await asked(house, words)).blocks if isinstance(block, Table))
        assert [row[0] for row in table.rows] == [name]


async def test_of_fewer_than_five_people_only_the_delivery_is_told(house: Company) -> None:
    for name in ("kim", "lee"):
        await house.admit(name, site="Cairo")
    await went_out(house, audience="site:Cairo")
    await acknowledged(house, "kim")
    card = await asked(house, "stats message")
    assert facts(card)["Seen, acknowledged, understood"] == "not told of fewer than 5 people"
    assert not [block for block in card.blocks if isinstance(block, Chart)]
    assert "fewer than 5 people" in str(await asked(house, "stats messages"))
    assert "fewer than 5 people" in str(await asked(house, "stats leaders"))


async def test_names_are_shown_to_nobody_unless_the_programme_names_them(house: Company) -> None:
    await went_out(house)
    await acknowledged(house, *[f"colleague{n}" for n in range(4)])
    assert "Colleague5" not in str(await asked(house, "stats message"))
    house.run_campaigns(names=Names(not_acknowledged=("quality lead",)))
    shown = str(await asked(house, "stats message"))
    assert "**5 have not acknowledged it:** Colleague4, Colleague5, Grace, Marie, Rosa" in shown
    assert "Colleague5" not in str(await asked(house, "stats message", "grace"))
    house.run_campaigns(names=Names(not_acknowledged=("author",)))
    assert "Colleague5" in str(await asked(house, "stats message", "grace"))
    assert "Colleague5" not in str(await asked(house, "stats message"))


def test_by_name_is_decided_by_role_and_by_whose_message_it_is() -> None:
    lead = Person("olga", roles=frozenset({Role.QUALITY_LEAD, Role.MANAGER}))
    author, boss = Person("grace"), Person("tim", roles=frozenset({Role.MANAGER}))
    nobody, everyone = Names(), Names(not_acknowledged=("author", "manager", "quality lead"))
    assert [whose_names(person, nobody, "grace") for person in (lead, author, boss, None)] == [None] * 4
    assert [whose_names(person, everyone, "grace") for person in (lead, author, boss, None)] == [
        "",
        "",
        "tim",
        "",
    ]
    assert whose_names(author, everyone, "ada") is None
    assert whose_names(lead, Names(not_acknowledged=("manager",)), "grace") == "olga"


async def test_a_leader_sees_their_own_messages_and_no_others(house: Company) -> None:
    mine = await went_out(house, "From Grace")
    await house.admit("hans", roles=frozenset({Role.LEADER}))
    assert "From Grace" in str(await asked(house, "stats messages", "grace"))
    assert "No message of a leader" in str(await asked(house, "stats messages", "hans"))
    assert "There is no message" in str(await asked(house, f"stats message {mine}", "hans"))
    assert "From Grace" in str(await asked(house, f"stats message {mine}"))
    await house.admit("tim", roles=frozenset({Role.MANAGER}))
    for who in ("colleague0", "tim"):
        refused = str(await asked(house, "stats messages", who))
        assert "Only a quality lead, an auditor, an administrator or a leader can do this." in refused


async def test_a_draft_has_nothing_to_look_back_at(house: Company) -> None:
    preview = await drafted(house)
    assert "Look back" not in labels(preview.card)
    broadcast = await kept(house, preview)
    assert "There is no message" in str(await asked(house, f"stats message {broadcast.id}"))
    assert "No message of a leader has gone out yet" in str(await asked(house, "stats message"))


async def test_leaders_are_listed_with_whom_they_reached(house: Company) -> None:
    await went_out(house, "One")
    await acknowledged(house, "colleague0", "colleague1")
    await went_out(house, "Two")
    card = await asked(house, "stats leaders")
    (table,) = (block for block in card.blocks if isinstance(block, Table))
    assert table.rows == (("Grace", "2", "9", "11% of 18", "-"),)
    house.clock.pass_by(timedelta(days=40))
    assert "No message of a leader went out" in str(await asked(house, "stats leaders 30"))


async def test_while_it_is_counted_the_card_says_to_press_again(house: Company) -> None:
    preview = await drafted(house)
    await press(house, preview, "Send it")
    await house.go_on()

    class Slow(Counting):
        async def result(self, asked, count, seconds=0.0):  # type: ignore[no-untyped-def]
            await asyncio.sleep(0)
            return

    object.__setattr__(house.desk, "counting", Slow())
    outcome = await press(house, preview, "Look back")
    assert "Press **Look back** again" in str(outcome.show)
    assert outcome.deliver == ()


# seen
async def test_a_receipt_counts_even_if_it_comes_before_the_platform_has_named_the_message(
    house: Company,
) -> None:
    there = Address(Platform.PLAYGROUND, "here", "colleague0")
    await went_out(house)
    assert (await house.dispatch(Seen("s1", there, (await house.latest("colleague0")).receipt))).show is None
    (broadcast,) = await house.store.results(
        house.clock.now() - timedelta(days=1), house.clock.now() + timedelta(1)
    )
    found = await house.store.headway(broadcast.id, house.clock.now())
    assert found.places == {Platform.PLAYGROUND: Reading(9, 1)}
    assert found.states[Status.SENT, Reason.NONE] == 9


async def test_a_receipt_of_a_stranger_changes_nothing(house: Company) -> None:
    assert (await house.dispatch(Seen("s1", at("nobody"), "m1"))).show is None


def test_what_is_not_known_is_said_place_by_place() -> None:
    teams, slack = Platform.TEAMS, Platform.SLACK
    assert reading({slack: Reading(92, 12), teams: Reading(40, 31)}) == (
        "31 of 40 in Teams; in Slack 12 have pressed something, of the other 80 it is not known"
    )
    assert reading({slack: Reading(9, 0)}) == "in Slack it is not known before somebody presses something"
    assert reading({slack: Reading(9, 9)}) == "in Slack 9 have pressed something"
    assert reading({teams: Reading(3, 1)}) == "1 of 3 in Teams"
    assert (
        reading({slack: Reading(3, 1), teams: Reading(40, 31)}) == "32 of 43, of the others it is not known"
    )


# the record
async def test_every_message_is_a_record_of_leadership_and_communication(house: Company) -> None:
    identity = await went_out(house)
    programme = house.library.programme
    expected = {str(clause) for clause in record(programme.standards)}
    assert "ISO 9001:2015 5.1.1" in expected
    entries = [e for e in await house.store.entries(500) if e.title == "Thank you"]
    kinds = {entry.kind for entry in entries if set(entry.clauses) == expected}
    assert {"launched", "planned", "assigned", "delivered"} <= kinds
    await acknowledged(house, "colleague0")
    did = next(e for e in await house.store.entries(20) if e.kind == "acknowledged")
    assert set(did.clauses) == expected
    assert "5.1.1" not in str((await house.latest("colleague0")).card)
    notes = (
        block for block in (await asked(house, f"stats message {identity}")).blocks if isinstance(block, Note)
    )
    assert any("In the record for ISO 9001:2015 5.1.1" in plain(note.markdown) for note in notes)


def test_the_record_names_only_standards_of_the_programme_and_numbers_that_are_known() -> None:
    standards = (
        Standard(standard="ISO 14001", edition="2026"),
        Standard(standard="ISO 45001", edition="2018"),
    )
    assert [str(clause) for clause in record(standards)] == ["ISO 14001:2026 5.1", "ISO 14001:2026 7.4.1"]
    assert record(()) == ()


async def test_a_press_by_a_button_that_is_not_offered_changes_nothing(house: Company) -> None:
    preview = await drafted(house)
    outcome = await house.dispatch(Click("k", at("grace"), "looked back", delivery=preview.id))
    assert outcome.deliver == ()
