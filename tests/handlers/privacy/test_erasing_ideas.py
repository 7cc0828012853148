"""Who had an idea, or took part in one, is erased: their words and their name go, and the idea goes on."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from handlers.ideas.idea import Stage
from handlers.model import Person
from handlers.privacy import copies, retaining
from tests.conftest import Company, at
from tests.handlers.ideas.having import WORDS, accepted, cards_of, fills, known, proposes, sees, sent, shop
from tests.handlers.privacy.test_erasing import held

NAME, EMAIL = "Adalind Quist", "adalind.quist@example.org"
ADDED, ANSWER = "Those of line 2", "Thank you, Adalind Quist"


async def house(company: Company, **values: str) -> Person:
    """Adalind had an idea, they talked it over, and Kurt owns it."""
    await shop(company, anonymous_replies=True)
    await company.admit("ada", name=NAME, email=EMAIL, team="Production")
    await proposes(company, **values)
    if not values:
        await fills(company, "marie", "Ask or comment", text="Which?")
        await fills(company, "ada", "Add to it", text=ADDED)
    await accepted(company, text=ANSWER)
    await company.said("marie", "ideas", direct=False)
    await company.drain.everything()
    ada = await company.store.person_at(at("ada"))
    assert ada is not None
    return ada


async def test_words_and_name_of_who_had_it_go_and_others_finish_it(company: Company, tmp_path: Path) -> None:
    ada = await house(company)
    ledger = [line for line in held(tmp_path, NAME, EMAIL, WORDS, ADDED, ANSWER) if "ledger" in line[:30]]
    assert ledger == []
    assert len(list(held(tmp_path, NAME, EMAIL, WORDS, ADDED))) > 5
    erased = await company.store.erase(ada.key, company.clock.now())
    assert erased is not None
    assert erased.counts["texts about ideas"] == 3
    assert list(held(tmp_path, NAME, EMAIL, WORDS[:-1], ADDED)) == []
    shown = await sees(company, "marie")
    assert shown.title == "An idea from somebody"
    (open_,) = (await company.store.ideas.page("open", 0, 9)).ideas
    assert open_.trail[-1].text == "Thank you, somebody"
    company.chat.edited.clear()
    await company.drain.everything()
    (card, *_) = await cards_of(company, "kurt")
    assert "somebody" in str([drawn for message, drawn in company.chat.edited if message == card.receipt])
    assert (await fills(company, "kurt", "It is done")).errors == {}
    (idea,) = (await company.store.ideas.page("closed", 0, 9)).ideas
    assert (idea.stage, idea.person) == (Stage.DONE, ada.key)
    assert (await company.store.verify()).broken is None


async def test_of_an_idea_without_a_name_the_words_go_while_it_is_known_whose_they_are(
    company: Company, tmp_path: Path
) -> None:
    ada = await house(company, anonymous="yes")
    await company.store.erase(ada.key, company.clock.now())
    assert list(held(tmp_path, NAME, EMAIL, WORDS[:-1])) == []
    (idea,) = (await company.store.ideas.page("open", 0, 9)).ideas
    assert (idea.person, idea.text) == ("", "(erased)")


async def test_who_decided_it_is_erased_and_the_idea_stays_with_its_words(company: Company) -> None:
    await house(company)
    marie = await company.store.person_at(at("marie"))
    assert marie is not None
    await company.store.erase(marie.key, company.clock.now())
    (idea,) = (await company.store.ideas.page("open", 0, 9)).ideas
    assert [step.text for step in idea.trail] == [WORDS, "(erased)", ADDED, "(erased)"]
    assert "Marie" not in str(await sees(company, "ada"))


async def test_a_copy_and_my_data_have_ones_own_ideas_and_words(company: Company) -> None:
    ada = await house(company)
    copy = await copies.everything(company.desk, ada)
    assert [row["stage"] for row in copy["ideas"]] == ["accepted"]
    assert [row["text"] for row in copy["idea_words"]] == [WORDS, ADDED]
    assert WORDS in str((await company.said("ada", "my data wrote")).show)
    assert "1 open, 0 closed" in str((await company.said("ada", "my data")).show)
    kurt = await company.store.person_by_email("kurt@example.org")
    assert kurt is not None
    assert (await copies.everything(company.desk, kurt))["ideas"] == []


async def test_retention_takes_the_words_of_what_has_ended_and_leaves_the_rest(
    company: Company, tmp_path: Path
) -> None:
    await house(company)
    await fills(company, "kurt", "It is done", text="They hang.")
    (done,) = (await company.store.ideas.page("closed", 0, 9)).ideas
    company.clock.pass_by(timedelta(days=1000))
    fresh = await sent(company, "new", "kurt", text="Lamps that stay on")
    assert fresh.idea is not None
    assert (await retaining.run(company.desk))["ideas"] == 0
    company.clock.pass_by(timedelta(days=100))
    assert (await retaining.run(company.desk))["ideas"] == 1
    assert (await retaining.run(company.desk))["ideas"] == 0
    assert {step.text for step in (await known(company, done.id)).trail} == {"(erased)"}
    assert list(held(tmp_path, WORDS[:-1], "They hang", ANSWER)) == []
    assert (await known(company, fresh.idea.idea.id)).text == "Lamps that stay on"
