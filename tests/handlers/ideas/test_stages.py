"""An idea is had, talked over, decided and told back: who may do what of it, and what everybody sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.events import Click, Left
from handlers.ideas.idea import Stage
from handlers.model import Role
from tests.conftest import Company, at, button
from tests.handlers.ideas.having import WORDS, accepted, cards_of, fills, known, proposes, sees, sent, shop
from tests.handlers.leading import labels

IN_A_FORTNIGHT = "Monday 7 December"


async def test_an_idea_that_is_typed_goes_to_who_decides_and_its_card_says_by_when(company: Company) -> None:
    await shop(company)
    shown = (await company.said("ada", f"idea {WORDS}")).show
    assert "with who sees it" in str(shown)
    await company.drain.everything()
    own = str(await sees(company, "ada"))
    assert f"Marie has it to decide. You hear in this chat by {IN_A_FORTNIGHT}" in own
    theirs = await sees(company, "marie")
    assert theirs.title == "An idea from Ada"
    assert WORDS[:-1] in str(theirs)
    assert labels(theirs) == ["Accept it", "Ask or comment", "Decline it"]
    assert await cards_of(company, "wanda") == []
    assert await cards_of(company, "kurt") == []


async def test_without_words_a_form_says_the_same_before_anything_is_sent(company: Company) -> None:
    await shop(company)
    form = (await company.said("ada", "idea")).form
    assert form is not None
    assert f"It goes to Marie. You hear in this chat by {IN_A_FORTNIGHT}" in str(form)
    assert [field.id for field in form.inputs()] == ["text", "about"]
    idea = await proposes(company, about="ISO 9001:2015")
    assert idea.about == "ISO 9001:2015"
    entries = await company.store.entries(5)
    (entry,) = [each for each in entries if each.kind == "idea proposed"]
    assert entry.clauses == ("ISO 9001:2015 10.3",)
    assert WORDS not in str(entries)


async def test_they_talk_it_over_and_it_is_accepted_and_done_and_told_each_time(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    assert (await fills(company, "marie", "Ask or comment", text="Which gauges?")).errors == {}
    assert (await sees(company, "ada")).title == "Marie writes about your idea"
    assert (await fills(company, "ada", "Add to it", text="Those of line 2.")).errors == {}
    assert "Those of line 2" in str(await sees(company, "marie"))
    assert (await known(company, idea.id)).stage is Stage.DISCUSSED

    assert (await accepted(company)).errors == {}
    told = await sees(company, "ada")
    assert told.title == "Your idea is accepted"
    assert "Kurt sees to it" in str(told)
    assert "Kurt, until 2026-12-14" in str(told)
    assert labels(await sees(company, "kurt")) == ["It is done", "Ask or comment"]
    assert (await fills(company, "kurt", "It is done", text="They hang on line 2.")).errors == {}
    done = await sees(company, "ada")
    assert (done.title, labels(done)) == ("Your idea is done", [])
    assert "They hang on line 2" in str(done)
    now = await known(company, idea.id)
    assert [step.kind.removeprefix("idea ") for step in now.trail] == [
        *("proposed", "discussed", "discussed", "accepted", "done")
    ]
    assert now.decided_at is not None
    titles = company.chat.titles("ada")
    assert titles[-3:] == ["Marie writes about your idea", "Your idea is accepted", "Your idea is done"]


async def test_it_is_declined_with_a_reason_and_not_without(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    assert "Write something first" in (await fills(company, "marie", "Decline it")).errors["text"]
    assert (await fills(company, "marie", "Decline it", text="They are leased.")).errors == {}
    told = await sees(company, "ada")
    assert told.title == "Your idea is declined"
    assert "They are leased" in str(told)
    assert (await known(company, idea.id)).stage is Stage.DECLINED
    assert labels(await sees(company, "marie")) == []


async def test_an_owner_and_a_day_are_needed_and_can_be_others_later(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    errors = (await accepted(company, owner="-", owner_other="who@example.org", due="soon")).errors
    assert set(errors) == {"owner_other", "due"}
    nobody = (await accepted(company, owner="-")).errors
    assert nobody["owner"] == "Choose somebody who is here, or write an e-mail address below."
    assert (await accepted(company)).errors == {}
    given = await fills(company, "marie", "Owner and date", owner="wanda@example.org", due="2027-01-18")
    assert given.errors == {}
    assert "Wanda, until 2027-01-18" in str(await sees(company, "wanda"))
    assert (await known(company, idea.id)).decided_at is not None
    assert company.chat.titles("ada")[-1] == "Your idea is accepted"


async def test_whoever_had_it_may_own_it_and_never_decides_it(company: Company) -> None:
    await shop(company)
    await proposes(company, "marie")
    assert [row.person for row in await cards_of(company, "wanda")]
    assert labels(await sees(company, "marie")) == ["Add to it"]
    (card, *_) = await cards_of(company, "marie")
    tried = await sent(company, "accept", "marie", card, "1", owner="kurt@example.org", due="2026-12-14")
    assert "Only a quality lead" in str(tried.show)
    owner = {"owner": "marie@example.org", "due": "2026-12-14"}
    assert (await fills(company, "wanda", "Accept it", **owner)).errors == {}
    assert labels(await sees(company, "marie")) == ["It is done", "Ask or comment"]
    assert (await fills(company, "marie", "It is done")).errors == {}


async def test_who_has_no_part_in_it_neither_sees_nor_changes_it(company: Company) -> None:
    await shop(company)
    await company.admit("linus", roles=frozenset({Role.LEADER}))
    idea = await proposes(company)
    for who in ("linus", "kurt"):
        assert "not known here" in str((await company.said(who, f"idea {idea.id}")).show)
        assert WORDS[:-1] not in str((await company.said(who, "ideas")).show)
    (card, *_) = await cards_of(company, "marie")
    stolen = Click(
        "stolen", at("linus"), "idea", delivery=card.id, item="decline", value="1", values={"text": "No."}
    )
    assert "not known here" in str((await company.dispatch(stolen)).show)
    (own, *_) = await cards_of(company, "ada")
    tried = await sent(company, "decline", "ada", own, "1", text="No.")
    assert "Only a quality lead" in str(tried.show)
    assert (await known(company, idea.id)).stage is Stage.PROPOSED


async def test_who_owns_it_no_more_sees_it_no_more(company: Company) -> None:
    await shop(company)
    await proposes(company)
    await accepted(company)
    await fills(company, "marie", "Owner and date", owner="wanda@example.org", due="2027-01-18")
    shown = str(await sees(company, "kurt"))
    assert "Only who had this idea" in shown
    assert WORDS[:-1] not in shown


async def test_of_two_who_decide_the_second_is_told_and_changes_nothing(company: Company) -> None:
    await shop(company)
    await company.admit("rosa", roles=frozenset({Role.QUALITY_LEAD}))
    idea = await proposes(company)
    (card, *_) = await cards_of(company, "rosa")
    form = (await company.press("rosa", card, button(await sees(company, "rosa"), "Decline it"))).form
    assert form is not None
    assert (await accepted(company)).errors == {}
    late = await sent(company, "accept", "rosa", card, "1", owner="wanda@example.org", due="2026-12-14")
    assert "meanwhile" in str(late.show)
    now = await known(company, idea.id)
    kurt = await company.store.person_by_email("kurt@example.org")
    assert kurt is not None
    assert (now.owner, now.stage) == (kurt.key, Stage.ACCEPTED)


async def test_the_same_form_sent_twice_is_one_idea(company: Company) -> None:
    await shop(company)
    first = await proposes(company)
    again = await sent(company, "new", "ada", text=WORDS)
    assert again.idea is not None
    assert again.idea.idea.id == first.id
    assert (await company.store.ideas.page("open", 0, 9)).open == 1


async def test_what_cannot_be_taken_in_is_a_sentence(company: Company) -> None:
    await shop(company)
    assert "at most 1,000 fit" in str((await company.said("ada", "idea " + "x" * 1100)).show)
    for number in range(10):
        await company.said("ada", f"idea number {number}")
    assert "10 ideas that are not decided" in str((await company.said("ada", "idea one more")).show)
    assert "Thank you" in str((await company.said("kurt", "idea one more")).show)


async def test_without_anybody_who_decides_nothing_is_kept(company: Company) -> None:
    await company.admit("ada")
    assert "Ask an administrator" in str((await company.said("ada", "idea Better light")).show)
    assert (await company.store.ideas.page("open", 0, 9)).open == 0


async def test_what_comes_while_who_decides_is_paused_waits_for_the_end_of_that(company: Company) -> None:
    await shop(company)
    await company.said("marie", "pause 1 week")
    await proposes(company)
    assert company.chat.titles("wanda") == ["An idea from Ada"]  # who else may decide has it meanwhile
    await company.said("wanda", "pause 1 day")
    await proposes(company, "kurt", text="Another")
    assert company.chat.titles("marie") == []
    company.clock.pass_by(timedelta(days=8))
    await company.go_on()
    assert company.chat.titles("marie") == ["An idea from Kurt"]


async def test_whoever_left_is_not_told_and_the_idea_lives_on(company: Company) -> None:
    await shop(company)
    idea = await proposes(company)
    await company.dispatch(Left("ada-left", at("ada"), gone=True))
    assert (await accepted(company)).errors == {}
    assert "accepted" not in str(company.chat.titles("ada"))
    assert (await known(company, idea.id)).stage is Stage.ACCEPTED


@pytest.mark.parametrize("words", ["idea", "my ideas", "ideas", "ideas closed"])
async def test_everybody_gets_an_answer_to_every_word(company: Company, words: str) -> None:
    await shop(company)
    outcome = await company.said("ada", words)
    assert outcome.show or outcome.form
