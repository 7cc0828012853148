"""A leader saves an audience, writes to those of it who have not acknowledged, and leaves somebody out."""

from __future__ import annotations

from datetime import timedelta

from content.programme import Author
from handlers.model import Reason, Role, Status
from tests.conftest import Company
from tests.places import Place, card, place, writes
from tests.test_stories import TUESDAY_0930_BERLIN

__all__ = ["place"]

WORDS = "You made this week safe."
RULE = "Or a rule, in the place of that"


async def test_a_leader_saves_an_audience_and_writes_to_who_is_left_of_it(
    company: Company, place: Place
) -> None:
    for who in ("ada", "grace", "marie"):
        await company.admit(who, addresses=(), team="Quality" if who == "marie" else "Production")
        await place.arrives(who)
        await company.go_on()
    await company.admit("grace", addresses=(), roles=frozenset({Role.LEADER}))
    company.clock.move(TUESDAY_0930_BERLIN)
    await company.go_on()
    makers = "team:Production or team:Quality"
    company.run_campaigns(authors=(Author(who="role:leader", may=makers),))

    await place.types("grace", "audiences new")
    await place.fills("grace", "How many are they?", {"Name": "Makers", "Who belongs to it": makers})
    assert "Makers: 3 people" in await place.opened("grace")
    await place.presses("grace", "Save it")
    assert [(each.name, each.rule) for each in await company.store.saved_audiences()] == [("Makers", makers)]

    await writes(company, place, "First", WORDS, **{RULE: "audience:makers"})
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "First" in (await place.sees("ada"))[-1]
    await place.presses("ada", "I have read this")
    first = next(d.campaign for d in await company.store.outbox() if d.campaign.startswith("broadcast"))

    company.clock.pass_by(timedelta(minutes=1))
    await writes(company, place, "Second", WORDS, **{RULE: f"audience:Makers and not acknowledged:{first}"})
    await place.presses("grace", "To whom, when")
    excluded = {"Except (a rule)": "email:grace@example.org", "Why they are left out": "She wrote it."}
    await place.fills("grace", "Preview", excluded)
    await company.go_on()
    assert "1: left out by the author" in await card(place, "grace", ": Second")
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "Second" in (await place.sees("marie"))[-1]
    assert "Second" not in (await place.sees("ada"))[-1]
    left_out = [d for d in await company.store.outbox() if d.reason is Reason.EXCLUDED]
    assert [(d.status, d.code) for d in left_out] == [(Status.SKIPPED, "She wrote it.")]
    assert (await company.store.verify()).broken is None
