"""A second person agrees or sends back; nobody agrees to their own, and of two who decide at once one is first."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from content.cards import Text
from content.pieces import Approval
from content.programme import Author
from handlers.broadcasts.stages import Stage
from handlers.model import Delivery, Role
from tests.conftest import Company, button
from tests.handlers.leading import (
    ask_a_second,
    change,
    drafted,
    filled,
    kept,
    labels,
    pass_by,
    press,
    seen,
    shown,
    works,
)


@pytest.fixture
async def grace(company: Company) -> Company:
    ask_a_second(await works(company), above=3)
    return company


async def asked(company: Company, preview: Delivery, *names: str) -> list[Delivery]:
    """Grace asks; what the others got."""
    await press(company, preview, "Ask for approval")
    await company.drain.everything()
    found = [await company.latest(name) for name in names]
    assert all(isinstance(delivery.piece, Approval) for delivery in found)
    return found


async def test_what_goes_to_many_waits_for_a_second_person_who_sees_all_of_it(grace: Company) -> None:
    preview = await drafted(grace)
    assert "goes to everyone needs a second person" in str(preview.card)
    (request,) = await asked(grace, preview, "marie")
    assert labels(request.card) == ["Approve it", "Send it back"]
    for words in ("A good week.", "How many", "8 people", "Grace wrote this and asks you"):
        assert words in str(request.card)
    await grace.go_on()
    assert shown(grace, "colleague0") == []
    outcome = await press(grace, request, "Approve it", "marie")
    assert "Marie approved it" in str(outcome.show)
    await grace.go_on()
    assert shown(grace, "colleague0") == ["Thank you"]
    entries = {entry.kind for entry in await grace.store.entries()}
    assert {"submitted", "launched"} <= entries


async def test_what_goes_to_few_needs_nobody(grace: Company) -> None:
    preview = await drafted(grace, audience="role:approver")
    assert labels(preview.card)[0] == "Send it"


async def test_sent_back_it_is_a_draft_with_a_sentence_and_needs_to_be_asked_anew(grace: Company) -> None:
    preview = await drafted(grace)
    first, other = await asked(grace, preview, "marie", "rosa")
    form = (await press(grace, first, "Send it back", "marie")).form
    assert form is not None
    assert set((await filled(grace, "remark", first.id, "marie", remark=" ")).errors) == {"remark"}
    await filled(grace, "remark", first.id, "marie", remark="Say *when* it begins.")
    card = await seen(grace, preview)
    assert card.title == "Preview: Thank you"
    remarks = "".join(block.markdown for block in card.blocks if isinstance(block, Text))
    assert "Say \\*when\\* it begins" in remarks
    assert "Marie sent it back" in str(await seen(grace, other, "rosa"))
    await change(grace, preview, "text", title="Thank you", text="It begins on Monday.", acknowledge="yes")
    await asked(grace, preview, "marie", "rosa")
    assert "changed after you were asked" in str(await seen(grace, first, "marie"))


async def test_nobody_approves_their_own(company: Company) -> None:
    await works(company)
    ask_a_second(company)
    await company.admit("grace", roles=frozenset({Role.LEADER, Role.APPROVER}))
    preview = await drafted(company)
    (request,) = await asked(company, preview, "marie")
    assert "approval" not in {
        d.piece.kind for d in await _got(company, "grace") if isinstance(d.piece, Approval)
    }
    click = button(request.card, "Approve it")
    outcome = await company.press("grace", request, click)
    assert "sent to somebody else" in str(outcome.show)
    assert (await kept(company, preview)).stage is Stage.WAITING


async def test_who_lost_the_right_meanwhile_gets_a_sentence(grace: Company) -> None:
    (request,) = await asked(grace, await drafted(grace), "marie")
    await grace.admit("marie", roles=frozenset({Role.EMPLOYEE}))
    assert "Only an approver or an administrator" in str(
        (await press(grace, request, "Approve it", "marie")).show
    )


async def test_of_two_who_decide_at_once_one_is_first_and_the_other_sees_that(grace: Company) -> None:
    preview = await drafted(grace)
    one, two = await asked(grace, preview, "marie", "rosa")
    outcomes = await asyncio.gather(
        press(grace, one, "Approve it", "marie"),
        filled(grace, "remark", two.id, "rosa", remark="Not like this."),
    )
    broadcast = await kept(grace, preview)
    assert broadcast.stage in (Stage.SCHEDULED, Stage.DRAFT)
    words = "Marie approved it" if broadcast.stage is Stage.SCHEDULED else "Rosa sent it back"
    assert all(words in str(outcome.show) for outcome in outcomes)
    await grace.go_on()
    assert len(shown(grace, "colleague0")) == (broadcast.stage is Stage.SCHEDULED)
    kinds = [entry.kind for entry in await grace.store.entries()]
    assert kinds.count("launched") + kinds.count("sent back") == 1


async def test_two_approvals_at_once_send_it_once(grace: Company) -> None:
    preview = await drafted(grace)
    one, two = await asked(grace, preview, "marie", "rosa")
    await asyncio.gather(press(grace, one, "Approve it", "marie"), press(grace, two, "Approve it", "rosa"))
    await grace.go_on()
    assert shown(grace, "colleague0") == ["Thank you"]
    assert [entry.kind for entry in await grace.store.entries()].count("launched") == 1


async def test_taken_back_while_it_waits_it_cannot_be_approved(grace: Company) -> None:
    preview = await drafted(grace)
    (request,) = await asked(grace, preview, "marie")
    approve = button(request.card, "Approve it")
    await press(grace, preview, "Take it back")
    outcome = await grace.press("marie", request, approve)
    assert "author has taken it back" in str(outcome.show)
    assert (await kept(grace, preview)).stage is Stage.DRAFT


async def test_where_nobody_else_may_approve_the_author_is_told(company: Company) -> None:
    await works(company)
    ask_a_second(company)
    for name in ("marie", "rosa"):
        await company.admit(name, roles=frozenset({Role.EMPLOYEE}))
    preview = await drafted(company)
    assert "Nobody else may approve it yet" in str((await press(company, preview, "Ask for approval")).show)
    assert (await kept(company, preview)).stage is Stage.DRAFT


async def test_approved_after_its_time_it_goes_out_at_once(grace: Company) -> None:
    preview = await drafted(grace, at="2026-11-23T10:30")
    (request,) = await asked(grace, preview, "marie")
    await pass_by(grace, timedelta(hours=2))
    await press(grace, request, "Approve it", "marie")
    await grace.go_on()
    assert shown(grace, "colleague0") == ["Thank you"]


@pytest.mark.parametrize("rule", ["everyone", "not role:auditor", "everyone or team:x"])
async def test_everyone_is_everyone_however_the_rule_is_written(company: Company, rule: str) -> None:
    await works(company)
    ask_a_second(company, above=1000)
    preview = await drafted(company, rule=rule)
    assert labels(preview.card)[0] == "Ask for approval"


async def test_what_has_grown_since_it_was_written_is_counted_as_it_is(company: Company) -> None:
    await works(company)
    ask_a_second(company, above=3)
    preview = await drafted(company, rule="team:new or role:leader")
    assert labels(preview.card)[0] == "Send it"
    send = button(preview.card, "Send it")
    for number in range(5):
        await company.admit(f"new{number}", team="new")
    card = (await company.press("grace", preview, send)).show
    assert card is not None
    assert card.title == "Waiting for approval: Thank you"
    assert "more than 3 people" in str(card)
    await company.go_on()
    assert shown(company, "new0") == []


async def test_what_is_no_longer_granted_is_not_sent(company: Company) -> None:
    await works(company)
    preview = await drafted(company)
    send = button(preview.card, "Send it")
    company.run_campaigns(authors=(Author(who="role:leader", may="role:approver"),))
    told = str((await company.press("grace", preview, send)).show)
    assert "outside of what you may write to" in told
    assert (await kept(company, preview)).stage is Stage.DRAFT


async def _got(company: Company, name: str) -> list[Delivery]:
    return list(await company.store.deliveries_of((await company.latest(name)).person))
