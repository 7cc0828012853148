"""Cards drawn anew in their place: as they stand at that moment, until they are, and by nobody twice at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from content.cards import Card
from handlers.broadcasts.stages import Broadcast, Stage, Step, step
from handlers.deliver import CALL, LEASE, QUARANTINE, SWITCHED_OFF
from handlers.events import Change, Click, Outcome
from handlers.model import TRIES_TO_EDIT, Address, Delivery, Job, Places, Platform, Queue, Reason
from handlers.pace import Pace
from handlers.ports import TryLater, Undeliverable
from handlers.redraw import Redrawer
from tests.conftest import Company, at
from tests.fakes import RecordingChat

EDITS = Queue(Platform.PLAYGROUND, "here", Job.EDIT)


async def sent(company: Company, name: str = "ada") -> Delivery:
    """A question that somebody has in their chat."""
    await company.admit(name)
    await company.said(name, "quiz")
    await company.drain.everything()
    return await company.latest(name)


async def asked(company: Company, *deliveries: Delivery) -> None:
    await company.store.refresh([delivery.id for delivery in deliveries], company.clock.now())


async def test_a_card_is_drawn_as_it_stands_at_that_moment(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    await company.answer("ada", row, "A")
    await company.drain.everything()
    ((message, card),) = company.chat.edited
    assert message == row.receipt
    assert card != row.card
    assert not any(
        button.verb == "answered" and button.item == row.card.buttons()[0].item for button in card.buttons()
    )


async def test_a_plain_answer_shows_its_card_again(company: Company) -> None:
    await company.admit("ada")
    await company.said("ada", "help", direct=False)
    await company.drain.everything()
    row = await company.latest("ada")
    assert row.piece is None
    await asked(company, row)
    await company.drain.everything()
    assert company.chat.edited == [(row.receipt, row.card)]


async def test_what_is_done_while_the_call_is_under_way_is_drawn_once_more(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    chat = company.chat

    class Pressed(type(chat)):  # type: ignore[misc]
        async def edit(
            self, address: Address, message: str, card: Card, delivery_id: str, **more: object
        ) -> None:
            if not chat.edited:
                await company.answer("ada", row, "A")
            chat.edited.append((message, card))

    await replace(company.drain, chats={Platform.PLAYGROUND: Pressed()}).everything()
    first, second = (card for _, card in chat.edited)
    assert first == row.card
    assert second != row.card


async def test_a_platform_that_puts_it_off_holds_up_edits_and_nothing_else(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    company.chat.edit_errors = [TryLater(timedelta(seconds=30), whole_workspace=True)]
    await company.drain.everything()
    other = await sent(company, "tim")
    await asked(company, other)
    await company.drain.everything()
    assert company.chat.edited == []
    company.clock.pass_by(timedelta(seconds=31))
    await company.drain.everything()
    assert {message for message, _ in company.chat.edited} == {row.receipt, other.receipt}


async def test_what_the_platform_refuses_for_good_is_left_as_it_is(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    company.chat.edit_errors = [Undeliverable(Reason.NOBODY, "message_not_found")]
    await company.drain.everything()
    company.clock.pass_by(timedelta(days=1))
    await company.drain.everything()
    assert company.chat.edited == []


async def test_it_is_tried_twenty_times(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    company.chat.edit_errors = [TryLater(timedelta(minutes=1)) for _ in range(50)]
    for _ in range(30):
        await company.drain.everything()
        company.clock.pass_by(timedelta(minutes=1))
    assert len(company.chat.edit_errors) == 50 - TRIES_TO_EDIT


async def test_a_platform_that_is_not_connected_here_may_be_later(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    await replace(company.drain, chats={}).everything()
    company.clock.pass_by(SWITCHED_OFF)
    await company.drain.everything()
    assert [message for message, _ in company.chat.edited] == [row.receipt]


async def test_a_card_whose_drawer_died_is_drawn_by_another(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    now = company.clock.now()
    assert (await company.store.claim(EDITS, now, "dead", LEASE, Places(8, 8), None)).refreshes
    await company.drain.everything()
    assert company.chat.edited == []
    company.clock.pass_by(LEASE)
    await company.drain.everything()
    assert [message for message, _ in company.chat.edited] == [row.receipt]


async def test_nobody_else_draws_a_card_before_everything_of_a_call_has_arrived(company: Company) -> None:
    row = await sent(company)
    await asked(company, row)
    began, latest = company.clock.now(), []

    class Late(RecordingChat):
        async def edit(
            self, address: Address, message: str, card: Card, delivery_id: str, *, before: datetime
        ) -> None:
            latest.append(before)
            for seconds in range(0, 240, 5):
                company.clock.move(began + timedelta(seconds=seconds))
                if await company.store.waiting(company.clock.now()):
                    latest.append(company.clock.now())
                    break

    await replace(company.drain, chats={Platform.PLAYGROUND: Late()}).everything()
    leaves_before, free_at = latest[:2]
    assert free_at >= leaves_before + CALL + QUARANTINE


async def test_edits_keep_to_their_own_pace(company: Company) -> None:
    rows = [await sent(company, name) for name in ("ada", "tim", "kim")]
    company.keep_pace(edit=Pace(start=1, most=1))
    await asked(company, *rows)
    began = company.clock.now()
    await company.drain.everything()
    assert len(company.chat.edited) == 3
    assert company.clock.now() - began >= timedelta(seconds=2)


async def test_a_recalled_card_that_was_claimed_before_says_that_it_was_withdrawn(company: Company) -> None:
    row = await sent(company)
    now = company.clock.now()
    assert row.piece is not None
    launch = Broadcast(row.campaign, row.piece, "everyone", "", now)
    await company.store.commit(Change(inbox="launched", at=now, step=Step(None, launch)))
    await asked(company, row)
    claim = await company.store.claim(EDITS, now, "test", LEASE, Places(8, 8), None)
    await company.store.commit(Change(inbox="recalled", at=now, step=step(launch, Stage.WITHDRAWN)))
    await Redrawer(company.desk, company.drain.chats).draw_anew(claim.refreshes[0])
    await company.drain.everything()
    assert company.chat.withdrawn == [row.receipt]
    assert len(company.chat.edited) == 1


async def test_an_outcome_that_only_asks_for_a_card_is_committed_and_rings(company: Company) -> None:
    row = await sent(company)
    rang = company.rang
    person = await company.store.person_at(at("ada"))
    assert person is not None
    click = Click("key", at("ada"), "anything")
    await company.dispatch._commit(click, person, Outcome(refresh=(row.id,)))
    assert company.rang == rang + 1
    await company.drain.everything()
    assert [message for message, _ in company.chat.edited] == [row.receipt]
