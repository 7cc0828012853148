"""Somebody is erased: nothing says any more who they were, and every number stays what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from content.pieces import Replied
from handlers.events import Click, Joined, Left
from handlers.learning.lessons import QUESTIONS, WRONG
from handlers.model import Person, Reason, Role, Status
from handlers.people import Forgotten, Profile, admit
from tests.answering import A_DAY, answered
from tests.conftest import SUNDAY, Company, at, button
from tests.handlers.leading import drafted, press

NAME, EMAIL = "Adalind Quist", "adalind.quist@example.org"
TEXTS = ("No torque wrench", "Gloves are missing", "Thanks for the labels")
LATER = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
async def plant(company: Company) -> Company:
    """Adalind answered, wrote back, gave kudos, rated a pulse and holds a token; a message waits for her."""
    company.run_campaigns()
    await company.admit("marie", roles=frozenset({Role.ADMINISTRATOR, Role.QUALITY_LEAD}))
    await company.admit("grace", roles=frozenset({Role.LEADER}), team="Board")
    joined, roles = date(2026, 11, 20), frozenset({Role.LEADER})
    await company.admit("ada", name=NAME, email=EMAIL, team="Assembly", joined=joined, roles=roles)
    for number in range(6):
        await company.admit(f"kim{number}", team="Assembly")
    preview = await drafted(company, replies="yes", rule=f"team:Assembly or email:{EMAIL.upper()}")
    await press(company, preview, "Send it")
    await company.go_on()
    message = await company.latest("ada")
    await company.press("ada", message, button(message.card, "I have read this"))
    await writes(company, "ada", "reply", message.id, text=TEXTS[0])
    thanks, now = {"team": "Assembly", "text": TEXTS[2]}, company.clock.now().isoformat()
    await company.dispatch(Click("kudos1", at("ada"), "kudos", value=now, values=thanks))
    ada = await person(company)
    for question in list(company.library.items.values())[:3]:
        await answered(company.store, ada, question, "A", SUNDAY - 5 * A_DAY, 3)
    await company.store.make_token(ada.key, "hash", SUNDAY)
    await company.said("ada", "my data", direct=False)
    await company.go_on()
    return company


async def writes(company: Company, who: str, item_: str, delivery: str = "", **values: str) -> None:
    outcome = await company.dispatch(
        Click(
            f"wrote-{who}-{item_}-{delivery}", at(who), "wrote", delivery=delivery, item=item_, values=values
        )
    )
    assert outcome.errors == {}


async def person(company: Company, key: str = "") -> Person:
    found = await (company.store.person(key) if key else company.store.person_by_email(EMAIL))
    assert found is not None
    return found


async def numbers(company: Company) -> list[Any]:
    store, since = company.store, SUNDAY - 90 * A_DAY
    tallies = [await store.tallies(by, since, LATER) for by in ("all", "team", "clause", "week", "campaign")]
    found = await store.inducted(["quiz"], since.date(), LATER.date())
    joined = [(each.joined, each.first_at, each.sent, each.team) for each in found]
    grace = await store.person_by_email("grace@example.org")
    assert grace is not None
    return [
        *tallies,
        joined,
        await store.lessons.counted(QUESTIONS, since, LATER),
        await store.lessons.counted(WRONG, since, LATER),
        await store.results(since, LATER, author=grace.key),
        await store.replies.rates(since, LATER),
        await store.kudos_given(since, LATER),
        len(await store.people()),
    ]


def held(tmp_path: Path, *words: str) -> Iterator[str]:
    """Every row of the whole database in which one of these words stands."""
    with closing(sqlite3.connect(tmp_path / "catchball.db")) as database:
        for line in database.iterdump():
            if any(word.casefold() in line.casefold() for word in words):
                yield line


async def test_nothing_says_who_it_was_and_the_numbers_are_what_they_were(
    plant: Company, tmp_path: Path
) -> None:
    ada = await person(plant)
    assert len(list(held(tmp_path, NAME, EMAIL, *TEXTS))) > 5
    ledger = [line for line in held(tmp_path, NAME, EMAIL, *TEXTS) if "ledger" in line[:30]]
    assert ledger == []
    await plant.dispatch(Left("gone", at("ada"), gone=True))
    before = await numbers(plant)
    erased = await plant.store.erase(ada.key, plant.clock.now())
    assert erased is not None
    assert erased.counts["replies"] == 1
    assert await numbers(plant) == before
    assert (await plant.store.verify()).broken is None
    assert list(held(tmp_path, NAME, EMAIL, *TEXTS)) == []
    assert (await plant.store.entries(1))[0].kind == "erased"
    assert await plant.store.erase(ada.key, plant.clock.now()) is None


async def test_what_waits_ends_and_a_reply_in_a_leaders_chat_is_drawn_anew_without_the_name(
    plant: Company,
) -> None:
    ada = await person(plant)
    preview = await drafted(plant, at="", title="For later")
    await press(plant, preview, "Send it")
    await plant.plan.tick()
    await plant.store.erase(ada.key, plant.clock.now())
    waited = [d for d in await plant.store.deliveries_of(ada.key) if d.piece and d.piece.title == "For later"]
    assert [(d.status, d.reason) for d in waited] == [(Status.CANCELLED, Reason.LEFT)]
    plant.chat.edited.clear()
    await plant.drain.everything()
    (inbox,) = [d for d in await plant.store.outbox(200) if isinstance(d.piece, Replied)]
    (drawn,) = [card for message, card in plant.chat.edited if message == inbox.receipt]
    assert drawn.title == "Somebody wrote back"
    assert "(erased)" in str(drawn) or "\\(erased\\)" in str(drawn)
    kudos = [card for _, card in plant.chat.edited if "Kudos" in card.title]
    assert kudos
    assert NAME not in str(plant.chat.edited)


async def test_an_inbox_that_a_leader_asked_for_keeps_no_words_whether_they_were_answered_or_not(
    plant: Company, tmp_path: Path
) -> None:
    await plant.said("grace", "inbox", direct=False)
    (card,) = [d for d in await plant.store.outbox(200) if isinstance(d.piece, Replied)]
    await writes(plant, "grace", "answer", card.id, answer="We do.")
    await plant.said("grace", "inbox", direct=False)
    await plant.drain.everything()
    lists = [d for d in await plant.store.outbox(200) if d.card.title == "Inbox"]
    assert [TEXTS[0] in str(each.card) for each in lists] == [True, True]
    assert ["Answered lately" in str(each.card) for each in lists] == [True, False]
    await plant.store.erase((await person(plant)).key, plant.clock.now())
    assert list(held(tmp_path, TEXTS[0])) == []
    plant.chat.edited.clear()
    await plant.drain.everything()
    drawn = [shown.title for message, shown in plant.chat.edited if message in [d.receipt for d in lists]]
    assert drawn == ["Erased", "Erased"]


async def test_a_list_does_not_bring_them_back_and_opening_the_app_does(plant: Company) -> None:
    ada = await person(plant)
    await plant.store.erase(ada.key, plant.clock.now())
    with pytest.raises(Forgotten):
        await admit(plant.desk, Profile(email=EMAIL.upper(), name=NAME), "import")
    assert await plant.store.person_at(at("ada")) is None
    await plant.dispatch(Joined("again", at("ada"), name=NAME, email=EMAIL))
    again = await person(plant)
    assert again.key != ada.key
    assert (await admit(plant.desk, Profile(email=EMAIL, team="Paint"), "import")).team == "Paint"


async def test_the_wish_in_chat_waits_in_an_administrators_inbox(plant: Company) -> None:
    shown = str((await plant.said("ada", "my data erase")).show)
    assert "Marie has your wish" in shown
    assert "waits" in str((await plant.said("ada", "my data erase")).show)
    await plant.go_on()
    assert "python \\-m bot person erase" in str((await plant.latest("marie")).card) or "person erase" in str(
        (await plant.latest("marie")).card
    )
    assert "Waiting for your answer', value='1" in str((await plant.said("marie", "inbox")).show)
    kinds = [entry.kind for entry in await plant.store.entries(5)]
    assert "asked for erasure" in kinds
