"""Between people and leaders, as they live it: the same story on Slack and on Teams, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from content.pieces import Message
from handlers.model import Role
from tests.conftest import Company
from tests.simulators.slack_people import option, text
from tests.test_stories import TUESDAY_0930_BERLIN, OnSlack, Place, slack, teams

NASTY = (
    "<!channel> <@U1> <https://evil.example|click> @everyone <b>raw</b> &lt; [x](javascript:alert(1)) "
    "[y](https://evil.example) **bold** `code` # title\n- item\n1. item \u202eabc\u200b\u2066 👩‍🔧"
)
SEEN = NASTY.translate({0x202E: None, 0x200B: None, 0x2066: None})
WRITE, ANSWER = "What do you want to say or ask?", "Your answer"
NO_NAME = "Without my name"
QUESTION = "The question, in your own words"


async def fills_in(place: Place, who: str, press: str, **filled: str) -> None:
    """Press a button that opens a form, fill in its fields by their labels, and send it."""
    await place.presses(who, press)
    await sends(place, who, **filled)


async def sends(place: Place, who: str, **filled: str) -> None:
    if not isinstance(place, OnSlack):
        await place.presses(who, "Send", **filled)  # type: ignore[call-arg]
        return
    person = place.people[who]
    assert person.screen.modal is not None
    blocks = {b["label"]["text"]: b for b in person.screen.modal["blocks"] if b["type"] == "input"}
    state = {blocks[label]["block_id"]: _state(blocks[label], value) for label, value in filled.items()}
    assert (await person.submits(**state))[0] == 200
    assert person.screen.errors == {}


def _state(block: dict[str, Any], value: str) -> dict[str, Any]:
    return option(value) if block["element"]["type"] == "static_select" else text(value)


def words(seen: str) -> str:
    """What stands there, however a platform breaks its lines."""
    return re.sub(r"\s+", " ", seen)


@pytest.fixture(params=[slack, teams], ids=["slack", "teams"])
async def place(
    request: pytest.FixtureRequest, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    company.run_campaigns(anonymous_replies=True, rota=("grace@example.org",))
    async with request.param(company, tmp_path, monkeypatch) as built:
        yield built


@pytest.fixture
async def works(company: Company, place: Place) -> Place:
    """Tuesday morning: Grace has sent a message that takes replies, and Ada and Marie have it."""
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=())
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    company.clock.move(TUESDAY_0930_BERLIN)
    await place.types("grace", "broadcast")
    await place.fills_in("grace", "Thank you", "You made this week safe.")
    await company.go_on()
    await place.presses("grace", "Add to it")
    replies = "People may write back"
    if isinstance(place, OnSlack):
        assert (await place.people["grace"].submits(replies=option("yes")))[0] == 200
        assert (await place.people["grace"].presses_in("modal", "Send it"))[0] == 200
    else:
        await place.presses("grace", "Preview", **{replies: "yes"})  # type: ignore[call-arg]
        await place.presses("grace", "Send it")
    await company.go_on()
    return place


async def test_ada_asks_and_grace_answers_her_and_then_everybody(company: Company, works: Place) -> None:
    await fills_in(works, "ada", "Write back", **{WRITE: "When do we start?"})
    await company.go_on()
    assert "Ada wrote back" in works.sees("grace")[-1]
    assert "When do we start?" in works.sees("grace")[-1]
    await fills_in(works, "grace", "Answer", **{ANSWER: "On Monday, Ada."})
    await company.go_on()
    assert "Grace has answered you" in works.sees("ada")[-1]
    assert "On Monday, Ada." in works.sees("ada")[-1]

    await fills_in(works, "marie", "Write back", **{WRITE: "Is there a first day?", NO_NAME: "yes"})
    company.clock.move(company.clock.now().replace(minute=45))
    await company.go_on()
    assert "Somebody wrote back, without a name" in works.sees("grace")[-1]
    assert "Marie" not in works.sees("grace")[-1]
    await fills_in(
        works, "grace", "Answer for all", **{QUESTION: "When is the first day?", ANSWER: "It is Monday."}
    )
    await company.go_on()
    assert "It is Monday." in works.sees("marie")[-1]
    grace = await company.store.person_by_email("grace@example.org")
    assert grace is not None
    (kept,) = await company.store.broadcasts_of(grace.key)
    assert isinstance(kept.message, Message)
    assert [(qa.question, qa.answer) for qa in kept.message.answers] == [
        ("When is the first day?", "It is Monday.")
    ]
    await works.types("grace", "inbox")
    await company.go_on()
    assert "When do we start? → On Monday, Ada." in words(works.sees("grace")[-1])
    kinds = [entry.kind for entry in await company.store.entries(100)]
    assert [kinds.count(kind) for kind in ("replied", "replied anonymously", "responded", "corrected")] == [
        1,
        1,
        2,
        1,
    ]
    assert (await company.store.verify()).broken is None


async def test_what_people_and_leaders_write_arrives_as_text(company: Company, works: Place) -> None:
    await fills_in(works, "ada", "Write back", **{WRITE: NASTY})
    await company.go_on()
    assert words(SEEN) in words(works.sees("grace")[-1])
    await fills_in(works, "grace", "Answer", **{ANSWER: NASTY})
    await company.go_on()
    assert words(works.sees("ada")[-1]).count(words(SEEN)) == 2


async def test_help_is_asked_for_and_comes(company: Company, works: Place) -> None:
    if isinstance(works, OnSlack):
        await works.people["ada"].types("/catchball ask")
    else:
        await works.types("ada", "ask")
        await company.go_on()
    await sends(works, "ada", **{"What do you need: help, a decision, time, money?": "A second caliper."})
    await company.go_on()
    assert "Ada asks the leadership" in works.sees("grace")[-1]
    await fills_in(works, "grace", "Answer", **{ANSWER: "It is ordered."})
    await company.go_on()
    assert "It is ordered." in works.sees("ada")[-1]
