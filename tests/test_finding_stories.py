"""Something is put right, as its people live it: the same story on Slack and on Teams, over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from handlers.findings.finding import Stage
from handlers.model import Person, Role
from tests.answering import answered
from tests.conftest import Company
from tests.test_reply_stories import _state
from tests.test_stories import TUESDAY_0930_BERLIN, OnSlack, Place, person, slack, teams

CALIPER = "overdue-caliper"
CLAUSE = "ISO 9001:2015 7.1.5"


@pytest.fixture(params=[slack, teams], ids=["slack", "teams"])
async def place(
    request: pytest.FixtureRequest, company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    async with request.param(company, tmp_path, monkeypatch) as built:
        yield built


async def saves(place: Place, who: str, **filled: str) -> None:
    """Fill in the form that is open by its labels, and save it."""
    if not isinstance(place, OnSlack):
        await place.presses(who, "Save it", **filled)  # type: ignore[call-arg]
        return
    member = place.people[who]
    assert member.screen.modal is not None
    blocks = {b["label"]["text"]: b for b in member.screen.modal["blocks"] if b["type"] == "input"}
    state = {blocks[label]["block_id"]: _state(blocks[label], value) for label, value in filled.items()}
    assert (await member.submits(**state))[0] == 200
    assert member.screen.errors == {}


async def works(company: Company, place: Place) -> list[Person]:
    """Marie leads quality, Grace the shop; Ada and four others did not know what to do with a caliper."""
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Production")
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.MANAGER}))
    await company.admit("marie", addresses=(), roles=frozenset({Role.QUALITY_LEAD}))
    company.clock.move(TUESDAY_0930_BERLIN)
    others = [await company.admit(f"p{n}", team="Production", addresses=()) for n in range(4)]
    people = [await person(company, "ada"), *others]
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
    await saves(
        place,
        "marie",
        **{
            "What is not as it should be": "Calipers that are overdue",
            "Or another one, as ISO 9001:2015 7.3": CLAUSE,
            "Who owns it": "grace@example.org",
            "Until when (2027-03-31)": "2026-12-01",
        },
    )
    await company.go_on()
    for who in ("grace", "marie"):
        assert "Finding: Calipers that are overdue" in place.sees(who)[-1]
    assert "0% (0-43%), 0 of 5 answers, 5 people" in place.sees("grace")[-1]

    company.clock.pass_by(timedelta(days=7, hours=3))  # it is due
    await company.go_on()
    assert place.sees("grace")[-1].startswith("Due today: Calipers")
    await place.presses("grace", "Cause and action")
    await saves(
        place,
        "grace",
        **{"What is the cause?": "Nobody looks.", "What is done about the cause?": "A list at each drawer."},
    )
    await company.go_on()
    await place.presses("grace", "It is done")
    await company.go_on()
    assert "Nobody looks." in place.sees("marie")[-1]

    await place.presses("marie", "See whether it helped")
    await saves(place, "marie", **{"On which day (2027-03-31)": "2026-12-03"})
    company.clock.pass_by(timedelta(days=2))
    await company.go_on()
    assert "Asked again" in place.sees("ada")[-1] or "caliper" in place.sees("ada")[-1]
    await place.answers("ada", "B", "Certain")
    (finding,) = await company.store.findings.findings("", TUESDAY_0930_BERLIN, company.clock.now())
    for who in others:
        asked = company.library.items[CALIPER]
        await answered(company.store, who, asked, "B", company.clock.now(), 3, campaign=finding.campaign)
    await company.go_on()
    await place.presses("marie", "How is it now?")
    shown = next(
        seen for seen in reversed(place.sees("marie")) if "It helped" in seen or "Before and after" in seen
    )
    assert "better than noise, 100 points more" in shown
    await place.presses("marie", "It helped")
    await place.presses("marie", "Close it")
    await company.go_on()
    closed = await company.store.findings.one(finding.id)
    assert closed is not None
    assert closed.stage is Stage.CLOSED
    assert [step.kind.removeprefix("finding ") for step in closed.trail] == [
        *("opened", "planned", "done", "retest", "effective", "closed")
    ]
    assert "It is closed" in next(seen for seen in place.sees("grace") if "Calipers" in seen)
    assert (await company.store.verify()).broken is None
