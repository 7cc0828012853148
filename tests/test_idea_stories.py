"""An idea from the floor to its end, as its people live it: the same day on all three platforms, over real HTTP."""

from __future__ import annotations

from handlers.ideas.idea import Stage
from tests.conftest import Company
from tests.places import Place, flat, place
from tests.test_finding_stories import shop
from tests.test_reply_stories import NASTY, SEEN

__all__ = ["place"]


async def last(place: Place, who: str) -> str:
    return flat((await place.sees(who))[-1])


async def test_ada_has_an_idea_and_hears_what_becomes_of_it(company: Company, place: Place) -> None:
    await shop(company, place)
    await place.types("ada", "idea")
    assert "It goes to Marie" in await place.opened("ada")
    words = {"What would you do better, and how?": NASTY, "What it is about": "ISO 9001:2015"}
    await place.fills("ada", "Send it", words)
    await company.go_on()
    assert "Marie has it to decide. You hear in this chat by Tuesday 8 December" in await last(place, "ada")
    assert "An idea from Ada" in await last(place, "marie")
    assert flat(SEEN) in await last(place, "marie")

    await place.presses("marie", "Ask or comment")
    await place.fills("marie", "Send it", {"What do you want to say or ask?": NASTY})
    await company.go_on()
    assert "Marie writes about your idea" in await last(place, "ada")
    assert (await last(place, "ada")).count(flat(SEEN)) == 2
    await place.presses("ada", "Add to it")
    await place.fills("ada", "Send it", {"What do you want to say or ask?": "Those of line 2."})
    await company.go_on()

    await place.presses("marie", "Accept it")
    given = {"Who owns it": "grace@example.org", "Until when (2027-03-31)": "2026-12-14"}
    await place.fills("marie", "Accept", {"What do you tell Ada?": "Grace hangs them up.", **given})
    await company.go_on()
    assert "Your idea is accepted" in await last(place, "ada")
    assert "Grace, until 2026-12-14" in await last(place, "ada")
    await place.presses("grace", "It is done")
    await place.fills("grace", "Save it", {})
    await company.go_on()
    assert "Your idea is done" in await last(place, "ada")

    await place.types("marie", "ideas closed")
    await company.go_on()
    assert "1. Ada: done" in await last(place, "marie")
    (idea,) = (await company.store.ideas.page("closed", 0, 5)).ideas
    assert (idea.stage, idea.about) == (Stage.DONE, "ISO 9001:2015")
    kinds = [entry.kind for entry in await company.store.entries(100)]
    assert [kinds.count(f"idea {kind}") for kind in ("proposed", "discussed", "accepted", "done")] == [
        1,
        2,
        1,
        1,
    ]
    assert (await company.store.verify()).broken is None


async def test_an_idea_that_is_typed_is_declined_with_a_reason(company: Company, place: Place) -> None:
    await shop(company, place)
    await place.types("ada", "idea Hang the gauges where one needs them.")
    await company.go_on()
    await place.presses("marie", "Decline it")
    await place.fills("marie", "Decline", {"Why not? Ada reads this.": "They are leased until June."})
    await company.go_on()
    assert "Your idea is declined" in await last(place, "ada")
    assert "They are leased until June." in await last(place, "ada")
