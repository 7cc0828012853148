"""Between people and leaders: what is written back, asked, answered and answered for all; and who learns what."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from content.cards import Card, Note, Text
from content.limits import problems
from content.markup import plain
from content.pieces import Message, Replied
from handlers.events import Change, Click, Forms, Outcome, Said
from handlers.features import looks
from handlers.messages import compose
from handlers.model import Delivery, Role
from handlers.progress import waiting_for
from handlers.replies import letters, receivers
from handlers.replies.inbox import NOTHING_YET
from handlers.replies.replying import MOST, NOBODY, SENT_WITHOUT_NAME
from tests.conftest import Company, at, button

MONDAY_TEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # in Berlin, where everybody is
NASTY = (
    "<!channel> <@U1> @everyone <b>raw</b> <script>alert(1)</script> [x](javascript:alert(1)) "
    "[y](https://evil.example) **bold** \u202eabc\u200b 👩‍🔧"
)


@pytest.fixture
async def works(company: Company) -> Company:
    """Ten in the morning; Grace leads, Ada, Bob and Cleo work, Marie runs the programme."""
    company.clock.move(MONDAY_TEN)
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.admit("marie", roles=frozenset({Role.QUALITY_LEAD}))
    for who in ("ada", "bob", "cleo"):
        await company.admit(who)
    company.run_campaigns(anonymous_replies=True, rota=("grace@example.org",))
    return company


async def came_back(company: Company, who: str, item: str, delivery: str = "", **values: str) -> Outcome:
    """A form between people and leaders, filled in."""
    key = f"form-{next(company._keys)}"
    return await company.dispatch(
        Click(key, at(who), letters.WROTE, delivery=delivery, item=item, values=values)
    )


async def sent(company: Company, **more: str) -> None:
    """Grace's message, which takes replies, is with everybody."""
    opened = company.clock.now().isoformat()
    values = {"title": "Thank you", "text": "A good week.", "audience": "everyone", "replies": "yes", **more}
    click = Click(f"form-{next(company._keys)}", at("grace"), "broadcast", value=opened, values=values)
    assert (await company.dispatch(click)).errors == {}
    await company.drain.everything()
    preview = await company.latest("grace")
    await company.press("grace", preview, button(preview.card, "Send it"))
    await company.go_on()


async def message(company: Company, who: str) -> Delivery:
    """Grace's message in somebody's chat."""
    person = await company.store.person_at(at(who))
    assert person is not None
    found = await company.store.deliveries_of(person.key, campaigns_only=True)
    return next(each for each in found if isinstance(each.piece, Message))


async def wrote(company: Company, who: str, text: str, **more: str) -> Outcome:
    outcome = await came_back(
        company, who, letters.REPLY, (await message(company, who)).id, text=text, **more
    )
    await company.drain.everything()
    return outcome


async def received(company: Company, who: str = "grace") -> list[Delivery]:
    """The cards of replies in somebody's chat, newest first."""
    person = await company.store.person_at(at(who))
    assert person is not None
    return [d for d in await company.store.deliveries_of(person.key) if isinstance(d.piece, Replied)]


async def card_of(company: Company, delivery: Delivery, who: str = "grace") -> Card:
    person = await company.store.person_at(at(who))
    assert person is not None
    return await looks(company.desk, delivery, person, await company.store.done(delivery.id))


def said(card: Card | None) -> str:
    """Everything that a card says, as words."""
    assert card is not None
    assert problems(card) == ()
    return "\n".join([card.title, *(plain(b.markdown) for b in card.blocks if isinstance(b, Text | Note))])


async def answered(
    company: Company, delivery: Delivery, item: str = letters.ANSWER, **values: str
) -> Outcome:
    outcome = await came_back(company, "grace", item, delivery.id, **values)
    await company.drain.everything()
    return outcome


async def latest(company: Company, who: str) -> str:
    return said((await company.latest(who)).card)


async def test_a_message_that_takes_replies_opens_a_form(works: Company) -> None:
    await sent(works)
    card = (await message(works, "ada")).card
    assert [b.label for b in card.buttons()] == ["I have read this", "Write back"]
    outcome = await works.press("ada", await message(works, "ada"), button(card, "Write back"))
    assert outcome.form is not None
    assert problems(outcome.form) == ()
    assert [field.id for field in outcome.form.inputs()] == ["text", "anonymous"]
    assert "forgets it" in said(outcome.form)
    works.run_campaigns(anonymous_replies=False)
    outcome = await works.press("ada", await message(works, "ada"), button(card, "Write back"))
    assert outcome.form is not None
    assert [field.id for field in outcome.form.inputs()] == ["text"]


async def test_a_message_that_takes_none_has_no_such_button(works: Company) -> None:
    await sent(works, replies="no")
    card = (await message(works, "ada")).card
    assert [b.label for b in card.buttons()] == ["I have read this"]
    outcome = await wrote(works, "ada", "Hello?")
    assert "takes no replies" in said(outcome.show)
    assert await received(works) == []


async def test_ada_asks_and_grace_answers(works: Company) -> None:
    await sent(works)
    assert "You have written back" in said((await wrote(works, "ada", "When do we start?")).show)
    (card,) = await received(works)
    words = said(card.card)
    assert words.startswith("Ada wrote back")
    assert "When do we start?" in words
    assert "About “Thank you”. Written Monday 23 November, 10:00" in words
    outcome = await answered(works, card, answer="On **Monday**.")
    assert "Grace answered" in said(outcome.show)
    assert outcome.show is not None
    assert outcome.show.buttons() == ()
    assert (await latest(works, "ada")).splitlines()[-1] == "> On **Monday**."
    (did,) = await works.store.done((await message(works, "ada")).id)
    assert (did.verb, did.value) == ("replied", "17 characters")
    assert [p.verb for p in await works.store.done(card.id)] == ["responded"]


async def test_a_second_answer_changes_nothing_and_shows_the_first(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "When?")
    (card,) = await received(works)
    both = await asyncio.gather(*(answered(works, card, answer=words) for words in ("Now.", "Later.")))
    shown = {said(outcome.show).splitlines()[-1] for outcome in both}
    assert len(shown) == 1
    assert works.chat.titles("ada").count("Grace has answered you") == 1


async def test_the_receiver_is_whom_the_form_names_then_the_author_then_the_rota(works: Company) -> None:
    await sent(works, reply_to="marie@example.org")
    await wrote(works, "ada", "When?")
    assert len(await received(works, "marie")) == 1
    assert await received(works) == []
    marie, grace = [await works.store.person_at(at(who)) for who in ("marie", "grace")]
    assert marie is not None
    assert grace is not None
    kept = (await works.store.broadcasts_of(grace.key))[0]
    assert kept.reply_to == marie.key
    await works.admit("linus", roles=frozenset({Role.LEADER}))
    works.run_campaigns(rota=("linus@example.org", "grace@example.org"))
    ada = await works.store.person_at(at("ada"))
    assert ada is not None
    for gone, expected in ((marie, "Grace"), (grace, "Linus")):
        left = replace(gone, left_at=works.clock.now())
        assert await works.store.commit(
            Change(f"left-{gone.key}", works.clock.now(), person=left, known=gone)
        )
        receiver = await receivers.of_message(works.desk, kept.id, kept.author, ada)
        assert receiver is not None
        assert receiver.name == expected


async def test_a_receiver_that_nobody_knows_is_a_mistake_beside_the_field(works: Company) -> None:
    values = {"title": "T", "text": "t", "audience": "everyone", "reply_to": "who@example.org"}
    click = Click("f", at("grace"), "broadcast", value=works.clock.now().isoformat(), values=values)
    assert set((await works.dispatch(click)).errors) == {"reply_to"}


async def test_a_reply_comes_when_quiet_hours_end_and_an_answer_too(works: Company) -> None:
    await sent(works)
    works.clock.move(datetime(2026, 11, 23, 20, 0, tzinfo=UTC))
    await wrote(works, "ada", "Late.")
    (card,) = await received(works)
    assert "wrote back" not in str(works.chat.titles("grace"))
    works.clock.move(datetime(2026, 11, 24, 7, 0, tzinfo=UTC))
    await works.drain.everything()
    assert works.chat.titles("grace")[-1] == "Ada wrote back"
    works.clock.move(datetime(2026, 11, 24, 18, 0, tzinfo=UTC))
    await answered(works, card, answer="Good morning.")
    assert "Grace has answered you" not in works.chat.titles("ada")
    works.clock.move(datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    await works.drain.everything()
    assert works.chat.titles("ada")[-1] == "Grace has answered you"


async def test_an_answer_waits_for_the_end_of_a_pause_and_is_not_lost(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "When?")
    await works.said("ada", "pause 1 week")
    (card,) = await received(works)
    await answered(works, card, answer="Soon.")
    assert "Grace has answered you" not in works.chat.titles("ada")
    works.clock.pass_by(timedelta(days=7))
    await works.drain.everything()
    assert works.chat.titles("ada")[-1] == "Grace has answered you"


async def test_without_a_name_no_card_and_no_entry_says_whose_it_is(works: Company) -> None:
    await sent(works)
    works.clock.pass_by(timedelta(minutes=7))
    entries = len(await works.store.entries(1000))
    outcome = await wrote(works, "ada", "I am afraid.", anonymous="yes")
    assert SENT_WITHOUT_NAME in said(outcome.show)
    assert works.chat.titles("grace")[-1] != "Somebody wrote back, without a name"
    works.clock.pass_by(timedelta(minutes=8))
    await works.drain.everything()
    (card,) = await received(works)
    assert card.due_at == MONDAY_TEN + timedelta(minutes=15)
    assert "Ada" not in said(card.card)
    assert "Written about Monday 23 November, 10:00" in said(card.card)
    (entry,) = (await works.store.entries(1000))[: len(await works.store.entries(1000)) - entries]
    assert (entry.kind, entry.at, entry.person, entry.delivery) == (
        "replied anonymously",
        MONDAY_TEN,
        "",
        "",
    )
    assert await works.store.done((await message(works, "ada")).id) == ()
    ada = await works.store.person_at(at("ada"))
    assert ada is not None
    (kept,) = await works.store.replies.by(ada.key)
    assert (kept.delivery, kept.at) == ("", MONDAY_TEN)
    await answered(works, card, answer="You need not be.")
    assert "You need not be." in await latest(works, "ada")
    assert await works.store.replies.by(ada.key) == []


async def test_a_programme_that_takes_none_without_a_name_sends_nothing(works: Company) -> None:
    await sent(works)
    works.run_campaigns(anonymous_replies=False)
    outcome = await wrote(works, "ada", "Hello", anonymous="yes")
    assert outcome.errors == {"text": letters.NOT_ANONYMOUS}
    assert await received(works) == []


async def test_an_answer_for_all_stands_under_the_message_without_a_name(works: Company) -> None:
    await sent(works)
    for who, words in (("ada", "When?"), ("bob", "Which day?"), ("cleo", "Why me?")):
        works.clock.pass_by(timedelta(minutes=1))
        await wrote(works, who, words)
    cards = await received(works)
    first = cards[-1]
    grace = await works.store.person_at(at("grace"))
    assert grace is not None
    outcome = await works.press("grace", first, button(await card_of(works, first), "Answer for all"))
    assert outcome.form is not None
    assert problems(outcome.form) == ()
    assert [field.label for field in outcome.form.inputs()][2:] == [
        "Also answers: Which day?",
        "Also answers: Why me?",
    ]
    bobs = next(field.id for field in outcome.form.inputs() if "Which day" in field.label)
    values = {"question": "When do we start?", "answer": "On Monday.", bobs: "yes"}
    assert "answered it for all" in said((await answered(works, first, letters.FOR_ALL, **values)).show)
    kept = (await works.store.broadcasts_of(grace.key))[0]
    assert isinstance(kept.message, Message)
    (added,) = kept.message.answers
    assert (added.question, added.answer, added.asked, added.by) == (
        "When do we start?",
        "On Monday.",
        2,
        "Grace",
    )
    assert kept.version == 2
    for who in ("ada", "bob", "cleo"):
        assert "On Monday." in await latest(works, who)
    assert [e.kind for e in await works.store.entries(20)].count("corrected") == 1
    cleos = next(card for card in cards if "Why me?" in said(card.card))
    assert [b.label for b in (await card_of(works, cleos)).buttons()] == [
        "Answer",
        "Answer for all",
        "No answer needed",
    ]


async def test_a_paused_message_can_be_answered_to_one_but_not_for_all(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "When?")
    (card,) = await received(works)
    grace = await works.store.person_at(at("grace"))
    assert grace is not None
    preview = next(
        d for d in await works.store.deliveries_of(grace.key) if d.card.title.startswith("Preview")
    )
    await works.dispatch(Click("stop", at("grace"), "withdrew", delivery=preview.id))
    assert [b.label for b in (await card_of(works, card)).buttons()] == ["Answer", "No answer needed"]
    outcome = await answered(works, card, letters.FOR_ALL, question="Q", answer="A")
    assert "cannot be answered for all" in said(outcome.show)
    assert "Grace answered" in said((await answered(works, card, answer="Never.")).show)


async def test_what_needs_no_answer_waits_no_longer_and_counts_in_no_rate(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "Thank you too!")
    (card,) = await received(works)
    outcome = await works.press("grace", card, button(card.card, "No answer needed"))
    assert "needs no answer" in said(outcome.show)
    assert "nothing" in str((await works.said("grace", "inbox")).show)
    (rate,) = await works.store.replies.rates(MONDAY_TEN, MONDAY_TEN + timedelta(days=1))
    assert (rate.received, rate.wanted) == (1, 0)


async def test_somebody_else_cannot_answer(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "When?")
    (card,) = await received(works)
    outcome = await came_back(works, "marie", letters.ANSWER, card.id, answer="Me!")
    assert "not known here" in said(outcome.show)
    reply = card.piece
    assert isinstance(reply, Replied)
    assert "no such reply for you" in said((await works.said("marie", f"inbox open {reply.reply}")).show)


async def test_a_person_writes_back_so_many_times_and_is_told(works: Company) -> None:
    await sent(works)
    for number in range(MOST):
        await wrote(works, "ada", f"Number {number}")
    assert "more is not taken in" in said((await wrote(works, "ada", "One more")).show)
    assert len(await received(works)) == MOST


@pytest.mark.parametrize(("words", "wrong"), [("", "first"), (" \u200b ", "first"), ("x" * 40_000, "40,000")])
async def test_nothing_and_too_much_are_mistakes_beside_the_field(
    works: Company, words: str, wrong: str
) -> None:
    await sent(works)
    assert wrong in (await wrote(works, "ada", words)).errors["text"]


async def test_what_people_write_is_text_on_every_card(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", NASTY)
    (card,) = await received(works)
    shown = NASTY.replace("\u202e", "").replace("\u200b", "")
    assert f"> {shown}" in said(card.card)
    await answered(works, card, letters.FOR_ALL, question=NASTY, answer=NASTY)
    assert (await latest(works, "ada")).count(shown) == 2
    await works.said("grace", "inbox")
    grace = await works.store.person_at(at("grace"))
    assert grace is not None
    kept = (await works.store.broadcasts_of(grace.key))[0]
    assert isinstance(kept.message, Message)
    assert said(compose(kept.message, grace)).count(shown) == 2


async def test_the_inbox_lists_five_at_a_time_and_opens_each(works: Company) -> None:
    assert NOTHING_YET in said((await works.said("grace", "inbox")).show)
    await sent(works)
    for number in range(6):
        works.clock.pass_by(timedelta(minutes=10))
        who = ("ada", "bob")[number % 2]
        await wrote(works, who, f"Question {number}")
    shown = (await works.said("grace", "inbox")).show
    assert [b.label for b in shown.buttons()] == [*(f"Open {n}" for n in range(1, 6)), "1 more"]  # type: ignore[union-attr]
    assert "1. Ada about “Thank you”, waits about 50 min" in said(shown)
    assert "6, the oldest about 50 min" in str(shown)
    more = (await works.said("grace", "inbox 6")).show
    assert "6. Bob" in said(more)
    assert more is not None
    (opens,) = more.buttons()
    await works.said("grace", opens.value)
    await works.drain.everything()
    opened = await works.latest("grace")
    assert "Question 5" in said(opened.card)
    await answered(works, opened, answer="Yes.")
    assert "Question 5 → Yes." in said((await works.said("grace", "inbox")).show)


async def test_help_is_asked_of_the_leader_whose_turn_it_is(works: Company) -> None:
    await works.admit("linus", roles=frozenset({Role.LEADER}))
    works.run_campaigns(rota=("grace@example.org", "nobody@example.org", "linus@example.org"))
    outcome = await works.said("ada", "ask we need a second caliper")
    assert outcome.form is not None
    assert outcome.form.inputs()[0].value == "we need a second caliper"
    turns = []
    for _ in range(3):
        shown = (await came_back(works, "ada", letters.ASK, text="A caliper, please.")).show
        turns.append(said(shown).splitlines()[-1].split()[2].rstrip("."))
        works.clock.pass_by(timedelta(days=7))
        await works.drain.everything()
    assert sorted(set(turns)) == ["Grace", "Linus"]
    card = (await received(works))[0]
    assert said(card.card).startswith("Ada asks the leadership")
    assert [b.label for b in card.card.buttons()] == ["Answer", "No answer needed"]
    form = (await works.said("ada", "ask")).form
    assert "3 questions of yours have no answer yet" in said(form)
    await answered(works, card, answer="It is ordered.")
    assert "It is ordered." in await latest(works, "ada")
    assert [e.kind for e in await works.store.entries(50)].count("asked") == 3


async def test_what_waits_for_a_leader_who_left_is_answered_by_who_has_the_turn(works: Company) -> None:
    await sent(works)
    await wrote(works, "ada", "When?")
    await works.admit("linus", roles=frozenset({Role.LEADER}))
    assert NOTHING_YET in said((await works.said("linus", "inbox")).show)
    grace = await works.store.person_at(at("grace"))
    assert grace is not None
    left = replace(grace, left_at=works.clock.now())
    assert await works.store.commit(Change("left", works.clock.now(), person=left, known=grace))
    works.run_campaigns(rota=("grace@example.org", "linus@example.org"))
    shown = (await works.said("linus", "inbox")).show
    assert "1. Ada about" in said(shown)
    assert shown is not None
    await works.said("linus", shown.buttons()[0].value)
    await works.drain.everything()
    outcome = await came_back(
        works, "linus", letters.ANSWER, (await works.latest("linus")).id, answer="Tomorrow."
    )
    assert "Linus answered" in said(outcome.show)
    await works.drain.everything()
    assert "Linus has answered you" in await latest(works, "ada")


async def test_a_message_of_a_campaign_is_answered_by_the_leader_who_speaks(works: Company) -> None:
    grace, marie, ada = [await works.store.person_at(at(who)) for who in ("grace", "marie", "ada")]
    assert grace is not None
    assert marie is not None
    assert ada is not None
    for author, expected in ((marie.key, marie), ("", grace), ("gone", grace)):
        assert await receivers.of_message(works.desk, "weekly", author, ada) == expected


@pytest.mark.parametrize("which", ["", "\0", "x' OR 1=1", "😀", "a" * 5000])
async def test_a_reply_that_is_none_opens_nothing(works: Company, which: str) -> None:
    assert "no such reply" in said((await works.said("grace", f"inbox open {which}")).show)


async def test_without_leaders_nobody_can_be_asked(company: Company) -> None:
    await company.admit("ada")
    company.run_campaigns(rota=())
    assert NOBODY in said((await came_back(company, "ada", letters.ASK, text="Help")).show)


async def test_a_question_is_asked_as_the_platform_asks_it(works: Company) -> None:
    words = Said("k", at("ada"), "ask", forms=Forms.CARD)
    assert (await works.dispatch(words)).form is None
    await works.drain.everything()
    assert "tracked until it is answered" in await latest(works, "ada")


async def test_writing_back_is_no_duty_that_waits(works: Company) -> None:
    await sent(works)
    ada = await works.store.person_at(at("ada"))
    assert ada is not None
    assert len(await waiting_for(works.desk, ada)) == 1
    await works.press("ada", got := await message(works, "ada"), button(got.card, "I have read this"))
    assert await waiting_for(works.desk, ada) == []


async def test_the_quality_lead_sees_who_answers(works: Company) -> None:
    await sent(works)
    for number in range(5):
        await wrote(works, "ada", f"Question {number}")
    for card in (await received(works))[:4]:
        works.clock.pass_by(timedelta(hours=1))
        await answered(works, card, answer="Yes.")
    shown = (await works.said("marie", "stats replies")).show
    assert "80% (4 of 5)" in str(shown)
    assert "about 3 h" in str(shown)
    assert problems(shown) == ()  # type: ignore[arg-type]
    assert "4 of 5" in str((await works.said("grace", "inbox")).show)
    assert "Only" in str((await works.said("ada", "stats replies")).show)
