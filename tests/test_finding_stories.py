"""Something is put right, as its people live it: the same story on all three platforms, over real HTTP."""

from __future__ import annotations

from datetime import timedelta

from handlers.findings.finding import Stage
from handlers.model import Person, Role
from tests.answering import answered
from tests.conftest import Company
from tests.places import Place, place
from tests.test_stories import TUESDAY_0930_BERLIN

__all__ = ["place"]

CALIPER = "overdue-caliper"
CLAUSE = "ISO 9001:2015 7.1.5"


async def shop(company: Company, place: Place) -> None:
    """Marie leads quality, Grace the shop, and Ada works there; on a Tuesday morning."""
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Production")
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.MANAGER}))
    await company.admit("marie", addresses=(), roles=frozenset({Role.QUALITY_LEAD}))
    company.clock.move(TUESDAY_0930_BERLIN)


async def works(company: Company, place: Place) -> list[Person]:
    """Ada and four others did not know what to do with a caliper."""
    await shop(company, place)
    others = [await company.admit(f"p{n}", team="Production", addresses=()) for n in range(4)]
    ada = await company.store.person_by_email("ada@example.org")
    assert ada is not None
    people = [ada, *others]
    for who in people:
        asked = company.library.items[CALIPER]
        await answered(company.store, who, asked, "A", company.clock.now() - timedelta(days=3), 2)
    return people


async def test_from_a_wrong_answer_to_a_closed_finding(company: Company, place: Place) -> None:
    _, *others = await works(company, place)
    await place.types("marie", "finding")
    await company.go_on()
    await place.presses("marie", "Accuracy")
    await company.go_on()
    await place.fills(
        "marie",
        "Save it",
        {
            "What is not as it should be": "Calipers that are overdue",
            "Or another one, as ISO 9001:2015 7.3": CLAUSE,
            "Who owns it": "grace@example.org",
            "Until when (2027-03-31)": "2026-12-01",
        },
    )
    await company.go_on()
    for who in ("grace", "marie"):
        assert "Finding: Calipers that are overdue" in (await place.sees(who))[-1]
    assert "0% (0-43%), 0 of 5 answers, 5 people" in (await place.sees("grace"))[-1]

    company.clock.pass_by(timedelta(days=7, hours=3))  # it is due
    await company.go_on()
    assert (await place.sees("grace"))[-1].startswith("Due today: Calipers")
    await place.presses("grace", "Cause and action")
    await place.fills(
        "grace",
        "Save it",
        {"What is the cause?": "Nobody looks.", "What is done about the cause?": "A list at each drawer."},
    )
    await company.go_on()
    await place.presses("grace", "It is done")
    await company.go_on()
    assert "Nobody looks." in (await place.sees("marie"))[-1]

    await place.presses("marie", "See whether it helped")
    await place.fills("marie", "Save it", {"On which day (2027-03-31)": "2026-12-03"})
    company.clock.pass_by(timedelta(days=2))
    await company.go_on()
    assert "caliper" in (await place.sees("ada"))[-1]
    await place.answers("ada", "B", "Certain")
    (finding,) = await company.store.findings.findings("", TUESDAY_0930_BERLIN, company.clock.now())
    for who in others:
        asked = company.library.items[CALIPER]
        await answered(company.store, who, asked, "B", company.clock.now(), 3, campaign=finding.campaign)
    await place.types("marie", f"finding {finding.id}")
    await company.go_on()
    assert "better than noise, 100 points more" in str(await place.sees("marie"))
    await place.presses("marie", "It helped")
    await place.presses("marie", "Close it")
    await company.go_on()
    closed = await company.store.findings.one(finding.id)
    assert closed is not None
    assert closed.stage is Stage.CLOSED
    assert [step.kind.removeprefix("finding ") for step in closed.trail] == [
        *("opened", "planned", "done", "retest", "effective", "closed")
    ]
    assert "It is closed" in next(seen for seen in (await place.sees("grace")) if "Calipers" in seen)
    assert (await company.store.verify()).broken is None
