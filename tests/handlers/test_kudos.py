"""Kudos: from anybody to a team, in their name, cheered by who gets them; few enough to mean something."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from content.cards import Text
from handlers.events import Click, Outcome
from handlers.kudos import ENOUGH
from handlers.model import Delivery, Reason, Role, Status
from tests.conftest import Company, at, button
from tests.handlers.leading import ask_a_second, facts, labels, press, seen, works

WORDS = "The new labels save us ten minutes a day."
_keys = (f"kudos{number}" for number in itertools.count(1))


@pytest.fixture
async def plant(company: Company) -> Company:
    """Ada and Linus of Production, Kim of Logistics who owes them thanks, and Ida who leads quality."""
    await works(company)
    for name, team in (("ada", "Production"), ("linus", "Production"), ("kim", "Logistics")):
        await company.admit(name, team=team)
    await company.admit("ida", roles=frozenset({Role.QUALITY_LEAD}))
    return company


async def give(company: Company, who: str = "kim", opened: str = "", **values: str) -> Outcome:
    fields = {"team": "Production", "text": WORDS, **values}
    moment = opened or company.clock.now().isoformat()
    outcome = await company.dispatch(Click(next(_keys), at(who), "kudos", value=moment, values=fields))
    company.clock.pass_by(timedelta(seconds=1))
    return outcome


async def given(company: Company, who: str = "kim", **values: str) -> Delivery:
    """The sender's card about kudos that have reached everybody."""
    assert (await give(company, who, **values)).errors == {}
    await company.go_on()
    return await company.latest(who)


async def test_the_form_offers_the_teams_with_people_and_a_sentence_or_two(plant: Company) -> None:
    form = (await plant.said("kim", "kudos")).form
    assert form is not None
    team, words = form.inputs()
    assert [choice.label for choice in team.choices] == ["Production (2)", "Logistics (1)"]
    assert (words.id, words.max_length) == ("text", 300)
    assert [(b.label, b.verb) for b in form.buttons()] == [("Send it", "kudos")]


async def test_everybody_of_the_team_gets_them_in_the_senders_name_and_cheers_come_back(
    plant: Company,
) -> None:
    card = await given(plant)
    for name in ("ada", "linus"):
        got = await plant.latest(name)
        assert got.card.title == "👏 Kudos from Kim"
        assert labels(got.card) == ["👏 Cheer"]
        assert got.author == card.person
        await plant.press(name, got, button(got.card, "👏"))
    assert plant.chat.titles("colleague0") == []
    told = await seen(plant, card, "kim")
    assert told.title == "Sent: Kudos from Kim"
    assert [block.markdown for block in told.blocks if isinstance(block, Text)][-1] == (
        "**Complete: 2 of 2 sent, the last one at 10:00**\n\n"
        "- Seen: in Playground 2 have pressed something\n- 👏 2 cheered"
    )
    assert labels(told) == ["How far is it?", "Withdraw it"]
    entries = [entry for entry in await plant.store.entries() if "Kudos" in entry.title]
    kinds = [entry.kind for entry in entries if entry.person != card.person]
    assert [kinds.count(kind) for kind in ("planned", "assigned", "delivered", "cheered")] == [1, 2, 2, 2]


async def test_nobody_thanks_themselves(plant: Company) -> None:
    card = await given(plant, "ada")
    assert (await plant.latest("linus")).card.title == "👏 Kudos from Ada"
    assert plant.chat.titles("ada") == ["Sent: Kudos from Ada"]
    assert "1 of 1 sent" in str(await seen(plant, card, "ada"))
    assert (await give(plant, "kim", team="Logistics")).errors == {"team": "Nobody but you is in this team."}


async def test_words_are_words_whatever_they_look_like(plant: Company) -> None:
    words = "**Bold** <!channel> @everyone [x](javascript:1)\n{who} ~~\u202eno~~ <b>&amp;"
    await given(plant, text=words)
    got = await plant.latest("ada")
    piece = got.piece
    assert piece is not None
    (text,) = [block.markdown for block in got.card.blocks if isinstance(block, Text)]
    assert "\\*\\*Bold\\*\\*" in text
    assert "\u202e" not in text
    assert "\\<\\!channel\\>" in text


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"team": "Nobody's"}, "team"),
        ({"team": ""}, "team"),
        ({"other": "Nobody's"}, "other"),
    ],
)
async def test_a_mistake_stands_beside_its_field_and_nothing_is_sent(
    plant: Company, values: dict[str, str], field: str
) -> None:
    assert set((await give(plant, **values)).errors) == {field}
    await plant.go_on()
    assert plant.chat.shown == []


async def test_another_team_can_be_named_where_there_are_more_than_a_choice_takes(plant: Company) -> None:
    for number in range(100):
        await plant.admit(f"crowd{number}", team=f"Crew {number:03}")
    form = (await plant.said("kim", "kudos")).form
    assert form is not None
    assert [field.id for field in form.inputs()] == ["team", "other", "text"]
    await given(plant, other="crew 099")
    assert plant.chat.titles("crowd99") == ["👏 Kudos from Kim"]


async def test_three_a_week_and_the_fourth_gets_a_sentence_until_monday(plant: Company) -> None:
    for number in range(3):
        await given(plant, text=f"Number {number}.")
    assert ENOUGH in str((await give(plant)).show)
    assert ENOUGH in str((await plant.said("kim", "kudos")).show)
    assert (await plant.said("ada", "kudos")).form is not None
    plant.clock.pass_by(timedelta(days=7))
    assert (await plant.said("kim", "kudos")).form is not None


async def test_a_form_that_comes_twice_gives_kudos_once(plant: Company) -> None:
    opened = plant.clock.now().isoformat()
    for _ in range(2):
        outcome = await give(plant, opened=opened)
        assert "on their way to 2 people" in str(outcome.show)
    await plant.go_on()
    assert plant.chat.titles("ada") == ["👏 Kudos from Kim"]
    assert plant.chat.titles("kim") == ["Sent: Kudos from Kim"]


async def test_a_form_left_open_for_a_day_is_refused(plant: Company) -> None:
    opened = plant.clock.now().isoformat()
    plant.clock.pass_by(timedelta(days=1, minutes=1))
    assert "type `kudos` for a new one" in str((await give(plant, opened=opened)).show)


async def test_a_team_so_large_that_it_needs_a_second_person_is_for_a_leader_to_celebrate(
    plant: Company,
) -> None:
    ask_a_second(plant, above=1)
    told = (await give(plant)).errors["team"]
    assert told == (
        "What goes to more than 1 people needs a second person to agree. "
        "Kudos go out without that: ask a leader to celebrate it as a milestone."
    )


async def test_kudos_count_in_the_week_and_come_after_what_fills_it(plant: Company) -> None:
    plant.run_campaigns(at_most_a_week=1)
    await given(plant)
    card = await given(plant, "ida")
    headway = await plant.store.headway(card.piece.id if card.piece else "", plant.clock.now())
    assert headway.states == {(Status.SKIPPED, Reason.CAPPED): 2}


async def test_the_sender_withdraws_their_own(plant: Company) -> None:
    card = await given(plant)
    shown = (await press(plant, card, "Withdraw it", "kim")).show
    assert shown is not None
    assert shown.title == "Withdrawn: Kudos from Kim"
    await plant.drain.everything()
    assert len(plant.chat.withdrawn) == 2


async def test_a_lead_looks_through_what_was_said_and_withdraws_it(plant: Company) -> None:
    card = await given(plant, text="You are *all* fools.")
    for number in range(2):
        await given(plant, "ada", team="Logistics", text=f"Number {number}.")
    listed = (await plant.said("ida", "kudos recent")).show
    assert listed is not None
    assert [b.label for b in listed.buttons()] == ["Withdraw"] * 3
    assert "**Kim**" in str(listed.blocks[-2])
    assert "Withdrawn" in str((await plant.said("ida", listed.buttons()[-1].value)).show)
    await plant.drain.everything()
    assert len(plant.chat.withdrawn) == 2
    assert (await seen(plant, card, "kim")).title == "Withdrawn: Kudos from Kim"
    assert "withdrawn already" in str((await plant.said("ida", listed.buttons()[-1].value)).show)
    left = (await plant.said("ida", "kudos recent")).show
    assert left is not None
    assert len(left.buttons()) == 2


async def test_others_see_and_withdraw_their_own_alone(plant: Company) -> None:
    card = await given(plant)
    assert card.piece is not None
    assert "none of the last 30 days" in str((await plant.said("linus", "kudos recent")).show)
    told = (await plant.said("linus", f"kudos withdraw {card.piece.id}")).show
    assert "Only a quality lead, a leader or an administrator can do this." in str(told)
    assert "not known" in str((await plant.said("ida", "kudos withdraw broadcast-1")).show)
    own = (await plant.said("kim", "kudos recent")).show
    assert own is not None
    assert "Withdrawn" in str((await plant.said("kim", own.buttons()[0].value)).show)


async def test_what_does_not_fit_a_card_is_on_the_next(plant: Company) -> None:
    for number in range(7):
        await give(plant, f"colleague{number % 5}", text=f"Number {number}.")
    first = (await plant.said("ida", "kudos recent")).show
    assert first is not None
    assert [b.label for b in first.buttons()] == [*["Withdraw"] * 5, "Older ones"]
    second = (await plant.said("ida", first.buttons()[-1].value)).show
    assert second is not None
    assert [b.label for b in second.buttons()] == ["Withdraw"] * 2


async def test_the_leads_numbers_count_them_without_those_withdrawn(plant: Company) -> None:
    card = await given(plant)
    await given(plant, "ada", team="Logistics")
    await press(plant, card, "Withdraw it", "kim")
    shown = (await plant.said("ida", "stats")).show
    assert shown is not None
    assert facts(shown)["Kudos given"] == "1"
    await plant.admit("tim", roles=frozenset({Role.MANAGER}))
    shown = (await plant.said("tim", "stats")).show
    assert shown is not None
    assert "Kudos given" not in facts(shown)
