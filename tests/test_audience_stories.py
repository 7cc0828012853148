"""A leader saves an audience, writes to those of it who have not acknowledged, and leaves somebody out."""

from __future__ import annotations

from datetime import timedelta

from content.programme import Author
from handlers.model import Reason, Role, Status
from tests.conftest import Company
from tests.simulators.slack_people import option, text
from tests.test_stories import TUESDAY_0930_BERLIN, OnSlack, Place, place

__all__ = ["place"]


async def saves(company: Company, place: Place, name: str, rule: str) -> str:
    """Fill in the form, see the number, press the button under it; what the form was answered with."""
    if isinstance(place, OnSlack):
        grace = place.people["grace"]
        await grace.types("/catchball audiences new")
        await grace.submits(name=text(name), rule=text(rule))
        assert grace.screen.errors == {}
        shown = str(grace.screen.modal)
        assert (await grace.presses_in("modal", "Save it"))[0] == 200
        return shown
    await place.types("grace", "audiences new")
    await company.drain.everything()
    filled = {"Name": name, "Who belongs to it": rule}
    await place.presses("grace", "How many are they?", **filled)
    shown = place.sees("grace")[-1]
    await place.presses("grace", "Save it")
    return shown


async def writes(company: Company, place: Place, title: str, **more: str) -> None:
    """A message as far as its preview; `more` are the fields about who gets it."""
    await place.types("grace", "broadcast")
    if isinstance(place, OnSlack):
        fields = {"title": title, "text": "You made this week safe.", **more}
        chosen = {"audience": option("everyone"), "acknowledge": option("yes")}
        await place.people["grace"].submits(**{id: text(value) for id, value in fields.items()}, **chosen)
        assert place.people["grace"].screen.errors == {}
    else:
        await company.drain.everything()
        words = {"Title": title, "Message": "You made this week safe."}
        words |= {"Or a rule, in the place of that": more["rule"]}
        await place.presses("grace", "Preview", **words)
    await company.go_on()


async def leaves_out(company: Company, place: Place, first: str, rule: str, why: str) -> None:
    """In the form behind the preview."""
    await place.presses("grace", "To whom, when")
    if isinstance(place, OnSlack):
        kept = {"audience": option("everyone"), "local": option("no"), "repeat": option("once")}
        again = {
            "rule": text(f"audience:Makers and not acknowledged:{first}"),
            "except": text(rule),
            "why": text(why),
        }
        await place.people["grace"].submits(**again, **kept)
        assert place.people["grace"].screen.errors == {}
    else:
        await place.presses("grace", "Preview", **{"Except (a rule)": rule, "Why they are left out": why})
    await company.go_on()


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

    assert "Makers: 3 people" in await saves(company, place, "Makers", makers)
    assert [(each.name, each.rule) for each in await company.store.saved_audiences()] == [("Makers", makers)]

    await writes(company, place, "First", rule="audience:makers")
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "First" in place.sees("ada")[-1]
    await place.presses("ada", "I have read this")
    first = next(d.campaign for d in await company.store.outbox() if d.campaign.startswith("broadcast"))

    company.clock.pass_by(timedelta(minutes=1))
    await writes(company, place, "Second", rule=f"audience:Makers and not acknowledged:{first}")
    await leaves_out(company, place, first, "email:grace@example.org", "She wrote it.")
    assert "1: left out by the author" in "".join(place.sees("grace"))
    await place.presses("grace", "Send it")
    await company.go_on()
    assert "Second" in place.sees("marie")[-1]
    assert "Second" not in place.sees("ada")[-1]
    left_out = [d for d in await company.store.outbox() if d.reason is Reason.EXCLUDED]
    assert [(d.status, d.code) for d in left_out] == [(Status.SKIPPED, "She wrote it.")]
    assert (await company.store.verify()).broken is None
