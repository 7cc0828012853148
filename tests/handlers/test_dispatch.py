"""The one door in: what people do, and what they are told when it cannot count."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.events import Click, Forms, Joined, Left, Said
from handlers.model import Delivery, Platform, Role
from handlers.ports import Stranger
from tests.conftest import Company, at, button, chosen


async def asked(company: Company, name: str) -> Delivery:
    """A question that has arrived."""
    await company.said(name, "quiz")
    await company.drain.everything()
    return await company.latest(name)


async def test_an_answer_counts_once_however_often_it_arrives(company: Company) -> None:
    await company.admit("ada")
    question = await asked(company, "ada")
    first = question.card.buttons()[0]
    for key in ("press-1", "press-1", "press-2"):
        await company.press("ada", question, first, key, chosen(question.card, "A"))
    assert [p.verb for p in await company.store.done(question.id)] == ["answered"]


async def test_two_presses_at_the_same_moment_leave_one_answer(company: Company) -> None:
    await company.admit("ada")
    question = await asked(company, "ada")
    sure = question.card.buttons()[:2]
    presses = zip(sure, (chosen(question.card, option) for option in "AB"), strict=True)
    shown = await asyncio.gather(
        *(company.press("ada", question, press, values=values) for press, values in presses)
    )
    done = await company.store.done(question.id)
    assert len(done) == 1
    assert all(outcome.show is not None for outcome in shown)


async def test_a_press_on_somebody_elses_card_is_refused_with_a_sentence(company: Company) -> None:
    await company.admit("ada")
    await company.admit("tim")
    question = await asked(company, "ada")
    outcome = await company.answer("tim", question, "A")
    assert "sent to somebody else" in str(outcome.show)
    assert await company.store.done(question.id) == ()


async def test_a_press_on_a_card_nobody_knows_says_what_to_do_next(company: Company) -> None:
    await company.admit("ada")
    outcome = await company.dispatch(Click("k", at("ada"), "answered", delivery="gone", item="0", value="A"))
    assert "Type `quiz`" in str(outcome.show)


async def test_an_answer_to_a_message_that_was_withdrawn_gets_a_sentence_and_counts_nothing(
    company: Company,
) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.admit("ada")
    preview = await drafted(company)
    await company.press("grace", preview, button(preview.card, "Send"))
    company.clock.pass_by(timedelta(hours=20))
    await company.go_on()
    message = await company.latest("ada")
    sent = await company.store.delivery(preview.id)
    assert sent is not None
    withdraw = Click("w", at("grace"), "withdrew", delivery=preview.id)
    assert "Withdrawn" in str((await company.dispatch(withdraw)).show)
    outcome = await company.press("ada", message, message.card.buttons()[0])
    assert "Withdrawn" in str(outcome.show)
    assert outcome.show is not None
    assert not outcome.show.buttons()
    assert await company.store.done(message.id) == ()


async def test_a_stranger_is_asked_for_a_profile_first(company: Company) -> None:
    with pytest.raises(Stranger):
        await company.said("nobody", "help")


async def test_coming_by_the_home_makes_a_person_known(company: Company) -> None:
    home = await company.dispatch(
        Joined("j1", at("tim"), name="Tim", email="tim@example.org", zone="Asia/Tokyo")
    )
    person = await company.store.person_at(at("tim"))
    assert person is not None
    assert (person.name, person.zone) == ("Tim", "Asia/Tokyo")
    assert home.show is not None
    assert home.show.title == "Hello Tim"


async def test_a_changed_profile_of_somebody_nobody_knows_makes_nobody_known(company: Company) -> None:
    await company.dispatch(Joined("j1", at("tim"), email="tim@example.org", known_only=True))
    assert await company.store.people() == []


async def test_a_person_known_on_two_platforms_by_email_is_one_person(company: Company) -> None:
    await company.dispatch(Joined("j1", at("U1", Platform.SLACK), email="ada@example.org", name="Ada"))
    await company.dispatch(Joined("j2", at("29:x", Platform.TEAMS), email="Ada@Example.org"))
    people = await company.store.people()
    assert [{a.platform for a in p.addresses} for p in people] == [{Platform.SLACK, Platform.TEAMS}]


async def test_coming_on_two_platforms_at_once_makes_one_person(company: Company) -> None:
    await asyncio.gather(
        company.dispatch(Joined("j1", at("U1", Platform.SLACK), email="ada@example.org")),
        company.dispatch(Joined("j2", at("29:x", Platform.TEAMS), email="ada@example.org")),
    )
    assert len(await company.store.people()) == 1


async def test_the_administrator_of_the_settings_is_one_when_they_come(company: Company) -> None:
    dispatch = replace(company.dispatch, administrator="marie@example.org")
    await dispatch(Joined("j1", at("marie"), email="Marie@example.org"))
    person = await company.store.person_at(at("marie"))
    assert person is not None
    assert Role.ADMINISTRATOR in person.roles


async def test_the_welcome_comes_once_in_a_life(company: Company) -> None:
    for key in ("a", "b", "b"):
        await company.dispatch(Joined(key, at("tim"), email="tim@example.org", welcome=True))
    await company.drain.everything()
    assert len(company.chat.titles("tim")) == 1


async def test_who_removed_the_app_is_no_longer_written_to(company: Company) -> None:
    ada = await company.admit("ada")
    await company.dispatch(Left("l1", at("ada")))
    person = await company.store.person(ada.key)
    assert person is not None
    assert person.address is None


async def test_who_left_the_organisation_is_no_longer_on_the_roster(company: Company) -> None:
    await company.admit("ada")
    await company.dispatch(Left("l1", at("ada"), gone=True))
    assert await company.store.people() == []


async def drafted(company: Company, **fields: str) -> Delivery:
    """Grace's preview, delivered."""
    values = {"title": "Thank you", "text": "A good week.", "audience": "everyone", **fields}
    opened = company.clock.now().isoformat()
    await company.dispatch(
        Click(f"form{len(company.chat.shown)}", at("grace"), "broadcast", value=opened, values=values)
    )
    await company.drain.everything()
    return await company.latest("grace")


async def test_a_leaders_message_is_previewed_to_the_leader_alone_then_sent(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.admit("ada")
    preview = await drafted(company)
    assert preview.card.title == "Preview: Thank you"
    assert company.chat.titles("ada") == []
    await company.press("grace", preview, button(preview.card, "Send"))
    company.clock.pass_by(timedelta(hours=20))
    await company.go_on()
    assert company.chat.titles("ada") == ["Thank you"]


async def test_a_preview_sent_twice_and_discarded_goes_out_once(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.admit("ada")
    preview = await drafted(company)
    send, *_, discard = preview.card.buttons()
    for pressed in (send, send, discard):
        await company.press("grace", preview, pressed)
    company.clock.pass_by(timedelta(hours=20))
    await company.go_on()
    await company.go_on()
    assert company.chat.titles("ada") == ["Thank you"]


async def test_a_form_with_mistakes_stays_open_and_names_them(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    values = {"title": "", "text": "x", "audience": "team:Nowhere", "at": "2020-01-01T09:00"}
    opened = company.clock.now().isoformat()
    outcome = await company.dispatch(Click("f", at("grace"), "broadcast", value=opened, values=values))
    assert set(outcome.errors) == {"title", "at"}


async def test_a_form_past_its_expiry_says_so(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    old = (company.clock.now() - timedelta(hours=25)).isoformat()
    for opened in (old, "nonsense", ""):
        outcome = await company.dispatch(
            Click("f", at("grace"), "broadcast", value=opened, values={"title": "x"})
        )
        assert "more than a day ago" in str(outcome.show)


async def test_only_a_leader_gets_the_form_and_only_a_leader_may_send_it(company: Company) -> None:
    await company.admit("ada")
    asked_for = await company.said("ada", "broadcast")
    assert asked_for.form is None
    assert "Only a leader or an administrator" in str(asked_for.show)
    opened = company.clock.now().isoformat()
    sent = await company.dispatch(
        Click(
            "f",
            at("ada"),
            "broadcast",
            value=opened,
            values={"title": "x", "text": "y", "audience": "everyone"},
        )
    )
    assert "Only a leader" in str(sent.show)
    assert await company.store.launched(company.clock.now()) == []


async def test_a_form_that_cannot_open_becomes_a_card_or_a_button_that_opens_it(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    card = await company.dispatch(Said("k1", at("grace"), "broadcast", direct=True, forms=Forms.CARD))
    assert card.show is not None
    assert card.show.inputs()
    opener = await company.dispatch(Said("k2", at("grace"), "broadcast", direct=True, forms=Forms.PRESS))
    assert opener.show is not None
    assert [(b.verb, b.value) for b in opener.show.buttons()] == [("said", "broadcast")]
    pressed = await company.dispatch(Click("k3", at("grace"), "said", value="broadcast"))
    assert pressed.form is not None


async def test_words_in_a_chat_are_answered_through_the_outbox_and_ring_the_bell(company: Company) -> None:
    await company.admit("ada")
    outcome = await company.said("ada", "help", direct=False)
    assert outcome.show is None
    assert company.rang == 1
    await company.drain.everything()
    assert company.chat.titles("ada") == ["What you can type"]


async def test_the_same_words_delivered_twice_are_answered_once(company: Company) -> None:
    await company.admit("ada")
    for _ in range(2):
        await company.dispatch(Said("event-1", at("ada"), "quiz"))
    await company.drain.everything()
    assert len(company.chat.shown) == 1


async def test_a_profile_change_does_not_undo_a_pause(company: Company) -> None:
    ada = await company.admit("ada")
    await company.said("ada", "pause 1 week")
    await company.dispatch(
        Joined("p2", at("ada"), name="Ada Lovelace", email="ada@example.org", zone="Europe/London")
    )
    person = await company.store.person(ada.key)
    assert person is not None
    assert person.name == "Ada Lovelace"
    assert person.paused(company.clock.now())


async def test_an_import_takes_what_it_says_and_leaves_the_rest(company: Company) -> None:
    await company.admit("ada", team="Production", zone="Europe/Berlin")
    again = await company.admit("ada", team="", site="Berlin")
    assert (again.team, again.site, again.zone) == ("Production", "Berlin", "Europe/Berlin")


async def test_words_are_answered_where_they_were_said(company: Company) -> None:
    await company.dispatch(Joined("j1", at("ada"), email="ada@example.org"))
    elsewhere = at("U1", Platform.SLACK)
    await company.dispatch(Joined("j2", elsewhere, email="ada@example.org"))
    await company.dispatch(Said("s1", at("ada"), "progress"))
    await company.dispatch(Said("s2", elsewhere, "prefer playground"))
    await company.dispatch(Said("s3", elsewhere, "quiz"))
    asked = [row.address.platform for row in reversed(await company.store.outbox()) if row.address]
    assert asked == [Platform.PLAYGROUND, Platform.SLACK, Platform.SLACK]


async def test_who_is_gone_from_one_platform_stays_on_the_other(company: Company) -> None:
    await company.dispatch(Joined("j1", at("29:x", Platform.TEAMS), email="ada@example.org"))
    await company.dispatch(Joined("j2", at("U1", Platform.SLACK), email="ada@example.org"))
    await company.dispatch(Left("l1", at("U1", Platform.SLACK), gone=True))
    (ada,) = await company.store.people()
    assert [a.platform for a in ada.addresses] == [Platform.TEAMS]


async def test_who_left_for_good_has_no_say_and_no_list_brings_them_back(company: Company) -> None:
    grace = await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.dispatch(Left("l1", at("grace"), gone=True))
    with pytest.raises(Stranger):
        await company.said("grace", "broadcast")
    await company.admit("grace", addresses=())
    person = await company.store.person(grace.key)
    assert person is not None
    assert person.left_at is not None
    assert Role.LEADER not in person.roles


async def test_a_preview_pressed_days_later_goes_out_then(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    await company.admit("ada")
    preview = await drafted(company)
    company.clock.pass_by(timedelta(days=4, hours=20))
    await company.press("grace", preview, button(preview.card, "Send"))
    await company.go_on()
    assert company.chat.titles("ada") == ["Thank you"]


async def test_a_text_that_is_too_long_is_refused_and_not_cut(company: Company) -> None:
    await company.admit("grace", roles=frozenset({Role.LEADER}))
    values = {"title": "x" * 150, "text": "y" * 8000, "audience": "everyone"}
    opened = company.clock.now().isoformat()
    outcome = await company.dispatch(Click("f", at("grace"), "broadcast", value=opened, values=values))
    assert "8000 characters; at most 3000" in outcome.errors["text"]
    assert "150 characters" in outcome.errors["title"]


async def test_a_question_asked_for_in_a_pause_comes_all_the_same(company: Company) -> None:
    await company.admit("ada")
    await company.said("ada", "pause 1 week")
    await company.said("ada", "quiz")
    await company.drain.everything()
    assert len(company.chat.titles("ada")) == 1
