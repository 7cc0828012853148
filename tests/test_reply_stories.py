"""Between people and leaders, as they live it: the same story on all three platforms, over real HTTP."""

from __future__ import annotations

import pytest

from content.pieces import Message
from handlers.model import Role
from tests.conftest import Company
from tests.places import Place, flat, place, writes
from tests.test_stories import TUESDAY_0930_BERLIN

__all__ = ["place"]

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
    await place.fills(who, "Send", filled)


@pytest.fixture
async def works(company: Company, place: Place) -> Place:
    """Tuesday morning: Grace has sent a message that takes replies, and Ada and Marie have it."""
    company.run_campaigns(anonymous_replies=True, rota=("grace@example.org",))
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=())
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    company.clock.move(TUESDAY_0930_BERLIN)
    await writes(company, place, "Thank you", "You made this week safe.")
    await place.presses("grace", "Add to it")
    await place.fills("grace", "Preview", {"People may write back": "yes"})
    await place.presses("grace", "Send it")
    await company.go_on()
    return place


async def test_ada_asks_and_grace_answers_her_and_then_everybody(company: Company, works: Place) -> None:
    await fills_in(works, "ada", "Write back", **{WRITE: "When do we start?"})
    await company.go_on()
    assert "Ada wrote back" in (await works.sees("grace"))[-1]
    assert "When do we start?" in (await works.sees("grace"))[-1]
    await fills_in(works, "grace", "Answer", **{ANSWER: "On Monday, Ada."})
    await company.go_on()
    assert "Grace has answered you" in (await works.sees("ada"))[-1]
    assert "On Monday, Ada." in (await works.sees("ada"))[-1]

    await fills_in(works, "marie", "Write back", **{WRITE: "Is there a first day?", NO_NAME: "yes"})
    company.clock.move(company.clock.now().replace(minute=45))
    await company.go_on()
    assert "Somebody wrote back, without a name" in (await works.sees("grace"))[-1]
    assert "Marie" not in (await works.sees("grace"))[-1]
    await fills_in(
        works, "grace", "Answer for all", **{QUESTION: "When is the first day?", ANSWER: "It is Monday."}
    )
    await company.go_on()
    assert "It is Monday." in (await works.sees("marie"))[-1]
    grace = await company.store.person_by_email("grace@example.org")
    assert grace is not None
    (kept,) = await company.store.broadcasts_of(grace.key)
    assert isinstance(kept.message, Message)
    assert [(qa.question, qa.answer) for qa in kept.message.answers] == [
        ("When is the first day?", "It is Monday.")
    ]
    await works.types("grace", "inbox")
    await company.go_on()
    assert "When do we start? → On Monday, Ada." in flat((await works.sees("grace"))[-1])
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
    assert flat(SEEN) in flat((await works.sees("grace"))[-1])
    await fills_in(works, "grace", "Answer", **{ANSWER: NASTY})
    await company.go_on()
    assert flat((await works.sees("ada"))[-1]).count(flat(SEEN)) == 2


async def test_help_is_asked_for_and_comes(company: Company, works: Place) -> None:
    await works.types("ada", "ask")
    await works.fills(
        "ada", "Send", {"What do you need: help, a decision, time, money?": "A second caliper."}
    )
    await company.go_on()
    assert "Ada asks the leadership" in (await works.sees("grace"))[-1]
    await fills_in(works, "grace", "Answer", **{ANSWER: "It is ordered."})
    await company.go_on()
    assert "It is ordered." in (await works.sees("ada"))[-1]
