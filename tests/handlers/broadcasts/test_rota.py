"""The rota: asked in time with a draft ready, passed on to the deputy, and one of their words goes out, once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest

from content.campaigns import Cadence, Campaign
from content.cards import Text
from content.packs import Library
from content.pieces import Draft, Message
from content.programme import RotaAsk, SecondPerson
from handlers.broadcasts.stages import Stage
from handlers.model import Delivery, Role
from handlers.plan import Plan
from tests.conftest import Company
from tests.handlers.leading import change, filled, kept, labels, pass_by, press, seen, works

WEEKLY = Campaign(
    id="weekly-message",
    title="Monday message",
    cadence=Cadence(repeat="weekly", days=("mon",), at="09:00"),
    starts=date(2026, 11, 23),
    rota=True,
    pieces=("words-of-the-week",),
    grace=timedelta(hours=24),
)
WORDS = Message(
    id="words-of-the-week",
    title="What counts this week",
    text="Say what you saw.\nAll of it.\n\nMy own part: {part}.",
    blanks={"part": "what you do yourself this week"},
)
ASK = RotaAsk(days=3, deputy_after=1)
GRACE, LINUS = "grace@example.org", "linus@example.org"
TUESDAY = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)  # nine in Berlin: three working days before the slot
FRIDAY = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)  # one before
SLOT = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
HER_TURN = "It is your turn on **Monday 30 November, 09:00**."


@pytest.fixture
async def company_of_two(company: Company) -> Company:
    """Grace, whose turn it is next Monday, Linus after her, and the others; it is Tuesday."""
    await works(company, colleagues=2)
    await company.admit("linus", roles=frozenset({Role.LEADER}))
    pieces = {**company.library.pieces, WORDS.id: WORDS}
    company.library = Library(pieces, company.library.programme)
    runs(company)
    await company.plan.tick()
    company.clock.move(TUESDAY)
    return company


def runs(company: Company, **rules: object) -> None:
    """The second slot of two leaders in turn is Grace's."""
    company.run_campaigns(WEEKLY, **{"rota": (LINUS, GRACE), "rota_ask": ASK, **rules})


async def goes_to(company: Company, moment: datetime) -> None:
    await pass_by(company, moment - company.clock.now(), timedelta(hours=3))


async def draft_of(company: Company, who: str) -> Delivery:
    """The latest draft that somebody was asked with."""
    person = await company.store.person_by_email(f"{who}@example.org")
    assert person is not None
    rows = await company.store.deliveries_of(person.key)
    return next(row for row in rows if isinstance(row.piece, Draft))


def got(company: Company, who: str = "colleague0") -> list[str]:
    return company.chat.titles(who)


def texts(delivery_or_blocks: tuple[object, ...]) -> str:
    return "\n".join(block.markdown for block in delivery_or_blocks if isinstance(block, Text))


async def said_to(company: Company, who: str = "colleague0") -> tuple[str, str]:
    """The text of the message that somebody got, and whose name stands under it."""
    piece = (await company.latest(who)).piece
    assert isinstance(piece, Message)
    return piece.text, piece.author


async def test_three_working_days_before_the_leader_has_a_draft_of_their_own(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, WEDNESDAY - timedelta(minutes=1))
    assert got(company, "grace") == []
    await goes_to(company, WEDNESDAY)
    draft = await draft_of(company, "grace")
    assert draft.card.title == "Preview: What counts this week"
    assert HER_TURN in texts(draft.card.blocks)
    assert "On Friday 27 November, 09:00 it passes on to your deputy." in texts(draft.card.blocks)
    assert labels(draft.card) == [
        *("Schedule it", "Fill in the blanks", "Change the text", "Add to it", "Try it", "Discard")
    ]
    broadcast = await kept(company, draft)
    assert broadcast.stage is Stage.DRAFT
    assert broadcast.audience == "everyone"
    assert (broadcast.timing.at, broadcast.timing.local) == ("2026-11-30T09:00:00+01:00", True)
    assert isinstance(broadcast.message, Message)
    assert broadcast.message.author == "Grace"
    assert broadcast.message.text.startswith("Say what you saw. All of it.\n\n")


async def test_what_the_leader_lets_go_takes_the_place_of_the_packs_words(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, WEDNESDAY)
    draft = await draft_of(company, "grace")
    await change(company, draft, "fill", **{"blank-part": "I walk the line on Tuesday"})
    await press(company, draft, "Schedule it")
    await goes_to(company, FRIDAY + timedelta(hours=1))
    assert got(company, "linus") == []  # nothing has passed on
    await goes_to(company, SLOT + timedelta(hours=30))
    assert got(company) == ["What counts this week"]
    text, author = await said_to(company)
    assert "I walk the line on Tuesday" in text
    assert author == "Grace"
    planned = [entry.value for entry in await company.store.entries() if entry.kind == "planned"]
    assert planned == ["6"]  # one roster, of everybody


async def test_what_lies_passes_on_to_the_deputy_and_both_cards_say_so(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, FRIDAY)
    hers, his = await draft_of(company, "grace"), await draft_of(company, "linus")
    assert "You stand in for Grace on **Monday 30 November, 09:00**." in texts(his.card.blocks)
    told = texts((await seen(company, hers)).blocks)
    assert "Your turn on **Monday 30 November, 09:00** has passed on to Linus." in told
    outcome = await press(company, his, "Schedule it", "linus")
    assert hers.id in outcome.refresh
    assert labels(await seen(company, hers)) == ["Discard"]
    assert "Linus has let theirs go" in texts((await seen(company, hers)).blocks)
    await goes_to(company, SLOT + timedelta(hours=30))
    assert got(company) == ["What counts this week"]
    assert (await said_to(company))[1] == "Linus"


async def test_the_leader_may_still_be_faster_than_the_deputy(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, FRIDAY)
    hers, his = await draft_of(company, "grace"), await draft_of(company, "linus")
    old = (await seen(company, his, "linus")).buttons()[0]
    await press(company, hers, "Schedule it")
    outcome = await company.press("linus", his, old)  # on a card that was not drawn anew yet
    assert outcome.show is not None
    assert "Grace has let theirs go" in texts(outcome.show.blocks)
    assert (await kept(company, his)).stage is Stage.DRAFT
    await goes_to(company, SLOT + timedelta(hours=30))
    assert got(company) == ["What counts this week"]


async def test_if_nobody_lets_theirs_go_the_packs_words_go_out_in_nobodys_name(
    company_of_two: Company,
) -> None:
    company = company_of_two
    await goes_to(company, SLOT + timedelta(minutes=1))
    assert got(company) == ["What counts this week"]
    assert (await said_to(company))[1] == ""
    hers = await draft_of(company, "grace")
    card = await seen(company, hers)
    assert "the words of the pack had their turn" in texts(card.blocks)
    assert labels(card) == ["Discard"]
    await company.press("grace", hers, hers.card.buttons()[0])
    assert (await kept(company, hers)).stage is Stage.DRAFT
    await goes_to(company, SLOT + timedelta(hours=30))
    assert got(company) == ["What counts this week"]


@pytest.mark.parametrize("first", ["leader", "plan"])
async def test_let_go_in_the_minute_of_the_slot_one_of_the_two_goes_out(
    company_of_two: Company, first: str
) -> None:
    company = company_of_two
    await goes_to(company, FRIDAY)
    hers = await draft_of(company, "grace")
    send = (await seen(company, hers)).buttons()[0]
    company.clock.move(SLOT)
    both = [company.press("grace", hers, send), company.plan.tick()]
    await asyncio.gather(*(both if first == "leader" else reversed(both)))
    for _ in range(3):
        await company.go_on()
        company.clock.pass_by(timedelta(minutes=10))
    assert got(company) == ["What counts this week"]
    signed = (await said_to(company))[1]
    assert (signed == "Grace") == (await kept(company, hers)).out


async def test_two_processes_and_a_restart_ask_once(company_of_two: Company) -> None:
    company = company_of_two
    company.clock.move(WEDNESDAY)
    await asyncio.gather(company.plan.tick(), Plan(company.desk).tick())
    await Plan(company.desk).tick()
    await company.drain.everything()
    assert got(company, "grace") == ["Preview: What counts this week"]


async def test_after_a_long_standstill_leader_and_deputy_are_asked_together(company_of_two: Company) -> None:
    company = company_of_two
    company.clock.move(FRIDAY + timedelta(hours=2))
    await company.go_on()
    assert [len(got(company, who)) for who in ("grace", "linus")] == [1, 1]
    hers = await draft_of(company, "grace")
    assert "has passed on to Linus" in texts((await seen(company, hers)).blocks)


@pytest.mark.parametrize(
    "state", [{"roles": frozenset({Role.EMPLOYEE})}, {"addresses": ()}, {"email": "new@example.org"}]
)
async def test_whoever_cannot_be_asked_is_passed_over_at_once(
    company: Company, state: Mapping[str, object]
) -> None:
    await works(company, colleagues=1)
    await company.admit("linus", roles=frozenset({Role.LEADER}))
    company.library = Library({WORDS.id: WORDS}, company.library.programme)
    await company.admit("tim", **{"roles": frozenset({Role.LEADER}), **state})
    runs(company, rota=(LINUS, "tim@example.org"))
    await company.plan.tick()
    await goes_to(company, WEDNESDAY)
    assert got(company, "tim") == []
    assert "You stand in for the leader whose turn it is" in texts(
        (await draft_of(company, "linus")).card.blocks
    )


async def test_who_is_paused_is_passed_over_and_not_asked_later(company_of_two: Company) -> None:
    company = company_of_two
    await company.said("grace", "pause 2 days")
    await goes_to(company, FRIDAY)
    assert got(company, "linus") == ["Preview: What counts this week"]
    assert got(company, "grace") == []


async def test_a_leader_who_discards_theirs_passes_it_on_at_once(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, WEDNESDAY)
    await press(company, await draft_of(company, "grace"), "Discard")
    await company.go_on()
    assert got(company, "linus") == ["Preview: What counts this week"]


async def test_the_programme_names_deputies_and_without_one_nothing_passes_on(
    company_of_two: Company,
) -> None:
    company = company_of_two
    await company.admit("rosa", roles=frozenset({Role.LEADER}))
    runs(company, deputies={GRACE.upper(): "rosa@example.org"})
    await goes_to(company, FRIDAY)
    assert got(company, "rosa") == ["Preview: What counts this week"]
    assert got(company, "linus") == []


async def test_alone_on_the_rota_nobody_stands_in(company_of_two: Company) -> None:
    company = company_of_two
    runs(company, rota=(GRACE,))
    await goes_to(company, FRIDAY)
    assert len(got(company, "grace")) == 1
    assert sum(len(got(company, who)) for who in ("linus", "marie", "rosa")) == 0


async def test_waiting_for_a_second_person_counts_as_let_go(company_of_two: Company) -> None:
    company = company_of_two
    runs(company, approval=SecondPerson(above=3))
    await goes_to(company, WEDNESDAY)
    hers = await draft_of(company, "grace")
    await press(company, hers, "Ask for approval")
    await goes_to(company, SLOT + timedelta(hours=1))
    assert got(company, "linus") == []
    assert got(company) == []  # approved late it goes out late, and the words of the pack do not
    request = await company.latest("marie")
    await press(company, request, "Approve it", "marie")
    await company.go_on()
    assert got(company) == ["What counts this week"]
    assert (await said_to(company))[1] == "Grace"


async def test_sent_back_after_its_time_the_words_of_the_pack_go_out(company_of_two: Company) -> None:
    company = company_of_two
    runs(company, approval=SecondPerson(above=3))
    await goes_to(company, WEDNESDAY)
    await press(company, await draft_of(company, "grace"), "Ask for approval")
    await goes_to(company, SLOT + timedelta(hours=1))
    request = await company.latest("marie")
    await filled(company, "remark", request.id, "marie", remark="Not like this.")
    await company.go_on()
    assert got(company) == ["What counts this week"]
    assert (await said_to(company))[1] == ""


async def test_taken_back_it_is_free_again_and_may_be_let_go_again(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, WEDNESDAY)
    hers = await draft_of(company, "grace")
    await press(company, hers, "Schedule it")
    await press(company, hers, "Back to the draft")
    assert HER_TURN in texts((await seen(company, hers)).blocks)
    await press(company, hers, "Schedule it")
    await goes_to(company, SLOT + timedelta(hours=1))
    assert got(company) == ["What counts this week"]


async def test_what_is_withdrawn_before_its_time_leaves_the_slot_empty(company_of_two: Company) -> None:
    company = company_of_two
    await goes_to(company, WEDNESDAY)
    hers = await draft_of(company, "grace")
    await press(company, hers, "Schedule it")
    await press(company, hers, "Withdraw it")
    await goes_to(company, SLOT + timedelta(hours=30))
    assert got(company) == []


async def test_each_zone_gets_it_at_its_own_nine_and_the_first_of_them_is_the_deadline(
    company_of_two: Company,
) -> None:
    company = company_of_two
    await company.admit("hana", zone="Pacific/Auckland")
    await goes_to(company, WEDNESDAY)
    hers = await draft_of(company, "grace")
    assert "Let go before Sunday 29 November, 21:00" in texts(hers.card.blocks)
    await press(company, hers, "Schedule it")
    await goes_to(company, SLOT - timedelta(hours=11))
    assert got(company, "hana") == ["What counts this week"]
    assert got(company) == []
    await goes_to(company, SLOT + timedelta(hours=1))
    assert [got(company, who) for who in ("hana", "colleague0")] == [["What counts this week"]] * 2


async def test_from_the_first_zone_on_the_words_of_the_pack_have_the_slot_everywhere(
    company_of_two: Company,
) -> None:
    company = company_of_two
    await company.admit("hana", zone="Pacific/Auckland")
    await goes_to(company, SLOT - timedelta(hours=11))
    hers = await draft_of(company, "grace")
    assert labels(await seen(company, hers)) == ["Discard"]
    await goes_to(company, SLOT + timedelta(hours=1))
    assert [got(company, who) for who in ("hana", "colleague0")] == [["What counts this week"]] * 2


async def test_without_rota_ask_the_leader_signs_as_before(company_of_two: Company) -> None:
    company = company_of_two
    runs(company, rota_ask=None)
    await goes_to(company, SLOT + timedelta(minutes=1))
    assert got(company, "linus") == ["What counts this week"]
    assert (await said_to(company))[1] == "Grace"


async def test_pieces_that_are_no_messages_are_nobodys_turn(company_of_two: Company) -> None:
    company = company_of_two
    company.run_campaigns(
        WEEKLY.model_copy(update={"pieces": ("stage-1-passed",)}), rota=(LINUS, GRACE), rota_ask=ASK
    )
    await goes_to(company, FRIDAY)
    assert got(company, "grace") == []
