"""A message that is out is corrected in its place: who has it sees the new words, who does not gets them, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from content.cards import Card
from content.pieces import Message
from content.programme import Reminders, SecondPerson
from handlers.broadcasts.forms import FILLED
from handlers.broadcasts.stages import Stage
from handlers.events import Click
from handlers.model import Delivery, Role
from handlers.pace import Pace
from tests.conftest import Company, at, button
from tests.handlers.broadcasts.test_broadcasts import drafted, kept, looked, pressed, said, sent
from tests.handlers.broadcasts.test_reminders import acknowledges, pass_by

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PEOPLE = ("ada", "bob", "kim")


@pytest.fixture
async def works(company: Company) -> Company:
    company.clock.move(MONDAY_TEN)
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    for name in PEOPLE:
        await company.admit(name)
    await company.admit("yuki", zone="Asia/Tokyo")  # whose quiet hours have begun
    return company


async def out(company: Company, **fields: str) -> Delivery:
    preview = await drafted(company, **fields)
    await sent(company, preview)
    await company.drain.everything()
    return preview


async def corrects(company: Company, preview: Delivery, **values: str) -> Card:
    """Grace's form comes back, as it is opened from her card."""
    outcome = await company.dispatch(
        Click("correct", at("grace"), "changes", delivery=preview.id, value="text")
    )
    assert outcome.form is not None
    assert outcome.form.title == "Correct it"
    filled = {field.id: field.value for field in outcome.form.inputs()} | values
    opened = company.clock.now().isoformat()
    key = f"filled-{values}"
    click = Click(key, at("grace"), FILLED, delivery=preview.id, item="text", value=opened, values=filled)
    outcome = await company.dispatch(click)
    assert outcome.errors == {}
    assert outcome.show is not None
    return outcome.show


def texts(company: Company) -> dict[str, str]:
    """The newest form of each message that was edited, by the platform's id."""
    return {message: str(card) for message, card in company.chat.edited}


async def test_who_has_it_sees_the_new_words_in_its_place_and_who_waits_gets_them(works: Company) -> None:
    preview = await out(works)
    rows = {name: await works.latest(name) for name in PEOPLE}
    shown_before = len(works.chat.shown)
    card = await corrects(works, preview, text="A *very* good week.")
    assert card.title == "Sent: Thank you"
    await works.go_on()
    seen = texts(works)
    assert all("very" in seen[row.receipt] for row in rows.values())
    assert all("Corrected on 23 November" in seen[row.receipt] for row in rows.values())
    assert len(works.chat.shown) == shown_before  # nobody got it anew
    await pass_by(works, timedelta(days=1))
    (late,) = [card for address, card, _ in works.chat.shown if address.user == "yuki"]
    assert "very" in str(late)


async def test_the_broadcast_is_the_same_in_a_new_version_and_the_log_says_so_once(works: Company) -> None:
    preview = await out(works)
    before = await kept(works, preview)
    await corrects(works, preview, text="Better.")
    after = await kept(works, preview)
    assert (after.id, after.version, after.stage) == (before.id, before.version + 1, Stage.SCHEDULED)
    assert after.message.id == before.message.id
    await works.go_on()
    entries = [entry for entry in await works.store.entries(500) if entry.kind == "corrected"]
    assert [(entry.object_id, entry.person) for entry in entries] == [(after.message.id, after.author)]


async def test_acknowledgements_stay(works: Company) -> None:
    preview = await out(works)
    await acknowledges(works, "ada")
    await corrects(works, preview, text="Better.")
    await works.go_on()
    ada = await works.latest("ada")
    assert "You have acknowledged" in texts(works)[ada.receipt]
    assert "1 acknowledged" in said(await looked(works, preview))


async def test_the_same_words_are_no_correction(works: Company) -> None:
    preview = await out(works)
    assert "Nothing was corrected" in str(await corrects(works, preview))
    assert (await kept(works, preview)).version == 1


async def test_it_may_be_corrected_again_and_also_while_it_is_paused(works: Company) -> None:
    preview = await out(works)
    await corrects(works, preview, text="Better.")
    await pressed(works, preview, "held")
    await corrects(works, preview, text="Best.")
    assert (await kept(works, preview)).stage is Stage.PAUSED
    await pressed(works, preview, "released")
    await pass_by(works, timedelta(days=1))
    (late,) = [card for address, card, _ in works.chat.shown if address.user == "yuki"]
    assert "Best" in str(late)
    assert all("Best" in text for text in (texts(works)[(await works.latest("ada")).receipt],))


async def test_the_card_says_how_many_are_still_to_be_brought_up_to_date_and_for_how_long(
    works: Company,
) -> None:
    for number in range(150):
        await works.admit(f"more{number}")
    works.keep_pace(edit=Pace(start=0.8, most=0.8))
    preview = await out(works)
    await works.drain.everything()
    card = await corrects(works, preview, text="Better.")
    assert "154 cards being brought up to date (about 4 min, until" in said(card)
    assert "about 48 a minute in Playground" in said(card)


async def test_a_reminder_that_waits_is_of_the_corrected_message(works: Company) -> None:
    works.run_campaigns(reminders=Reminders())
    preview = await out(works)
    works.clock.pass_by(timedelta(hours=49))
    await works.plan.tick()
    await corrects(works, preview, text="Better.", title="Thanks")
    await pass_by(works, timedelta(days=2))
    assert works.chat.titles("ada")[-1] == "Reminder: Thanks"


async def test_only_its_author_can_correct_it_and_nothing_that_is_withdrawn(works: Company) -> None:
    preview = await out(works)
    click = Click("other", at("ada"), "changes", delivery=preview.id, value="text")
    assert (await works.dispatch(click)).form is None
    await pressed(works, preview, "withdrew")
    again = Click("late", at("grace"), "changes", delivery=preview.id, value="text")
    assert (await works.dispatch(again)).form is None


@pytest.fixture
async def careful(works: Company) -> Company:
    """A second person has to agree to what goes to everyone: Marie, or Olga."""
    works.run_campaigns(approval=SecondPerson(above=100))
    for name in ("marie", "olga"):
        await works.admit(name, roles=frozenset({Role.APPROVER}))
    return works


async def approved(company: Company) -> Delivery:
    """Grace's broadcast, which Marie has approved, is out."""
    preview = await drafted(company)
    await pressed(company, preview, "decided", "send")
    await company.drain.everything()
    request = await company.latest("marie")
    await company.press("marie", request, button(request.card, "Approve it"))
    await company.go_on()
    return preview


async def test_a_correction_waits_for_a_second_person_where_the_message_did(careful: Company) -> None:
    preview = await approved(careful)
    card = await corrects(careful, preview, text="Better.")
    assert "waits for a second person" in str(card)
    await careful.go_on()
    ada = await careful.latest("ada")
    assert ada.receipt not in texts(careful)
    request = await careful.latest("marie")
    assert "Better." in str(request.card)
    assert "out already" in str(request.card)
    outcome = await careful.press("marie", request, button(request.card, "Approve it"))
    assert "Marie approved it" in str(outcome.show)
    await careful.go_on()
    assert "Better." in texts(careful)[ada.receipt]
    entries = [entry.kind for entry in await careful.store.entries(500)]
    assert (entries.count("submitted"), entries.count("corrected")) == (2, 1)


async def test_of_two_who_approve_a_correction_at_once_one_is_first(careful: Company) -> None:
    preview = await approved(careful)
    await corrects(careful, preview, text="Better.")
    await careful.go_on()
    for name in ("marie", "olga"):
        request = await careful.latest(name)
        await careful.press(name, request, button(request.card, "Approve it"))
    assert [entry.kind for entry in await careful.store.entries(500)].count("corrected") == 1
    assert (await kept(careful, preview)).version == 2


async def test_a_correction_that_is_sent_back_leaves_what_is_out_as_it_is(careful: Company) -> None:
    preview = await approved(careful)
    await corrects(careful, preview, text="Worse.")
    await careful.go_on()
    request = await careful.latest("marie")
    opened = careful.clock.now().isoformat()
    click = Click(
        *("back", at("marie"), FILLED, request.id),
        item="remark",
        value=opened,
        values={"remark": "It was right before."},
    )
    outcome = await careful.dispatch(click)
    assert "Marie sent it back: It was right before" in str(outcome.show)
    broadcast = await kept(careful, preview)
    assert isinstance(broadcast.message, Message)
    assert (broadcast.message.text, broadcast.correction) == ("A good week.", None)
    assert "It was right before" in str(await looked(careful, preview))
    await corrects(careful, preview, text="Better.")
    await careful.go_on()
    assert "changed after you were asked" not in str((await careful.latest("olga")).card)
