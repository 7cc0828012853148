"""A milestone that a lead writes: the same way as a message goes, and cheers in the place of acknowledgements."""

from __future__ import annotations

import pytest

from content.cards import Card, Text
from content.pieces import Milestone
from handlers.broadcasts.stages import Stage
from handlers.model import Delivery, Role
from tests.conftest import Company, button
from tests.handlers.leading import (
    ask_a_second,
    facts,
    filled,
    kept,
    labels,
    press,
    seen,
    shown,
    works,
)

PASSED = {"title": "Stage 1 is passed", "text": "**Ready** for the main audit.\nThank you."}


@pytest.fixture
async def ida(company: Company) -> Company:
    """Ida, who leads quality, beside Grace and the others; Ada and Linus make up Production."""
    await works(company)
    await company.admit("ida", roles=frozenset({Role.QUALITY_LEAD}))
    for name in ("ada", "linus"):
        await company.admit(name, team="Production")
    return company


async def drafted(company: Company, who: str = "ida", **fields: str) -> Delivery:
    """The preview of a milestone, delivered."""
    outcome = await filled(company, "milestone", who=who, **{**PASSED, "audience": "everyone", **fields})
    assert outcome.errors == {}
    await company.drain.everything()
    return await company.latest(who)


def headway(card: Card) -> str:
    return [block.markdown for block in card.blocks if isinstance(block, Text)][-1]


async def test_the_form_asks_what_it_is_a_milestone_of_and_counts_who_gets_it(ida: Company) -> None:
    form = (await ida.said("ida", "milestone")).form
    assert form is not None
    assert [field.id for field in form.inputs()] == ["title", "text", "audience", "at"]
    assert [(c.value, c.label) for c in form.inputs()[2].choices] == [
        ("everyone", "The whole programme: everyone (11)"),
        ('team:"Production"', "Team Production (2)"),
    ]


async def test_a_milestone_of_the_programme_goes_to_everyone_and_cheers_are_counted(ida: Company) -> None:
    preview = await drafted(ida)
    assert preview.card.title == "Preview: Stage 1 is passed"
    assert labels(preview.card) == ["Send it", "Change the text", "To whom, when", "Try it", "Discard"]
    assert facts(preview.card)["Celebrates"] == "the programme"
    assert facts(preview.card)["How many"] == "11 people: 11 in Playground"
    await press(ida, preview, "Send it", "ida")
    await ida.go_on()
    got = await ida.latest("ada")
    assert got.card.title == "🎉 Stage 1 is passed"
    assert isinstance(got.piece, Milestone)
    assert got.piece.scope == "programme"
    await ida.press("ada", got, button(got.card, "👏"))
    await ida.press("ada", got, button(got.card, "👏"))
    told = headway(await seen(ida, preview, "ida"))
    assert told.endswith("- 👏 1 cheered")
    assert "acknowledged" not in told


async def test_a_milestone_of_a_team_goes_to_that_team_alone(ida: Company) -> None:
    preview = await drafted(ida, audience='team:"Production"')
    assert facts(preview.card)["Celebrates"] == "a team"
    await press(ida, preview, "Send it", "ida")
    await ida.go_on()
    assert shown(ida, "linus") == ["🎉 Stage 1 is passed"]
    assert shown(ida, "colleague0") == []
    piece = (await ida.latest("linus")).piece
    assert isinstance(piece, Milestone)
    assert piece.scope == "team"


async def test_whose_it_is_and_its_words_can_be_changed_until_it_is_sent(ida: Company) -> None:
    preview = await drafted(ida)
    form = (await press(ida, preview, "Change the text", "ida")).form
    assert form is not None
    assert {field.id: field.value for field in form.inputs()} == PASSED
    await filled(ida, "text", preview.id, "ida", title="Passed", text="Thank you.")
    form = (await press(ida, preview, "To whom, when", "ida")).form
    assert form is not None
    assert [field.id for field in form.inputs()] == ["audience", "at"]
    await filled(ida, "send", preview.id, "ida", audience='team:"Production"', at="2026-11-24T09:30")
    broadcast = await kept(ida, preview)
    assert isinstance(broadcast.message, Milestone)
    assert (broadcast.message.title, broadcast.message.scope, broadcast.version) == ("Passed", "team", 3)
    assert broadcast.timing.at.startswith("2026-11-24T09:30")


async def test_a_milestone_of_the_packs_is_a_beginning(ida: Company) -> None:
    form = (await ida.said("ida", "milestone templates")).form
    assert form is not None
    offered = {choice.value for choice in form.inputs()[0].choices}
    assert "stage-1-passed" in offered
    assert "work-anniversary" not in offered
    form = (await filled(ida, form.buttons()[0].item, who="ida", template="stage-1-passed")).form
    assert form is not None
    assert form.inputs()[0].value == "Stage 1 is passed"
    assert "ready for the main audit" in form.inputs()[1].value
    refused = await filled(ida, "milestone template", who="ida", template="work-anniversary")
    assert set(refused.errors) == {"template"}


async def test_it_can_be_tried_out_and_withdrawn(ida: Company) -> None:
    preview = await drafted(ida)
    await press(ida, preview, "Try it", "ida")
    await ida.drain.everything()
    trial = await ida.latest("ida")
    assert trial.card.title == "🎉 Stage 1 is passed"
    outcome = await ida.press("ida", trial, button(trial.card, "👏"))
    assert "nothing was counted" in str(outcome.show)
    await press(ida, preview, "Send it", "ida")
    await ida.go_on()
    await press(ida, preview, "Withdraw it", "ida")
    await ida.drain.everything()
    assert (await kept(ida, preview)).stage is Stage.WITHDRAWN
    assert len(ida.chat.withdrawn) == 11


async def test_a_second_person_sees_the_milestone_and_approves_it(ida: Company) -> None:
    ask_a_second(ida, above=3)
    preview = await drafted(ida)
    await press(ida, preview, "Ask for approval", "ida")
    await ida.drain.everything()
    request = await ida.latest("marie")
    assert request.card.title == "May this go out? Stage 1 is passed"
    assert facts(request.card)["Celebrates"] == "the programme"
    await press(ida, request, "Approve it", "marie")
    await ida.go_on()
    assert shown(ida, "ada") == ["🎉 Stage 1 is passed"]


async def test_who_may_not_celebrate_gets_a_sentence(ida: Company) -> None:
    for outcome in (await ida.said("ada", "milestone"), await filled(ida, "milestone", who="ada", **PASSED)):
        assert "Only a quality lead, a leader or an administrator can do this." in str(outcome.show)
    assert "Only a leader" in str((await ida.said("ida", "broadcast")).show)


async def test_who_lost_the_right_to_celebrate_sends_nothing(ida: Company) -> None:
    preview = await drafted(ida)
    await ida.admit("ida", roles=frozenset({Role.EMPLOYEE}))
    outcome = await press(ida, preview, "Send it", "ida")
    assert "Only a quality lead" in str(outcome.show)
    assert (await kept(ida, preview)).stage is Stage.DRAFT


async def test_what_is_missing_or_too_long_stands_beside_its_field(ida: Company) -> None:
    outcome = await filled(ida, "milestone", who="ida", title="", text="x" * 3001, audience="everyone")
    assert set(outcome.errors) == {"title", "text"}
    assert outcome.errors["title"] == "A milestone needs a title."
    preview = await drafted(ida)
    assert set((await filled(ida, "text", preview.id, "ida", title="Passed", text="")).errors) == {"text"}
