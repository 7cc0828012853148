"""The week in numbers as a quality lead and a manager live it: in Slack, over real HTTP."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content.campaigns import Campaign
from handlers.model import Role
from tests.conftest import Company
from tests.places import Place, place
from tests.test_stories import TUESDAY_0930_BERLIN

__all__ = ["place"]

A_WEEK = timedelta(days=7)
QUIZ = {
    "id": "weekly-quiz",
    "title": "Two minutes",
    "cadence": {"repeat": "weekly", "days": ["tue"], "at": "09:30"},
    "starts": "2026-11-24",
    "pieces": ["oil-near-the-drain"],
}


@pytest.mark.parametrize("place", ["slack"], indirect=True)
async def test_a_lead_reads_it_on_monday_follows_its_button_and_stops_it(
    company: Company, place: Place
) -> None:
    for who in ("ada", "marie"):
        await company.admit(who, addresses=())
        await place.arrives(who)
    await company.admit("marie", addresses=(), roles=frozenset({Role.QUALITY_LEAD}))
    for number in range(8):  # who have not installed it
        await company.admit(f"p{number}", addresses=(), team="Stores")
    company.run_campaigns(Campaign.model_validate(QUIZ))
    await company.go_on()
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()
    company.clock.move(TUESDAY_0930_BERLIN + timedelta(days=5, hours=23, minutes=30))  # Monday at nine
    await company.go_on()
    (digest,) = [words for words in await place.sees("marie") if words.startswith("Your week in numbers")]
    assert "8 of 10 deliveries of the week reached nobody" in digest
    assert "most of them in Stores" in digest
    assert not [words for words in await place.sees("ada") if "in numbers" in words]

    await place.presses("marie", "By team")
    await company.go_on()
    assert (await place.sees("marie"))[-1].startswith("Numbers")
    await place.types("marie", "digest off")
    await company.go_on()
    company.clock.pass_by(A_WEEK)
    await company.go_on()
    assert (
        len([words for words in await place.sees("marie") if words.startswith("Your week in numbers")]) == 1
    )
